// SPDX-License-Identifier: MIT
#include "explain/pattern_program.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "explain/quadrature.hpp"

namespace plantwright {
namespace {

using Pattern = std::uint8_t;

constexpr int kPatterns = 1 << kMostPathFeatures;
constexpr int kMostPoints = kMostPathFeatures / 2;

/// What a leaf of value 1 adds to each feature, for every pattern of the row: `at(pattern)[feature]`.
class LeafTable {
public:
    /// From how many rows of the background have each pattern of m features.
    void fill(const std::array<double, kPatterns>& count, int m, double n_rows) {
        const GaussRule& rule = rule_of(m);
        const auto n_points = static_cast<int>(rule.points.size());
        const unsigned all = (1u << m) - 1;
        for (int q = 0; q < n_points; ++q) sum_supersets(count, m, rule.points[static_cast<std::size_t>(q)], q);
        for (unsigned o = 0; o <= all; ++o) {
            value_[o].fill(0);
            for (int q = 0; q < n_points; ++q) {
                const auto k = static_cast<std::size_t>(q);
                add(o, all, m, rule.points[k], rule.weights[k] / n_rows, sums_[k]);
            }
        }
    }
    const std::array<double, kMostPathFeatures>& at(unsigned pattern) const { return value_[pattern]; }

private:
    static const GaussRule& rule_of(int m) {
        static const std::array<GaussRule, kMostPoints + 1> rules = [] {
            std::array<GaussRule, kMostPoints + 1> made;
            for (int n = 1; n <= kMostPoints; ++n) made[static_cast<std::size_t>(n)] = gauss_legendre(n);
            return made;
        }();
        return rules[static_cast<std::size_t>((m + 1) / 2)];
    }

    /// sums_[q][s] = sum over patterns p that hold s of count[p] t^(m - |p|).
    void sum_supersets(const std::array<double, kPatterns>& count, int m, double t, int q) {
        auto& sums = sums_[static_cast<std::size_t>(q)];
        const unsigned all = (1u << m) - 1;
        std::array<double, kMostPathFeatures + 1> power;
        power[0] = 1;
        for (int k = 1; k <= m; ++k) power[static_cast<std::size_t>(k)] = t * power[static_cast<std::size_t>(k - 1)];
        for (unsigned p = 0; p <= all; ++p) sums[p] = count[p] * power[static_cast<std::size_t>(m - std::popcount(p))];
        for (unsigned bit = 1; bit <= all; bit <<= 1) {
            for (unsigned s = 0; s <= all; ++s) {
                if (!(s & bit)) sums[s] += sums[s | bit];
            }
        }
    }

    void add(unsigned o, unsigned all, int m, double t, double weight, const std::array<double, kPatterns>& sums) {
        const unsigned needed = all & ~o;
        double lower = weight;  // times (1 - t)^(b - 1), b the features that the row fails
        const int b = std::popcount(needed);
        for (int k = 1; k < b; ++k) lower *= 1 - t;
        const double here = sums[needed], upper = (b > 0 ? lower * (1 - t) : lower) / t;
        for (int j = 0; j < m; ++j) {
            const unsigned bit = 1u << j;
            value_[o][static_cast<std::size_t>(j)] += o & bit ? upper * (here - sums[needed | bit]) : -lower * here;
        }
    }

    std::array<std::array<double, kPatterns>, kMostPoints> sums_;
    std::array<std::array<double, kMostPathFeatures>, kPatterns> value_;
};

bool both_children_are_leaves(const SplitShares& tree, Index node) {
    return !tree.is_leaf(node) && tree.is_leaf(tree.child(node, true)) && tree.is_leaf(tree.child(node, false));
}

/// Bits of the table of two sibling leaves below `path`; the parent's own answer has a bit of its own where its feature
/// has one already.
int bits_of_pair(const SplitPath& path) { return path.n_features() + 1; }

class TableSize {
public:
    explicit TableSize(const SplitShares& tree) : tree_(tree) {}
    void enter(const SplitPath& path) { fits = fits && path.n_features() <= kMostPathFeatures; }
    void leave(const SplitPath&) const {}
    bool child(const SplitPath& path, Index node) {
        const bool pair = both_children_are_leaves(tree_, node) && bits_of_pair(path) <= kMostPathFeatures;
        if (pair || tree_.is_leaf(node)) size += Index{kMostPathFeatures} << (path.n_features() + (pair ? 1 : 0));
        return fits && !pair && !tree_.is_leaf(node);
    }

