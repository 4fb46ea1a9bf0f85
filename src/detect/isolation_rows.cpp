// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/detect/ensemble_member.hpp"

namespace plantwright {
namespace {

/// NaN of a sensor without a reading.
double median_of(ConstVectorView readings) {
    std::vector<double> there;
    for (Index i = 0; i < readings.size(); ++i) {
        if (!std::isnan(readings[i])) there.push_back(readings[i]);
    }
    if (there.empty()) return kNaN;
    const auto middle = there.begin() + std::ssize(there) / 2;
    std::nth_element(there.begin(), middle, there.end());
    return *middle;
}

}  // namespace

IsolationRows IsolationRows::fit(ConstMatrixView rows, const IsolationForestOptions& options) {
    IsolationRows fitted;
    fitted.forest_ = IsolationForest::fit(rows, options);
    fitted.median_ = Vector(rows.cols());
    for (Index j = 0; j < rows.cols(); ++j) fitted.median_[j] = median_of(rows.col(j));
    return fitted;
}

double IsolationRows::update(State& state, ConstVectorView row) const {
    bool scored = false;
    for (Index j = 0; j < row.size(); ++j) {
        state.row[j] = std::isfinite(row[j]) ? row[j] : kNaN;
        scored = scored || std::isfinite(row[j]);
    }
    state.scored = scored;
    return scored ? -forest_.score_one(std::span<const double>(state.row.data(), state.row.data() + row.size())) : kNaN;
}

Vector IsolationRows::contributions(const State& state) const {
    Vector shares(n_sensors(), kNaN);
    if (!state.scored) return shares;
    Vector row = state.row;
    const std::span<const double> view(row.data(), static_cast<std::size_t>(row.size()));
    const double score = forest_.score_one(view);
    for (Index j = 0; j < row.size(); ++j) {
        const double reading = row[j];
        shares[j] = 0;
        if (std::isnan(reading) || std::isnan(median_[j])) continue;
        row[j] = median_[j];
        shares[j] = std::max(0.0, forest_.score_one(view) - score);
        row[j] = reading;
    }
    return shares;
}

void IsolationRows::validate() const {
    forest_.validate();
    bool good = median_.size() == forest_.n_features() && forest_.schema().size() == 0;
    for (const double median : median_) good = good && !std::isinf(median);
    if (!good) throw CorruptModel("IsolationRows: its medians do not fit its forest");
}

}  // namespace plantwright
