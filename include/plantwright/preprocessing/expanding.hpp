// SPDX-License-Identifier: MIT
/// `Expanding`: statistics of all rows so far, the newest one included.
///
///     n += 1,   d = x - mean,   mean += d / n,   m2 += d (x - mean)        (Welford, 1962)
///
/// Missing and infinite readings do not count; a statistic is missing where there are fewer than `min_count` values, or
/// than it needs (var and std, which divide by n - 1, 2). Sums carry what rounding took (Neumaier, 1974). O(1) a row.
/// For groups see memory_step.hpp.
#pragma once

#include "plantwright/preprocessing/memory_step.hpp"

namespace plantwright {

enum class ExpandingStatistic { mean, std, var, min, max, range, sum, count };
template <>
inline constexpr std::array<std::string_view, 8> kWords<ExpandingStatistic> = {"mean", "std",   "var", "min",
                                                                               "max",  "range", "sum", "count"};

struct ExpandingOptions {
    static constexpr std::string_view kStepType = "Expanding";
    std::vector<ExpandingStatistic> statistics{ExpandingStatistic::mean, ExpandingStatistic::std};
    StepColumns columns{};            ///< numbers
    std::optional<std::string> by{};  ///< category that tells groups of rows apart
    std::int64_t min_count = 1;       ///< values that there must be

    static void fields(auto& self, auto&& field) {
        field("statistics", self.statistics);
        field("columns", self.columns);
        field("by", self.by);
        field("min_count", self.min_count);
    }
};

class PLANTWRIGHT_API Expanding final : public MemoryStepOf<Expanding, ExpandingOptions> {
public:
    Expanding() = default;
    /// Throws InvalidArgument on an option out of range.
    static Expanding fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

protected:
    std::unique_ptr<RowSeries> start_series() const override;
    std::vector<Written> expected_writes() const override;
    void check_options() const override;
};

}  // namespace plantwright
