// SPDX-License-Identifier: MIT
/// `MemoryStep`: steps whose values depend on the rows before, each group of rows on its own.
///
/// Rows run in arrival order and are never reordered. A window by time looks back from the latest stamp that its group
/// has seen: a row that is late, or has no stamp, counts as of that time, and a row whose stamp is doubled counts once
/// more. A stamp further behind than the window is long says that the clock was set back (or had jumped ahead), and the
/// window starts anew with it; so no wrong stamp is remembered for longer than a window. Until a group's first stamp,
/// windows by time are empty. A row without a group, or of a group that was not there when fitting, gets missing values
/// and leaves no trace.
///
/// For authors: derive a `RowSeries`, which takes the rows of one group.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

/// The rows of one group so far.
class PLANTWRIGHT_API RowSeries {
public:
    virtual ~RowSeries() = default;
    virtual std::unique_ptr<RowSeries> clone() const = 0;
    /// Numbers of one row (NaN: missing) and its stamp (kMissingTime: missing, or the step has no time).
    virtual void push(std::span<const Cell> values, std::int64_t stamp, std::span<Cell> written) = 0;
};

class PLANTWRIGHT_API MemoryStep : public Step {
public:
    std::unique_ptr<StepState> start() const final;
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const final;
    void validate() const override;

protected:
    virtual std::unique_ptr<RowSeries> start_series() const = 0;
    /// What options and `reads_` ask for.
    virtual std::vector<Written> expected_writes() const = 0;
    /// Throws InvalidArgument on options that are out of range.
    virtual void check_options() const {}
    /// Of a row without a group: missing values.
    virtual void update_ungrouped(std::span<const Cell> read, std::span<Cell> written) const;

    /// Reads the number columns wanted, then the time (the table's first one where none is named and one is needed),
    /// then the group; and sets `writes()`.
    void read_columns(const Frame& frame, const StepColumns& columns, const std::optional<std::string>& time,
                      bool needs_time, const std::optional<std::string>& by);
    /// For `keep_columns` (step_types.hpp): forgets the other number columns.
    void keep_values(std::span<const Index> kept, StepColumns& columns);
    Index n_values() const;     ///< number columns read, first of all
    Index time_index() const;   ///< among the columns read, -1: none
    Index group_index() const;  ///< among the columns read, -1: none
};

/// A memory step of numbers whose options are `O`; `Self` derives from it.
template <class Self, class O>
class PLANTWRIGHT_API MemoryStepOf : public MemoryStep {
public:
    using Options = O;

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    void keep_columns(std::span<const Index> kept) { keep_values(kept, options_.columns); }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::validate_after_load(archive, static_cast<Self&>(*this));
    }

protected:
    Options options_;
};

}  // namespace plantwright
