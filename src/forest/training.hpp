// SPDX-License-Identifier: MIT
/// What the parts of tree growing share: the target, one tree's sample, the settings and the split they agree on.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/forest/options.hpp"

namespace plantwright {

using RowId = std::uint32_t;

/// What the trees learn, by row.
struct Target {
    Criterion criterion = Criterion::squared_error;
    Index n_outputs = 1;              ///< numbers a row, or the number of classes
    Vector y = {};                    ///< regression: `(n_rows, n_outputs)`
    Buffer<std::int32_t> label = {};  ///< classification: class numbers
    double centre = 0;                ///< y less level, where there is one output
    Vector level = {};                ///< what scans sum: y less a typical y of its output, or the class number
    /// Several outputs of classes, `(n_labels + 1,)`: from column class_begin[k] on, y holds 1 for a row's class of
    /// label k and 0 for the others. Gini, as the sum of their squared errors, goes by Criterion::squared_error.
    std::vector<Index> class_begin = {};

    bool is_classification() const { return !label.empty(); }
    bool is_of_classes() const { return is_classification() || !class_begin.empty(); }
    /// The outputs whose impurities are averaged.
    Index n_averaged() const { return class_begin.empty() ? n_outputs : std::ssize(class_begin) - 1; }
    /// Of classes: calls visit(class) for a row's class of each label.
    template <class Visit>
    void for_each_class(Index row, Visit visit) const {
        if (is_classification()) return visit(static_cast<std::size_t>(label[row]));
        const double* shares = y.data() + row * n_outputs;
        for (Index c = 0; c < n_outputs; ++c) {
            if (shares[c] == 1) visit(static_cast<std::size_t>(c));
        }
    }
    bool has_several_outputs() const { return !is_classification() && n_outputs > 1; }
    Index n_rows() const { return is_classification() ? label.size() : y.size() / n_outputs; }
};

/// What the rows of a sample weigh, by row of the table: how often each was drawn, times a weight of its own or of its
/// class. 4 bytes a row, or none.
class RowWeights {
public:
    Buffer<std::uint32_t> draws = {};     ///< empty: every row once
    const double* of_row = nullptr;       ///< null: 1
    std::vector<double> of_class = {};    ///< empty: 1
    const std::int32_t* label = nullptr;  ///< where of_class is used: its element

    double operator[](Index row) const {
        const double times = draws.empty() ? 1.0 : draws[row];
        if (of_row != nullptr) return times * of_row[row];
        return of_class.empty() ? times : times * of_class[static_cast<std::size_t>(label[row])];
    }
};

/// The rows one tree is grown on.
struct TreeSample {
    Buffer<RowId> rows;  ///< those of positive weight, ascending; reordered while the tree grows
    RowWeights weight;
    double total_weight = 0;
    bool whole_weights = true;  ///< all weights are whole numbers and their sum is below 2^31
};

/// Options with fractions and defaults worked out for a table.
struct GrowSettings {
    Criterion criterion = Criterion::squared_error;
    Index max_features = 1;
    Index min_samples_split = 2;
    Index min_samples_leaf = 1;
    double min_weight_fraction_leaf = 0;
    int max_depth = 0;
    Index max_leaf_nodes = 0;  ///< 0: no limit, depth first
    double min_impurity_decrease = 0;
    Splitter splitter = Splitter::fast;
    std::vector<int> monotonic = {};          ///< by feature -1, 0 or 1; empty where no feature is constrained
    std::vector<std::int32_t> n_levels = {};  ///< by feature, 0 for a number; empty where none is split by levels

    bool is_category(std::int32_t feature) const {
        return !n_levels.empty() && n_levels[static_cast<std::size_t>(feature)] > 0;
    }
};

/// A node: rows [begin, end) of the sample, and the key that all its random draws come from.
struct NodeRange {
    Index begin = 0;
    Index end = 0;
    std::uint64_t key = 0;
    double lower = -std::numeric_limits<double>::infinity();  ///< monotonic constraints: what its values may be,
    double upper = std::numeric_limits<double>::infinity();   ///< less Target::centre

    Index size() const { return end - begin; }
};

/// A way to part a node in two. `gain` orders the splits of one node and has no meaning beyond.
struct Split {
    std::int32_t feature = -1;
    float threshold = 0;
    bool missing_go_left = false;
    double gain = -std::numeric_limits<double>::infinity();
    double middle = 0;                       ///< halfway between the values of both sides, where constraints are
    std::vector<std::uint16_t> levels = {};  ///< of a category: those that go left, ascending; none: by threshold

    bool found() const { return feature >= 0; }
};

/// The largest float32 not above the exact midpoint, so that low <= threshold < high and `x <= threshold` decides every
/// float32 x as the exact midpoint would.
inline float threshold_between(float low, float high) {
    const double middle = static_cast<double>(low) / 2 + static_cast<double>(high) / 2;
    const float rounded = static_cast<float>(middle);
    return static_cast<double>(rounded) > middle ? std::nextafter(rounded, -std::numeric_limits<float>::infinity())
                                                 : rounded;
}

/// Finds and applies splits in one tree's sample. One finder serves one thread, tree after tree.
class SplitFinder {
public:
    virtual ~SplitFinder() = default;
    virtual void start_tree(TreeSample& sample) = 0;
    /// The best split that leaves enough rows and weight on both sides; not found where there is none.
    virtual Split find(const NodeRange& node) = 0;
    /// Reorders the node's rows, left ones first, both in their order; returns how many go left.
    virtual Index partition(const NodeRange& node, const Split& split) = 0;
};

}  // namespace plantwright
