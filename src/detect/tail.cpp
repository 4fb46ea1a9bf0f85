// SPDX-License-Identifier: MIT
#include "plantwright/detect/tail.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "detect/checks.hpp"
#include "detect/generalised_pareto.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "Tail";
constexpr Index kFewestScores = 20, kFewestClusters = 20, kMostQuantiles = 1000;
constexpr double kLeast = 1e-300;                             // the smallest p-value
constexpr double kFlat = std::numeric_limits<double>::max();  // scale: nothing is known of how p falls

void require_options(const TailOptions& o) {
    detect::require(o.tail_share > 0 && o.tail_share <= 0.5, kWho, "tail_share", o.tail_share, "in (0, 0.5]");
    detect::require(o.lowest_shape >= -0.5 && o.lowest_shape <= 0, kWho, "lowest_shape", o.lowest_shape,
                    "in [-0.5, 0]");
    detect::require(o.highest_shape >= 0 && o.highest_shape <= 0.9, kWho, "highest_shape", o.highest_shape,
                    "in [0, 0.9]");
    detect::require(o.merge_gap >= 0, kWho, "merge_gap", o.merge_gap, ">= 0");
}

std::vector<double> sorted_scores(ConstVectorView scores) {
    std::vector<double> sorted;
    for (Index i = 0; i < scores.size(); ++i) {
        if (std::isinf(scores[i])) {
            throw InvalidArgument(std::string(kWho) + ": scores must be finite or NaN, got infinity at row " +
                                  std::to_string(i));
        }
        if (!std::isnan(scores[i])) sorted.push_back(scores[i]);
    }
    detect::require(std::ssize(sorted) >= kFewestScores, kWho, "scores", sorted.size(), "at least 20");
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

struct Clusters {
    Index exceedances = 0, clusters = 0;
};

Clusters clusters_above(ConstVectorView scores, double level, Index merge_gap) {
    Clusters n;
    Index last = -1;
    for (Index i = 0; i < scores.size(); ++i) {
        if (!(scores[i] > level)) continue;
        ++n.exceedances;
        n.clusters += last < 0 || i - last > merge_gap + 1 ? 1 : 0;
        last = i;
    }
    return n;
}

/// At the highest level that still shows enough clusters, since what makes alarms is what is rare.
double cluster_length_of(ConstVectorView scores, const std::vector<double>& sorted, Index merge_gap) {
    constexpr std::array<double, 5> levels = {0.995, 0.99, 0.98, 0.95, 0.9};
    const auto n = static_cast<double>(sorted.size());
    Clusters found;
    for (const double level : levels) {
        found = clusters_above(scores, sorted[static_cast<std::size_t>(level * (n - 1))], merge_gap);
        if (found.clusters >= kFewestClusters) break;
    }
    return found.clusters > 0 ? static_cast<double>(found.exceedances) / static_cast<double>(found.clusters) : 1;
}

/// Evenly spaced in rank from the least to the `last`-th.
Vector quantiles_of(const std::vector<double>& sorted, std::size_t last) {
    const Index m = std::min(kMostQuantiles, static_cast<Index>(last));
    Vector quantiles(m + 1);
    for (Index k = 0; k <= m; ++k) {
        quantiles[k] = sorted[last * static_cast<std::size_t>(k) / static_cast<std::size_t>(m)];
    }
    return quantiles;
}

/// The place of u: at most `n_tail` scores lie above it, and none beside it equals it.
std::size_t place_of_tail(const std::vector<double>& sorted, std::size_t n_tail) {
    const std::size_t last = sorted.size() - 1 - n_tail;
    if (sorted[last] != sorted[last + 1]) return last;
    const auto above = std::upper_bound(sorted.begin(), sorted.end(), sorted[last]);
    const auto begin = above == sorted.end() ? sorted.end() - 1 : above;
    return static_cast<std::size_t>(std::upper_bound(begin, sorted.end(), *begin) - sorted.begin()) - 1;
}

template <class Map>
Vector each(ConstVectorView scores, const Map& map) {
    Vector values(scores.size());
    for (Index i = 0; i < scores.size(); ++i) values[i] = map(scores[i]);
    return values;
}

}  // namespace

Tail Tail::fit(ConstVectorView scores, const TailOptions& options) {
    require_options(options);
    const std::vector<double> sorted = sorted_scores(scores);
    const std::size_t n = sorted.size();
    const auto n_tail = std::max<std::size_t>(1, static_cast<std::size_t>(options.tail_share * static_cast<double>(n)));
    const std::size_t last = place_of_tail(sorted, n_tail);
    Tail tail;
    tail.options_ = options;
    tail.n_scores_ = static_cast<std::int64_t>(n);
    tail.tail_begin_ = sorted[last];
    tail.quantiles_ = quantiles_of(sorted, last);
    std::vector<double> exceedances;
    for (std::size_t i = last + 1; i < n; ++i) exceedances.push_back(sorted[i] - tail.tail_begin_);
    tail.n_exceedances_ = std::ssize(exceedances);
    tail.fit_beyond(exceedances, tail.tail_begin_ - sorted.front());
    tail.cluster_length_ = cluster_length_of(scores, sorted, options.merge_gap);
    tail.n_clusters_ = clusters_above(scores, tail.tail_begin_, options.merge_gap).clusters;
    return tail;
}

