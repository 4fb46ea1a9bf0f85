// SPDX-License-Identifier: MIT
/// Subtrees of two and three rows, grown at once: where trees grow deep, most of their nodes lie there. The same nodes,
/// in the same order, as by CodeGrower's general way.
#include <utility>

#include "forest/code_grower.hpp"

namespace plantwright {

/// False where the general way must look.
bool CodeGrower::grow_tiny(std::int32_t node, const Pending& pending) {
    const int n = pending.size();
    if (n > 3 || n < 2 || !is_free_ || pending.depth + n - 1 > settings_.max_depth) return false;
    monitor_.poll();
    if (n == 3) return grow_three(node, pending);
    grow_pair(node, pending);
    return true;
}

bool CodeGrower::grow_three(std::int32_t node, const Pending& pending) {
    const NodeRows rows = rows_of(pending);
    if (search_->is_pure(rows)) {
        set_leaf(node, pending);
        return true;
    }
    search_->start(rows, totals_of(pending));
    Parting parting = part_three(pending);
    if (parting.feature < 0) return false;
    const int n_left = left_first(pending, parting);
    parting.missing_go_left = n_left == 2;  // no value is missing: they will follow the larger side
    partings_.push_back({node, parting});
    Pending pair = pending;
    pair.parent = node;
    pair.depth = pending.depth + 1;
    pair.is_left = n_left == 2;
    pair.begin = pair.is_left ? pending.begin : pending.begin + 1;
    pair.end = pair.begin + 2;
    pair.key = pair.is_left ? left_key(pending.key) : right_key(pending.key);
    if (!pair.is_left) add_single(node, true, pending, 0);
    grow_pair(tree_.add(node, pair.is_left), pair);
    if (pair.is_left) add_single(node, false, pending, 2);
    return true;
}

void CodeGrower::grow_pair(std::int32_t node, const Pending& pending) {
    const NodeRows rows = rows_of(pending);
    Parting parting;
    if (!search_->is_pure(rows)) parting = part_two(pending);
    if (parting.feature < 0 && !all_exact_ && !search_->is_pure(rows)) {
        search_->start(rows, totals_of(pending));
        parting = part_by_value(pending);
    }
    if (parting.feature < 0) {
        set_leaf(node, pending);
        return;
    }
    left_first(pending, parting);
    partings_.push_back({node, parting});
    add_single(node, true, pending, 0);
    add_single(node, false, pending, 1);
}

/// Reorders the rows, each side in its order. Returns how many go left.
int CodeGrower::left_first(const Pending& pending, const Parting& parting) {
    int n_left = 0;
    for (int i = 0; i < pending.size(); ++i) {
        if (!goes_left(pending, parting, i)) continue;
        for (int k = pending.begin + i; k > pending.begin + n_left; --k) {
            std::swap(slot_[k], slot_[k - 1]);
            std::swap(packed_[k], packed_[k - 1]);
        }
        ++n_left;
    }
    return n_left;
}

bool CodeGrower::goes_left(const Pending& pending, const Parting& parting, int i) const {
    if (parting.by_value) return data_.rows->at(row_of(pending, i), parting.feature) <= parting.threshold;
    const NodeRows rows = rows_of(pending);
    return rows.codes[rows.slot[i] * rows.stride + parting.feature] < parting.right;
}

void CodeGrower::add_single(std::int32_t parent, bool is_left, const Pending& pending, int i) {
    const std::int32_t leaf = tree_.add(parent, is_left);
    set_single(leaf, row_of(pending, i), packed_[pending.begin + i]);
}

}  // namespace plantwright
