// SPDX-License-Identifier: MIT
/// `splitter = exact`: sorts the raw values of every drawn feature and sums doubles. O(n log n) a node and feature.
/// Serves as the oracle of the fast splitter, and itself where sums are not whole: other criteria, fractional weights.
#include <algorithm>
#include <memory>

#include "forest/node_random.hpp"
#include "forest/ordered_bits.hpp"
#include "forest/scans.hpp"
#include "forest/sorted_search.hpp"
#include "forest/training_data.hpp"

namespace plantwright {
namespace {

template <class Scan>
class ExactFinder : public SplitFinder {
public:
    ExactFinder(const TrainingData& data, const GrowSettings& settings)
        : data_(data), settings_(settings), draws_(data.n_features) {}

    void start_tree(TreeSample& sample) override {
        sample_ = &sample;
        scan_ = std::make_unique<Scan>(*data_.target, sample);
        limits_ = {settings_.min_samples_leaf, settings_.min_weight_fraction_leaf * sample.total_weight};
    }

    Split find(const NodeRange& node) override {
        Split best;
        Parting parting;
        scan_->start_node(rows_of(node));
        for_each_drawn_feature(draws_, node.key, settings_.max_features, [&](std::int32_t feature) {
            sort(node, data_.column(feature));
            if (!sorted_.varies()) return false;
            if (SortedSearch(*scan_, sorted_, limits_, parting).run()) best = split_at(feature, parting);
            return true;
        });
        return best;
    }

    Index partition(const NodeRange& node, const Split& split) override {
        const float* x = data_.column(split.feature);
        const auto goes_left = [&](RowId row) {
            return std::isnan(x[row]) ? split.missing_go_left : x[row] <= split.threshold;
        };
        const auto rows = rows_of(node);
        return std::stable_partition(rows.begin(), rows.end(), goes_left) - rows.begin();
    }

private:
    std::span<RowId> rows_of(const NodeRange& node) const {
        return std::span<RowId>(sample_->rows)
            .subspan(static_cast<std::size_t>(node.begin), static_cast<std::size_t>(node.size()));
    }

    void sort(const NodeRange& node, const float* x) {
        keyed_.clear();
        missing_.clear();
        const auto rows = rows_of(node);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (std::isnan(x[rows[i]]))
                missing_.push_back(rows[i]);
            else
                keyed_.push_back(static_cast<std::uint64_t>(ordered_bits(x[rows[i]])) << 32 | i);
        }
        std::sort(keyed_.begin(), keyed_.end());
        sorted_.order.clear();
        sorted_.key.clear();
        for (const std::uint64_t k : keyed_) {
            sorted_.order.push_back(rows[static_cast<std::uint32_t>(k)]);
            sorted_.key.push_back(static_cast<std::uint32_t>(k >> 32));
        }
        sorted_.order.insert(sorted_.order.end(), missing_.begin(), missing_.end());
    }

    Split split_at(std::int32_t feature, const Parting& parting) const {
        const float* x = data_.column(feature);
        const std::size_t n_left = parting.n_left_present;
        Split split{.feature = feature, .missing_go_left = parting.missing_go_left, .gain = parting.gain};
        split.threshold = n_left == sorted_.n_present()
                              ? std::numeric_limits<float>::infinity()
                              : threshold_between(x[sorted_.order[n_left - 1]], x[sorted_.order[n_left]]);
        if (sorted_.n_missing() == 0) split.missing_go_left = 2 * n_left > sorted_.n_rows();  // the larger child
        return split;
    }

    const TrainingData& data_;
    GrowSettings settings_;
    FeatureDraws draws_;
    TreeSample* sample_ = nullptr;
    std::unique_ptr<Scan> scan_;
    LeafLimits limits_;
    SortedFeature sorted_;
    std::vector<std::uint64_t> keyed_;
    std::vector<RowId> missing_;
};

}  // namespace

std::unique_ptr<SplitFinder> make_exact_finder(const TrainingData& data, const GrowSettings& settings) {
    const bool two_classes = data.target->n_outputs == 2;
    switch (settings.criterion) {
        case Criterion::squared_error: return std::make_unique<ExactFinder<SquaredErrorScan>>(data, settings);
        case Criterion::absolute_error: return std::make_unique<ExactFinder<AbsoluteErrorScan>>(data, settings);
        case Criterion::poisson: return std::make_unique<ExactFinder<PoissonScan>>(data, settings);
        case Criterion::entropy: return std::make_unique<ExactFinder<EntropyScan>>(data, settings);
        case Criterion::gini: break;
    }
    if (two_classes) return std::make_unique<ExactFinder<SquaredErrorScan>>(data, settings);
    return std::make_unique<ExactFinder<GiniScan>>(data, settings);
}

}  // namespace plantwright
