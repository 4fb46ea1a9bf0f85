// SPDX-License-Identifier: MIT
/// `Lags`: what a column was some rows or some time ago. `Differences`: what it changed by since, and how fast.
///
///     lag_k(t) = x[t - k],   diff_k(t) = x[t] - x[t - k],   rate_k(t) = diff_k(t) / time between the two rows
///
/// A lag of a duration is the last row that was there at `t - duration` or before (as of), if it is not older than
/// `tolerance` more. A missing value stays missing; before the first row there is none. For late and missing stamps and
/// for groups see memory_step.hpp. O(1) a row, memory as many rows as the longest lag.
#pragma once

#include "plantwright/preprocessing/memory_step.hpp"
#include "plantwright/preprocessing/window_length.hpp"

namespace plantwright {

struct LagsOptions {
    static constexpr std::string_view kStepType = "Lags";
    std::vector<WindowLength> lags{1};
    std::optional<WindowLength> tolerance{};  ///< a duration, for lags by time; default: any age will do
    StepColumns columns{};                    ///< numbers
    std::optional<std::string> time{};        ///< default: the first column of kind time
    std::optional<std::string> by{};          ///< category that tells groups of rows apart

    static void fields(auto& self, auto&& field) {
        field("lags", self.lags);
        field("tolerance", self.tolerance);
        field("columns", self.columns);
        field("time", self.time);
        field("by", self.by);
    }
};

class PLANTWRIGHT_API Lags final : public MemoryStepOf<Lags, LagsOptions> {
public:
    Lags() = default;
    /// Throws InvalidArgument on an option out of range, and on durations without a column of kind time.
    static Lags fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

protected:
    std::unique_ptr<RowSeries> start_series() const override;
    std::vector<Written> expected_writes() const override;
    void check_options() const override;
};

struct DifferencesOptions {
    static constexpr std::string_view kStepType = "Differences";
    std::vector<WindowLength> lags{1};
    std::optional<std::string> rate{};        ///< a unit of time ("s", "min", "h", "d"): change per that unit
    std::optional<WindowLength> tolerance{};  ///< a duration, for lags by time; default: any age will do
    StepColumns columns{};                    ///< numbers
    std::optional<std::string> time{};        ///< default: the first column of kind time
    std::optional<std::string> by{};          ///< category that tells groups of rows apart

    static void fields(auto& self, auto&& field) {
        field("lags", self.lags);
        field("rate", self.rate);
        field("tolerance", self.tolerance);
        field("columns", self.columns);
        field("time", self.time);
        field("by", self.by);
    }
};

/// Rates go by the rows' own stamps; where the two are the same, earlier than before, or missing, there is no rate.
class PLANTWRIGHT_API Differences final : public MemoryStepOf<Differences, DifferencesOptions> {
public:
    Differences() = default;
    /// Throws InvalidArgument on an option out of range, and on durations or rates without a column of kind time.
    static Differences fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

protected:
    std::unique_ptr<RowSeries> start_series() const override;
    std::vector<Written> expected_writes() const override;
    void check_options() const override;
};

}  // namespace plantwright
