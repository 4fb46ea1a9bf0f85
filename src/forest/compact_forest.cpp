// SPDX-License-Identifier: MIT
/// What a compact forest out of a file must be before it is believed.
#include "plantwright/forest/compact_forest.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "forest/compact_nodes.hpp"
#include "forest/level_sets.hpp"
#include "forest/ordered_bits.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr std::int64_t kMostNodes = (std::int64_t{1} << 31) - 2;     // of a tree
constexpr std::int64_t kMostWithCategories = std::int64_t{1} << 30;  // features: a slot keeps its highest bit
constexpr std::uint32_t kLowestKey = 0x00800000u;                    // of -FLT_MAX
constexpr std::uint32_t kInfinityKey = 0xFF800000u;
constexpr std::uint32_t kNegativeZeroKey = 0x7FFFFFFFu;  // what no float is mapped to

[[noreturn]] void corrupt(const std::string& what) { throw CorruptModel("forest: " + what); }

void require(bool ok, const char* what) {
    if (!ok) corrupt(what);
}

void check_header(const CompactForest& f) {
    require(f.n_features >= 1 && f.n_features < (std::int64_t{1} << 31), "the number of features is out of range");
    require(f.n_outputs >= 1 && f.n_outputs < (std::int64_t{1} << 31), "the number of outputs is out of range");
    require(f.inner_statistics <= InnerStatistics::entropy, "unknown statistics of inner nodes");
    const bool power_of_two = f.scale > 0 && std::isfinite(f.scale) && std::ldexp(1.0, std::ilogb(f.scale)) == f.scale;
    require(std::isfinite(f.base) && power_of_two, "base or scale is not a number that they may be");
    require(f.slot_bits == 0 || f.slot_bits == slot_bits_for(f.n_features, f.has_categories()),
            "the width of slots does not fit the features");
    require(f.n_levels.empty() || (f.n_levels.size() == f.n_features && f.n_features < kMostWithCategories),
            "numbers of levels do not fit the features");
    for (const std::int32_t n : f.n_levels) require(n >= 0 && n <= kMostLevels, "a number of levels is out of range");
}

void check_sizes(const CompactForest& f) {
    require(f.tree_begin.size() >= 2 && f.tree_begin[0] == 0, "there are no trees");
    const Index n_places = f.nodes.size() / f.words_per_node();
    require(f.nodes.size() % f.words_per_node() == 0 && f.tree_begin[f.n_trees()] == n_places,
            "trees do not cover the nodes");
    for (Index t = 0; t < f.n_trees(); ++t) {
        const std::int64_t begin = f.tree_begin[t], end = f.tree_begin[t + 1];
        require(begin >= 0 && begin < end && end <= n_places && end - begin <= kMostNodes && (end - begin) % 2 == 0,
                "a tree's size is out of range");
    }
    const bool stored = f.inner_statistics == InnerStatistics::stored;
    const Index n = stored ? f.n_nodes() : f.n_leaves(), n_inner = f.n_nodes() - f.n_leaves();
    const auto has = [&](Index size) { return size == n || size == 0; };
    require(f.n_node_samples.size() == n && has(f.whole_weight.size()) && has(f.weight.size()) &&
                has(f.impurity.size()) && (f.whole_weight.empty() || f.weight.empty()),
            "statistics do not fit the nodes");
    require(f.inner_value.size() % f.n_outputs == 0 && f.inner_value.size() / f.n_outputs == (stored ? n_inner : 0),
            "values do not fit the nodes");
    require(f.leaf_table.size() % f.n_outputs == 0 && (f.n_outputs > 1 || f.leaf_table.empty()),
            "the leaf table does not fit the outputs");
}

bool all_finite(const SharedArray<double>& values, bool (*allowed)(double)) {
    bool ok = true;
    for (const double v : values) ok &= std::isfinite(v) & allowed(v);
    return ok;
}

