// SPDX-License-Identifier: MIT
/// `RollingIsolation`: an isolation forest that sees of each sensor where it stands and how it moved lately.
///
///     statistic = -score(z_1, m_1, s_1, b_1, ..., z_d, m_d, s_d, b_d),      in (0, 1], higher = worse
///
/// with z the standardised reading and, of the readings among the latest w rows, m their mean, s their deviation
/// and b the slope of their least-squares line, a row. Forest and score: isolation_forest.hpp. So a drift, a sensor
/// that grows noisy and one that stands still are far from the others, which no reading alone is. A feature is missing
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
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/runs.hpp"
#include "plantwright/detect/sensors.hpp"
#include "plantwright/forest/isolation_forest.hpp"
#include "plantwright/io/file.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright {

struct RollingIsolationOptions {
    Index window = 20;              ///< w, rows, in [2, 10000]
    Index n_estimators = 100;       ///< in [1, 100000]
    Index max_samples = 256;        ///< windows that a tree is grown on, at least 2
    Index ndim = 4;                 ///< features that a split combines; 1: a threshold on one
    std::int64_t random_state = 0;  ///< seed
};

class PLANTWRIGHT_API RollingIsolation {
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

    RollingIsolation() = default;
    /// Throws InvalidArgument when `rows`, `(n_rows, n_sensors)`, has fewer than two windows within the runs, a sensor
    /// has no reading or none varies, or an option is out of range.
    static RollingIsolation fit(ConstMatrixView rows, const RollingIsolationOptions& options = {}, RunBegins runs = {});
    static RollingIsolation fit(const Frame& frame, const RollingIsolationOptions& options = {});  ///< number inputs

    State start() const;
    double update(State& state, ConstVectorView row) const;  ///< NaN while warming up and in an empty window
    Vector contributions(const State& state) const;          ///< of each sensor to the statistic of the latest row
    void restore(State& state) const;  ///< makes a loaded state whole; throws CorruptModel where it is none of these

    Vector statistic(ConstMatrixView rows) const;
    Vector statistic(const Frame& frame) const { return statistic(sensors_.rows_of(frame)); }
    Vector score_samples(ConstMatrixView rows) const;  ///< minus the statistic, higher = more normal
    Vector score_samples(const Frame& frame) const { return score_samples(sensors_.rows_of(frame)); }
    Matrix contributions(ConstMatrixView rows) const;  ///< `(n_rows, n_sensors)`, NaN while warming up

    Index n_sensors() const { return sensors_.size(); }
    Index warm_up_rows() const { return options_.window - 1; }
    const Sensors& sensors() const { return sensors_; }
    const RollingIsolationOptions& options() const { return options_; }
    const IsolationForest& forest() const { return forest_; }  ///< of the features, sensor by sensor

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static RollingIsolation load(const std::filesystem::path& path);
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static RollingIsolation from_bytes(std::span<const std::byte> bytes);
    io::Json describe() const;
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, options_.window, options_.n_estimators, options_.max_samples, options_.ndim,
                    options_.random_state, sensors_, forest_, medians_);
        io::validate_after_load(archive, *this);
    }

private:
    static RollingIsolation fit(ConstMatrixView rows, const RollingIsolationOptions& options, RunBegins runs,
                                std::vector<std::string> names);
    Matrix training_features(ConstMatrixView rows, RunBegins runs) const;
    void take(State& state, ConstVectorView row) const;
    void find_features(State& state) const;
    bool is_scored(const State& state) const;

    RollingIsolationOptions options_;
    Sensors sensors_;
    IsolationForest forest_;
    Vector medians_;  // of the features in training, NaN of one that is never there
};

}  // namespace plantwright
