// SPDX-License-Identifier: MIT
#include "explain/shap_program.hpp"

#include <algorithm>
#include <cstring>

#include "explain/interaction_kernel.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

/// How a child is dealt with; the higher one comes first.
enum ChildRank { kLeaf, kStump, kSteps };

/// Which child comes first, and what the two are.
struct Children {
    Index first, second;
    bool first_is_left;
    ChildRank first_rank, second_rank;
};

/// Where a node's answer is needed below: a split of the same feature stands in its first, or second, child's subtree.
struct Tracked {
    bool first = false, second = false;
};

template <class Kind>
std::uint16_t as_number(Kind kind, bool repeated) {
    return static_cast<std::uint16_t>(static_cast<int>(kind) + (repeated ? 1 : 0));
}

/// Kinds of the kernel of tree_shap_kernel.hpp.
struct ValueKinds {
    static std::uint16_t descend(bool repeated, bool tracked) {
        return as_number(tracked ? ShapStepKind::descend_tracked : ShapStepKind::descend, repeated);
    }
    static std::uint16_t cross(bool repeated, bool tracked) {
        return tracked ? as_number(ShapStepKind::cross_tracked, repeated) : as_number(ShapStepKind::cross, false);
    }
    static std::uint16_t merge(const Children& c, bool repeated, bool single) {
        using enum ShapStepKind;
        if (!single)
            return as_number(c.second_rank == kSteps  ? many_merge
                             : c.first_rank == kSteps ? many_leaf
                                                      : many_leaves,
                             repeated);
        if (c.first_rank == kSteps) {
            const auto kind = c.second_rank == kSteps   ? ShapStepKind::merge
                              : c.second_rank == kStump ? merge_stump
                                                        : merge_leaf;
            return as_number(kind, repeated);
        }
        return as_number(c.second_rank == kStump  ? bottom_stumps
                         : c.first_rank == kStump ? bottom_stump
                                                  : bottom_leaves,
                         repeated);
    }
};

/// Kinds of the kernel of interaction_kernel.hpp, which tracks every feature.
struct InteractionKinds {
    static std::uint16_t descend(bool repeated) { return as_number(InteractionStepKind::descend, repeated); }
    static std::uint16_t cross(bool repeated) { return as_number(InteractionStepKind::cross, repeated); }
    static std::uint16_t merge(const Children& c, bool repeated) {
        using enum InteractionStepKind;
        return as_number(c.second_rank == kSteps  ? InteractionStepKind::merge
                         : c.first_rank == kSteps ? merge_leaf
                                                  : leaves,
                         repeated);
    }
};

template <class T>
class Builder {
public:
    Builder(const SplitShares& tree, const KeyColumns& columns, const GaussRule& rule, std::span<const double> scale,
            ProgramFor purpose, ShapProgram<T>& program)
        : tree_(tree), columns_(columns), rule_(rule), scale_(scale),
          interactions_(purpose == ProgramFor::interactions), single_(tree.n_outputs() == 1 && !interactions_),
          out_(program), tracked_(tree.view.feature.size()) {}

    void enter(SplitPath& path) {
        PathEntry& top = path.top();
        const Children children = children_of(path, top.node);
        top.first_is_left = children.first_is_left;
        mark_tracked(path);
        open_.push_back({add_record(path, children), children, out_.steps.size(), 0});
        out_.depth = std::max(out_.depth, Index{path.depth()});
        if (children.first_rank == kSteps) add_step(path, 0, open_.back().record);
    }

    bool child(SplitPath& path, Index) {
        Open& open = open_.back();
        const bool second = path.top().at_second;
        if ((second ? open.children.second_rank : open.children.first_rank) != kSteps) return false;
        if (second) {
            open.cross_step = out_.steps.size();
            add_step(path, 0, open.record);
        }
        return true;
    }

    void leave(SplitPath& path) {
        const Open open = open_.back();
        open_.pop_back();
        set_kinds(open, path.top());
        const bool repeated = path.top().earlier >= 0;
        const std::uint16_t kind = interactions_ ? InteractionKinds::merge(open.children, repeated)
                                                 : ValueKinds::merge(open.children, repeated, single_);
        add_step(path, kind, open.record);
    }

private:
    struct Open {
        std::size_t record;
        Children children;
        std::size_t descend_step, cross_step;  // their kinds are known when the walk leaves the node
    };

    // ---- what a node is

    /// Two leaves under a feature that is not on the path.
    bool is_stump(const SplitPath& path, Index node) const {
        return single_ && tree_.is_leaf(tree_.child(node, true)) && tree_.is_leaf(tree_.child(node, false)) &&
               path.last(tree_.feature(node)) < 0;
    }

    ChildRank rank(const SplitPath& path, Index node) const {
        return tree_.is_leaf(node) ? kLeaf : is_stump(path, node) ? kStump : kSteps;
    }

