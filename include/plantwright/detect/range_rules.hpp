// SPDX-License-Identifier: MIT
/// `RangeRules`: what each sensor cannot show by itself: a reading out of range, a jump, a standstill.
///
///     range       |2 x - lowest - highest| / (highest - lowest)        1 at either limit
///     step        |x[t] - x[t - g]| / (g largest_step)                 g rows since the reading before
///     standstill  readings since the sensor last moved / longest_standstill
///
/// The statistic is the greatest level of all rules and sensors: below 1 all rules hold, from 1 on one is broken; a
/// reading upon its limit breaks none. Limits are given, or the schema's (`lowest`, `highest`), or learned:
///
///     lowest, highest     the quantiles q and 1 - q of training, `range_margin` deviations farther out
///     largest_step        `step_factor` times a high quantile of the steps that are not zero (set points rest)
///     longest_standstill  `standstill_factor` times the longest in training, at least `shortest_standstill`
///
/// A sensor that never moved in training may move by its own unit and has no standstill. A missing reading breaks no
/// rule; NaN where every reading is missing.
///
/// Blame: the statistic is shared by level among the sensors that break a rule, among all where none does.
///
/// Fit O(n d log n), a row O(d) without allocation. Fitted objects are immutable and may be shared by threads; each
/// stream owns its State. The same bits in a batch and in a stream.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/sensor_detector.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

struct PLANTWRIGHT_API RangeRulesOptions {
    double range_quantile = 0.001;   ///< q, in [0, 0.5)
    double range_margin = 1;         ///< deviations, > 0; infinity: only limits that are given
    double step_quantile = 0.999;    ///< in (0, 1]
    double step_factor = 3;          ///< > 0; infinity: no rule for steps that are not given
    double standstill_factor = 3;    ///< > 0; infinity: no such rule
    Index shortest_standstill = 10;  ///< readings, >= 1: no shorter one is found
    Vector lowest = {};              ///< of each sensor, in its unit, NaN: learned; empty: all are
    Vector highest = {};
    Vector largest_step = {};  ///< from a row to the next
};

enum class Rule : std::uint8_t { none, range, step, standstill };
PLANTWRIGHT_API std::string_view to_string(Rule rule);

struct BrokenRule {
    Index sensor;
    Rule rule;
};

class PLANTWRIGHT_API RangeRules : public SensorDetector<RangeRules, RangeRulesOptions> {
public:
    static constexpr std::string_view kTypeName = "RangeRules";

    struct State {
        Vector last;        ///< reading of each sensor, NaN before the first
        Vector since;       ///< rows since the last reading
        Vector standstill;  ///< readings like the one before, in a row
        Vector level;       ///< of each sensor's worst rule in the latest row, 0 where missing
        std::vector<Rule> rule;
        bool scored = false;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, last, since, standstill, level, rule, scored);
        }
    };

    /// Its `fit` throws InvalidArgument on an option out of range, and where a sensor's limits leave nothing between
    /// them.
    RangeRules() = default;
    /// The options with the schema's limits of its number inputs where none are given.
    static RangeRulesOptions with_schema(const Frame& frame, RangeRulesOptions options);

    State start() const;
    double update(State& state, ConstVectorView row) const;  ///< the greatest level, NaN where every reading is missing
    Vector contributions(const State& state) const;          ///< of each sensor to the statistic of the latest row
    Rule rule(const State& state) const;  ///< the worst that the latest row breaks; none where all hold
    using SensorDetector::contributions;

    std::vector<Rule> rules(ConstMatrixView rows) const;  ///< the worst that each row breaks

    Index warm_up_rows() const { return 0; }
    const Vector& lowest() const { return lowest_; }  ///< in force, in the sensors' units; infinite: no limit
    const Vector& highest() const { return highest_; }
    const Vector& largest_step() const { return largest_step_; }
    const Vector& longest_standstill() const { return longest_standstill_; }  ///< readings

    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        io::members(archive, options_.range_quantile, options_.range_margin, options_.step_quantile,
                    options_.step_factor, options_.standstill_factor, options_.shortest_standstill, options_.lowest,
                    options_.highest, options_.largest_step);
        io::members(archive, sensors_, lowest_, highest_, largest_step_, longest_standstill_);
        serialize_calibration(archive, version);
        io::validate_after_load(archive, *this);
    }

private:
    friend SensorDetector;
    void learn(ConstMatrixView rows, RunBegins runs);
    void learn_range(Index j, std::vector<double>& readings);
    void learn_motion(Index j, ConstVectorView readings);
    void require_limits() const;
    double range_level(Index j, double reading) const;
    void take(State& state, Index j, double reading) const;

    Vector lowest_, highest_, largest_step_, longest_standstill_;
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::RangeRules, 1)