    bool fits = true;
    Index size = 0;

private:
    const SplitShares& tree_;
};

template <class T>
class Builder {
public:
    Builder(const SplitShares& tree, const KeyColumns& columns, std::size_t set, const Background& background,
            std::span<const double> scale, PatternProgram<T>& program)
        : tree_(tree), columns_(columns), set_(set), background_(background), scale_(scale), out_(program),
          patterns_(1, std::vector<Pattern>(static_cast<std::size_t>(background.rows()))) {
        out_.mean.assign(static_cast<std::size_t>(tree.n_outputs()), 0.0);
    }

    void enter(const SplitPath& path) {
        const auto depth = static_cast<std::size_t>(path.depth());
        const PathEntry& top = path.at(path.depth());
        const bool again = top.earlier >= 0;
        if (!again) features_.push_back(local(top.node));
        nodes_.push_back({again ? nodes_[static_cast<std::size_t>(top.earlier)].place : path.n_features() - 1,
                          out_.splits.size(), left_of(top.node)});
        out_.splits.push_back({question(top.node), 1 << nodes_.back().place});
        out_.depth = std::max(out_.depth, Index{path.depth()});
        patterns_.resize(depth + 2);
    }

    void leave(const SplitPath& path) {
        nodes_.pop_back();
        if (path.at(path.depth()).earlier < 0) features_.pop_back();
    }

    bool child(const SplitPath& path, Index node) {
        const PathEntry& top = path.at(path.depth());
        const bool again = top.earlier >= 0, is_left = top.first_is_left != top.at_second;
        const auto depth = static_cast<std::size_t>(path.depth());
        patterns_[depth + 1] = below(patterns_[depth], nodes_.back(), is_left, again);
        using enum PatternStepKind;
        add_step(top.at_second ? (again ? second_again : second) : (again ? first_again : first), depth,
                 nodes_.back().split);
        if (tree_.is_leaf(node)) {
            add_leaf(node, patterns_[depth + 1]);
        } else if (both_children_are_leaves(tree_, node) && bits_of_pair(path) <= kMostPathFeatures) {
            add_pair(path, node, patterns_[depth + 1]);
        } else {
            return true;
        }
        return false;
    }

private:
    struct Node {
        int place;  // of its feature's bit
        std::size_t split;
        std::vector<bool> left;  // by row of the background
    };

    void add_step(PatternStepKind kind, std::size_t depth, std::size_t record) {
        out_.steps.push_back({kind, static_cast<std::uint16_t>(depth), static_cast<std::uint32_t>(record)});
    }

    SplitQuestion question(Index node) const { return columns_.question(tree_.view, node); }
    std::int32_t local(Index node) const {
        return columns_.feature(tree_.view.feature[static_cast<std::size_t>(node)]);
    }

    std::vector<bool> left_of(Index node) const {
        const SplitQuestion ask = question(node);
        const std::int32_t* key = background_.column(set_, static_cast<std::int32_t>(ask.column));
        std::vector<bool> left(static_cast<std::size_t>(background_.rows()));
        for (std::size_t i = 0; i < left.size(); ++i) left[i] = (key[i] & ask.mask) <= ask.threshold;
        return left;
    }

    static std::vector<Pattern> below(std::vector<Pattern> patterns, const Node& node, bool is_left, bool again) {
        const auto bit = static_cast<Pattern>(1 << node.place);
        for (std::size_t i = 0; i < patterns.size(); ++i) {
            const bool there = node.left[i] == is_left;
            if (again && !there) patterns[i] = static_cast<Pattern>(patterns[i] & ~bit);
            if (!again && there) patterns[i] |= bit;
        }
        return patterns;
    }

    static std::array<double, kPatterns> counts(const std::vector<Pattern>& patterns) {
        std::array<double, kPatterns> count{};
        for (const Pattern p : patterns) count[p] += 1;
        return count;
    }

    PatternUnit& add_unit(int n_features, int bits) {
        PatternUnit unit{};
        unit.n_features = n_features;
        std::copy(features_.begin(), features_.end(), unit.feature);
        unit.table = n_patterns_;
        n_patterns_ += std::uint64_t{1} << bits;
        out_.units.push_back(unit);
        return out_.units.back();
    }

    void make(LeafTable& table, Index leaf, const std::vector<Pattern>& patterns, int m) {
        const auto count = counts(patterns);
        const auto n = static_cast<double>(background_.rows());
        table.fill(count, m, n);
        for (Index o = 0; o < tree_.n_outputs(); ++o)
            out_.mean[static_cast<std::size_t>(o)] += tree_.view.value(leaf, o) * count[(1u << m) - 1] / n;
    }

