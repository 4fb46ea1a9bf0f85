// SPDX-License-Identifier: MIT
// What crosses the compiled boundary: Eigen values seen as views, exceptions caught by type. Built with flags unlike
// the library's own (-march=native), which change the alignment of Eigen's values but not of what crosses.
#include <cmath>
#include <cstdio>

#include "plantwright/core/eigen.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/core/version.hpp"
#include "plantwright/evaluate/regression_metrics.hpp"

namespace {

bool error_is_caught_by_type(const Eigen::VectorXd& values) {
    const Eigen::VectorXd shorter = values.head(values.size() - 1);
    try {
        plantwright::evaluate::mean_absolute_error(values, shorter);
    } catch (const plantwright::InvalidArgument&) {
        return true;
    }
    return false;
}

bool is_near(double actual, double expected) { return std::abs(actual - expected) < 1e-12; }

}  // namespace

int main() {
    const Eigen::VectorXd truth = Eigen::VectorXd::LinSpaced(33, 0, 1);
    const Eigen::VectorXd prediction = truth.array() + 0.5;
    Eigen::Matrix4d square = Eigen::Matrix4d::Identity();
    const double error_of_row = plantwright::evaluate::mean_absolute_error(square.row(1), square.row(2));

    plantwright::RandomStream stream(1, 2, plantwright::Purpose::bootstrap);
    const auto counts = plantwright::bootstrap_counts(stream, 10, 1000);
    const bool good = is_near(plantwright::evaluate::mean_absolute_error(truth, prediction), 0.5) &&
                      is_near(error_of_row, 0.5) && plantwright::as_eigen(counts).sum() == 1000 &&
                      error_is_caught_by_type(truth);
    std::printf("plantwright %s, Eigen %d.%d: %s\n", plantwright::kVersion, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION,
                good ? "good" : "WRONG");
    return good ? 0 : 1;
}
