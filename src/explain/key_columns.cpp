// SPDX-License-Identifier: MIT
#include "explain/key_columns.hpp"

namespace plantwright {
namespace {

constexpr int kBits = 31;  // of a key, so that none is negative

}  // namespace

KeyColumns::KeyColumns(Index n_features, std::span<const std::int32_t> n_levels)
    : n_levels_(n_levels.begin(), n_levels.end()), local_(static_cast<std::size_t>(n_features), -1),
      column_(2 * static_cast<std::size_t>(n_features), -1),
      last_bit_(static_cast<std::size_t>(n_features), {-1, kBits - 1}) {}

void KeyColumns::add(const TreeView& tree) {
    for (std::size_t k = 0; k < tree.feature.size(); ++k) {
        const std::int32_t feature = tree.feature[k];
        if (feature < 0) continue;
        std::int32_t& local = local_[static_cast<std::size_t>(feature)];
        if (local < 0) {
            local = static_cast<std::int32_t>(features_.size());
            features_.push_back(feature);
        }
        if (tree.levels_left(static_cast<Index>(k)).empty())
            add_number(feature, tree.missing_go_left[k] != 0);
        else
            add_list(list_of(tree, k));
    }
}

KeyColumns::LevelList KeyColumns::list_of(const TreeView& tree, std::size_t node) {
    const auto levels = tree.levels_left(static_cast<Index>(node));
    return {tree.feature[node], tree.missing_go_left[node] != 0, {levels.begin(), levels.end()}};
}

std::int32_t KeyColumns::add_column(KeyColumn column) {
    columns_.push_back(std::move(column));
    return static_cast<std::int32_t>(columns_.size()) - 1;
}

void KeyColumns::add_number(std::int32_t feature, bool missing_is_low) {
    std::int32_t& column = column_[2 * static_cast<std::size_t>(feature) + (missing_is_low ? 1 : 0)];
    if (column < 0) column = add_column({feature, missing_is_low});
}

void KeyColumns::add_list(const LevelList& list) {
    const auto feature = static_cast<std::size_t>(list.feature);
    const auto [place, is_new] = bits_.try_emplace(list);
    if (!is_new) return;
    const auto n_levels = static_cast<std::size_t>(n_levels_[feature]);
    Bit& last = last_bit_[feature];
    if (++last.bit == kBits) last = {add_column({list.feature, false, std::vector<std::int32_t>(n_levels + 2)}), 0};
    std::vector<std::int32_t>& right = columns_[static_cast<std::size_t>(last.column)].right;
    const std::int32_t bit = 1 << last.bit;
    for (std::size_t level = 0; level <= n_levels; ++level) right[level] |= bit;
    for (const std::uint16_t level : list.levels) right[level] &= ~bit;
    if (!list.missing_go_left) right[n_levels + 1] |= bit;
    place->second = last;
}

SplitQuestion KeyColumns::question(const TreeView& tree, Index node) const {
    const auto k = static_cast<std::size_t>(node);
    const std::int32_t feature = tree.feature[k];
    const auto local = static_cast<std::uint32_t>(local_[static_cast<std::size_t>(feature)]);
    if (!tree.levels_left(node).empty()) {
        const Bit at = bits_.at(list_of(tree, k));
        return {1 << at.bit, 0, static_cast<std::uint32_t>(at.column), local};
    }
    const std::size_t way = tree.missing_go_left[k] != 0 ? 1 : 0;
    return {-1, ordered_key(tree.threshold[k], false),
            static_cast<std::uint32_t>(column_[2 * static_cast<std::size_t>(feature) + way]), local};
}

}  // namespace plantwright