    T* row_of(const PatternUnit& unit, Index output, unsigned pattern) {
        const auto row = static_cast<std::size_t>(unit.table + pattern) * kMostPathFeatures;
        return out_.tables.data() + static_cast<std::size_t>(output * out_.n_table) + row;
    }

    double scaled(Index leaf, Index output) const {
        return tree_.value(leaf, output) / scale_[static_cast<std::size_t>(output)];
    }

    void add_leaf(Index leaf, const std::vector<Pattern>& patterns) {
        const auto m = static_cast<int>(features_.size());
        make(one_, leaf, patterns, m);
        const PatternUnit& unit = add_unit(m, m);
        add_step(PatternStepKind::look_up, nodes_.size(), out_.units.size() - 1);
        for (Index o = 0; o < tree_.n_outputs(); ++o) {
            for (unsigned p = 0; p < 1u << m; ++p) {
                for (std::size_t j = 0; j < kMostPathFeatures; ++j)
                    row_of(unit, o, p)[j] =
                        static_cast<T>(j < static_cast<std::size_t>(m) ? scaled(leaf, o) * one_.at(p)[j] : 0);
            }
        }
    }

    /// Two leaves under `node`: their table is looked up by the patterns above it and the row's answer.
    void add_pair(const SplitPath& path, Index node, const std::vector<Pattern>& patterns) {
        const int earlier = path.last(tree_.feature(node));
        const bool again = earlier >= 0;
        const auto above = static_cast<int>(features_.size());
        if (!again) features_.push_back(local(node));
        const Node pair{again ? nodes_[static_cast<std::size_t>(earlier)].place : above, 0, left_of(node)};
        const auto m = static_cast<int>(features_.size());
        const Index left = tree_.child(node, true), right = tree_.child(node, false);
        make(one_, left, below(patterns, pair, true, again), m);
        make(other_, right, below(patterns, pair, false, again), m);
        PatternUnit& unit = add_unit(m, above + 1);
        unit.split = {question(node), 1 << above};
        add_step(PatternStepKind::ask_and_look_up, nodes_.size(), out_.units.size() - 1);
        const unsigned bit = 1u << pair.place, answer = 1u << above, below_answer = answer - 1;
        for (unsigned p = 0; p < 2 * answer; ++p) {
            const unsigned base = p & below_answer;
            const bool goes_left = (p & answer) != 0;
            const unsigned passed = again ? base : base | bit, failed = base & ~bit;
            write_pair(unit, p, left, goes_left ? passed : failed, right, goes_left ? failed : passed);
        }
        if (!again) features_.pop_back();
    }

    void write_pair(const PatternUnit& unit, unsigned pattern, Index left, unsigned of_left, Index right,
                    unsigned of_right) {
        for (Index o = 0; o < tree_.n_outputs(); ++o) {
            for (std::size_t j = 0; j < kMostPathFeatures; ++j) {
                const bool real = j < static_cast<std::size_t>(unit.n_features);
                const double sum = scaled(left, o) * one_.at(of_left)[j] + scaled(right, o) * other_.at(of_right)[j];
                row_of(unit, o, pattern)[j] = static_cast<T>(real ? sum : 0);
            }
        }
    }

    const SplitShares& tree_;
    const KeyColumns& columns_;
    std::size_t set_;
    const Background& background_;
    std::span<const double> scale_;
    PatternProgram<T>& out_;
    std::vector<Node> nodes_;                     // of the path
    std::vector<std::int32_t> features_;          // of the path, by place
    std::vector<std::vector<Pattern>> patterns_;  // of the background, by depth
    std::uint64_t n_patterns_ = 0;                // of the units so far
    LeafTable one_, other_;
};

}  // namespace

template <class T>
PatternProgram<T>::PatternProgram(const SplitShares& tree, const KeyColumns& columns, std::size_t set,
                                  const Background& background, std::span<const double> scale, std::span<T> memory)
    : tables(memory), n_table(static_cast<Index>(memory.size()) / tree.n_outputs()) {
    Builder<T> builder(tree, columns, set, background, scale, *this);
    walk_splits(tree, builder);
    if (tree.is_leaf(0)) {
        for (Index o = 0; o < tree.n_outputs(); ++o) mean[static_cast<std::size_t>(o)] = tree.view.value(0, o);
    }
}

Index pattern_table_size(const SplitShares& tree) {
    TableSize visitor(tree);
    walk_splits(tree, visitor);
    return visitor.fits ? visitor.size : -1;
}

template struct PatternProgram<float>;
template struct PatternProgram<double>;

}  // namespace plantwright
