// SPDX-License-Identifier: MIT
/// What an EnsembleDetector is made of: a closed set of detectors behind one small form.
///
///     fit(rows, options, runs)    start() -> State    update(state, row) -> statistic, higher = worse, NaN while
///     warming up contributions(state)  of each sensor to the latest row's statistic, never negative    warm_up_rows()
///
/// A further detector needs these (`EnsemblePart`), a place in each of the three variants, and a `fit_one` and a
/// `check` of loaded states in src/detect/ensemble_member.cpp. Fitted members are immutable; a state belongs to one
/// stream.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/autoencoder_rows.hpp"
#include "plantwright/detect/dynamic_pca.hpp"
#include "plantwright/detect/half_space_trees.hpp"
#include "plantwright/detect/mahalanobis.hpp"
#include "plantwright/detect/mewma_chart.hpp"
#include "plantwright/detect/range_rules.hpp"
#include "plantwright/detect/rolling_isolation.hpp"
#include "plantwright/detect/runs.hpp"
#include "plantwright/detect/window_kmeans.hpp"
#include "plantwright/forest/isolation_forest.hpp"

namespace plantwright {

/// An isolation forest row by row; the statistic is minus its score, in (0, 1].
///
/// Contribution of sensor j: by how much more normal the row would score with sensor j at its training median, at least
/// 0: occlusion (Zeiler & Fergus, ECCV 2014), one walk of the forest a sensor. It is found where it is asked for alone.
class PLANTWRIGHT_API IsolationRows {
public:
    static constexpr std::string_view kTypeName = "IsolationForest";

    struct State {
        Vector row;  ///< the latest
        bool scored = false;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, row, scored);
        }
    };

    IsolationRows() = default;
    static IsolationRows fit(ConstMatrixView rows, const IsolationForestOptions& options = {});

    State start() const { return {Vector(forest_.n_features(), kNaN), false}; }
    double update(State& state, ConstVectorView row) const;
    Vector contributions(const State& state) const;
    Index warm_up_rows() const { return 0; }
    Index n_sensors() const { return forest_.n_features(); }
    const IsolationForest& forest() const { return forest_; }
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, forest_, median_);
        io::validate_after_load(archive, *this);
    }

private:
    IsolationForest forest_;
    Vector median_;  // of each sensor's training readings
};

// clang-format off
template <class D>
concept EnsemblePart = requires(const D& detector, typename D::State& state, ConstVectorView row) {
    { D::kTypeName } -> std::convertible_to<std::string_view>;
    { detector.start() } -> std::same_as<typename D::State>;
    { detector.update(state, row) } -> std::same_as<double>;
    { detector.contributions(state) } -> std::same_as<Vector>;
    { detector.warm_up_rows() } -> std::same_as<Index>;
    { detector.n_sensors() } -> std::same_as<Index>;
};
// clang-format on

// Files hold places in these variants: what is new stands last.
using MemberOptions =
    std::variant<MewmaOptions, DynamicPcaOptions, MahalanobisOptions, IsolationForestOptions, RangeRulesOptions,
                 HalfSpaceTreesOptions, WindowKMeansOptions, RollingIsolationOptions, LSTMAutoencoderOptions>;
using MemberState =
    std::variant<MewmaChart::State, DynamicPca::State, Mahalanobis::State, IsolationRows::State, RangeRules::State,
                 HalfSpaceTrees::State, WindowKMeans::State, RollingIsolation::State, AutoencoderRows::State>;

class PLANTWRIGHT_API EnsembleMember {
public:
    using Detector = std::variant<MewmaChart, DynamicPca, Mahalanobis, IsolationRows, RangeRules, HalfSpaceTrees,
                                  WindowKMeans, RollingIsolation, AutoencoderRows>;

    EnsembleMember() = default;
    /// Throws as the detector's own `fit`.
    static EnsembleMember fit(ConstMatrixView rows, const MemberOptions& options, RunBegins runs = {});
    static std::string_view type_of(const MemberOptions& options);
    /// The options with what a table's schema says: limits of readings, for RangeRules.
    static MemberOptions with_schema(const MemberOptions& options, const Frame& frame);

    std::string_view type() const;
    MemberState start() const;
    double update(MemberState& state, ConstVectorView row) const;
    Vector contributions(const MemberState& state) const;
    Index warm_up_rows() const;
    Index n_sensors() const;
    const Detector& detector() const { return detector_; }
    /// Adds what the latest row breaks of RangeRules; other members have no rules.
    void add_broken_rules(const MemberState& state, std::vector<BrokenRule>& broken) const;
    void restore(MemberState& loaded) const;  ///< makes it whole; throws CorruptModel where it is none of this member

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, detector_);
    }

private:
    Detector detector_;
};

}  // namespace plantwright
