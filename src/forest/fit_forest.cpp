// SPDX-License-Identifier: MIT
#include "forest/fit_forest.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "forest/bootstrap.hpp"
#include "forest/categories.hpp"
#include "forest/check_options.hpp"
#include "forest/compact_tree.hpp"
#include "forest/grown_tree.hpp"
#include "forest/leaf_targets.hpp"
#include "forest/merge.hpp"
#include "forest/node_tasks.hpp"
#include "forest/out_of_bag.hpp"
#include "forest/prune.hpp"
#include "forest/training_data.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr double kLargestTarget = 1e150;  // so that sums of squares stay finite

void check_sizes(const FitRequest& r) {
    const std::string who = r.who;
    const Index n = r.rows.rows(), n_targets = r.target.n_rows();
    if (n < 1 || r.rows.cols() < 1) {
        throw InvalidArgument(who + ": X must have at least 1 row and 1 column, got " + std::to_string(n) + " x " +
                              std::to_string(r.rows.cols()));
    }
    if (n >= (Index{1} << 31))
        throw InvalidArgument(who + ": X must have fewer than 2^31 rows, got " + std::to_string(n));
    if (n_targets != n) {
        throw InvalidArgument(who + ": y must have one value a row of X, got " + std::to_string(n_targets) + " for " +
                              std::to_string(n) + " rows");
    }
    if (!r.sample_weight.empty() && r.sample_weight.size() != n) {
        throw InvalidArgument(who + ": sample_weight must have one value a row of X, got " +
                              std::to_string(r.sample_weight.size()) + " for " + std::to_string(n) + " rows");
    }
}

void check_weights(const FitRequest& r) {
    double sum = 0;
    for (Index i = 0; i < r.sample_weight.size(); ++i) {
        const double w = r.sample_weight[i];
        if (!(w >= 0) || std::isinf(w)) {
            throw InvalidArgument(std::string(r.who) + ": sample_weight must be finite and not negative, got " +
                                  std::to_string(w) + " in row " + std::to_string(i));
        }
        sum += w;
    }
    if (!r.sample_weight.empty() && !(sum > 0 && std::isfinite(sum))) {
        throw InvalidArgument(std::string(r.who) + ": sample_weight must have a positive, finite sum, got " +
                              std::to_string(sum));
    }
}

void check_start(const FitRequest& r, const std::vector<std::int32_t>& n_levels) {
    const std::string who = r.who;
    const ForestModel& start = *r.start;
    if (start.n_trees() == 0) throw NotFitted(who + ": grow needs a fitted or loaded forest");
    if (r.options.tree_range)
        throw InvalidArgument(who + ": tree_range must be absent where trees are added to a forest");
    if (r.options.n_estimators < start.n_trees()) {
        throw InvalidArgument(who + ": n_estimators must be at least the " + std::to_string(start.n_trees()) +
                              " trees there are, got " + std::to_string(r.options.n_estimators));
    }
    if (start.n_features() != r.rows.cols()) {
        throw InvalidArgument(who + ": X must have the forest's " + std::to_string(start.n_features()) +
                              " columns, got " + std::to_string(r.rows.cols()));
    }
    require_same_outputs(r.who, start.n_outputs(), r.target.n_outputs);
    require_same_inputs(r.who, start.encoder(), r.encoder);
    require_same_categories(r.who, start.compact().n_levels, n_levels, r.rows.cols());
}

/// n / (n_classes * n_k), with the sample weights for counts.
std::vector<double> balanced_class_weights(const FitRequest& r) {
    std::vector<double> count(static_cast<std::size_t>(r.target.n_outputs));
    double sum = 0;
    for (Index i = 0; i < r.target.n_rows(); ++i) {
        const double w = r.sample_weight.empty() ? 1.0 : r.sample_weight[i];
        r.target.for_each_class(i, [&](std::size_t c) { count[c] += w; });
        sum += w;
    }
    return balanced_weights(r.target, count, sum);
}