/// Of exceedances of u, which lies `spread` above the least score.
void Tail::fit_beyond(const std::vector<double>& exceedances, double spread) {
    const auto n = static_cast<double>(n_scores_);
    if (exceedances.empty()) {
        tail_probability_ = 1 / (n + 1);
        scale_ = spread > 0 ? spread : kFlat;
        return;
    }
    tail_probability_ = static_cast<double>(exceedances.size()) / n;
    const auto fit = detect::fit_generalised_pareto(exceedances, options_.lowest_shape, options_.highest_shape);
    shape_ = fit.shape;
    scale_ = fit.scale;
}

double Tail::probability_at(Index k) const {
    const double share = static_cast<double>(k) / static_cast<double>(quantiles_.size() - 1);
    return 1 - share * (1 - tail_probability_);
}

double Tail::p_value(double score) const {
    if (std::isnan(score)) return kNaN;
    if (score > tail_begin_) {
        const double survival = detect::pareto_survival({shape_, scale_}, score - tail_begin_);
        return std::max(kLeast, tail_probability_ * survival);
    }
    const double* begin = quantiles_.data();
    const double* above = std::lower_bound(begin, begin + quantiles_.size(), score);  // the first >= score
    const Index k = above - begin;
    if (k == 0) return 1;
    const double part = (score - quantiles_[k - 1]) / (quantiles_[k] - quantiles_[k - 1]);
    return probability_at(k - 1) + part * (probability_at(k) - probability_at(k - 1));
}

double Tail::severity(double score) const {
    constexpr double kLog10 = 2.302585092994046;
    const double p = p_value(score);
    return std::isnan(p) ? kNaN : std::max(0.0, -elementary::log(p) / kLog10);
}

Vector Tail::p_values(ConstVectorView scores) const {
    return each(scores, [&](double score) { return p_value(score); });
}

Vector Tail::severities(ConstVectorView scores) const {
    return each(scores, [&](double score) { return severity(score); });
}

double Tail::threshold(double p) const {
    detect::require(p > 0 && p < 1, kWho, "p", p, "in (0, 1)");
    if (p <= tail_probability_) return tail_begin_ + detect::pareto_quantile({shape_, scale_}, p / tail_probability_);
    const double place = (1 - p) / (1 - tail_probability_) * static_cast<double>(quantiles_.size() - 1);
    const Index k = std::min(static_cast<Index>(place), quantiles_.size() - 2);
    const double at = quantiles_[k] + (place - static_cast<double>(k)) * (quantiles_[k + 1] - quantiles_[k]);
    const bool is_tie = p_value(at) > p * (1 + 1e-9);
    return is_tie ? std::nextafter(at, std::numeric_limits<double>::infinity()) : at;
}

double Tail::threshold_for_alarms(double alarms_per_day, double rows_per_day) const {
    detect::require(alarms_per_day > 0, kWho, "alarms_per_day", alarms_per_day, "> 0");
    detect::require(rows_per_day > 0, kWho, "rows_per_day", rows_per_day, "> 0");
    const double p = alarms_per_day * cluster_length_ / rows_per_day;
    if (p < 1) return threshold(p);
    throw InvalidArgument(std::string(kWho) + ": alarms_per_day must be below " +
                          std::to_string(rows_per_day / cluster_length_) +
                          ", rows a day over the length of a cluster, " + "got " + std::to_string(alarms_per_day));
}

void Tail::save(const std::filesystem::path& path, const io::Json& extra) const { io::save(path, *this, extra); }
Tail Tail::load(const std::filesystem::path& path) { return io::load<Tail>(path); }
std::vector<std::byte> Tail::to_bytes(const io::Json& extra) const { return io::to_bytes(*this, extra); }
Tail Tail::from_bytes(std::span<const std::byte> bytes) { return io::from_bytes<Tail>(bytes); }

io::Json Tail::describe() const {
    io::Json json = io::Json::object();
    json["n_scores"] = n_scores_;
    json["n_exceedances"] = n_exceedances_;
    json["n_clusters"] = n_clusters_;
    json["shape"] = shape_;
    json["scale"] = scale_;
    json["cluster_length"] = cluster_length_;
    return json;
}

void Tail::validate() const {
    require_options(options_);
    bool good = quantiles_.size() >= 2 && quantiles_.size() <= kMostQuantiles + 1;
    for (Index k = 0; good && k < quantiles_.size(); ++k) {
        good = std::isfinite(quantiles_[k]) && (k == 0 || quantiles_[k] >= quantiles_[k - 1]);
    }
    good = good && quantiles_[quantiles_.size() - 1] == tail_begin_ && tail_probability_ > 0 && tail_probability_ < 1 &&
           shape_ >= -0.5 && shape_ <= 0.9 && std::isfinite(scale_) && scale_ > 0 && std::isfinite(cluster_length_) &&
           cluster_length_ >= 1 && n_scores_ >= 0 && n_exceedances_ >= 0 && n_clusters_ >= 0;
    if (!good) throw CorruptModel("Tail: its quantiles and parameters do not fit together");
}

}  // namespace plantwright
