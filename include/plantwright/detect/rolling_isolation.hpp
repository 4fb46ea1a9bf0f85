// SPDX-License-Identifier: MIT
/// `RollingIsolation`: an isolation forest that sees of each sensor where it stands and how it moved lately.
///
///     statistic = -score(z_1, m_1, s_1, b_1, ..., z_d, m_d, s_d, b_d),      in (0, 1], higher = worse
///
/// with z the standardised reading and, of the readings among the latest w rows, m their mean, s their deviation
/// and b the slope of their least-squares line, a row. Forest and score: isolation_forest.hpp. So drifts and
/// sensors that grow noisy are far from the others, which no reading alone is. A feature is missing
/// where too few readings are there: none, one for s and b; the forest then goes as it says. Splits are random
/// hyperplanes of four features by default: a threshold on one of 4 d sees a row that is far off in a few of them too
/// seldom. NaN before w rows, and where the whole window is without a reading.
///
/// Blame of a sensor: by how much more normal the row would score with all its features at their medians of training,
/// at least 0: occlusion (Zeiler & Fergus, ECCV 2014), one walk of the forest a sensor. They sum to nothing in
/// particular.
///
/// Fit O(n w d), and the forest; a row O(w d), summed anew, and a walk; neither allocates in a stream. Fitted objects
/// are immutable and may be shared by threads; each stream owns its State. The same bits in a batch and in a stream,
/// from one seed.
#pragma once

#include <cstdint>
#include <string_view>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/sensor_detector.hpp"
#include "plantwright/forest/isolation_forest.hpp"

namespace plantwright {

struct PLANTWRIGHT_API RollingIsolationOptions {
    Index window = 20;              ///< w, rows, in [2, 10000]
    Index n_estimators = 100;       ///< in [1, 100000]
    Index max_samples = 256;        ///< windows that a tree is grown on, at least 2
    Index ndim = 4;                 ///< features that a split combines; 1: a threshold on one
    std::int64_t random_state = 0;  ///< seed
};

class PLANTWRIGHT_API RollingIsolation : public SensorDetector<RollingIsolation, RollingIsolationOptions> {
public:
    static constexpr std::string_view kTypeName = "RollingIsolationForest";
    static constexpr Index kFeatures = 4;  ///< of a sensor: reading, mean, deviation, slope

    struct State {
        Matrix window;    ///< the latest rows, standardised, NaN where missing, `(w, n_sensors)`; row t at t mod w
        Vector features;  ///< of the latest row, `(kFeatures * n_sensors)`, NaN where there is none
        std::int64_t rows_seen = 0;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, window, rows_seen);
        }
    };

    /// Its `fit` throws InvalidArgument on fewer than two windows within the runs, sensors none of which varies, and on
    /// an option out of range.
    RollingIsolation() = default;

    State start() const;
    double update(State& state, ConstVectorView row) const;  ///< NaN while warming up and in an empty window
    Vector contributions(const State& state) const;          ///< of each sensor to the statistic of the latest row
    using SensorDetector::contributions;
    void restore(State& state) const;  ///< makes a loaded state whole; throws CorruptModel where it is none of these

    Index warm_up_rows() const { return options_.window - 1; }
    const IsolationForest& forest() const { return forest_; }  ///< of the features, sensor by sensor

    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        io::members(archive, options_.window, options_.n_estimators, options_.max_samples, options_.ndim,
                    options_.random_state, sensors_, forest_, medians_);
        serialize_calibration(archive, version);
        io::validate_after_load(archive, *this);
    }

private:
    friend SensorDetector;
    void learn(ConstMatrixView rows, RunBegins runs);
    void describe_options(io::Json& json) const;
    Matrix training_features(ConstMatrixView rows, RunBegins runs) const;
    void take(State& state, ConstVectorView row) const;
    void find_features(State& state) const;
    bool is_scored(const State& state) const;

    IsolationForest forest_;
    Vector medians_;  // of the features in training, NaN of one that is never there
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::RollingIsolation, 1)