void check_statistics(const CompactForest& f) {
    bool rows = true;
    for (const std::uint32_t n : f.n_node_samples) rows &= n - 1 < 0x7FFFFFFFu;
    require(rows, "a node holds no rows, or too many");
    bool whole = true;
    for (const std::uint32_t w : f.whole_weight) whole &= w > 0;
    const auto positive = [](double w) { return w > 0; };
    const auto not_negative = [](double i) { return i >= 0; };
    const auto any = [](double) { return true; };
    require(whole && all_finite(f.weight, positive), "a node's weight is not positive and finite");
    require(all_finite(f.impurity, not_negative), "an impurity is not finite or negative");
    require(all_finite(f.leaf_table, any) && all_finite(f.inner_value, any), "a value is not finite");
}

/// Sums of the leaves' rows must fit their type at the root.
void check_rows(const CompactForest& f) {
    if (f.inner_statistics == InnerStatistics::stored) return;
    for (Index t = 0; t < f.n_trees(); ++t) {
        std::uint64_t sum = 0;
        for (Index i = static_cast<Index>(f.tree_begin[t] / 2); i < f.tree_begin[t + 1] / 2; ++i)
            sum += f.n_node_samples[i];
        require(sum <= 0x7FFFFFFFu, "a tree holds too many rows");
    }
}

/// The nodes of one tree: every child comes after its parent, and every pair of siblings has one parent. Since a tree
/// of n inner nodes has n pairs, every node is then reached from the root exactly once.
class NodesCheck {
public:
    explicit NodesCheck(const CompactForest& forest)
        : f_(forest), nodes_(format_of_nodes(forest)), half_(half_slots(forest.n_features)),
          n_table_rows_(static_cast<std::uint64_t>(forest.leaf_table.size() / forest.n_outputs)) {}

    void run(Index t) {
        n_places_ = static_cast<std::uint64_t>(f_.tree_begin[t + 1] - f_.tree_begin[t]);
        depth_.assign(n_places_ / 2, 0);  // by pair; 0: the root, or not reached
        const std::uint64_t* words = f_.nodes.data() + f_.tree_begin[t] * f_.words_per_node();
        const auto step = static_cast<std::size_t>(f_.words_per_node());
        require(words[0] == 0 && words[step - 1] == 0, "a word that must be zero is not");
        if (step == 1 && !nodes_.has_categories && sound(words)) return;
        n_inner_ = 0;
        check(words);
        require(n_inner_ == n_places_ / 2 - 1, "a node is not reached from the root");
    }

    /// When all trees have been seen.
    void finish() const { require(n_set_words_ == f_.level_sets.size(), "level sets do not fit the nodes"); }

private:
    /// The same as `check` without branches, since leaves come as by chance: `check` then says what is wrong.
    bool sound(const std::uint64_t* words) {
        const unsigned slot_bits = f_.slot_bits;
        const auto n_features = static_cast<std::uint64_t>(f_.n_features);
        const bool values = f_.n_outputs == 1;
        const std::uint64_t n_payloads = static_cast<std::uint64_t>(f_.n_outputs) + n_table_rows_;
        std::uint64_t bad = 0, n_inner = 0;
        std::uint16_t* depth = depth_.data();
        for (std::uint64_t place = 1; place < n_places_; ++place) {
            const NodeParts parts = parts_of_word(words[place], slot_bits);
            const bool leaf = words[place] >> 32 == 0;
            const bool leaf_bad = values ? (parts.low & 0x7F800000u) == 0x7F800000u : parts.low >= n_payloads;
            const bool missing_left = parts.slot > half_;
            const std::uint64_t feature = parts.slot - 1 - (missing_left ? half_ : 0);
            const bool infinite = (parts.low == kInfinityKey) & !missing_left;
            const bool key_bad =
                ((parts.low - kLowestKey >= kInfinityKey - kLowestKey) | (parts.low == kNegativeZeroKey)) & !infinite;
            const std::uint64_t child = place + parts.distance;
            const bool child_bad = (parts.distance == 0) | (child + 1 >= n_places_) | ((child & 1) != 0);
            const std::uint64_t pair = leaf | child_bad ? 0 : child / 2;
            const std::uint16_t own = depth[place / 2];
            const bool depth_bad =
                (own == kMaxTreeDepth) | ((own == 0) & (place != 1)) | ((depth[pair] != 0) & (pair != 0));
            const bool inner_bad = (feature >= n_features) | key_bad | child_bad | depth_bad;
            bad |= leaf ? leaf_bad : inner_bad;
            n_inner += !leaf;
            depth[pair] = static_cast<std::uint16_t>(own + 1);
        }
        const bool all_reached = n_inner == n_places_ / 2 - 1;
        if (bad || !all_reached) std::fill(depth_.begin(), depth_.end(), std::uint16_t{0});
        return !bad && all_reached;
    }