    Children children_of(const SplitPath& path, Index node) const {
        const Index left = tree_.child(node, true), right = tree_.child(node, false);
        const ChildRank of_left = rank(path, left), of_right = rank(path, right);
        if (of_left >= of_right) return {left, right, true, of_left, of_right};
        return {right, left, false, of_right, of_left};
    }

    void mark_tracked(const SplitPath& path) {
        const int earlier = path.at(path.depth()).earlier;
        if (earlier < 0) return;
        const PathEntry& above = path.at(earlier);
        Tracked& tracked = tracked_[static_cast<std::size_t>(above.node)];
        (above.at_second ? tracked.second : tracked.first) = true;
    }

    // ---- steps

    void add_step(const SplitPath& path, std::uint16_t kind, std::size_t record) {
        const bool is_second = path.depth() > 0 && path.at(path.depth() - 1).at_second;
        out_.steps.push_back({kind, static_cast<std::uint16_t>(path.depth()),
                              static_cast<std::uint32_t>(2 * record + (is_second ? 1 : 0))});
    }

    void set_kinds(const Open& open, const PathEntry& entry) {
        const bool repeated = entry.earlier >= 0;
        const Tracked tracked = tracked_[static_cast<std::size_t>(entry.node)];
        if (open.children.first_rank == kSteps)
            out_.steps[open.descend_step].kind =
                interactions_ ? InteractionKinds::descend(repeated) : ValueKinds::descend(repeated, tracked.first);
        if (open.children.second_rank == kSteps)
            out_.steps[open.cross_step].kind =
                interactions_ ? InteractionKinds::cross(repeated) : ValueKinds::cross(repeated, tracked.second);
    }

    // ---- records

    std::size_t add_record(const SplitPath& path, const Children& c) {
        const PathEntry& top = path.at(path.depth());
        const double share = tree_.share(top.node, c.first_is_left);
        const SplitRecord<T> record{.question = question(top.node),
                                    .first_is_left = c.first_is_left ? -1 : 0,
                                    .earlier = static_cast<std::uint32_t>(std::max(top.earlier, 0)),
                                    .share = static_cast<T>(share),
                                    .right = static_cast<T>(c.first_is_left ? -share : 1 - share),
                                    .left = static_cast<T>(c.first_is_left ? 1 - share : -share),
                                    .first = value_if_single_leaf(c.first),
                                    .second = value_if_single_leaf(c.second)};
        const std::size_t at = append(record);
        if (top.earlier >= 0) add_tables(top.z, share, c.first_is_left);
        if (interactions_) {
            add_partner_table(top.z * share);
            add_partner_table(top.z * (1 - share));
        }
        if (single_)
            add_stumps(c);
        else
            add_leaf_values(c);
        return at;
    }

    SplitQuestion question(Index node) const { return columns_.question(tree_.view, node); }

    double scaled(Index leaf, Index output) const {
        return tree_.value(leaf, output) / scale_[static_cast<std::size_t>(output)];
    }

    T value_if_single_leaf(Index node) const {
        return single_ && tree_.is_leaf(node) ? static_cast<T>(scaled(node, 0)) : T{};
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

    /// h of alive rows.
    void add_partner_table(double z) {
        for (const double t : rule_.points) out_.records.push_back(static_cast<T>((1 - z) / (z + t * (1 - z))));
    }

    void add_stumps(const Children& c) {
        if (c.first_rank == kStump) add_stump(c.first);
        if (c.second_rank == kStump) add_stump(c.second);
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

    void add_leaf_values(const Children& c) {
        for (const auto& [node, rank] : {std::pair(c.second, c.second_rank), std::pair(c.first, c.first_rank)}) {
            for (Index o = 0; rank == kLeaf && o < tree_.n_outputs(); ++o)
                out_.records.push_back(static_cast<T>(scaled(node, o)));
        }
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
    const KeyColumns& columns_;
    const GaussRule& rule_;
    std::span<const double> scale_;
    bool interactions_, single_;
    ShapProgram<T>& out_;
    std::vector<Tracked> tracked_;
    std::vector<Open> open_;
};

}  // namespace

template <class T>
ShapProgram<T>::ShapProgram(const SplitShares& tree, const KeyColumns& columns, const GaussRule& rule,
                            std::span<const double> scale, ProgramFor purpose)
    : n_points(static_cast<Index>(rule.points.size())), n_outputs(tree.n_outputs()) {
    Builder<T> builder(tree, columns, rule, scale, purpose, *this);
    walk_splits(tree, builder);
    steps.shrink_to_fit();
    records.shrink_to_fit();
}

template struct ShapProgram<float>;
template struct ShapProgram<double>;

}  // namespace plantwright
