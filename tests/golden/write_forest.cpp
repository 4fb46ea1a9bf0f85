// SPDX-License-Identifier: MIT
/// Writes forest_outputs.*, forest_quantiles.* and forest_labels.* (.plw, and .json with predictions by hexadecimal
/// floats) into the folder named by the argument. forest_v2.plw was written by the program that stood here before
/// several outputs and quantiles, forest_classes_v0.plw (of one output, the line) before classifiers took several: they
/// are not written again.
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

plantwright::io::Json listed(const plantwright::Matrix& values) {
    plantwright::io::Json list;
    for (plantwright::Index i = 0; i < values.rows() * values.cols(); ++i) list.push_back(hex(values.data()[i]));
    return list;
}

template <class Forest>
void write(const std::filesystem::path& folder, const std::string& name, const Forest& forest,
           const plantwright::io::Json& expected) {
    forest.save(folder / (name + ".plw"));
    std::ofstream(folder / (name + ".json")) << expected.dump(1) << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
    using namespace plantwright;
    if (argc != 2) {
        std::cerr << "usage: write_forest_golden FOLDER\n";
        return 2;
    }
    const Frame frame = testing::golden_frame();
    const auto outputs = testing::golden_outputs(frame);
    io::Json expected;
    expected["predictions"] = listed(outputs.predict_outputs(frame));
    write(argv[1], "forest_outputs", outputs, expected);
    const auto quantiles = testing::golden_quantiles(frame);
    expected = {};
    expected["predictions"] = listed(quantiles.predict_outputs(frame));
    expected["quantiles"] = listed(quantiles.predict_quantiles(frame, testing::kGoldenQuantiles));
    write(argv[1], "forest_quantiles", quantiles, expected);
    const Frame labelled = testing::golden_labels_frame();
    const auto labels = testing::golden_labels(labelled);
    expected = {};
    expected["shares"] = listed(labels.predict_proba(labelled));
    write(argv[1], "forest_labels", labels, expected);
} catch (const std::exception& error) {
    std::cerr << "write_forest_golden: " << error.what() << '\n';
    return 1;
}
