// SPDX-License-Identifier: MIT
/// `Tail`: how rare a statistic is among those of normal rows, beyond what was seen too.
///
///     p(s) = share of the scores at or above s                            up to u, above which lie 10 % of them
///     p(s) = p_u (1 + xi (s - u) / sigma)^(-1 / xi)                       beyond: generalised Pareto
///     severity = -log10 p
///
/// (Pickands, Annals of Statistics 3, 1975). xi and sigma are of highest likelihood with xi bounded, sigma solved for
/// each xi (one root), xi searched from its probability-weighted moments (Hosking & Wallis, Technometrics 29, 1987) and
/// from a grid. With fewer than 20 exceedances, or without spread among them, exponential: xi = 0, sigma their mean.
///
/// Ties. Many scores may be equal: those of a rule that never fired. u stands beside no score that equals it, so less
/// than 10 % may lie above it, or none: then p = 1 / (n + 1) just beyond u, all that n rows can tell of what none of
/// them reached, and falls from there exponentially, sigma the spread of the scores; without spread it stays.
///
/// Scores that exceed come in clusters. Their mean length, the inverse of the extremal index, is counted by runs (Smith
/// & Weissman, J. Royal Statistical Society B 56, 1994) at the highest of the levels 99.5, 99, 98, 95 and 90 % that
/// has at least 20 clusters: rows exceeding over clusters, where at most `merge_gap` rows part what is still one. Then
///
///     p for a alarms a day = a * cluster length / rows a day
///
/// Scores must come from rows that the detector was not fitted on, in time order; of its own training rows a detector
/// thinks too well. O(n log n + iterations * exceedances); p-values O(log n). Fitted tails are immutable.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/io/file.hpp"
#include "plantwright/io/json.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

struct TailOptions {
    double tail_share = 0.1;      ///< of the scores lie above u, in (0, 0.5]
    double lowest_shape = -0.25;  ///< bounds of xi; within [-0.5, 0.9]
    double highest_shape = 0.5;
    Index merge_gap = 0;  ///< rows between exceedances that are one alarm
    bool operator==(const TailOptions&) const = default;
};

class PLANTWRIGHT_API Tail {
public:
    static constexpr std::string_view kTypeName = "Tail";

    Tail() = default;
    /// `scores`: statistics, higher = worse, in time order, NaN where there is none. Throws InvalidArgument below 20
    /// scores, on infinities, and on options out of range.
    static Tail fit(ConstVectorView scores, const TailOptions& options = {});

    double p_value(double score) const;   ///< in (0, 1]; NaN of NaN
    double severity(double score) const;  ///< -log10 p, in [0, 300]
    Vector p_values(ConstVectorView scores) const;
    Vector severities(ConstVectorView scores) const;

    /// The score that a share `p` of normal rows reaches; within ties, what the share above them reaches. Throws
    /// InvalidArgument outside (0, 1).
    double threshold(double p) const;
    /// The score from which alarms come so often. Throws InvalidArgument where either is not positive, or rows a day do
    /// not suffice for so many alarms.
    double threshold_for_alarms(double alarms_per_day, double rows_per_day) const;

    const TailOptions& options() const { return options_; }
    double tail_begin() const { return tail_begin_; }  ///< u
    double shape() const { return shape_; }            ///< xi
    double scale() const { return scale_; }            ///< sigma
    double cluster_length() const { return cluster_length_; }
    Index n_scores() const { return n_scores_; }
    Index n_exceedances() const { return n_exceedances_; }
    Index n_clusters() const { return n_clusters_; }  ///< above u: how much independent evidence the tail rests on

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static Tail load(const std::filesystem::path& path);
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static Tail from_bytes(std::span<const std::byte> bytes);
    io::Json describe() const;
    void validate() const;  ///< throws CorruptModel
    bool operator==(const Tail&) const = default;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, options_.tail_share, options_.lowest_shape, options_.highest_shape, options_.merge_gap,
                    quantiles_, tail_begin_, tail_probability_, shape_, scale_, cluster_length_, n_scores_,
                    n_exceedances_, n_clusters_);
        io::validate_after_load(archive, *this);
    }

private:
    void fit_beyond(const std::vector<double>& exceedances, double spread);
    double probability_at(Index k) const;  // that a score reaches quantiles_[k]

    TailOptions options_;
    Vector quantiles_;  // rising, from the least score to u, evenly spaced in probability
    double tail_begin_ = 0, tail_probability_ = 0.1;
    double shape_ = 0, scale_ = 1;
    double cluster_length_ = 1;
    std::int64_t n_scores_ = 0, n_exceedances_ = 0, n_clusters_ = 0;
};

}  // namespace plantwright
