// SPDX-License-Identifier: MIT
/// `LevelNumbers`: steps that replace each level of a column by numbers: ordinal, frequency and target encoders.
#pragma once

#include "plantwright/preprocessing/level_map.hpp"

namespace plantwright {

class PLANTWRIGHT_API LevelNumbers : public Step {
public:
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const final;
    void validate() const override;

protected:
    /// Whether a level that was not fitted throws InvalidArgument.
    virtual bool refuses_unknown() const { return false; }
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const final;
    /// One row a level, then that of a missing value and that of an unknown level; as many columns as are written.
    std::vector<Column> columns_of(const Buffer<std::int32_t>& levels, const Matrix& numbers) const;

    /// Learns the levels of the columns wanted. Throws InvalidArgument on a frame without rows.
    void learn_levels(const Frame& frame, const StepColumns& columns);
    /// Where there is one number a level it stands in the column's place, else the column gives way to one a name of
    /// `outputs`.
    void write_numbers(const std::vector<std::string>& outputs);

    template <class Archive>
    void serialize_levels(Archive& archive) {
        io::members(archive, maps_, numbers_);
    }

    std::vector<LevelMap> maps_;   // of each column read
    std::vector<Matrix> numbers_;  // (n_levels + 2, n_outputs)

private:
    [[noreturn]] void fail_unknown(std::size_t k) const;
};

/// The row of `LevelNumbers::numbers_` for a level's index.
inline Index number_row(std::int32_t level, Index n_levels) { return level >= 0 ? level : n_levels - 1 - level; }

}  // namespace plantwright
