// SPDX-License-Identifier: MIT
/// Which rows and features each isolation tree is grown on; made anew from the seed whenever asked.
#pragma once

#include <cstdint>
#include <vector>

#include "forest/training.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/forest/isolation_forest.hpp"

namespace plantwright {

/// Row numbers, each at most once: a bit for each row of the table, or a hash table with open addressing.
class RowSet {
public:
    /// Empties the set, for up to `capacity` of rows below `n_rows`.
    void clear(Index n_rows, Index capacity);
    /// False where it is there already.
    bool insert(RowId row) { return bits_.empty() ? insert_slot(row) : insert_bit(row); }
    /// Empties the set, which holds these rows and no others.
    void erase(const std::vector<RowId>& rows) {
        for (std::size_t i = 0; i < rows.size() && !bits_.empty(); ++i) bits_[rows[i] / 64] = 0;
    }

private:
    bool insert_bit(RowId row) {
        const std::uint64_t bit = std::uint64_t{1} << row % 64, word = bits_[row / 64];
        bits_[row / 64] = word | bit;
        return (word & bit) == 0;
    }
    bool insert_slot(RowId row) {
        constexpr RowId kGolden = 0x9E3779B1u;
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = (row * kGolden) >> shift_;
        for (; slots_[at] != 0; at = (at + 1) & mask) {
            if (slots_[at] == row + 1) return false;
        }
        slots_[at] = row + 1;
        return true;
    }

    std::vector<std::uint64_t> bits_;  // of all rows, where they are few enough for the cache; 0 between samples
    std::vector<RowId> slots_;         // else: row + 1; 0: free
    int shift_ = 0;
};

/// Without replacement by Floyd's algorithm (Bentley & Floyd, "A sample of brilliance", CACM 30, 1987), in
/// O(max_samples) whatever the number of rows; in proportion to weights by inversion of their sums, rows drawn before
/// being drawn again.
class IsolationSampler {
public:
    /// `weight` is `(n_rows,)` or empty. Options and weights are checked: see `isolation_options`.
    IsolationSampler(const IsolationForestOptions& options, Index n_rows, const Vector& weight);

    Index max_samples() const { return n_draws_; }  ///< rows of a tree; with bootstrap at most
    bool takes_all_rows() const { return !bootstrap_ && n_draws_ == n_rows_; }

    /// The distinct rows of a tree, in no order; `drawn` is memory.
    void sample(Index tree, RowSet& drawn, std::vector<RowId>& rows) const;

private:
    void without_replacement(RandomStream& stream, RowSet& drawn, std::vector<RowId>& rows) const;
    void with_replacement(RandomStream& stream, RowSet& drawn, std::vector<RowId>& rows) const;
    void by_weight(RandomStream& stream, RowSet& drawn, std::vector<RowId>& rows) const;

    std::uint64_t seed_;
    bool bootstrap_;
    Index n_rows_, n_draws_;
    Vector weight_, cumulative_;
};

/// The features that a tree may split on, ascending.
std::vector<std::uint32_t> features_of_isolation_tree(const IsolationForestOptions& options, Index n_features,
                                                      Index tree);

}  // namespace plantwright
