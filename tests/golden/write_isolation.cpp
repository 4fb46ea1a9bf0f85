// SPDX-License-Identifier: MIT
/// Writes isolation_v1.plw, isolation_planes_v1.plw and isolation_v1.json (scores by hexadecimal floats) into the
/// folder named by the argument.
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "forest/golden_problem.hpp"
#include "plantwright/forest/isolation_forest.hpp"

namespace {

/// As Python's float.hex and C's strtod read it.
std::string hex(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%a", value);
    return text;
}

}  // namespace

int main(int argc, char** argv) try {
    using namespace plantwright;
    if (argc != 2) {
        std::cerr << "usage: write_isolation_golden FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    const Frame frame = testing::golden_frame();
    io::Json expected;
    for (const int ndim : {1, 2}) {
        const auto forest =
            IsolationForest::fit(frame, {.n_estimators = 4, .contamination = 0.1, .ndim = ndim, .random_state = 3});
        const std::string name = ndim == 1 ? "isolation_v1" : "isolation_planes_v1";
        forest.save(folder / (name + ".plw"));
        for (const double value : forest.score_samples(frame)) expected[name].push_back(hex(value));
    }
    std::ofstream(folder / "isolation_v1.json") << expected.dump(1) << '\n';
} catch (const std::exception& error) {
    std::cerr << "write_isolation_golden: " << error.what() << '\n';
    return 1;
}
