// SPDX-License-Identifier: MIT
/// How CodeGrower parts one node: by formula, by the kernels, or carefully.
#include <algorithm>
#include <cmath>
#include <limits>

#include "forest/code_grower.hpp"
#include "forest/ordered_bits.hpp"

namespace plantwright {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kFewCodesRows = 32;  // up to here networks are as fast (benchmarks/forest/training.py, low cardinality)

}  // namespace

CodeGrower::Parting CodeGrower::find(const Pending& pending) {
    const int n = pending.size();
    const bool free = settings_.min_samples_leaf == 1 && min_weight_leaf_ <= 0;
    if (n == 2 && free) return part_two(pending);
    search_->start(rows_of(pending), totals_of(pending));
    if (n == 3 && free) {
        const Parting parting = part_three(pending);
        if (parting.feature >= 0) return parting;
    }
    if (has_few_codes_ && free && n > kFewCodesRows) return part_few_codes(pending);
    return n <= kSmallNode ? part_small(pending) : part_large(pending);
}

/// Two rows part alike by every feature in which they differ, so the first one drawn is the best.
CodeGrower::Parting CodeGrower::part_two(const Pending& pending) {
    const NodeRows rows = rows_of(pending);
    const std::uint16_t* a = rows.codes + rows.slot[0] * rows.stride;
    const std::uint16_t* b = rows.codes + rows.slot[1] * rows.stride;
    draws_.start(pending.key);
    while (!draws_.exhausted()) {
        const std::int32_t feature = draws_.next();
        if (a[feature] == b[feature]) continue;
        const auto [low, high] = std::minmax(a[feature], b[feature]);
        if (settings_.is_category(feature) && high != kMissingRank)
            return parting_of({.feature = feature, .levels = {low}});
        return {.feature = feature, .left = low, .right = high, .has_missing = high == kMissingRank};
    }
    return {};
}

/// Three rows part in at most three ways, each of which sets one row apart; a feature allows those of its least and
/// largest codes. Nothing is found where codes tie or are missing in all drawn features, or one of them is a category:
/// then the kernel looks. Features are drawn until one allows the best of the three.
CodeGrower::Parting CodeGrower::part_three(const Pending& pending) {
    const NodeRows rows = rows_of(pending);
    const std::uint16_t* codes[3];
    double gain[3];
    for (int i = 0; i < 3; ++i) {
        codes[i] = rows.codes + rows.slot[i] * rows.stride;
        search_->clear_left();
        search_->add_left(rows.packed[i]);
        gain[i] = search_->gain();
    }
    Parting best;
    double best_gain = -kInfinity;
    const double most = std::max({gain[0], gain[1], gain[2]});
    draws_.start(pending.key);
    for (Index n = settings_.max_features; n > 0 && !draws_.exhausted(); --n) {
        if (all_present_ && best_gain == most) break;  // no feature can do better
        const std::int32_t feature = draws_.next();
        if (settings_.is_category(feature)) return {};
        std::uint32_t c[3] = {codes[0][feature], codes[1][feature], codes[2][feature]};
        int order[3] = {0, 1, 2};
        if (c[order[0]] > c[order[1]]) std::swap(order[0], order[1]);
        if (c[order[1]] > c[order[2]]) std::swap(order[1], order[2]);
        if (c[order[0]] > c[order[1]]) std::swap(order[0], order[1]);
        const std::uint32_t low = c[order[0]], middle = c[order[1]], high = c[order[2]];
        if (high == kMissingRank) return {};
        if (low < middle && gain[order[0]] > best_gain) {
            best = {.feature = feature, .left = low, .right = middle};
            best_gain = gain[order[0]];
        }
        if (middle < high && gain[order[2]] > best_gain) {
            best = {.feature = feature, .left = middle, .right = high};
            best_gain = gain[order[2]];
        }
    }
    return best;
}

/// Draws n features; returns those that are numbers. The others are in drawn_categories_.
std::span<const std::uint16_t> CodeGrower::next_features(Index n) {
    const std::span<const std::int32_t> drawn = draws_.next(n);
    drawn_categories_.clear();
    if (!codes_.has_categories) {
        drawn_.assign(drawn.begin(), drawn.end());
        return drawn_;
    }
    drawn_.clear();
    for (const std::int32_t feature : drawn)
        (settings_.is_category(feature) ? drawn_categories_ : drawn_).push_back(static_cast<std::uint16_t>(feature));
    return drawn_;
}

CodeGrower::Parting CodeGrower::part_small(const Pending& pending) {
    SmallSplit best;
    Split category;
    draws_.start(pending.key);
    const auto search = [&](std::span<const std::uint16_t> features) {
        const bool varies =
            !features.empty() && search_->search_small(features.data(), static_cast<int>(features.size()), best);
        return search_categories(category) || varies;
    };
    bool any_varies = search(next_features(settings_.max_features));
    while (!any_varies && !draws_.exhausted()) any_varies = search(next_features(1));
    Parting parting;
    if (best.feature >= 0) parting = {best.feature, best.left, best.right, best.missing_go_left, best.has_missing};
    return better_of(pending, parting, static_cast<double>(best.gain), category);
}

/// More than a few rows of a table whose features have few values.
CodeGrower::Parting CodeGrower::part_few_codes(const Pending& pending) {
    const BinTable bins = bins_of(pending);
    SmallSplit best;
    draws_.start(pending.key);
    const auto search = [&](std::span<const std::uint16_t> features) {
        return search_->search_few_codes(bins, features.data(), static_cast<int>(features.size()), best);
    };
    bool any_varies = search(next_features(settings_.max_features));
    while (!any_varies && !draws_.exhausted()) any_varies = search(next_features(1));
    Parting parting{.feature = best.feature, .left = best.left, .right = best.right};
    parting.by_bins = any_varies && pending.size() <= kPartRows;
    if (parting.by_bins) search_->decide_few_codes(bins, best, goes_left_.data());
    return parting;
}

