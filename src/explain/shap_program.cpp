// SPDX-License-Identifier: MIT
#include "explain/shap_program.hpp"

#include <algorithm>
#include <cstring>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

/// Where a node's answer is needed below: a split of the same feature stands in its first, or second, child's subtree.
struct Tracked {
    std::uint8_t first = 0, second = 0;
};

/// Which child comes first, and what the two are. A child with steps comes before a stump, a stump before a leaf.
struct Children {
    Index first, second;
    bool first_is_left;
    int first_rank, second_rank;  // 2: has steps, 1: stump, 0: leaf
};

template <class T>
class Builder {
public:
    Builder(const SplitShares& tree, const ShapColumns& columns, const GaussRule& rule, std::span<const double> scale,
            ShapProgram<T>& program)
        : tree_(tree), columns_(columns), rule_(rule), scale_(scale), out_(program),
          tracked_(tree.view.feature.size()) {}

    void enter(SplitPath& path) {
        PathEntry& top = path.top();
        const Children children = children_of(path, top.node);
        top.first_is_left = children.first_is_left;
        mark_tracked(path);
        const std::size_t record = add_record(path, children);
        open_.push_back({record, children, out_.steps.size(), 0});
        out_.depth = std::max(out_.depth, Index{path.depth()});
        if (children.first_rank == 2) add_step(path, ShapStepKind::descend, record);
    }

    bool child(SplitPath& path, Index) {
        Open& open = open_.back();
        const bool second = path.top().at_second;
        if ((second ? open.children.second_rank : open.children.first_rank) < 2) return false;
        if (second) {
            open.cross_step = out_.steps.size();
            add_step(path, ShapStepKind::cross, open.record);
        }
        return true;
    }

    void leave(SplitPath& path) {
        const Open open = open_.back();
        open_.pop_back();
        const PathEntry& top = path.top();
        if (open.children.first_rank == 2) out_.steps[open.descend_step].kind = kind_of_descend(top);
        if (open.children.second_rank == 2) out_.steps[open.cross_step].kind = kind_of_cross(top);
        add_step(path, kind_of_merge(open.children, top.earlier >= 0), open.record);
    }

private:
    struct Open {
        std::size_t record;
        Children children;
        std::size_t descend_step, cross_step;  // their kinds are known when the walk leaves the node
    };

    bool single() const { return tree_.n_outputs() == 1; }

    // ---- what a node is

    bool is_stump(const SplitPath& path, Index node) const {
        return single() && tree_.is_leaf(tree_.child(node, true)) && tree_.is_leaf(tree_.child(node, false)) &&
               path.last(tree_.feature(node)) < 0;
    }

    int rank(const SplitPath& path, Index node) const { return tree_.is_leaf(node) ? 0 : is_stump(path, node) ? 1 : 2; }

    Children children_of(const SplitPath& path, Index node) const {
        const Index left = tree_.child(node, true), right = tree_.child(node, false);
        const int of_left = rank(path, left), of_right = rank(path, right);
        if (of_left >= of_right) return {left, right, true, of_left, of_right};
        return {right, left, false, of_right, of_left};
    }

    void mark_tracked(const SplitPath& path) {
        const int earlier = path.at(path.depth()).earlier;
        if (earlier < 0) return;
        const PathEntry& above = path.at(earlier);
        Tracked& tracked = tracked_[static_cast<std::size_t>(above.node)];
        (above.at_second ? tracked.second : tracked.first) = 1;
    }

    // ---- steps

    void add_step(SplitPath& path, ShapStepKind kind, std::size_t record) {
        const bool is_second = path.depth() > 0 && path.at(path.depth() - 1).at_second;
        out_.steps.push_back({kind, static_cast<std::uint16_t>(path.depth()),
                              static_cast<std::uint32_t>(2 * record + (is_second ? 1 : 0))});
    }

    static ShapStepKind shifted(ShapStepKind kind, int by) {
        return static_cast<ShapStepKind>(static_cast<int>(kind) + by);
    }

    ShapStepKind kind_of_descend(const PathEntry& entry) const {
        const bool tracked = tracked_[static_cast<std::size_t>(entry.node)].first;
        return shifted(ShapStepKind::descend, (entry.earlier >= 0 ? 1 : 0) + (tracked ? 2 : 0));
    }

    ShapStepKind kind_of_cross(const PathEntry& entry) const {
        if (!tracked_[static_cast<std::size_t>(entry.node)].second) return ShapStepKind::cross;
        return entry.earlier >= 0 ? ShapStepKind::cross_repeated_tracked : ShapStepKind::cross_tracked;
    }

    ShapStepKind kind_of_merge(const Children& c, bool repeated) const {
        using enum ShapStepKind;
        ShapStepKind kind = merge;
        if (!single())
            kind = c.second_rank == 2 ? many_merge : c.first_rank == 2 ? many_leaf : many_leaves;
        else if (c.first_rank == 2)
            kind = c.second_rank == 2 ? merge : c.second_rank == 1 ? merge_stump : merge_leaf;
        else
            kind = c.second_rank == 1 ? bottom_stumps : c.first_rank == 1 ? bottom_stump : bottom_leaves;
        return shifted(kind, repeated ? 1 : 0);
    }

