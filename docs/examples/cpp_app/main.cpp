// SPDX-License-Identifier: MIT
// From a CSV file to predictions: cpp_app plant.csv
#include <iostream>
#include <numeric>

#include "plantwright/plantwright.hpp"

namespace pw = plantwright;

int main(int argc, char** argv) try {
    const pw::Frame frame = pw::read_csv(argc > 1 ? argv[1] : "plant.csv", {.time = {"time"}});
    const pw::Index n_past = frame.rows() * 3 / 4;
    const pw::Frame past = frame.rows_between(0, n_past), future = frame.rows_between(n_past, frame.rows());

    const auto forest = pw::RandomForestRegressor::fit(past, "energy_kWh", {.n_estimators = 50});
    forest.save("energy.plw");
    const auto same = pw::RandomForestRegressor::load("energy.plw");  // perhaps elsewhere, perhaps in Python
    const pw::Vector predicted = same.predict(future);

    const pw::Vector known = past.column("energy_kWh").to_float64(), actual = future.column("energy_kWh").to_float64();
    const pw::Vector mean(actual.size(),
                          std::accumulate(known.begin(), known.end(), 0.0) / static_cast<double>(known.size()));
    const double error = pw::evaluate::root_mean_squared_error(actual, predicted);
    const double trivial = pw::evaluate::root_mean_squared_error(actual, mean);
    std::cout << "RMSE " << error << " kWh; of the mean of the past: " << trivial << " kWh\n";
    return error < trivial ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "cpp_app: " << error.what() << '\n';
    return 2;
}
