// SPDX-License-Identifier: MIT
/// One streamed row of 50 sensors: {mean, std, min, max, slope} over 60 rows, an exponential average, a lag and a
/// difference of each, 400 new values. Prints the median and the 99.9th percentile of a row's time; the values are
/// compared with the whole table's first, and no row may allocate after the warm-up. Of several rounds the best: other
/// work of the machine only adds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "counting/allocations.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/preprocessing/exponential_average.hpp"
#include "plantwright/preprocessing/lags.hpp"
#include "plantwright/preprocessing/pipeline.hpp"
#include "plantwright/preprocessing/rolling_features.hpp"

namespace {

using namespace plantwright;
using testing::n_allocations;

constexpr Index kSensors = 50, kRows = 20'000;

Frame sensors(double missing) {
    RandomStream random(1, 0, Purpose::features);
    const auto uniform = [&] { return static_cast<double>(random.next() >> 11) * 0x1p-53; };
    std::vector<ColumnSpec> specs;
    std::vector<Column> columns;
    for (Index j = 0; j < kSensors; ++j) {
        auto x = Buffer<double>::uninitialized(kRows);
        double level = 100;
        for (Index i = 0; i < kRows; ++i) {
            level += uniform() - 0.5;
            x[i] = uniform() < missing ? kNaN : level;
        }
        specs.push_back({.name = "s" + std::to_string(j)});
        columns.push_back(Column::numbers(std::move(x)));
    }
    return Frame(Schema(std::move(specs)), std::move(columns));
}

Pipeline features(const Frame& frame) {
    StepColumns all;
    all.names = frame.schema().names();
    const std::vector<StepSpec> specs = {
        RollingFeaturesOptions{.windows = {60}, .statistics = {"mean", "std", "min", "max", "slope"}, .columns = all},
        ExponentialAverageOptions{.halflife = {20}, .columns = all}, LagsOptions{.lags = {10}, .columns = all},
        DifferencesOptions{.lags = {1}, .columns = all}};
    return Pipeline::fit(frame, specs);
}

std::vector<Cell> rows_of(const Frame& frame) {
    std::vector<Cell> cells;
    for (Index i = 0; i < kRows; ++i) {
        for (Index j = 0; j < kSensors; ++j) cells.push_back(Cell::of_number(frame.column(j).number(i)));
    }
    return cells;
}

void require_same(const Pipeline& pipeline, const Frame& frame, const std::vector<Cell>& cells) {
    const Frame batch = pipeline.transform(frame);
    Stream stream = pipeline.stream();
    for (Index i = 0; i < kRows; ++i) {
        const auto out = stream.update({cells.data() + i * kSensors, kSensors});
        for (Index j = 0; j < batch.cols(); ++j) {
            const double a = out[static_cast<std::size_t>(j)].number, b = batch.column(j).number(i);
            if (a != b && !(a != a && b != b)) {
                std::printf("wrong result: row %td, column %td\n", i, j);
                std::exit(1);
            }
        }
    }
}

void measure(const char* what, double missing) {
    const Frame frame = sensors(missing);
    const Pipeline pipeline = features(frame);
    const std::vector<Cell> cells = rows_of(frame);
    require_same(pipeline, frame, cells);
    double median = 1e9, tail = 1e9, mean = 1e9;  // the mean without a look at the clock in each row
    for (int round = 0; round < 7; ++round) {
        Stream stream = pipeline.stream();
        std::vector<double> nanoseconds;
        nanoseconds.reserve(kRows);
        for (Index i = 0; i < kRows; ++i) {
            const auto start = std::chrono::steady_clock::now();
            stream.update({cells.data() + i * kSensors, kSensors});
            nanoseconds.push_back(
                std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count());
        }
        nanoseconds.erase(nanoseconds.begin(), nanoseconds.begin() + 200);  // warm-up
        Stream unclocked = pipeline.stream();
        const std::clock_t start = std::clock();
        long warmed_up = 0;
        for (Index i = 0; i < kRows; ++i) {
            if (i == 200) warmed_up = n_allocations;
            unclocked.update({cells.data() + i * kSensors, kSensors});
        }
        if (n_allocations != warmed_up) {
            std::printf("wrong: a row allocates after the warm-up\n");
            std::exit(1);
        }
        mean = std::min(mean, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC * 1e9 / kRows);
        std::sort(nanoseconds.begin(), nanoseconds.end());
        median = std::min(median, nanoseconds[nanoseconds.size() / 2]);
        tail = std::min(tail, nanoseconds[nanoseconds.size() * 999 / 1000]);
    }
    std::printf("%-24s %td values a row: p50 %.0f ns, p99.9 %.0f ns, mean processor time %.0f ns\n", what,
                pipeline.transform(frame.schema()).size() - kSensors, median, tail, mean);
}

}  // namespace

int main() {
    measure("all readings present", 0);
    measure("5 % missing", 0.05);
}