    void check(const std::uint64_t* words) {
        for (std::uint64_t place = 1; place < n_places_; ++place) {
            const NodeParts parts = nodes_.parts(words + place * nodes_.words());
            if (parts.slot == 0)
                check_leaf(parts);
            else
                check_inner(place, parts);
        }
    }

    void check_leaf(const NodeParts& parts) const {
        require(parts.distance == 0 && !parts.is_category, "a leaf has children");
        if (f_.n_outputs == 1)
            require((parts.low & 0x7F800000u) != 0x7F800000u, "a value is not finite");
        else
            require(parts.low < static_cast<std::uint64_t>(f_.n_outputs) + n_table_rows_,
                    "a leaf's row is out of range");
    }

    void check_inner(std::uint64_t place, const NodeParts& parts) {
        const bool upper = parts.slot > half_;
        const std::uint64_t feature = parts.slot - 1 - (upper ? half_ : 0);
        require(feature < static_cast<std::uint64_t>(f_.n_features), "a split's feature is out of range");
        const std::int32_t n_levels = nodes_.has_categories ? f_.n_levels[static_cast<Index>(feature)] : 0;
        require(parts.is_category == (n_levels > 0), "a split does not fit the kind of its feature");
        if (n_levels > 0)
            check_levels(parts.low, upper, n_levels);
        else
            check_threshold(parts.low, upper);
        const std::uint64_t child = place + parts.distance;
        require(parts.distance > 0 && parts.distance < n_places_ && child + 1 < n_places_ && child % 2 == 0,
                "a child does not come after its parent, within the tree");
        const std::uint16_t depth = depth_[place / 2];
        require(depth != 0 || place == 1, "a node is not reached from the root");
        require(depth < kMaxTreeDepth, "a tree is too deep");
        require(depth_[child / 2] == 0, "a node has two parents");
        depth_[child / 2] = static_cast<std::uint16_t>(depth + 1);
        ++n_inner_;
    }

    static void check_threshold(std::uint32_t key, bool missing_left) {
        const bool finite = key - kLowestKey < kInfinityKey - kLowestKey && key != kNegativeZeroKey;
        require(finite || (key == kInfinityKey && !missing_left), "a threshold is not finite");
    }

    /// Sets follow one another as their nodes do, so that each word is looked at once.
    void check_levels(std::uint32_t low, bool many, std::int32_t n_levels) {
        require(many == (n_levels > kMaskLevels), "a split does not fit the number of its feature's levels");
        if (!many) return require(is_sound_mask(low, n_levels), "a split's levels are out of range");
        const Index left = f_.level_sets.size() - n_set_words_;
        require(low == n_set_words_ && left > 0, "level sets do not fit the nodes");
        const std::uint32_t* set = f_.level_sets.data() + low;
        require(n_words_of_set(*set) <= left, "level sets do not fit the nodes");
        require(is_sound_set(set, n_levels), "a split's levels are out of range");
        n_set_words_ += n_words_of_set(*set);
    }

    const CompactForest& f_;
    NodeFormat nodes_;
    std::uint64_t half_, n_table_rows_;
    Index n_set_words_ = 0;
    std::uint64_t n_places_ = 0, n_inner_ = 0;
    std::vector<std::uint16_t> depth_;
};

}  // namespace

void CompactForest::validate() const {
    check_header(*this);
    check_sizes(*this);
    check_statistics(*this);
    check_rows(*this);
    NodesCheck nodes_check(*this);
    for (Index t = 0; t < n_trees(); ++t) nodes_check.run(t);
    nodes_check.finish();
}

}  // namespace plantwright