    // ---- records

    std::size_t add_record(const SplitPath& path, const Children& c) {
        const PathEntry& top = path.at(path.depth());
        const double share = tree_.share(top.node, c.first_is_left);
        SplitRecord<T> record{.question = question(top.node),
                              .first_is_left = c.first_is_left ? -1 : 0,
                              .earlier = static_cast<std::uint32_t>(std::max(top.earlier, 0)),
                              .share = static_cast<T>(share),
                              .right = static_cast<T>(c.first_is_left ? -share : 1 - share),
                              .left = static_cast<T>(c.first_is_left ? 1 - share : -share),
                              .first = value_if_leaf(c.first),
                              .second = value_if_leaf(c.second)};
        const std::size_t at = append(record);
        if (top.earlier >= 0) add_tables(top.z, share, c.first_is_left);
        if (single()) {
            for (const auto& [node, node_rank] : {std::pair(c.first, c.first_rank), std::pair(c.second, c.second_rank)})
                if (node_rank == 1) add_stump(node);
        } else if (c.second_rank == 0) {
            add_values(c.second);
            if (c.first_rank == 0) add_values(c.first);
        }
        return at;
    }

    SplitQuestion question(Index node) const {
        const auto k = static_cast<std::size_t>(node);
        const std::int32_t feature = tree_.view.feature[k];
        const auto column = columns_.column(feature, tree_.view.missing_go_left[k] != 0);
        return {-1, ordered_key(tree_.view.threshold[k], false), static_cast<std::uint32_t>(column),
                static_cast<std::uint32_t>(columns_.feature(feature))};
    }

    double scaled(Index leaf, Index output) const {
        return tree_.value(leaf, output) / scale_[static_cast<std::size_t>(output)];
    }

    T value_if_leaf(Index node) const {
        return single() && tree_.is_leaf(node) ? static_cast<T>(scaled(node, 0)) : T{};
    }

    void add_values(Index leaf) {
        for (Index o = 0; o < tree_.n_outputs(); ++o) out_.records.push_back(static_cast<T>(scaled(leaf, o)));
    }

    /// pi of alive rows that go right and left, and W.
    void add_tables(double z, double share, bool first_is_left) {
        const std::size_t n = rule_.points.size(), at = out_.records.size();
        out_.records.resize(at + 3 * n);
        for (std::size_t q = 0; q < n; ++q) {
            const double t = rule_.points[q], p = z + t * (1 - z), g = z / p;
            const double to_first = 1 - (1 - t) * g * (1 - share), to_second = (1 - t) * g * share;
            out_.records[at + q] = static_cast<T>(first_is_left ? to_second : to_first);
            out_.records[at + n + q] = static_cast<T>(first_is_left ? to_first : to_second);
            out_.records[at + 2 * n + q] = static_cast<T>(g / p);
        }
    }

    void add_stump(Index node) {
        const double left = scaled(tree_.child(node, true), 0), right = scaled(tree_.child(node, false), 0);
        const double share = tree_.share(node, true), step = left - right;
        append(StumpRecord<T>{.question = question(node),
                              .right = static_cast<T>(-share * step),
                              .left = static_cast<T>((1 - share) * step),
                              .mean = static_cast<T>(right + share * step),
                              .unused = T{}});
    }

    template <class Record>
    std::size_t append(const Record& record) {
        static_assert(sizeof(Record) % sizeof(T) == 0);
        const std::size_t at = out_.records.size();
        if (at >= std::size_t{1} << 31) throw InvalidArgument("TreeExplainer: a tree is too large");
        out_.records.resize(at + sizeof(Record) / sizeof(T));
        std::memcpy(out_.records.data() + at, &record, sizeof record);
        return at;
    }

    const SplitShares& tree_;
    const ShapColumns& columns_;
    const GaussRule& rule_;
    std::span<const double> scale_;
    ShapProgram<T>& out_;
    std::vector<Tracked> tracked_;
    std::vector<Open> open_;
};

}  // namespace

ShapColumns::ShapColumns(Index n_features)
    : local_(static_cast<std::size_t>(n_features), -1), column_(2 * static_cast<std::size_t>(n_features), -1) {}

void ShapColumns::add(const TreeView& tree) {
    for (std::size_t k = 0; k < tree.feature.size(); ++k) {
        const std::int32_t feature = tree.feature[k];
        if (feature < 0) continue;
        const bool low = tree.missing_go_left[k] != 0;
        std::int32_t& local = local_[static_cast<std::size_t>(feature)];
        std::int32_t& column = column_[2 * static_cast<std::size_t>(feature) + low];
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

template <class T>
ShapProgram<T>::ShapProgram(const SplitShares& tree, const ShapColumns& columns, const GaussRule& rule,
                            std::span<const double> scale)
    : n_points(static_cast<Index>(rule.points.size())), n_outputs(tree.n_outputs()) {
    Builder<T> builder(tree, columns, rule, scale, *this);
    walk_splits(tree, builder);
    steps.shrink_to_fit();
    records.shrink_to_fit();
}

template struct ShapProgram<float>;
template struct ShapProgram<double>;

}  // namespace plantwright
