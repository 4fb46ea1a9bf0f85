// SPDX-License-Identifier: MIT
/// Random draws that depend on the node alone: its key comes from the tree's seed and the path from the root, so that
/// the order in which nodes are grown, or by which splitter, changes nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "plantwright/core/random.hpp"

namespace plantwright {

inline constexpr std::uint64_t kGoldenGamma = 0x9E3779B97F4A7C15ull;

inline std::uint64_t left_key(std::uint64_t key) { return RandomStream::mix(key + kGoldenGamma); }
inline std::uint64_t right_key(std::uint64_t key) { return RandomStream::mix(key + 2 * kGoldenGamma); }

/// Draws features without replacement, uniformly (the bias of multiply-shift is below n_features / 2^64).
class FeatureDraws {
public:
    explicit FeatureDraws(Index n_features) : features_(static_cast<std::size_t>(n_features)) {
        for (std::size_t i = 0; i < features_.size(); ++i) features_[i] = static_cast<std::int32_t>(i);
    }

    void start(std::uint64_t key) {
        while (n_drawn_ > 0) {
            --n_drawn_;
            std::swap(features_[n_drawn_], features_[partner_[n_drawn_]]);
        }
        state_ = key + 3 * kGoldenGamma;
    }

    Index n_drawn() const { return static_cast<Index>(n_drawn_); }
    bool exhausted() const { return n_drawn_ == features_.size(); }

    /// The next `n` features, or as many as are left.
    std::span<const std::int32_t> next(Index n) {
        const std::size_t begin = n_drawn_;
        while (n-- > 0 && !exhausted()) next();
        return std::span<const std::int32_t>(features_).subspan(begin, n_drawn_ - begin);
    }

    /// Of two features that have been drawn.
    bool drawn_before(std::int32_t a, std::int32_t b) const {
        const auto end = features_.begin() + static_cast<std::ptrdiff_t>(n_drawn_);
        return *std::find_if(features_.begin(), end, [&](std::int32_t f) { return f == a || f == b; }) == a;
    }

    std::int32_t next() {
        __extension__ using Wide = unsigned __int128;
        state_ += kGoldenGamma;
        const std::uint64_t left = features_.size() - n_drawn_;
        const auto offset = static_cast<std::size_t>((static_cast<Wide>(RandomStream::mix(state_)) * left) >> 64);
        partner_[n_drawn_] = n_drawn_ + offset;
        std::swap(features_[n_drawn_], features_[n_drawn_ + offset]);
        return features_[n_drawn_++];
    }

private:
    std::vector<std::int32_t> features_;
    std::vector<std::size_t> partner_ = std::vector<std::size_t>(features_.size());  // to undo the swaps
    std::size_t n_drawn_ = 0;
    std::uint64_t state_ = 0;
};

/// Calls `visit(feature)`, which returns whether the feature varies in the node, for `max_features` features and on
/// until one varies, as scikit-learn does.
template <class Visit>
void for_each_drawn_feature(FeatureDraws& draws, std::uint64_t key, Index max_features, Visit&& visit) {
    draws.start(key);
    bool any_varies = false;
    while (!draws.exhausted() && (draws.n_drawn() < max_features || !any_varies)) any_varies |= visit(draws.next());
}

}  // namespace plantwright
