// SPDX-License-Identifier: MIT
#include "forest/fit_isolation.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>
#include <string>

#include "forest/compact_nodes.hpp"
#include "forest/compact_tree.hpp"
#include "forest/hyperplane_grower.hpp"
#include "forest/merge.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

template <class T>
void require(bool ok, const char* parameter, const std::string& allowed, const T& got) {
    if (ok) return;
    std::ostringstream message;
    message << "IsolationForest: " << parameter << " must be " << allowed << ", got " << got;
    throw InvalidArgument(message.str());
}

void check_tree_range(const IsolationForestOptions& o) {
    if (!o.tree_range) return;
    const auto [first, last] = *o.tree_range;
    const std::string got = '(' + std::to_string(first) + ", " + std::to_string(last) + ')';
    require(0 <= first && first < last && last <= o.n_estimators, "tree_range",
            "two numbers with 0 <= first < last <= n_estimators = " + std::to_string(o.n_estimators), got);
}

void check_start(const IsolationForest& start, const IsolationForestOptions& options, Index max_samples,
                 const FeatureRows& rows, const FeatureEncoder& encoder) {
    if (start.n_trees() == 0) throw NotFitted("IsolationForest: grow needs a fitted or loaded forest");
    require(!options.tree_range, "tree_range", "absent where trees are added to a forest", "one");
    require(options.n_estimators >= start.n_trees(), "n_estimators",
            "at least the " + std::to_string(start.n_trees()) + " trees there are", options.n_estimators);
    require(start.n_features() == rows.cols(), "X",
            "of the forest's " + std::to_string(start.n_features()) + " columns", rows.cols());
    require(start.max_samples() == max_samples, "max_samples",
            "the forest's " + std::to_string(start.max_samples()) + " rows", max_samples);
    require(start.ndim() == options.ndim, "ndim", "the forest's " + std::to_string(start.ndim()), options.ndim);
    require_same_inputs(IsolationForest::kTypeName.data(), start.encoder(), encoder);
}

/// Trees one after another, as CompactForest has them.
struct GrownTrees {
    std::vector<std::uint64_t> words;
    std::vector<std::uint32_t> leaf_rows;
    std::vector<std::int64_t> n_places;

    void add(const IsolationTree& tree, Index words_per_node) {
        words.insert(words.end(), tree.words, tree.words + Index{tree.n_places} * words_per_node);
        leaf_rows.insert(leaf_rows.end(), tree.leaf_rows, tree.leaf_rows + tree.n_leaves);
        n_places.push_back(tree.n_places);
    }
};

template <class T>
Buffer<T> joined(const std::vector<GrownTrees>& parts, std::vector<T> GrownTrees::*member) {
    std::size_t size = 0;
    for (const GrownTrees& part : parts) size += (part.*member).size();
    auto all = Buffer<T>::uninitialized(static_cast<Index>(size));
    T* at = all.data();
    for (const GrownTrees& part : parts) at = std::copy((part.*member).begin(), (part.*member).end(), at);
    return all;
}

Buffer<std::int64_t> running_sum_of(const Buffer<std::int64_t>& sizes) {
    Buffer<std::int64_t> begin(sizes.size() + 1);
    for (Index i = 0; i < sizes.size(); ++i) begin[i + 1] = begin[i] + sizes[i];
    return begin;
}

CompactForest compact(const std::vector<GrownTrees>& parts, Index n_features, unsigned slot_bits) {
    CompactForest forest;
    forest.n_features = n_features;
    forest.inner_statistics = InnerStatistics::squared_error;
    forest.slot_bits = static_cast<std::uint8_t>(slot_bits);
    forest.tree_begin = running_sum_of(joined(parts, &GrownTrees::n_places));
    forest.nodes = joined(parts, &GrownTrees::words);
    forest.n_node_samples = joined(parts, &GrownTrees::leaf_rows);
    return forest;
}

/// The same forest in the narrowest nodes that its trees allow, as `merged` would have it.
CompactForest narrowed(const CompactForest& wide) {
    std::vector<CompactTree> trees;
    for (Index t = 0; t < wide.n_trees(); ++t) trees.push_back(tree_of(wide, t));
    return join_trees(format_of(wide), std::move(trees));
}

