// SPDX-License-Identifier: MIT
/// Scores a raw CSV with a saved model: `plantwright_score model.plw raw.csv`, one prediction a line on stdout.
///
/// Numbers are printed in the shortest form that reads back to the same bits. A classifier's line is its class, then
/// the probability of each class in the model's order, tab-separated.
#include <charconv>
#include <iostream>
#include <string>

#include "plantwright/core/error.hpp"
#include "plantwright/forest/random_forest.hpp"
#include "plantwright/frame/csv.hpp"
#include "plantwright/io/model_file.hpp"

namespace pw = plantwright;

std::string shortest(double value) {
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

void score_numbers(const char* model_path, const char* csv_path) {
    const auto forest = pw::RandomForestRegressor::load(model_path);
    for (const double value : forest.predict(pw::read_csv(csv_path, forest.schema())))
        std::cout << shortest(value) << '\n';
}

void score_classes(const char* model_path, const char* csv_path) {
    const auto forest = pw::RandomForestClassifier::load(model_path);
    const pw::Frame frame = pw::read_csv(csv_path, forest.schema());
    const auto names = forest.predict_names(frame);
    const pw::Matrix probabilities = forest.predict_proba(frame);
    for (pw::Index i = 0; i < probabilities.rows(); ++i) {
        std::cout << names[static_cast<std::size_t>(i)];
        for (pw::Index k = 0; k < probabilities.cols(); ++k) std::cout << '\t' << shortest(probabilities(i, k));
        std::cout << '\n';
    }
}

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::cerr << "usage: plantwright_score model.plw raw.csv\n";
        return 2;
    }
    const std::string type = pw::io::read_header(argv[1]).at("type").as_string();
    type == pw::RandomForestClassifier::kTypeName ? score_classes(argv[1], argv[2]) : score_numbers(argv[1], argv[2]);
    return std::cout.flush() ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "plantwright_score: error: " << error.what() << '\n';
    return 1;
}
