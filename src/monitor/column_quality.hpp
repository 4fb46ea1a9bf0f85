// SPDX-License-Identifier: MIT
/// One pass over a column: what is there, what is valid, what stands still, and hashes to compare rows and columns by.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "monitor/series.hpp"
#include "plantwright/monitor/data_quality.hpp"

namespace plantwright::monitor {

/// 128 bits, so that two rows of even a billion are never the same by chance.
struct Hash {
    std::uint64_t low = 0, high = 0;
    auto operator<=>(const Hash&) const = default;

    void eat(std::uint64_t bits);
};

struct ColumnPass {
    ColumnQuality quality;
    Hash hash;  ///< of all its values
};

/// `rows` `(n_rows,)` gather what each row has in this column.
ColumnPass pass_over(const Frame& table, Index column, const SeriesQuality& series, const DataQualityOptions& options,
                     std::vector<Hash>& rows);

}  // namespace plantwright::monitor
