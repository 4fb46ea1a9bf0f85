// SPDX-License-Identifier: MIT
/// `RollingFeatures`: statistics of the rows that a window holds, the newest one included.
///
///     RollingFeatures::fit(frame, {.windows = {60, "30min"}, .statistics = {"mean", "std", "q10"}, .by = "line"});
///
/// writes `steam_t__rolling_mean_60`, `steam_t__rolling_mean_30min`, ... behind the columns that there are.
///
/// A window of k rows holds the row and the k - 1 before it; one of a duration w those of a time in (t - w, t] (for
/// late and missing stamps, and groups, see memory_step.hpp). Missing and infinite readings do not count: a statistic
/// is of the values present, and missing where there are fewer than `min_count`, or than it needs (var, std, slope 2;
/// skew 3). As pandas: std and var divide by n - 1, quantiles interpolate linearly, skew is adjusted for bias (0 where
/// all values are equal). `count` is never missing. `slope` is that of the least-squares line, by row in windows by
/// count and by second of the rows' own stamps in windows by time.
///
/// The arithmetic depends on the window's rows alone, and not on which others are asked for; an offset of the data
/// costs no digits (src/preprocessing/rolling_kernel.hpp). A row costs O(log k) a window and column, a quantile O(k)
/// moves of memory beside O(log k) comparisons. Memory: about 4 k values a column and quantity.
#pragma once

#include "plantwright/preprocessing/memory_step.hpp"
#include "plantwright/preprocessing/window_length.hpp"

namespace plantwright {

struct RollingFeaturesOptions {
    static constexpr std::string_view kStepType = "RollingFeatures";
    std::vector<WindowLength> windows{60};
    /// Of mean, std, var, min, max, range, sum, count, slope, skew, median and quantiles: q10, q2.5 (percent).
    std::vector<std::string> statistics{"mean", "std"};
    StepColumns columns{};              ///< numbers
    std::optional<std::string> time{};  ///< default: the first column of kind time
    std::optional<std::string> by{};    ///< category that tells groups of rows apart
    std::int64_t min_count = 1;         ///< values that a window must have

    static void fields(auto& self, auto&& field) {
        field("windows", self.windows);
        field("statistics", self.statistics);
        field("columns", self.columns);
        field("time", self.time);
        field("by", self.by);
        field("min_count", self.min_count);
    }
};

class PLANTWRIGHT_API RollingFeatures final : public MemoryStepOf<RollingFeatures, RollingFeaturesOptions> {
public:
    RollingFeatures() = default;
    /// Learns nothing but the columns. Throws InvalidArgument on an option out of range, and on durations without a
    /// column of kind time.
    static RollingFeatures fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

protected:
    std::unique_ptr<RowSeries> start_series() const override;
    std::vector<Written> expected_writes() const override;
    void check_options() const override;
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const override;
};

}  // namespace plantwright
