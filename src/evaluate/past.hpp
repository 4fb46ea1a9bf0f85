// SPDX-License-Identifier: MIT
/// The known truth by time: what stood k stamps before, or exactly a week before.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plantwright/core/types.hpp"

namespace plantwright::evaluate {

enum class SameStamp { mean, last };  ///< what several rows of one stamp become

class Past {
public:
    Past(std::span<const std::int64_t> times, std::span<const double> values, SameStamp rule);

    /// The value `steps` distinct stamps before `time`; NaN before the beginning.
    double before(std::int64_t time, Index steps) const;
    /// The value exactly `duration_ns` before; NaN where there is none.
    double earlier(std::int64_t time, std::int64_t duration_ns) const;

    const std::vector<double>& values() const { return values_; }  ///< in time order

private:
    std::vector<std::int64_t> stamps_;  // distinct, ascending
    std::vector<double> values_;
};

}  // namespace plantwright::evaluate
