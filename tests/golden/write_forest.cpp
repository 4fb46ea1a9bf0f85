// SPDX-License-Identifier: MIT
/// Writes forest_v2.plw and forest_v2.json (predictions by hexadecimal floats) into the folder named by the argument.
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "forest/golden_problem.hpp"

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
        std::cerr << "usage: write_forest_golden FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    const Frame frame = testing::golden_frame();
    const auto forest = RandomForestRegressor::fit(frame, "energy_kWh", testing::golden_options());
    forest.save(folder / "forest_v2.plw");
    io::Json expected;
    for (const double value : forest.predict(frame)) expected["predictions"].push_back(hex(value));
    std::ofstream(folder / "forest_v2.json") << expected.dump(1) << '\n';
} catch (const std::exception& error) {
    std::cerr << "write_forest_golden: " << error.what() << '\n';
    return 1;
}
