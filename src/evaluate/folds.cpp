// SPDX-License-Identifier: MIT
#include <algorithm>
#include <numeric>
#include <string>

#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/evaluate/splitters.hpp"

namespace plantwright::evaluate {
namespace {

void require_n_splits(const char* who, Index n_splits, Index most, const char* of_what) {
    if (n_splits >= 2 && n_splits <= most) return;
    throw InvalidArgument(std::string(who) + ": n_splits must be at least 2 and at most the number of " + of_what +
                          " (" + std::to_string(most) + "), got " + std::to_string(n_splits));
}

/// From the fold of each row to the rows of each split.
std::vector<Split> splits_of(const std::vector<Index>& fold_of_row, Index n_splits) {
    std::vector<Split> splits(static_cast<std::size_t>(n_splits));
    for (std::size_t row = 0; row < fold_of_row.size(); ++row) {
        for (Index k = 0; k < n_splits; ++k) {
            Split& split = splits[static_cast<std::size_t>(k)];
            (k == fold_of_row[row] ? split.test : split.train).push_back(static_cast<Index>(row));
        }
    }
    return splits;
}

/// First item of fold k when n items are cut into folds that differ by at most one item, the longer ones first.
Index fold_begin(Index n, Index n_splits, Index k) { return k * (n / n_splits) + std::min(k, n % n_splits); }

std::vector<Index> fold_of_position(Index n, Index n_splits) {
    std::vector<Index> fold(static_cast<std::size_t>(n));
    for (Index k = 0; k < n_splits; ++k) {
        std::fill(fold.begin() + fold_begin(n, n_splits, k), fold.begin() + fold_begin(n, n_splits, k + 1), k);
    }
    return fold;
}

std::vector<std::vector<Index>> rows_by_code(const char* who, const char* name, VectorView<const std::int32_t> codes) {
    std::vector<std::vector<Index>> rows;
    for (Index i = 0; i < codes.size(); ++i) {
        if (codes[i] < 0 || codes[i] >= codes.size()) {
            throw InvalidArgument(std::string(who) + ": " + name + " must be codes in [0, n_rows), got " +
                                  std::to_string(codes[i]) + " at row " + std::to_string(i));
        }
        const auto code = static_cast<std::size_t>(codes[i]);
        if (code >= rows.size()) rows.resize(code + 1);
        rows[code].push_back(i);
    }
    return rows;
}

}  // namespace

std::vector<Split> k_fold(Index n_rows, const KFoldOptions& options) {
    require_n_splits("KFold", options.n_splits, n_rows, "rows");
    std::vector<Index> fold = fold_of_position(n_rows, options.n_splits);
    if (options.shuffle) RandomStream(options.seed, 0, Purpose::split).shuffle(std::span<Index>(fold));
    return splits_of(fold, options.n_splits);
}

std::vector<Split> stratified_k_fold(VectorView<const std::int32_t> classes, const KFoldOptions& options) {
    constexpr const char* who = "StratifiedKFold";
    const auto rows = rows_by_code(who, "classes", classes);
    Index largest = 0;
    for (const auto& of_class : rows) largest = std::max(largest, static_cast<Index>(of_class.size()));
    require_n_splits(who, options.n_splits, largest, "rows of the largest class");

    std::vector<Index> fold(static_cast<std::size_t>(classes.size()));
    Index dealt = 0;  // dealing goes on where the class before ended, so that fold sizes differ by at most one row
    for (std::size_t code = 0; code < rows.size(); ++code) {
        // Position p of all rows, sorted by class, belongs to fold p % n_splits: how many rows of this class each fold
        // gets.
        std::vector<Index> share(rows[code].size());
        for (Index& k : share) k = dealt++ % options.n_splits;
        std::sort(share.begin(), share.end());  // contiguous in row order, as without stratification
        if (options.shuffle) RandomStream(options.seed, code, Purpose::split).shuffle(std::span<Index>(share));
        for (std::size_t i = 0; i < share.size(); ++i) fold[static_cast<std::size_t>(rows[code][i])] = share[i];
    }
    return splits_of(fold, options.n_splits);
}

std::vector<Split> group_split(VectorView<const std::int32_t> groups, Index n_splits) {
    constexpr const char* who = "GroupSplit";
    const auto rows = rows_by_code(who, "groups", groups);
    std::vector<std::size_t> order;
    for (std::size_t code = 0; code < rows.size(); ++code) {
        if (!rows[code].empty()) order.push_back(code);
    }
    require_n_splits(who, n_splits, static_cast<Index>(order.size()), "groups");
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return rows[a].size() > rows[b].size(); });

    std::vector<Index> fold(static_cast<std::size_t>(groups.size()));
    std::vector<std::size_t> size(static_cast<std::size_t>(n_splits), 0);
    for (const std::size_t code : order) {
        const auto smallest = std::min_element(size.begin(), size.end());
        *smallest += rows[code].size();
        for (const Index row : rows[code]) fold[static_cast<std::size_t>(row)] = smallest - size.begin();
    }
    return splits_of(fold, n_splits);
}

std::vector<Split> blocked_k_fold(Index n_rows, Index n_splits, Index gap) {
    constexpr const char* who = "BlockedKFold";
    require_n_splits(who, n_splits, n_rows, "rows");
    if (gap < 0) throw InvalidArgument(std::string(who) + ": gap must be at least 0 rows, got " + std::to_string(gap));
    std::vector<Split> splits(static_cast<std::size_t>(n_splits));
    for (Index k = 0; k < n_splits; ++k) {
        const Index begin = fold_begin(n_rows, n_splits, k), end = fold_begin(n_rows, n_splits, k + 1);
        Split& split = splits[static_cast<std::size_t>(k)];
        for (Index row = 0; row < n_rows; ++row) {
            if (row >= begin && row < end) split.test.push_back(row);
            if (row < begin - gap || row - gap >= end) split.train.push_back(row);
        }
        if (split.train.empty()) {
            throw InvalidArgument(std::string(who) + ": gap = " + std::to_string(gap) + " leaves no training row of " +
                                  std::to_string(n_rows) + " in fold " + std::to_string(k));
        }
    }
    return splits;
}

}  // namespace plantwright::evaluate