/// Grows trees [first, last) into one `Trees` a tree, or into one where there is one thread: `grow(grower, tree, next,
/// trees)`, `next` being what the thread will probably get then. `make` makes a thread's grower.
template <class Trees, class Make, class Grow>
std::vector<Trees> grow_each(const IsolationForestOptions& options, Index first, Index last, Make&& make, Grow&& grow) {
    const int n_threads = static_cast<int>(std::min<Index>(resolve_n_jobs(options.n_jobs), last - first));
    std::vector<decltype(make())> growers(static_cast<std::size_t>(n_threads));
    std::vector<Trees> trees(static_cast<std::size_t>(n_threads == 1 ? 1 : last - first));
    ProgressMonitor monitor(options.progress, "fit", last - first);
    parallel_for(
        last - first, n_threads,
        [&](Index i, int thread) {
            auto& grower = growers[static_cast<std::size_t>(thread)];
            if (!grower) grower = make();
            grow(*grower, first + i, first + i + n_threads, trees[static_cast<std::size_t>(n_threads == 1 ? 0 : i)]);
        },
        &monitor);
    monitor.finish();
    return trees;
}

/// Trees [first, last) of the whole forest.
CompactForest grow_trees(const IsolationPlan& plan, Index first, Index last) {
    const Index n_features = plan.table().cols();
    const NodeFormat narrow = narrow_format(n_features, false);
    const NodeParts farthest{.distance = 2 * static_cast<std::uint64_t>(plan.max_samples())};
    const unsigned slot_bits = narrow.fits(farthest) ? narrow.slot_bits : 0;
    const auto trees = grow_each<GrownTrees>(
        plan.options(), first, last, [&] { return std::make_unique<IsolationGrower>(plan, slot_bits); },
        [&](IsolationGrower& grower, Index tree, Index next, GrownTrees& grown) {
            grown.add(grower.grow(tree, next), slot_bits == 0 ? 2 : 1);
        });
    CompactForest forest = compact(trees, n_features, slot_bits);
    return slot_bits == 0 ? narrowed(forest) : forest;
}

HyperplaneForest grow_planes(const IsolationPlan& plan, Index first, Index last) {
    const Index ndim = plan.options().ndim;
    const auto trees = grow_each<HyperplaneTrees>(
        plan.options(), first, last, [&] { return std::make_unique<HyperplaneGrower>(plan, ndim); },
        [](HyperplaneGrower& grower, Index tree, Index next, HyperplaneTrees& grown) {
            grower.grow(tree, next, grown);
        });
    return joined(trees, plan.table().cols(), ndim);
}

template <class Trees>
void require_a_split(const Trees& forest) {
    if (forest.n_nodes() > forest.n_trees()) return;
    throw InvalidArgument(
        "IsolationForest: X must have a column that varies, got only constant or missing values in the rows drawn");
}

}  // namespace

void check_isolation_rows(Index n_rows) {
    require(n_rows >= 2, "X", "a table of at least 2 rows, so that one can be parted from the other",
            std::to_string(n_rows) + (n_rows == 1 ? " (1 sample)" : ""));
    require(n_rows < (Index{1} << 31), "X", "a table of fewer than 2^31 rows", n_rows);
}

void check_isolation_features(const IsolationForestOptions& o, Index n_features) {
    require(n_features >= 1 && n_features < (Index{1} << 31), "X", "a table of 1 to 2^31 - 1 columns", n_features);
    const std::string number = "the number of features (" + std::to_string(n_features) + ")";
    require(o.ndim <= n_features, "ndim", "from 1 to " + number, o.ndim);
    const MaxFeatures& features = o.max_features;
    if (features.kind() == MaxFeatures::Kind::count)
        require(features.value() <= static_cast<double>(n_features), "max_features",
                "from 1 to " + number + " as a count", features.value());
}

