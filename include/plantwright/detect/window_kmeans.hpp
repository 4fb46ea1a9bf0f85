// SPDX-License-Identifier: MIT
/// `WindowKMeans`: how far the latest rows together are from each typical course of training.
///
///     statistic = min over centres c of |v[t] - m_c|,      v[t] = (z[t - w + 1], ..., z[t])
///
/// with z the standardised readings: `window * n_sensors` values, in deviations. Centres are k-means' of the training
/// windows (Lloyd, IEEE Trans. Information Theory 28, 1982, from k-means++ starts, Arthur & Vassilvitskii, SODA 2007),
/// at most `max_windows` of them, evenly spaced, until centres together move by less than 0.01 deviations a value
/// (root mean square) or 100 times. Windows with a missing reading do not train; in a stream a missing
/// sensor stands where it stood, at its mean before its first reading.
///
/// Blame: each sensor's share of the squared distance, times the distance: they sum to the statistic.
///
/// Fit O(max_windows k w d) a step of Lloyd's, a row O(k w d) without allocation. Fitted objects are immutable and may
/// be shared by threads; each stream owns its State. The same bits in a batch and in a stream, from one seed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/sensor_detector.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

struct PLANTWRIGHT_API WindowKMeansOptions {
    Index window = 10;         ///< w, rows, in [1, 10000]
    Index n_clusters = 8;      ///< k, at least 1
    Index n_init = 3;          ///< starts, the best is taken
    Index max_windows = 4000;  ///< neighbours share all rows but one each: more say little more
    std::int64_t random_state = 0;
};

class PLANTWRIGHT_API WindowKMeans : public SensorDetector<WindowKMeans, WindowKMeansOptions> {
public:
    static constexpr std::string_view kTypeName = "WindowKMeans";

    struct State {
        Matrix window;   ///< the latest rows, standardised, `(w, n_sensors)`; the row of time t at t mod w
        Vector squares;  ///< each sensor's part of the squared distance to the nearest centre
        double distance = kNaN;
        std::int64_t rows_seen = 0;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, window, squares, distance, rows_seen);
        }
    };

    /// Its `fit` throws InvalidArgument on fewer complete windows within the runs than clusters, and on an option out
    /// of range.
    WindowKMeans() = default;

    State start() const;
    double update(State& state, ConstVectorView row) const;  ///< the distance, NaN while warming up
    Vector contributions(const State& state) const;          ///< of each sensor to the distance of the latest row
    using SensorDetector::contributions;

    Index warm_up_rows() const { return options_.window - 1; }
    const Matrix& centers() const { return centers_; }  ///< `(k, w * n_sensors)`, oldest row first

    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        io::members(archive, options_.window, options_.n_clusters, options_.n_init, options_.max_windows,
                    options_.random_state, sensors_, centers_);
        serialize_calibration(archive, version);
        io::validate_after_load(archive, *this);
    }

private:
    friend SensorDetector;
    void learn(ConstMatrixView rows, RunBegins runs);
    void describe_options(io::Json& json) const;
    Matrix training_windows(ConstMatrixView rows, RunBegins runs) const;
    double squared_distance(const State& state, Index center, double most) const;
    void split_squares(State& state, Index center) const;

    Matrix centers_;
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::WindowKMeans, 1)
