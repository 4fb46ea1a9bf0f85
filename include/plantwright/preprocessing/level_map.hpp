// SPDX-License-Identifier: MIT
/// `LevelMap`: the values that a column was fitted with, numbered from 0: levels of a category in their own order, or
/// distinct numbers, rising.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

class PLANTWRIGHT_API LevelMap {
public:
    static constexpr std::int32_t kMissing = -1, kUnknown = -2;

    LevelMap() = default;
    LevelMap(const ColumnSpec& spec, const Column& column);

    Index size() const { return size_; }
    std::int32_t index(ColumnKind kind, Cell cell) const;  ///< of a level; kMissing, kUnknown
    Buffer<std::int32_t> indices(const StepInput& input) const;
    std::vector<std::string> names(const ColumnSpec& spec) const;

    /// Throws CorruptModel where it is not of a column with that spec.
    void require_of(const ColumnSpec& spec) const;
    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, size_, of_code_, numbers_);
    }

private:
    std::int64_t size_ = 0;
    Buffer<std::int32_t> of_code_;  // by the category's code: the level's number, or kUnknown where it had no row
    Vector numbers_;                // rising
};

/// The columns that encoders take: those wanted; as it comes, all categories that are inputs, or where there is none,
/// all numbers. Throws what `select_columns` throws.
PLANTWRIGHT_API std::vector<ColumnSpec> select_levels(std::string_view who, const Schema& schema,
                                                      const StepColumns& wanted);

}  // namespace plantwright