std::vector<double> class_weights(const FitRequest& r) {
    using Kind = ClassWeight::Kind;
    const ClassWeight& wanted = r.options.class_weight;
    if (!r.target.is_of_classes() || wanted.kind == Kind::none) return {};
    if (wanted.kind == Kind::balanced_subsample && r.options.bootstrap) return {};  // the sampler does it, tree by tree
    if (wanted.kind != Kind::given) return balanced_class_weights(r);
    if (static_cast<Index>(wanted.weights.size()) != r.target.n_outputs) {
        throw InvalidArgument(std::string(r.who) + ": class_weight must hold one weight a class, got " +
                              std::to_string(wanted.weights.size()) + " for " + std::to_string(r.target.n_outputs) +
                              " classes");
    }
    for (const double w : wanted.weights) {
        if (!(w >= 0) || std::isinf(w))
            throw InvalidArgument(std::string(r.who) + ": class_weight must be finite and not negative, got " +
                                  std::to_string(w));
    }
    return wanted.weights;
}

/// Sample weights times class weights; empty where all are 1.
Vector row_weights(const FitRequest& r) {
    check_weights(r);
    const std::vector<double> of_class = class_weights(r);
    if (r.sample_weight.empty() && of_class.empty()) return {};
    Vector weight(r.rows.rows(), 1.0);
    for (Index i = 0; i < weight.size(); ++i) {
        if (!r.sample_weight.empty()) weight[i] = r.sample_weight[i];
        if (!of_class.empty()) r.target.for_each_class(i, [&](std::size_t c) { weight[i] *= of_class[c]; });
    }
    if (!std::any_of(weight.begin(), weight.end(), [](double w) { return w > 0; })) {
        throw InvalidArgument(std::string(r.who) +
                              ": sample_weight times class_weight must be positive for some row, got 0 for all");
    }
    return weight;
}

InnerStatistics inner_statistics(Criterion criterion) {
    switch (criterion) {
        case Criterion::squared_error: return InnerStatistics::squared_error;
        case Criterion::gini: return InnerStatistics::gini;
        case Criterion::entropy: return InnerStatistics::entropy;
        default: return InnerStatistics::stored;
    }
}

/// What monotonic constraints order: one number, or the probability of one of two classes.
void require_one_value(const FitRequest& r) {
    const bool classes = r.target.is_classification();
    if (r.target.n_outputs <= (classes ? 2 : 1)) return;
    throw InvalidArgument(std::string(r.who) + ": monotonic_cst must be absent with more than " +
                          (classes ? "two classes" : "one output") + ", got " + std::to_string(r.target.n_averaged()));
}

void check_quantiles(const FitRequest& r) {
    const std::string who = r.who;
    if (r.target.is_of_classes()) throw InvalidArgument(who + ": quantiles must be off for classes, got on");
    if (r.target.n_outputs > 1) {
        throw InvalidArgument(who + ": quantiles must be off with several outputs, got on with " +
                              std::to_string(r.target.n_outputs));
    }
    if (r.start && r.start->targets().empty())
        throw InvalidArgument(who + ": quantiles must be off where trees are added to a forest without them, got on");
}

LeafTargets targets_of(const FitRequest& r, const CompactForest& grown, const BootstrapSampler& sampler) {
    if (!r.options.quantiles) return {};
    return find_leaf_targets(grown, r.rows, r.target.y, sampler.row_weight(), resolve_n_jobs(r.options.n_jobs));
}

/// The trees to grow: numbers [first, last) of the whole forest.
std::pair<Index, Index> trees_to_grow(const FitRequest& r) {
    if (r.start) return {r.start->n_trees(), r.options.n_estimators};
    if (r.options.tree_range) return {r.options.tree_range->first, r.options.tree_range->second};
    return {0, r.options.n_estimators};
}

CompactFormat compact_format(const FitRequest& r, const GrowSettings& settings) {
    CompactFormat format{.n_features = r.rows.cols(),
                         .n_outputs = r.target.n_outputs,
                         .inner_statistics = inner_statistics(r.target.criterion),
                         .n_levels = settings.n_levels};
    if (!r.target.class_begin.empty()) format.inner_statistics = InnerStatistics::stored;
    if (!r.target.is_classification() && r.target.n_outputs == 1) choose_base(r.target.y, format.base, format.scale);
    return format;
}

TreeView view_of(const GrownTree& tree, Index n_outputs) {
    return {.feature = tree.feature,
            .threshold = tree.threshold,
            .children_left = tree.children_left,
            .children_right = tree.children_right,
            .missing_go_left = tree.missing_go_left,
            .n_node_samples = tree.n_node_samples,
            .weighted_n_node_samples = tree.weighted_n_node_samples,
            .impurity = tree.impurity,
            .value = ConstMatrixView(tree.value.data(), static_cast<Index>(tree.n_nodes()), n_outputs),
            .level_offsets = tree.level_offsets,
            .levels = tree.levels};
}

