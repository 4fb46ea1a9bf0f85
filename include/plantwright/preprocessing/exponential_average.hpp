// SPDX-License-Identifier: MIT
/// `ExponentialAverage`: the mean of all rows so far, weighted by age.
///
///     w(age) = 2^(-age / halflife),   weight <- weight w(step) + 1,   average += (x - average) / weight
///
/// Age counts rows, or time where the half-life is a duration: steps may be irregular. As pandas' `ewm(halflife=...,
/// times=...).mean()` with `adjust=True`. A missing or infinite reading ages what there is and the average stays;
/// before the first value it is missing. A step back in time, or a missing stamp, ages nothing; the clock is the
/// group's latest stamp, and is set back by one that lies more than a half-life behind. O(1) a row, one exp a
/// half-life.
#pragma once

#include "plantwright/preprocessing/memory_step.hpp"
#include "plantwright/preprocessing/window_length.hpp"

namespace plantwright {

struct ExponentialAverageOptions {
    static constexpr std::string_view kStepType = "ExponentialAverage";
    std::vector<WindowLength> halflife{10};  ///< one or several
    StepColumns columns{};                   ///< numbers
    std::optional<std::string> time{};       ///< default: the first column of kind time
    std::optional<std::string> by{};         ///< category that tells groups of rows apart

    static void fields(auto& self, auto&& field) {
        field("halflife", self.halflife);
        field("columns", self.columns);
        field("time", self.time);
        field("by", self.by);
    }
};

class PLANTWRIGHT_API ExponentialAverage final : public MemoryStepOf<ExponentialAverage, ExponentialAverageOptions> {
public:
    ExponentialAverage() = default;
    /// Throws InvalidArgument on an option out of range, and on durations without a column of kind time.
    static ExponentialAverage fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

protected:
    std::unique_ptr<RowSeries> start_series() const override;
    std::vector<Written> expected_writes() const override;
    void check_options() const override;
};

}  // namespace plantwright
