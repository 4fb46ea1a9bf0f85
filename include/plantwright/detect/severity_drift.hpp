// SPDX-License-Identifier: MIT
/// `SeverityDrift`: a stream's tail follows a slow change of what is normal, by a shift that may rise only so fast.
///
///     told = max(0, severity - d),    p told = min(1, p 10^d)
///     d <- d + g (1{told >= l} - a)    with each accepted row that comes a period after the last, less if sooner
///     l = min(1.5, 3 L / 4)    a = (10^-l - 10^-L) / (1 - 10^-L)    g = log10(2) / (10^-l half-life in rows)
///
/// L is the raise level. Accepted are rows that have a severity of all members, below L, while no event is pending or
/// stands and nothing is shelved; of normal rows so accepted a share a reaches l, one in thirty where L is far
/// above 1.5. So d settles where normal rows reach l as often as those of the calibration did, and a small error halves
/// in a half-life. Beyond l it is right as far as the tail has moved along; a lower l forgives less (of rows whose
/// spread grew by a fifth, 1 % asked, 6.6 % in alarm: 2.6 % are left at l = 1, 2.0 % at 1.5), a higher one is seen too
/// rarely. It is stochastic approximation of a quantile (Robbins & Monro, Annals of Mathematical Statistics 22, 1951;
/// as a shift of calibrated levels: Gibbs & Candes, "Adaptive conformal inference under distribution shift", NeurIPS
/// 2021). We differ in the truncation, the bounds, and the cap.
///
/// What can be hidden. d stays within [0, max_shift], and over any T days it rises by at most max_rise (T + 1). A fault
/// that reaches L is not accepted and teaches nothing. One that keeps rows below L but at or above l hides itself at
/// that speed: after T days an alarm needs a severity higher by max_rise (T + 1), and never by more than max_shift.
/// With the defaults, 0.4 in a week: a row of one in a hundred is then told as one in forty. d never falls below 0:
/// alarms never come more often than the fit asked for, also after weeks of standstill. It falls without a cap.
///
/// O(1) a row. A state is a value.
#pragma once

#include <optional>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

struct DriftOptions {
    std::optional<double> half_life_days = {};  ///< at least 100 rows; absent: no shift, ever
    double max_rise = 0.05;                     ///< severity a day, in (0, 10]
    double max_shift = 1;                       ///< severity, in (0, 10]

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, half_life_days, max_rise, max_shift);
    }
};

class PLANTWRIGHT_API SeverityDrift {
public:
    struct State {
        double shift = 0;  ///< d
        double room = 0;   ///< by which d may rise at once, at most a day's rise
        bool operator==(const State&) const = default;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, shift, room);
        }
    };

    /// Throws InvalidArgument on options out of range. `options.half_life_days` must be there.
    SeverityDrift(const DriftOptions& options, double raise_level, double rows_per_day);

    State start() const { return {0, allowance_}; }
    /// An accepted row of severity `told`, `periods` after the last reading; more than one counts as one.
    void update(State& state, double told, double periods) const;
    bool is_state(const State& state) const;  ///< that a stream can have

    double level() const { return level_; }        ///< l
    double expected() const { return expected_; }  ///< a

private:
    double level_, expected_, gain_, rise_a_row_, allowance_, most_;
};

}  // namespace plantwright