/// How many trees, the last ones, are grown by nodes: those that would leave at least half of the threads idle.
Index trees_by_nodes(const TrainingData& data, const GrowSettings& settings, Index n_trees, int n_threads) {
    if (!data.codes || settings.max_leaf_nodes > 0 || n_threads < 2) return 0;
    const Index rest = n_trees % n_threads;
    return 2 * rest <= n_threads || n_trees < n_threads ? rest : 0;
}

/// Trees [first, last) of the whole forest.
CompactForest grow_trees(const FitRequest& r, const GrowSettings& settings, const BootstrapSampler& sampler,
                         Index first, Index last) {
    const RandomForestOptions& options = r.options;
    const CompactFormat format = compact_format(r, settings);
    const Index n_trees = last - first;
    const int n_threads = resolve_n_jobs(options.n_jobs);
    const TrainingData data = make_training_data(r.rows, r.target, settings, sampler.weights(), n_threads);
    ProgressMonitor monitor(options.progress, "fit", n_trees);
    std::vector<CompactTree> trees(static_cast<std::size_t>(n_trees));
    const auto key_of = [&](Index i) {
        return RandomStream(options.random_state, static_cast<std::uint64_t>(first + i), Purpose::features).next();
    };
    const auto keep = [&](std::size_t i, GrownTree& grown) {
        if (options.ccp_alpha > 0) prune(grown, options.ccp_alpha, static_cast<std::size_t>(r.target.n_outputs));
        trees[i] = compact_tree(view_of(grown, format.n_outputs), format);
    };
    const Index n_by_nodes = trees_by_nodes(data, settings, n_trees, n_threads), n_whole = n_trees - n_by_nodes;
    std::vector<std::unique_ptr<Grower>> growers(static_cast<std::size_t>(n_threads));
    parallel_for(
        n_whole, n_threads,
        [&](Index i, int thread) {
            auto& grower = growers[static_cast<std::size_t>(thread)];
            if (!grower) grower = make_grower(data, settings, monitor);
            TreeSample sample = sampler.sample(first + i);
            keep(static_cast<std::size_t>(i), grower->grow(sample, key_of(i)));
        },
        &monitor);
    growers.clear();
    std::vector<TreeRequest> requests;
    for (Index i = n_whole; i < n_trees; ++i)
        requests.push_back({[&sampler, t = first + i] { return sampler.sample(t); }, key_of(i)});
    if (n_by_nodes > 0) {
        grow_by_nodes(data, settings, monitor, n_threads, requests,
                      [&](std::size_t i, GrownTree& grown) { keep(static_cast<std::size_t>(n_whole) + i, grown); });
    }
    monitor.finish();
    return join_trees(format, std::move(trees));
}

void check_number(const char* who, double y, Index row, Criterion criterion) {
    if (!(std::abs(y) <= kLargestTarget)) {
        throw InvalidArgument(std::string(who) + ": y must be finite and at most 1e150 in size, got " +
                              std::to_string(y) + " in row " + std::to_string(row));
    }
    if (criterion == Criterion::poisson && y < 0) {
        throw InvalidArgument(std::string(who) + ": y must not be negative for criterion poisson, got " +
                              std::to_string(y));
    }
}

void require_positive_sum(const char* who, ConstVectorView y) {
    double sum = 0;
    for (Index i = 0; i < y.size(); ++i) sum += y[i];
    if (sum > 0) return;
    throw InvalidArgument(std::string(who) + ": y must have a positive sum for criterion poisson, got " +
                          std::to_string(sum));
}

/// An actual y in the middle, so that differences of whole numbers stay whole.
double typical(ConstVectorView y) {
    Vector sorted(y.size());
    for (Index i = 0; i < y.size(); ++i) sorted[i] = y[i];
    std::nth_element(sorted.begin(), sorted.begin() + sorted.size() / 2, sorted.end());
    return sorted[sorted.size() / 2];
}

}  // namespace

