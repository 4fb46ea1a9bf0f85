// SPDX-License-Identifier: MIT
/// Training steps, scores and streamed rows of an LSTM autoencoder on one thread, and what share of the processor's
/// multiply-adds they reach: windows a second of 16 sensors x 60, medians over rounds of processor time.
///
///     neural_steps [--quick]
///
/// The peak is that of twelve independent chains of multiply-adds at the level in use (PLANTWRIGHT_ISA), measured in
/// turn with the rest. Floating-point operations of the matrix products alone are counted.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>
#include <vector>

#include "plantwright/core/isa.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/neural/autoencoder_trainer.hpp"

namespace {

using namespace plantwright;

constexpr Index kSensors = 16, kWindow = 60, kRows = 4'000;

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double seconds_of(const std::function<void()>& work) {
    const double start = processor_seconds();
    work();
    return processor_seconds() - start;
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + std::ssize(values) / 2, values.end());
    return values[values.size() / 2];
}

#if defined(__x86_64__)
#define PLANTWRIGHT_BENCH_CHAINS(Vector, constraint)                                                                   \
    Vector chain[12] = {}, factor = {};                                                                                \
    for (long k = 0; k < 2'000'000; ++k) {                                                                             \
        asm volatile(                                                                                                  \
            "vfmadd231ps %12, %12, %0\n vfmadd231ps %12, %12, %1\n vfmadd231ps %12, %12, %2\n"                         \
            "vfmadd231ps %12, %12, %3\n vfmadd231ps %12, %12, %4\n vfmadd231ps %12, %12, %5\n"                         \
            "vfmadd231ps %12, %12, %6\n vfmadd231ps %12, %12, %7\n vfmadd231ps %12, %12, %8\n"                         \
            "vfmadd231ps %12, %12, %9\n vfmadd231ps %12, %12, %10\n vfmadd231ps %12, %12, %11"                         \
            : "+" constraint(chain[0]), "+" constraint(chain[1]), "+" constraint(chain[2]), "+" constraint(chain[3]),  \
              "+" constraint(chain[4]), "+" constraint(chain[5]), "+" constraint(chain[6]), "+" constraint(chain[7]),  \
              "+" constraint(chain[8]), "+" constraint(chain[9]), "+" constraint(chain[10]), "+" constraint(chain[11]) \
            : constraint(factor));                                                                                     \
    }

using Vector8 = float __attribute__((vector_size(32)));
using Vector16 = float __attribute__((vector_size(64)));

__attribute__((target("avx2,fma"))) void chains_of_8() { PLANTWRIGHT_BENCH_CHAINS(Vector8, "x") }
__attribute__((target("avx512f"))) void chains_of_16() { PLANTWRIGHT_BENCH_CHAINS(Vector16, "v") }

/// Operations a second, 0 where the level has no multiply-add.
double peak() {
    const IsaLevel level = isa_level();
    if (level < IsaLevel::v3) return 0;
    const double operations = 2e6 * 12 * 2 * (level == IsaLevel::v4 ? 16 : 8);
    return operations / seconds_of(level == IsaLevel::v4 ? chains_of_16 : chains_of_8);
}
#else
double peak() { return 0; }
#endif

/// Multiply-adds of a window's forward pass: the repeated code is projected once.
double multiply_adds(const AutoencoderShape& shape) {
    double steps = 0, once = 0;
    Index inputs = shape.n_sensors;
    for (const Index units : shape.encoder) steps += static_cast<double>(4 * units * (inputs + units)), inputs = units;
    if (shape.bottleneck > 0) once += static_cast<double>(inputs * shape.bottleneck), inputs = shape.bottleneck;
    for (std::size_t k = 0; k < shape.decoder.size(); ++k) {
        const Index units = shape.decoder[k];
        (k == 0 ? once : steps) += static_cast<double>(4 * units * inputs);
        steps += static_cast<double>(4 * units * units);
        inputs = units;
    }
    return static_cast<double>(shape.window) * (steps + static_cast<double>(inputs * shape.n_sensors)) + once;
}

struct Times {
    std::vector<double> seconds, peaks;

    void round(const std::function<void()>& work) {
        seconds.push_back(seconds_of(work));
        peaks.push_back(peak());
    }
    void print(const char* what, double windows, double operations) const {
        const double time = median(seconds) / windows, most = median(peaks);
        std::printf("  %-28s %9.0f windows/s (best %.0f)", what, 1 / time,
                    windows / *std::min_element(seconds.begin(), seconds.end()));
        if (most > 0)
            std::printf("  %.1f GFLOP/s = %.0f %% of the peak", operations / time * 1e-9,
                        100 * operations / time / most);
        std::printf("\n");
    }
};

void measure(const char* name, const AutoencoderShape& shape, const Table<float>& rows, int rounds) {
    std::printf("%s, %.2f million multiply-adds a window\n", name, multiply_adds(shape) * 1e-6);
    const AutoencoderNetwork network(shape, 1);
    RandomStream random(1, 1, Purpose::permutation);
    for (const Index batch : {32, 128}) {
        AutoencoderTrainer trainer(network, {.dropout = 0.2});
        std::vector<Index> starts;
        for (Index k = 0; k < batch; ++k)
            starts.push_back(static_cast<Index>(random.below(static_cast<std::uint64_t>(kRows - kWindow))));
        const Windows windows{rows.view(), starts};
        trainer.step(windows, 1e-3);
        Times times;
        const int steps = static_cast<int>(256 / batch);
        for (int r = 0; r < rounds; ++r)
            times.round([&] {
                for (int k = 0; k < steps; ++k) trainer.step(windows, 1e-3);
            });
        // Backwards everything is multiplied twice, but the readings' gradient, which nobody asks for.
        const double unused = static_cast<double>(kWindow * 4 * shape.encoder[0] * shape.n_sensors);
        times.print(batch == 32 ? "training, batch 32" : "training, batch 128", 256,
                    2 * (3 * multiply_adds(shape) - unused));
    }
    std::vector<Index> starts;
    for (Index i = 0; i + kWindow <= kRows; ++i) starts.push_back(i);
    for (const bool overlapping : {true, false}) {
        if (!overlapping) random.shuffle(std::span<Index>(starts));
        Times times;
        for (int r = 0; r < rounds; ++r)
            times.round(
                [&] { network.reconstruct({rows.view(), starts}, [](Index, ConstMatrixViewF, ConstMatrixViewF) {}); });
        times.print(overlapping ? "scores, stride 1" : "scores, separate windows", static_cast<double>(starts.size()),
                    2 * multiply_adds(shape));
    }
    SlidingReconstruction sliding(network);
    for (Index i = 0; i < kWindow; ++i) sliding.update({&rows(i, 0), kSensors});
    Times times;
    for (int r = 0; r < rounds; ++r)
        times.round([&] {
            for (Index i = 0; i < 400; ++i) sliding.update({&rows(i, 0), kSensors});
        });
    times.print("streamed rows", 400, 2 * multiply_adds(shape));
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 && std::strcmp(argv[1], "--quick") == 0 ? 1 : 11;
    Table<float> rows(kRows, kSensors);
    RandomStream random(1, 0, Purpose::noise);
    for (Index k = 0; k < kRows * kSensors; ++k) rows.data()[k] = static_cast<float>(random.normal());
    std::printf("level %s\n", std::string(to_string(isa_level())).c_str());
    measure("encoder 64, 32; bottleneck 32; decoder 32, 64", {kSensors, kWindow}, rows, rounds);
    measure("encoder 64, 32; decoder 64", {kSensors, kWindow, {64, 32}, 0, {64}}, rows, rounds);
}
