// SPDX-License-Identifier: MIT
/// How options of detectors are saved inside an ensemble. Callbacks, checkpoints and numbers of threads are not.
#pragma once

#include <optional>

#include "plantwright/core/error.hpp"
#include "plantwright/detect/ensemble_member.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {
namespace detail {

template <class Archive>
void serialize_row_count(Archive& archive, std::optional<RowCount>& rows) {
    bool given = rows.has_value(), is_fraction = given && rows->is_fraction();
    Index count = given ? rows->count() : 0;
    double fraction = given ? rows->fraction() : 0;
    io::members(archive, given, is_fraction, count, fraction);
    if (!Archive::is_loading::value) return;
    rows.reset();
    if (given) rows = is_fraction ? RowCount(fraction) : RowCount(count);
}

template <class Archive>
void serialize_max_features(Archive& archive, MaxFeatures& features) {
    MaxFeatures::Kind kind = features.kind();
    double value = features.value();
    io::members(archive, kind, value);
    if (!Archive::is_loading::value) return;
    if (kind == MaxFeatures::Kind::all) features = MaxFeatures::all();
    if (kind == MaxFeatures::Kind::sqrt) features = MaxFeatures::sqrt();
    if (kind == MaxFeatures::Kind::log2) features = MaxFeatures::log2();
    if (kind == MaxFeatures::Kind::fraction) features = MaxFeatures::fraction(value);
    if (kind == MaxFeatures::Kind::count) {
        if (!(value >= 0 && value <= 1e9)) throw CorruptModel("IsolationForestOptions: max_features is out of range");
        features = MaxFeatures::count(static_cast<Index>(value));
    }
}

}  // namespace detail

template <class Archive>
void serialize(Archive& archive, MewmaOptions& o, unsigned /*version*/) {
    io::members(archive, o.smoothing, o.shrinkage, o.autocorrelated);
}

template <class Archive>
void serialize(Archive& archive, DynamicPcaOptions& o, unsigned /*version*/) {
    io::members(archive, o.lags, o.variance, o.n_components);
}

template <class Archive>
void serialize(Archive& archive, MahalanobisOptions& o, unsigned /*version*/) {
    io::members(archive, o.shrinkage);
}

template <class Archive>
void serialize(Archive& archive, IsolationForestOptions& o, unsigned /*version*/) {
    io::members(archive, o.n_estimators, o.contamination, o.ndim, o.bootstrap, o.random_state, o.tree_range);
    detail::serialize_row_count(archive, o.max_samples);
    detail::serialize_max_features(archive, o.max_features);
}

template <class Archive>
void serialize(Archive& archive, RangeRulesOptions& o, unsigned /*version*/) {
    io::members(archive, o.range_quantile, o.range_margin, o.step_quantile, o.step_factor, o.standstill_factor,
                o.shortest_standstill, o.lowest, o.highest, o.largest_step);
}

template <class Archive>
void serialize(Archive& archive, HalfSpaceTreesOptions& o, unsigned /*version*/) {
    io::members(archive, o.n_trees, o.depth, o.window, o.random_state);
}

template <class Archive>
void serialize(Archive& archive, WindowKMeansOptions& o, unsigned /*version*/) {
    io::members(archive, o.window, o.n_clusters, o.n_init, o.max_windows, o.random_state);
}

template <class Archive>
void serialize(Archive& archive, RollingIsolationOptions& o, unsigned /*version*/) {
    io::members(archive, o.window, o.n_estimators, o.max_samples, o.ndim, o.random_state);
}

template <class Archive>
void serialize(Archive& archive, LSTMAutoencoderOptions& o, unsigned /*version*/) {
    io::members(archive, o.window, o.stride, o.encoder, o.bottleneck, o.decoder, o.activation, o.dropout,
                o.input_dropout, o.loss, o.huber_delta, o.max_epochs, o.batch_size, o.learning_rate, o.weight_decay,
                o.clip_norm, o.validation_fraction, o.patience, o.lr_factor, o.lr_patience, o.min_learning_rate,
                o.standardize, o.max_gap, o.contamination, o.scoring, o.pca_twin, o.random_state);
    const bool good = o.activation <= CellActivation::relu && o.loss <= ReconstructionLoss::huber &&
                      o.scoring <= WindowScoring::point && o.activation >= CellActivation::tanh &&
                      o.loss >= ReconstructionLoss::mse && o.scoring >= WindowScoring::window;
    if (!good) throw CorruptModel("LSTMAutoencoderOptions: an enumeration is out of range");
}

}  // namespace plantwright