ForestModel fit_forest(FitRequest r) {
    check_sizes(r);
    const MaxFeatures default_features = r.target.is_of_classes() ? MaxFeatures::sqrt() : MaxFeatures::all();
    GrowSettings settings =
        grow_settings(r.who, r.options, r.target.criterion, r.rows.rows(), r.rows.cols(), default_features);
    if (!settings.monotonic.empty()) require_one_value(r);
    const BootstrapSampler sampler(r.options, r.target, r.rows.rows(), row_weights(r));
    require_no_infinity(r.who, r.rows, r.encoder.inputs);
    if (!r.target.has_several_outputs())
        settings.n_levels = count_levels(r.who, r.rows, r.encoder, r.options);
    else if (!r.options.categorical_features.empty())
        throw InvalidArgument(
            std::string(r.who) +
            ": categorical_features must be empty where y has several outputs; columns of a frame that "
            "are categories are ordered once");
    require_free_categories(r.who, r.encoder, settings.n_levels, settings.monotonic);
    if (r.start) check_start(r, settings.n_levels);
    if (r.options.quantiles) check_quantiles(r);
    const auto [first, last] = trees_to_grow(r);
    CompactForest forest = r.start ? r.start->compact() : CompactForest();
    LeafTargets targets = r.start && r.options.quantiles ? r.start->targets() : LeafTargets();
    if (first < last) {
        CompactForest grown = grow_trees(r, settings, sampler, first, last);
        LeafTargets more = targets_of(r, grown, sampler);
        forest = r.start ? merged({&forest, &grown}) : std::move(grown);
        targets = r.start ? merged_targets({&targets, &more}) : std::move(more);
    }
    OobEstimate oob;
    if (r.options.oob_score) {
        oob = out_of_bag(forest, r.rows, r.target, sampler, resolve_n_jobs(r.options.n_jobs), r.start ? 0 : first);
    }
    return ForestModel(std::move(forest), std::move(r.encoder), std::move(oob), std::move(targets));
}

Target regression_target(const char* who, ConstMatrixView y, Criterion criterion) {
    if (y.cols() < 1) throw InvalidArgument(std::string(who) + ": y must have at least 1 output, got none");
    Target target{.criterion = criterion, .n_outputs = y.cols(), .y = Vector::uninitialized(y.rows() * y.cols())};
    for (Index i = 0; i < y.rows(); ++i) {
        for (Index k = 0; k < y.cols(); ++k) {
            check_number(who, y(i, k), i, criterion);
            target.y[i * y.cols() + k] = y(i, k);
        }
    }
    target.level = target.y;
    for (Index k = 0; k < y.cols() && y.rows() > 0; ++k) {
        if (criterion == Criterion::poisson) {
            require_positive_sum(who, y.col(k));
            continue;
        }
        const double centre = typical(y.col(k));
        if (y.cols() == 1) target.centre = centre;
        for (Index i = 0; i < y.rows(); ++i) target.level[i * y.cols() + k] -= centre;
    }
    return target;
}

namespace {

void check_label(const char* who, std::int32_t label, Index n_classes, Index row) {
    if (label >= 0 && label < n_classes) return;
    throw InvalidArgument(std::string(who) + ": y must hold class numbers from 0 to " + std::to_string(n_classes - 1) +
                          ", got " + std::to_string(label) + " in row " + std::to_string(row));
}

}  // namespace

Target class_outputs_target(const char* who, MatrixView<const std::int32_t> y,
                            const std::vector<std::int64_t>& n_classes, Criterion criterion) {
    Target target{.criterion = criterion == Criterion::gini ? Criterion::squared_error : criterion};
    target.class_begin.push_back(0);
    for (const std::int64_t n : n_classes) target.class_begin.push_back(target.class_begin.back() + n);
    target.n_outputs = target.class_begin.back();
    target.y = Vector(y.rows() * target.n_outputs);
    for (Index i = 0; i < y.rows(); ++i) {
        for (std::size_t k = 0; k < n_classes.size(); ++k) {
            const std::int32_t label = y(i, static_cast<Index>(k));
            check_label(who, label, n_classes[k], i);
            target.y[i * target.n_outputs + target.class_begin[k] + label] = 1;
        }
    }
    target.level = target.y;
    return target;
}

Target class_target(const char* who, VectorView<const std::int32_t> y, Index n_classes, Criterion criterion) {
    Target target{
        .criterion = criterion, .n_outputs = n_classes, .label = Buffer<std::int32_t>::uninitialized(y.size())};
    target.level = Vector::uninitialized(y.size());
    for (Index i = 0; i < y.size(); ++i) {
        check_label(who, y[i], n_classes, i);
        target.label[i] = y[i];
        target.level[i] = y[i];
    }
    return target;
}

}  // namespace plantwright
