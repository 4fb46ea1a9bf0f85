// SPDX-License-Identifier: MIT
#include "explain/key_columns.hpp"

namespace plantwright {

KeyColumns::KeyColumns(Index n_features)
    : local_(static_cast<std::size_t>(n_features), -1), column_(2 * static_cast<std::size_t>(n_features), -1) {}

void KeyColumns::add(const TreeView& tree) {
    for (std::size_t k = 0; k < tree.feature.size(); ++k) {
        const std::int32_t feature = tree.feature[k];
        if (feature < 0) continue;
        const bool low = tree.missing_go_left[k] != 0;
        std::int32_t& local = local_[static_cast<std::size_t>(feature)];
        std::int32_t& column = column_[2 * static_cast<std::size_t>(feature) + (low ? 1 : 0)];
        if (local < 0) {
            local = static_cast<std::int32_t>(features_.size());
            features_.push_back(feature);
        }
        if (column < 0) {
            column = static_cast<std::int32_t>(columns_.size());
            columns_.push_back({feature, low});
        }
    }
}

}  // namespace plantwright
