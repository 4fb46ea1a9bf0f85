// SPDX-License-Identifier: MIT
#include <cmath>

#include "detect/occlusion.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/detect/ensemble_member.hpp"

namespace plantwright {
IsolationRows IsolationRows::fit(ConstMatrixView rows, const IsolationForestOptions& options) {
    IsolationRows fitted;
    fitted.forest_ = IsolationForest::fit(rows, options);
    fitted.median_ = detect::medians_of(rows);
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
    if (!state.scored) return Vector(n_sensors(), kNaN);
    return detect::occluded_gains(forest_, state.row, median_, 1);
}

void IsolationRows::validate() const {
    forest_.validate();
    bool good = median_.size() == forest_.n_features() && forest_.schema().size() == 0;
    for (const double median : median_) good = good && !std::isinf(median);
    if (!good) throw CorruptModel("IsolationRows: its medians do not fit its forest");
}

}  // namespace plantwright
