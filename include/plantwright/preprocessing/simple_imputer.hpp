// SPDX-License-Identifier: MIT
/// `SimpleImputer`: a value for every missing one.
///
/// - mean, median: of the present numbers fitted; most_frequent: the commonest value, the least of several;
/// - constant: `fill_value`, or 0 and "missing_value";
/// - last: the latest value of the column (and of the row's group, with `by`) that is not older than `max_age`, in
///   rows of its group or in time;
/// - linear: on the line between the neighbours, by row or by `time`. It looks at later rows, so it repairs history
///   alone: a stream refuses it.
///
/// What has no value to be filled with stays missing: all of a column that was fitted without any (mean, median,
/// most_frequent), rows before a group's first value, rows without a stamp where age or line is by time, rows without a
/// known group, and the ends of a column under linear. A level that was not fitted is no missing value: it is not
/// filled, and comes out missing. With `add_indicator`, `x__missing` is 1 where x was missing, for the columns that had
/// gaps when fitted. O(n).
#pragma once

#include "plantwright/preprocessing/step.hpp"
#include "plantwright/preprocessing/window_length.hpp"

namespace plantwright {

enum class ImputerStrategy { mean, median, most_frequent, constant, last, linear };
template <>
inline constexpr std::array<std::string_view, 6> kWords<ImputerStrategy>{"mean",     "median", "most_frequent",
                                                                         "constant", "last",   "linear"};

struct SimpleImputerOptions {
    static constexpr std::string_view kStepType = "SimpleImputer";
    ImputerStrategy strategy = ImputerStrategy::mean;
    io::Json fill_value{};                  ///< a number or a text, for constant
    std::optional<WindowLength> max_age{};  ///< for last; none: any age
    bool add_indicator = false;
    std::optional<std::string> by{};    ///< the category column of groups, for last and linear
    std::optional<std::string> time{};  ///< the time column; where max_age is a duration, the table's own if none
    StepColumns columns{};              ///< numbers; but for mean, median and linear categories too

    static void fields(auto& self, auto&& field) {
        field("strategy", self.strategy);
        field("fill_value", self.fill_value);
        field("max_age", self.max_age);
        field("add_indicator", self.add_indicator);
        field("by", self.by);
        field("time", self.time);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API SimpleImputer final : public Step {
public:
    using Options = SimpleImputerOptions;

    SimpleImputer() = default;
    /// Throws InvalidArgument on a frame without rows, on options that do not belong together, and on an infinity
    /// under mean, median and most_frequent.
    static SimpleImputer fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override { return {{"statistics_", fill_numbers_}}; }
    /// Throws InvalidArgument for linear.
    std::unique_ptr<StepState> start() const override;
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, fill_numbers_, fill_codes_, indicated_);
        io::validate_after_load(archive, *this);
    }

protected:
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const override;

private:
    Index n_columns() const { return fill_numbers_.size(); }
    Cell fill(Index k) const;
    Index time_index() const;   // among the columns read, -1: none
    Index group_index() const;  // likewise
    Column filled(const StepInput& input, Index k, Index n_rows) const;
    Column filled_with_last(std::span<const StepInput> inputs, Index k, Index n_rows) const;
    Column filled_on_lines(std::span<const StepInput> inputs, Index k, Index n_rows) const;

    Options options_;
    Vector fill_numbers_;              // of each column to fill; NaN: none
    Buffer<std::int32_t> fill_codes_;  // likewise, of categories
    Buffer<std::int64_t> indicated_;   // columns whose gaps are told
};

}  // namespace plantwright
