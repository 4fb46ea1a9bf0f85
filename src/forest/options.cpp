// SPDX-License-Identifier: MIT
#include "plantwright/forest/options.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr std::array<std::string_view, 5> kCriteria = {"squared_error", "absolute_error", "poisson", "gini", "entropy"};

}  // namespace

std::string_view to_string(Criterion criterion) { return kCriteria.at(static_cast<std::size_t>(criterion)); }

Criterion criterion_from(std::string_view text) {
    if (text == "log_loss") return Criterion::entropy;
    const auto found = std::find(kCriteria.begin(), kCriteria.end(), text);
    if (found == kCriteria.end()) {
        throw InvalidArgument(
            "criterion must be squared_error, absolute_error, poisson, gini, entropy or log_loss, got '" +
            std::string(text) + "'");
    }
    return static_cast<Criterion>(found - kCriteria.begin());
}

CategorySplits category_splits_from(std::string_view text) {
    if (text == "node") return CategorySplits::node;
    if (text == "once") return CategorySplits::once;
    throw InvalidArgument("category_splits must be node or once, got '" + std::string(text) + "'");
}

Index RowCount::of(Index n_rows) const {
    return is_fraction_ ? static_cast<Index>(std::ceil(fraction_ * static_cast<double>(n_rows))) : count_;
}

Index MaxFeatures::of(Index n_features) const {
    const double n = static_cast<double>(n_features);
    switch (kind_) {
        case Kind::all: return n_features;
        case Kind::sqrt: return std::max<Index>(1, static_cast<Index>(std::sqrt(n)));
        case Kind::log2: {
            Index log = 0;
            while ((Index{2} << log) <= n_features) ++log;
            return std::max<Index>(1, log);
        }
        case Kind::count: return std::min(n_features, static_cast<Index>(value_));
        case Kind::fraction: return std::max<Index>(1, static_cast<Index>(value_ * n));
    }
    return n_features;
}

}  // namespace plantwright