CodeGrower::Parting CodeGrower::part_large(const Pending& pending) {
    const NodeRows rows = rows_of(pending);
    const BinTable bins = bins_of(pending);
    LargeSplit best;
    Split category;
    draws_.start(pending.key);
    const auto search = [&](std::span<const std::uint16_t> features) {
        search_->search_large(bins, features.data(), std::ssize(features), best);
        return search_categories(category) || best.feature >= 0 ||
               std::any_of(features.begin(), features.end(), [&](auto f) { return varies(rows, f); });
    };
    bool any_varies = search(next_features(settings_.max_features));
    while (!any_varies && !draws_.exhausted()) any_varies = search(next_features(1));
    Parting parting;
    if (best.feature >= 0) parting = {best.feature, best.left, best.right, best.missing_go_left, best.has_missing};
    parting = better_of(pending, parting, best.gain, category);
    if (parting.feature >= 0 && parting.feature == best.feature)
        parting.by_bins = search_->decide_large(bins, goes_left_.data());
    return parting;
}

bool CodeGrower::varies(const NodeRows& rows, std::int32_t feature) const {
    const std::uint16_t first = rows.codes[rows.slot[0] * rows.stride + feature];
    for (int i = 1; i < rows.n; ++i) {
        if (rows.codes[rows.slot[i] * rows.stride + feature] != first) return true;
    }
    return false;
}

/// Every parting of every drawn feature, with all limits. For the few nodes whose best split leaves rows enough by
/// weight, but not by number.
CodeGrower::Parting CodeGrower::part_carefully(const Pending& pending) {
    const NodeRows rows = rows_of(pending);
    Parting best;
    double best_gain = -kInfinity;
    draws_.start(pending.key);
    for (const std::int32_t feature : draws_.next(settings_.max_features)) {
        if (settings_.is_category(feature)) {
            Split category{.gain = best_gain};
            search_->search_category(static_cast<std::uint16_t>(feature), category);
            if (!category.found()) continue;
            best = parting_of(category);
            best_gain = category.gain;
            continue;
        }
        keyed_.clear();
        for (int i = 0; i < rows.n; ++i) {
            keyed_.push_back(std::uint64_t{rows.codes[rows.slot[i] * rows.stride + feature]} << 32 |
                             static_cast<std::uint32_t>(i));
        }
        std::sort(keyed_.begin(), keyed_.end());
        const auto code = [&](int i) { return static_cast<std::uint32_t>(keyed_[static_cast<std::size_t>(i)] >> 32); };
        const auto packed = [&](int i) {
            return rows.packed[static_cast<std::uint32_t>(keyed_[static_cast<std::size_t>(i)])];
        };
        int n_missing = 0;
        while (n_missing < rows.n && code(rows.n - 1 - n_missing) == kMissingRank) ++n_missing;
        for (const bool missing_left : {false, true}) {
            if (missing_left && n_missing == 0) break;
            search_->clear_left();
            if (missing_left) {
                for (int i = rows.n - n_missing; i < rows.n; ++i) search_->add_left(packed(i));
            }
            for (int i = 0; i + 1 < rows.n - (missing_left ? n_missing : 0); ++i) {
                search_->add_left(packed(i));
                const int n_left = i + 1 + (missing_left ? n_missing : 0);
                if (code(i) == code(i + 1) || !leaves_enough_rows(n_left, rows.n) || !(search_->gain() > best_gain))
                    continue;
                best_gain = search_->gain();
                best = {feature, code(i), code(i + 1), missing_left, n_missing > 0};
            }
        }
    }
    return best;
}

/// The drawn features by their values, where codes of quantiles do not part the node any further.
CodeGrower::Parting CodeGrower::part_by_value(const Pending& pending) {
    const NodeRows rows = rows_of(pending);
    Parting best;
    double best_gain = -kInfinity;
    for_each_drawn_feature(draws_, pending.key, settings_.max_features, [&](std::int32_t feature) {
        if (settings_.is_category(feature)) return varies(rows, feature);
        keyed_.clear();
        for (int i = 0; i < rows.n; ++i) {
            const float x = data_.rows->at(row_of(pending, i), feature);
            if (!std::isnan(x)) keyed_.push_back(std::uint64_t{ordered_bits(x)} << 32 | static_cast<std::uint32_t>(i));
        }
        std::sort(keyed_.begin(), keyed_.end());
        search_->clear_left();
        for (std::size_t i = 0; i + 1 < keyed_.size(); ++i) {
            search_->add_left(rows.packed[static_cast<std::uint32_t>(keyed_[i])]);
            const auto low = static_cast<std::uint32_t>(keyed_[i] >> 32),
                       high = static_cast<std::uint32_t>(keyed_[i + 1] >> 32);
            const bool fits = low != high && leaves_enough_rows(static_cast<int>(i) + 1, rows.n);
            if (!fits || !(search_->gain() > best_gain)) continue;
            best_gain = search_->gain();
            best = {.feature = feature,
                    .has_missing = keyed_.size() < static_cast<std::size_t>(rows.n),
                    .by_value = true,
                    .threshold = threshold_between(from_ordered_bits(low), from_ordered_bits(high))};
        }
        return !keyed_.empty() &&
               (keyed_.front() >> 32 != keyed_.back() >> 32 || keyed_.size() < static_cast<std::size_t>(rows.n));
    });
    return best;
}

}  // namespace plantwright
