// SPDX-License-Identifier: MIT
/// Isolation trees grown the slow way, straight from their definition: by recursion, on lists of rows.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/forest/isolation_forest.hpp"

namespace plantwright::testing {

/// c(n) of isolation_forest.hpp.
inline double naive_path_length(Index n) {
    if (n <= 1) return 0;
    if (n == 2) return 1;
    const auto m = static_cast<double>(n);
    return 2 * (elementary::log(m - 1) + 0.57721566490153286) - 2 * (m - 1) / m;
}

struct NaiveNode {
    std::int32_t feature = kLeafFeature;
    float threshold = 0;
    bool missing_left = false;
    Index n_rows = 0;
    double value = 0;  ///< of a leaf
};

/// By path: 1 is the root, 2 p and 2 p + 1 the children of p.
using NaiveTree = std::map<std::uint64_t, NaiveNode>;

class NaiveIsolation {
public:
    NaiveIsolation(const Matrix& X, const IsolationForestOptions& options, Index max_samples)
        : X_(X), options_(options),
          max_depth_(static_cast<int>(std::ceil(std::log2(static_cast<double>(std::max<Index>(max_samples, 2)))))) {}

    NaiveTree grow(Index tree, ConstVectorView weight = {}) {
        const auto rows = IsolationForest::rows_of_tree(X_.rows(), options_, tree, weight);
        const auto features = IsolationForest::features_of_tree(X_.cols(), options_, tree);
        features_.assign(features.begin(), features.end());
        key_ = RandomStream(options_.random_state, static_cast<std::uint64_t>(tree), Purpose::features).next();
        tree_.clear();
        grow(1, 0, std::vector<std::int64_t>(rows.begin(), rows.end()));
        return tree_;
    }

private:
    using Rows = std::vector<std::int64_t>;
    static constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15ull;

    float at(std::int64_t row, std::int64_t feature) const { return static_cast<float>(X_(row, feature)); }

    struct Range {
        float low = std::numeric_limits<float>::infinity(), high = -std::numeric_limits<float>::infinity();
        bool missing = false;
        bool parts() const { return low < high || (low == high && missing); }
    };
    Range range(const Rows& rows, std::int64_t feature) const {
        Range r;
        for (const std::int64_t row : rows) {
            const float x = at(row, feature);
            if (std::isnan(x)) {
                r.missing = true;
            } else {
                r.low = std::min(r.low, x);
                r.high = std::max(r.high, x);
            }
        }
        return r;
    }

    static std::uint64_t below(std::uint64_t random, std::uint64_t bound) { return ((random >> 32) * bound) >> 32; }

    /// The feature to split on, or -1: the first of nine draws that can part the rows, else one of all that can.
    std::int64_t draw(const Rows& rows, std::uint64_t& random) const {
        for (int i = 0; i < 9; ++i) {
            if (i > 0) random = RandomStream::mix(random + kGamma);
            const std::int64_t feature = features_[below(random, features_.size())];
            if (range(rows, feature).parts()) return feature;
        }
        Rows able;
        for (const std::int64_t feature : features_) {
            if (range(rows, feature).parts()) able.push_back(feature);
        }
        random = RandomStream::mix(random + kGamma);
        return able.empty() ? -1 : able[below(random, able.size())];
    }

    void grow(std::uint64_t path, int depth, const Rows& rows) {
        NaiveNode node{.n_rows = std::ssize(rows)};
        node.value = static_cast<double>(static_cast<float>(depth + naive_path_length(node.n_rows)));
        std::uint64_t random = RandomStream::mix(key_ + path * kGamma);
        const std::int64_t feature = rows.size() < 2 || depth == max_depth_ ? -1 : draw(rows, random);
        if (feature >= 0) split(node, feature, random, path, depth, rows);
        tree_[path] = node;
    }

    void split(NaiveNode& node, std::int64_t feature, std::uint64_t random, std::uint64_t path, int depth,
               const Rows& rows) {
        const Range r = range(rows, feature);
        const double low = static_cast<double>(r.low), high = static_cast<double>(r.high);
        node.feature = static_cast<std::int32_t>(feature);
        node.threshold = static_cast<float>(low + (high - low) * (static_cast<double>(random & 0xFFFFFFFFu) * 0x1p-32));
        if (!(node.threshold < r.high)) node.threshold = r.low;
        bool coin = random & 1;
        if (r.low == r.high) {
            node.threshold = std::numeric_limits<float>::infinity();
            coin = false;
        }
        Rows left, right;
        for (const std::int64_t row : rows) {
            const float x = at(row, feature);
            (std::isnan(x) ? coin : x <= node.threshold) ? left.push_back(row) : right.push_back(row);
        }
        node.missing_left = r.missing ? coin : left.size() > right.size();
        grow(2 * path, depth + 1, left);
        grow(2 * path + 1, depth + 1, right);
    }

    const Matrix& X_;
    IsolationForestOptions options_;
    int max_depth_;
    std::vector<std::int64_t> features_;
    std::uint64_t key_ = 0;
    NaiveTree tree_;
};

}  // namespace plantwright::testing