void check_isolation_options(const IsolationForestOptions& o) {
    require(o.n_estimators >= 1, "n_estimators", "at least 1", o.n_estimators);
    const RowCount samples = o.max_samples.value_or(1);
    if (samples.is_fraction())
        require(samples.fraction() > 0 && samples.fraction() <= 1, "max_samples", "in (0, 1] as a fraction",
                samples.fraction());
    else
        require(samples.count() >= 1, "max_samples", "at least 1 as a count", samples.count());
    require(o.ndim >= 1, "ndim", "at least 1", o.ndim);
    const double share = o.contamination.value_or(0.1);
    require(share > 0 && share <= 0.5, "contamination", "in (0, 0.5], or absent", share);
    const MaxFeatures& features = o.max_features;
    if (features.kind() == MaxFeatures::Kind::count)
        require(features.value() >= 1, "max_features", "at least 1 as a count", features.value());
    if (features.kind() == MaxFeatures::Kind::fraction)
        require(features.value() > 0 && features.value() <= 1, "max_features", "in (0, 1] as a fraction",
                features.value());
    check_tree_range(o);
}

Vector isolation_weights(ConstVectorView sample_weight, Index n_rows) {
    if (sample_weight.empty()) return {};
    require(sample_weight.size() == n_rows, "sample_weight",
            "one value a row of X, of which there are " + std::to_string(n_rows), sample_weight.size());
    Vector weight = Vector::uninitialized(n_rows);
    double sum = 0;
    for (Index i = 0; i < n_rows; ++i) {
        weight[i] = sample_weight[i];
        require(weight[i] >= 0 && std::isfinite(weight[i]), "sample_weight", "finite and not negative",
                std::to_string(weight[i]) + " in row " + std::to_string(i));
        sum += weight[i];
    }
    require(sum > 0 && std::isfinite(sum), "sample_weight", "of a positive, finite sum", sum);
    return weight;
}

double quantile_of(Vector values, double share) {
    const double place = share * static_cast<double>(values.size() - 1), whole = std::floor(place);
    const auto below = values.begin() + static_cast<Index>(whole);
    std::nth_element(values.begin(), below, values.end());
    if (below + 1 == values.end()) return *below;
    const double low = *below, high = *std::min_element(below + 1, values.end()), part = place - whole;
    return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);  // as NumPy rounds
}

IsolationForest IsolationFit::run(const FeatureRows& rows, const IsolationForestOptions& options,
                                  ConstVectorView sample_weight, FeatureEncoder encoder, const IsolationForest* start) {
    check_isolation_options(options);
    check_isolation_rows(rows.rows());
    check_isolation_features(options, rows.cols());
    const Vector weight = isolation_weights(sample_weight, rows.rows());
    const IsolationPlan plan(rows, options, weight);
    if (start) check_start(*start, options, plan.max_samples(), rows, encoder);
    IsolationForest fitted = grow(plan, std::move(encoder), start);
    if (options.contamination)
        fitted.offset_ = quantile_of(score_samples(fitted, rows, options.n_jobs), *options.contamination);
    return fitted;
}

/// The trees that the options ask for, behind those of `start`.
IsolationForest IsolationFit::grow(const IsolationPlan& plan, FeatureEncoder encoder, const IsolationForest* start) {
    const IsolationForestOptions& options = plan.options();
    const auto [first, last] = start ? std::pair<int, int>(static_cast<int>(start->n_trees()), options.n_estimators)
                                     : options.tree_range.value_or(std::pair<int, int>(0, options.n_estimators));
    if (start && first == last) return start->with_offset(IsolationForest::kAutoOffset);
    constexpr double kOffset = IsolationForest::kAutoOffset;
    if (options.ndim > 1) {
        HyperplaneForest planes = grow_planes(plan, first, last);
        require_a_split(planes);
        const HyperplaneForest* const parts[] = {start ? &start->planes() : &planes, &planes};
        if (start) planes = HyperplaneForest::merge(parts);
        return {plan.max_samples(), kOffset, std::move(planes), std::move(encoder)};
    }
    CompactForest forest = grow_trees(plan, first, last);
    require_a_split(forest);
    if (start) forest = merged({&start->model().compact(), &forest});
    return {plan.max_samples(), kOffset, ForestModel(std::move(forest), std::move(encoder), {})};
}

}  // namespace plantwright
