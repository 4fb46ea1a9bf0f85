// SPDX-License-Identifier: MIT
/// `SensorDetector`: what all detectors of one table of sensors have, once: ways in from arrays and tables, batches as
/// streams from the start, scores, blame, alarms as often as asked, files.
///
///     struct MyOptions { ... };
///     class MyDetector : public SensorDetector<MyDetector, MyOptions> {
///     public:
///         static constexpr std::string_view kTypeName = "MyDetector";
///         struct State { ... };                                    // of one stream
///         State start() const;
///         double update(State& state, ConstVectorView row) const;  // statistic, higher = worse; NaN: none
///         Vector contributions(const State& state) const;          // of each sensor to the latest row's statistic
///         using SensorDetector::contributions;
///         Index warm_up_rows() const;
///         void validate() const;                                   // throws CorruptModel
///         void serialize(Archive& archive, unsigned version);      // with serialize_calibration(archive, version)
///     private:
///         friend SensorDetector;
///         void learn(ConstMatrixView rows, RunBegins runs);        // options_ and sensors_ are there
///         void describe_options(io::Json& json) const;
///     };
///     BOOST_CLASS_VERSION(plantwright::MyDetector, 1)
///
/// The bodies stand in src/detect/sensor_detector_impl.hpp; a detector's source file ends with
/// `template class SensorDetector<MyDetector, MyOptions>;`. Fitted detectors are immutable; threads may share them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/alarm_calibration.hpp"
#include "plantwright/detect/runs.hpp"
#include "plantwright/detect/sensors.hpp"
#include "plantwright/io/file.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright {

template <class Derived, class OptionsOf>
class PLANTWRIGHT_API SensorDetector {
public:
    using Options = OptionsOf;

    /// `rows`, `(n_rows, n_sensors)`: normal ones in time order, NaN where missing. Throws InvalidArgument on
    /// infinities, fewer than two rows, a sensor without a reading, and as the detector's own header says.
    static Derived fit(ConstMatrixView rows, const Options& options = {}, RunBegins runs = {});
    /// With a rate of alarms, the detector is calibrated: cross-fitted, one further fit a fold. Throws InvalidArgument
    /// as AlarmCalibration::fit, too.
    static Derived fit(ConstMatrixView rows, const Options& options, const AlarmCalibrationOptions& calibration,
                       RunBegins runs = {});
    /// Of its number inputs. A time column, where there is one, gives the period, and runs end where a step is longer
    /// than ten periods or none.
    static Derived fit(const Frame& frame, const Options& options = {},
                       const AlarmCalibrationOptions& calibration = {});

    Vector statistic(ConstMatrixView rows) const;  ///< update() in a loop from start()
    Vector statistic(const Frame& frame) const { return statistic(sensors_.rows_of(frame)); }
    Vector score_samples(ConstMatrixView rows) const;  ///< minus the statistic, higher = more normal
    Vector score_samples(const Frame& frame) const { return score_samples(sensors_.rows_of(frame)); }
    Matrix contributions(ConstMatrixView rows) const;  ///< `(n_rows, n_sensors)`, NaN without a statistic

    bool is_calibrated() const { return calibration_.has_value(); }
    const AlarmCalibration& calibration() const;  ///< throws NotFitted where no rate was asked for; so do the next
    const Tail& tail() const { return calibration().tail(); }
    double threshold() const { return calibration().threshold(); }  ///< of the statistic
    Vector severity(ConstMatrixView rows) const;                    ///< -log10 p, NaN without a statistic
    Vector severity(const Frame& frame) const { return severity(sensors_.rows_of(frame)); }
    Vector p_values(ConstMatrixView rows) const;  ///< the share of normal rows that are as bad
    Vector p_values(const Frame& frame) const { return p_values(sensors_.rows_of(frame)); }
    Buffer<std::int32_t> predict(ConstMatrixView rows) const;  ///< -1 from the threshold on, or 1
    Buffer<std::int32_t> predict(const Frame& frame) const { return predict(sensors_.rows_of(frame)); }

    Index n_sensors() const { return sensors_.size(); }
    const Sensors& sensors() const { return sensors_; }
    const Options& options() const { return options_; }

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static Derived load(const std::filesystem::path& path);
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static Derived from_bytes(std::span<const std::byte> bytes);
    io::Json describe() const;

    /// The options with what the table's schema says where they say nothing.
    static Options with_schema(const Frame& /*frame*/, Options options) { return options; }

protected:
    SensorDetector() = default;
    void describe_options(io::Json& /*json*/) const {}
    void require_row(ConstVectorView row) const { sensors_.require_row(Derived::kTypeName.data(), row); }
    void require_table(ConstMatrixView rows) const { sensors_.require_table(Derived::kTypeName.data(), rows); }

    /// Since class version 1.
    template <class Archive>
    void serialize_calibration(Archive& archive, unsigned version) {
        if constexpr (Archive::is_loading::value) calibration_.reset();
        if (version >= 1) io::members(archive, calibration_);
    }

    Options options_;
    Sensors sensors_;
    std::optional<AlarmCalibration> calibration_;

private:
    void calibrate(ConstMatrixView rows, RunBegins runs, const AlarmCalibrationOptions& asked,
                   std::optional<double> period_s);
    static Derived learned(ConstMatrixView rows, const Options& options, RunBegins runs,
                           std::vector<std::string> names);
    const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace plantwright
