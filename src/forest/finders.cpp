// SPDX-License-Identifier: MIT
/// Splits of raw columns, with sums of doubles, for every criterion.
///
/// `exact` sorts the values of every drawn feature: O(n log n) a node and feature. It is the oracle of the fast
/// splitter, and serves itself where that one does not: absolute_error, poisson, monotonic constraints. `random` draws
/// one threshold a feature, uniform between the least and the largest value of the node (Geurts, Ernst & Wehenkel,
/// "Extremely randomized trees", Machine Learning 63, 2006): O(n); of a category, a random subset of the node's levels.
/// Missing values go where the parting gains more.
#include <algorithm>
#include <cmath>
#include <memory>

#include "forest/category_partings.hpp"
#include "forest/node_random.hpp"
#include "forest/ordered_bits.hpp"
#include "forest/scans.hpp"
#include "forest/sorted_search.hpp"
#include "forest/training_data.hpp"

namespace plantwright {
namespace {

template <class Scan>
class ColumnFinder : public SplitFinder {
public:
    ColumnFinder(const TrainingData& data, const GrowSettings& settings)
        : data_(data), settings_(settings), draws_(data.n_features),
          categories_(*data.target, !settings.n_levels.empty()),
          goes_left_(settings.n_levels.empty() ? 0 : kMissingLevelCode + 1) {}

    void start_tree(TreeSample& sample) override {
        sample_ = &sample;
        scan_ = std::make_unique<Scan>(*data_.target, sample);
        limits_ = {settings_.min_samples_leaf, settings_.min_weight_fraction_leaf * sample.total_weight};
    }

    Index partition(const NodeRange& node, const Split& split) override {
        if (!split.levels.empty()) return partition_levels(node, split);
        const float* x = data_.column(split.feature);
        const auto goes_left = [&](RowId row) {
            return std::isnan(x[row]) ? split.missing_go_left : x[row] <= split.threshold;
        };
        const auto rows = rows_of(node);
        return std::stable_partition(rows.begin(), rows.end(), goes_left) - rows.begin();
    }

protected:
    std::span<RowId> rows_of(const NodeRange& node) const {
        return std::span<RowId>(sample_->rows)
            .subspan(static_cast<std::size_t>(node.begin), static_cast<std::size_t>(node.size()));
    }
    bool start_category(const NodeRange& node, std::int32_t feature) {
        set_limits(node, feature);
        return categories_.start(rows_of(node), data_.column(feature), *sample_);
    }
    void set_limits(const NodeRange& node, std::int32_t feature) {
        if (settings_.monotonic.empty()) return;
        limits_.is_bounded = true;
        limits_.direction = settings_.monotonic[static_cast<std::size_t>(feature)];
        limits_.lower = node.lower;
        limits_.upper = node.upper;
    }

    const TrainingData& data_;
    GrowSettings settings_;
    FeatureDraws draws_;
    TreeSample* sample_ = nullptr;
    std::unique_ptr<Scan> scan_;
    LeafLimits limits_;
    CategoryPartings categories_;

private:
    Index partition_levels(const NodeRange& node, const Split& split) {
        goes_left_[kMissingLevelCode] = split.missing_go_left;
        for (const std::uint16_t level : split.levels) goes_left_[level] = 1;
        const float* x = data_.column(split.feature);
        const auto rows = rows_of(node);
        const auto middle = std::stable_partition(rows.begin(), rows.end(),
                                                  [&](RowId row) { return goes_left_[level_code(x[row])] != 0; });
        for (const std::uint16_t level : split.levels) goes_left_[level] = 0;
        return middle - rows.begin();
    }

    std::vector<std::uint8_t> goes_left_;  // by level
};

template <class Scan>
class ExactFinder final : public ColumnFinder<Scan> {
    using Base = ColumnFinder<Scan>;
    using Base::data_, Base::settings_, Base::draws_, Base::scan_, Base::limits_, Base::rows_of, Base::categories_;

public:
    using Base::Base;

    Split find(const NodeRange& node) override {
        Split best;
        scan_->start_node(rows_of(node));
        for_each_drawn_feature(draws_, node.key, settings_.max_features, [&](std::int32_t feature) {
            if (settings_.is_category(feature)) return find_levels(node, feature, best);
            sort(node, data_.column(feature));
            if (!sorted_.varies()) return false;
            Base::set_limits(node, feature);
            Parting parting{.gain = best.gain};
            if (SortedSearch(*scan_, sorted_, limits_, parting).run()) best = split_at(feature, parting);
            return true;
        });
        return best;
    }

private:
    bool find_levels(const NodeRange& node, std::int32_t feature, Split& best) {
        const bool varies = Base::start_category(node, feature);
        if (varies) categories_.search(*scan_, limits_, feature, best);
        return varies;
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
        Split split{.feature = feature,
                    .missing_go_left = parting.missing_go_left,
                    .gain = parting.gain,
                    .middle = parting.middle};
        split.threshold = n_left == sorted_.n_present()
                              ? std::numeric_limits<float>::infinity()
                              : threshold_between(x[sorted_.order[n_left - 1]], x[sorted_.order[n_left]]);
        if (sorted_.n_missing() == 0) split.missing_go_left = 2 * n_left > sorted_.n_rows();  // the larger child
        return split;
    }

    SortedFeature sorted_;
    std::vector<std::uint64_t> keyed_;
    std::vector<RowId> missing_;
};

template <class Scan>
class RandomFinder final : public ColumnFinder<Scan> {
    using Base = ColumnFinder<Scan>;
    using Base::data_, Base::settings_, Base::draws_, Base::scan_, Base::limits_, Base::rows_of, Base::categories_;

public:
    using Base::Base;

