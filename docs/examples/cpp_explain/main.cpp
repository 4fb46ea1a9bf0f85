// SPDX-License-Identifier: MIT
/// Says why, at the plant's edge and without Python: `plantwright_explain model.plw rows.csv [reference.csv]`.
///
/// For each row its prediction and the five features that moved it most, away from what the forest expects of any row.
/// With a reference, instead, which conditions moved the mean prediction of the rows away from the reference's.
#include <iomanip>
#include <iostream>
#include <numeric>

#include "plantwright/plantwright.hpp"

namespace pw = plantwright;

constexpr pw::Index kShown = 5;

/// "steam_t 512 t/h: +3.2"
void print(const pw::Schema& schema, const std::string& name, double value, double contribution) {
    std::cout << "  " << name << ' ' << std::noshowpos << value << ' ' << schema.at(name).unit << ": " << std::showpos
              << contribution << '\n';
}

void explain_rows(const pw::TreeExplainer& explainer, const pw::Frame& rows, const pw::Schema& schema) {
    const pw::Explanation found = explainer.explain(rows);
    for (pw::Index i = 0; i < found.rows(); ++i) {
        std::vector<pw::Index> order(static_cast<std::size_t>(found.n_features()));
        std::iota(order.begin(), order.end(), pw::Index{0});
        double prediction = found.base_values[0];
        for (const pw::Index j : order) prediction += found.value(i, j);
        std::sort(order.begin(), order.end(),
                  [&](pw::Index a, pw::Index b) { return std::abs(found.value(i, a)) > std::abs(found.value(i, b)); });
        std::cout << std::noshowpos << "row " << i << ": " << prediction << ", of any row " << found.base_values[0]
                  << '\n';
        for (const pw::Index j : std::span(order).first(static_cast<std::size_t>(std::min(kShown, found.n_features()))))
            print(schema, found.feature_names[static_cast<std::size_t>(j)], found.data(i, j), found.value(i, j));
    }
}

void compare(const pw::TreeExplainer& explainer, const pw::Frame& rows, const pw::Frame& reference,
             const pw::Schema& schema) {
    const pw::Comparison found = explainer.compare(rows, reference);
    std::cout << "mean prediction " << found.then[0] << " -> " << found.now[0] << '\n';
    const std::vector<pw::Index> order = found.ranked();
    for (const pw::Index j : std::span(order).first(static_cast<std::size_t>(std::min(kShown, found.n_features()))))
        print(schema, found.feature_names[static_cast<std::size_t>(j)], found.mean_now[j], found.contributions(j, 0));
}

int main(int argc, char** argv) try {
    if (argc != 3 && argc != 4) {
        std::cerr << "usage: plantwright_explain model.plw rows.csv [reference.csv]\n";
        return 2;
    }
    const auto forest = pw::RandomForestRegressor::load(argv[1]);  // trained in the notebook
    const pw::TreeExplainer explainer(forest);
    const pw::Frame rows = pw::read_csv(argv[2], forest.schema());
    std::cout << std::setprecision(4);
    if (argc == 4)
        compare(explainer, rows, pw::read_csv(argv[3], forest.schema()), forest.schema());
    else
        explain_rows(explainer, rows, forest.schema());
    return std::cout.flush() ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "plantwright_explain: error: " << error.what() << '\n';
    return 1;
}
