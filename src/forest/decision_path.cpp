// SPDX-License-Identifier: MIT
/// The ways of rows through the trees.
#include <algorithm>

#include "forest/predictor.hpp"

namespace plantwright {

DecisionPath Predictor::decision_path(const FeatureRows& rows, std::optional<int> n_jobs) const {
    const Table<std::int32_t> leaves = apply(rows, n_jobs);
    DecisionPath path{.row_offsets = Buffer<std::int64_t>(rows.rows() + 1),
                      .nodes = {},
                      .tree_offsets = Buffer<std::int64_t>(forest_.n_trees() + 1)};
    const NodeFormat format = format_of_nodes(forest_);
    std::vector<std::vector<std::int32_t>> parent;  // by tree and node
    for (Index t = 0; t < forest_.n_trees(); ++t) {
        const Index n = forest_.n_nodes(t);
        path.tree_offsets[t + 1] = path.tree_offsets[t] + n;
        auto& of_tree = parent.emplace_back(static_cast<std::size_t>(n), kNoChild);
        for (Index k = 0; k < n; ++k) {
            const NodeParts node =
                format.parts(forest_.nodes.data() + (forest_.tree_begin[t] + 1 + k) * forest_.words_per_node());
            if (node.slot == 0) continue;
            const std::size_t left = static_cast<std::size_t>(k) + node.distance;
            of_tree[left] = of_tree[left + 1] = static_cast<std::int32_t>(k);
        }
    }
    std::vector<std::int64_t> passed;
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index t = 0; t < forest_.n_trees(); ++t) {
            const auto first = static_cast<std::ptrdiff_t>(passed.size());
            for (std::int32_t k = leaves(i, t); k != kNoChild;
                 k = parent[static_cast<std::size_t>(t)][static_cast<std::size_t>(k)]) {
                passed.push_back(path.tree_offsets[t] + k);
            }
            std::reverse(passed.begin() + first, passed.end());
        }
        path.row_offsets[i + 1] = static_cast<std::int64_t>(passed.size());
    }
    path.nodes = Buffer<std::int64_t>(std::span<const std::int64_t>(passed));
    return path;
}

}  // namespace plantwright