    Split find(const NodeRange& node) override {
        Split best;
        scan_->start_node(rows_of(node));
        for_each_drawn_feature(draws_, node.key, settings_.max_features, [&](std::int32_t feature) {
            if (settings_.is_category(feature)) return draw_levels(node, feature, best);
            const Range range = read(node, data_.column(feature));
            if (range.n_present == 0 || (range.low == range.high && range.n_missing == 0)) return false;
            Base::set_limits(node, feature);
            const float threshold =
                range.low == range.high ? std::numeric_limits<float>::infinity() : draw(node.key, feature, range);
            consider(node, feature, threshold, range, false, best);
            if (range.n_missing > 0 && range.low < range.high) consider(node, feature, threshold, range, true, best);
            return true;
        });
        return best;
    }

private:
    struct Range {
        float low = 0, high = 0;
        Index n_present = 0, n_missing = 0;
    };

    /// The node's values, one after another, and their range.
    Range read(const NodeRange& node, const float* x) {
        constexpr float kInfinity = std::numeric_limits<float>::infinity();
        const auto rows = rows_of(node);
        values_.resize(rows.size());
        Range range{.low = kInfinity, .high = -kInfinity};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const float value = values_[i] = x[rows[i]];
            range.n_missing += std::isnan(value);
            range.low = value < range.low ? value : range.low;
            range.high = value > range.high ? value : range.high;
        }
        range.n_present = node.size() - range.n_missing;
        return range;
    }

    static std::uint64_t bits_of(std::uint64_t node_key, std::int32_t feature) {
        return RandomStream::mix(node_key + (static_cast<std::uint64_t>(feature) + 5) * kGoldenGamma);
    }

    bool draw_levels(const NodeRange& node, std::int32_t feature, Split& best) {
        const bool varies = Base::start_category(node, feature);
        if (varies) categories_.draw(*scan_, limits_, feature, bits_of(node.key, feature), best);
        return varies;
    }

    /// In [low, high), by node and feature alone.
    static float draw(std::uint64_t node_key, std::int32_t feature, const Range& range) {
        const std::uint64_t bits = bits_of(node_key, feature);
        const double share = static_cast<double>(bits >> 11) * 0x1p-53, low = range.low, high = range.high;
        const auto threshold = static_cast<float>(low + share * (high - low));
        return threshold >= range.high ? range.low : threshold;
    }

    void consider(const NodeRange& node, std::int32_t feature, float threshold, const Range& range, bool missing_left,
                  Split& best) {
        const auto rows = rows_of(node);
        const std::size_t n_left = part(rows, threshold, missing_left);
        scan_->start(order_);
        for (std::size_t i = 0; i < n_left; ++i) scan_->add(order_[i]);
        if (!limits_.allow(*scan_, n_left, rows.size() - n_left) || !(scan_->gain() > best.gain)) return;
        const bool larger_left = 2 * n_left > rows.size();
        best = {.feature = feature,
                .threshold = threshold,
                .missing_go_left = range.n_missing > 0 ? missing_left : larger_left,
                .gain = scan_->gain(),
                .middle = (scan_->left_value() + scan_->right_value()) / 2};
    }

    /// Orders the rows of the node, left ones first; returns how many those are. No branch depends on the values.
    std::size_t part(std::span<const RowId> rows, float threshold, bool missing_left) {
        order_.resize(rows.size());
        right_.resize(rows.size());
        std::size_t n_left = 0, n_right = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const bool left = (values_[i] <= threshold) | (missing_left & (values_[i] != values_[i]));
            order_[n_left] = right_[n_right] = rows[i];
            n_left += left;
            n_right += !left;
        }
        std::copy_n(right_.begin(), n_right, order_.begin() + static_cast<std::ptrdiff_t>(n_left));
        return n_left;
    }

    std::vector<float> values_;
    std::vector<RowId> order_, right_;
};

template <template <class> class Finder>
std::unique_ptr<SplitFinder> finder_of(const TrainingData& data, const GrowSettings& settings) {
    const Target& target = *data.target;
    if (settings.criterion == Criterion::squared_error && target.has_several_outputs())
        return std::make_unique<Finder<SquaredErrorsScan>>(data, settings);
    if (settings.criterion == Criterion::entropy && target.has_several_outputs())
        return std::make_unique<Finder<EntropiesScan>>(data, settings);
    switch (settings.criterion) {
        case Criterion::squared_error: return std::make_unique<Finder<SquaredErrorScan>>(data, settings);
        case Criterion::absolute_error: return std::make_unique<Finder<AbsoluteErrorScan>>(data, settings);
        case Criterion::poisson: return std::make_unique<Finder<PoissonScan>>(data, settings);
        case Criterion::entropy: return std::make_unique<Finder<EntropyScan>>(data, settings);
        case Criterion::gini: break;
    }
    if (target.n_outputs == 2) return std::make_unique<Finder<SquaredErrorScan>>(data, settings);
    return std::make_unique<Finder<GiniScan>>(data, settings);
}

}  // namespace

std::unique_ptr<SplitFinder> make_finder(const TrainingData& data, const GrowSettings& settings) {
    return settings.splitter == Splitter::random ? finder_of<RandomFinder>(data, settings)
                                                 : finder_of<ExactFinder>(data, settings);
}

}  // namespace plantwright
