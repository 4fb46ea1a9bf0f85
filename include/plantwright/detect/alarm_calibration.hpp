// SPDX-License-Identifier: MIT
/// `AlarmCalibration`: from which statistic on a detector's alarms come as often as was asked.
///
/// Made inside `fit` of statistics that are cross-fitted (cross_fit.hpp): a Tail of them, and the threshold at which
/// they give as many events, rows that exceed together, as `alarms_per_day` asks, or as many rows as `false_alarm_rate`
/// or `contamination` does. Where they hold fewer than 20 such events the tail extrapolates by what an exceeding row
/// gives at the highest level with 20, and a note says what can be promised. What is promised is the rate on rows like
/// those fitted. O(n log n), after `n_folds` further fits of the detector. Immutable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/tail.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

struct PLANTWRIGHT_API AlarmCalibrationOptions {
    std::optional<double> alarms_per_day = {};    ///< events on normal rows; or ...
    std::optional<double> false_alarm_rate = {};  ///< ... share of normal rows, in (0, 0.25]; or ...
    std::optional<double> contamination = {};     ///< ... share of the training rows, some of which are bad, likewise
    std::optional<double> period_s = {};          ///< between rows; absent: the median step of a table's time column
    std::optional<Index> n_folds = {};            ///< blocks of the cross-fit, in [2, 100]; absent: default_folds
    std::optional<Index> gap = {};                ///< rows left out on both sides of a block; absent: one in a hundred

    bool asks() const { return alarms_per_day || false_alarm_rate || contamination; }
    void require_valid(const char* who) const;  ///< throws InvalidArgument, also where more than one rate is asked for

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, alarms_per_day, false_alarm_rate, contamination, period_s, n_folds, gap);
    }
};

class PLANTWRIGHT_API AlarmCalibration {
public:
    AlarmCalibration() = default;
    /// `statistic`: cross-fitted, in time order, NaN where there is none; `period_s` where it is known. Throws
    /// InvalidArgument below 20 statistics, where alarms a day are asked for without a period, and where so many alarms
    /// do not come of such rows.
    static AlarmCalibration fit(const char* who, ConstVectorView statistic, const AlarmCalibrationOptions& options,
                                std::optional<double> period_s);

    const AlarmCalibrationOptions& options() const { return options_; }  ///< as they were given
    const Tail& tail() const { return tail_; }
    double threshold() const { return threshold_; }  ///< statistics at and above it are alarms
    /// The lowest rate that the training rows bear out, in the unit that was asked for: 20 events in them.
    double promised_rate() const { return promised_rate_; }
    const std::vector<std::string>& notes() const { return notes_; }  ///< what a user must know of it

    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, options_, tail_, threshold_, promised_rate_, notes_);
        io::validate_after_load(archive, *this);
    }

private:
    AlarmCalibrationOptions options_;
    Tail tail_;
    double threshold_ = 0, promised_rate_ = 0;
    std::vector<std::string> notes_;
};

}  // namespace plantwright
