// SPDX-License-Identifier: MIT
/// Isolation trees that cut by hyperplanes, grown level by level; see hyperplane_forest.hpp.
#pragma once

#include <vector>

#include "forest/isolation_grower.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/forest/hyperplane_forest.hpp"

namespace plantwright {

/// Trees one after another, in the arrays of HyperplaneForest.
struct HyperplaneTrees {
    std::vector<std::int64_t> n_nodes;
    std::vector<std::uint64_t> nodes;
    std::vector<std::uint32_t> n_node_samples;
    std::vector<std::int32_t> feature;
    std::vector<float> coefficient, mean;
    std::vector<double> threshold;
};

/// For one thread.
class HyperplaneGrower {
public:
    HyperplaneGrower(const IsolationPlan& plan, Index ndim);

    /// Adds the tree to `trees`; `next` may come then.
    void grow(Index tree, Index next, HyperplaneTrees& trees);

private:
    /// Rows [begin, begin + n) of the sample; `path` numbers the nodes of a complete tree from 1.
    struct Node {
        std::uint64_t path;
        std::size_t begin, n;
        int depth;
    };
    struct Term {
        std::int32_t feature;
        float coefficient, mean;
    };

    void start(HyperplaneTrees& trees);
    void split(const Node& node, std::size_t place);
    void add(const Node& node);
    bool draw_plane(const Node& node, RandomStream& random);
    bool add_term(const IsolationFeature& feature, const Node& node, RandomStream& random);
    void project(const Node& node, const Term& term, const float* column);
    std::size_t part(const Node& node, double threshold);
    std::span<const RowId> rows_of(const Node& node) const { return std::span(rows_).subspan(node.begin, node.n); }

    const IsolationPlan& plan_;
    std::size_t ndim_;
    IsolationDraws draws_;
    IsolationSample sample_ = {};
    std::uint64_t key_ = 0;
    std::vector<IsolationFeature> features_;  // of the sample, in an order to draw from
    std::vector<RowId> rows_, right_;
    std::vector<double> z_;  // by place among rows_
    std::vector<Term> terms_;
    std::vector<Node> queue_;  // all nodes so far, in their order
    HyperplaneTrees* out_ = nullptr;
    std::size_t first_node_ = 0, first_plane_ = 0;
};

HyperplaneForest joined(const std::vector<HyperplaneTrees>& parts, Index n_features, Index ndim);

}  // namespace plantwright
