// SPDX-License-Identifier: MIT
/// How fast a model is saved and loaded, in memory and on disk, beside reading the same bytes; the result is checked
/// first.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/io/checksum.hpp"
#include "plantwright/io/model_file.hpp"

namespace {

using namespace plantwright;

struct LargeModel {
    static constexpr std::string_view kTypeName = "LargeModel";
    Vector thresholds;
    Buffer<std::uint32_t> children;
    std::vector<std::string> levels;

    io::Json describe() const { return io::Json::object(); }
    void validate() const {}
    bool operator==(const LargeModel&) const = default;
    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, thresholds, children, levels);
        io::validate_after_load(archive, *this);
    }
};

LargeModel make_model(Index n_nodes, int n_levels) {
    LargeModel model{Vector(n_nodes), Buffer<std::uint32_t>(2 * n_nodes), {}};
    for (Index i = 0; i < n_nodes; ++i) model.thresholds[i] = 1.0 / static_cast<double>(i + 1);
    for (Index i = 0; i < 2 * n_nodes; ++i) model.children[i] = static_cast<std::uint32_t>(i * 2654435761);
    for (int i = 0; i < n_levels; ++i) model.levels.push_back("level " + std::to_string(i));
    return model;
}

/// Processor time is what the code costs; the wall clock adds the disk and whatever else the machine does.
template <class Action>
void report(const char* what, double megabytes, Action action) {
    std::vector<double> wall, processor;
    for (int i = 0; i < 7; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const std::clock_t processor_start = std::clock();
        action();
        processor.push_back(static_cast<double>(std::clock() - processor_start) / CLOCKS_PER_SEC);
        wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(wall.begin(), wall.end());
    std::sort(processor.begin(), processor.end());
    std::printf("%-34s wall min %7.1f median %7.1f ms   processor min %6.1f median %6.1f ms  %6.0f MB/s\n", what,
                wall[0] * 1e3, wall[3] * 1e3, processor[0] * 1e3, processor[3] * 1e3, megabytes / processor[0]);
}

}  // namespace

int main() {
    const LargeModel model = make_model(4 << 20, 20000);
    const std::vector<std::byte> bytes = io::to_bytes(model);
    if (!(io::from_bytes<LargeModel>(bytes) == model)) return EXIT_FAILURE;
    const double megabytes = static_cast<double>(bytes.size()) / 1e6;
    const auto path = std::filesystem::temp_directory_path() / "plantwright_benchmark.plw";
    std::printf("%.1f MB\n", megabytes);
    report("checksum", megabytes, [&] {
        if (io::checksum(bytes) == 0) std::abort();
    });
    report("to_bytes", megabytes, [&] { io::to_bytes(model); });
    report("from_bytes", megabytes, [&] { io::from_bytes<LargeModel>(bytes); });
    report("write_atomically (the same bytes)", megabytes, [&] { io::write_atomically(path, bytes); });
    report("save", megabytes, [&] { io::save(path, model); });
    report("read_file (the same bytes)", megabytes, [&] { io::read_file(path); });
    report("load", megabytes, [&] { io::load<LargeModel>(path); });
    report("read_header", 0, [&] { io::read_header(path); });
    std::filesystem::remove(path);
}
