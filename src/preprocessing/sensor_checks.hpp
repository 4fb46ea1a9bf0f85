// SPDX-License-Identifier: MIT
/// One sensor's readings and one group's clock, tested by what came before; see preprocessing/sensor_quality.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "plantwright/preprocessing/sensor_quality.hpp"
#include "preprocessing/row_window.hpp"

namespace plantwright {

/// A set of checks that fired.
using QualityBits = std::uint32_t;

constexpr QualityBits bit_of(QualityCheck check) { return QualityBits{1} << static_cast<unsigned>(check); }
constexpr bool is_of_time(QualityCheck check) { return check >= QualityCheck::late; }

/// Of a row: its own stamp and the latest one of its group, kMissingTime where there is none.
struct Moment {
    std::int64_t row = 0, stamp = kMissingTime, latest = kMissingTime;
};

/// How long readings have kept within a tolerance of where they were.
struct HeldRun {
    double anchor = kNaN;
    std::int64_t n_readings = 0, since = kMissingTime;

    /// The length of the run that the reading ends, 0: it goes on.
    std::int64_t take(double x, double tolerance, const Moment& now) {
        const bool goes_on = std::abs(x - anchor) <= tolerance;
        const std::int64_t ended = goes_on ? 0 : n_readings;
        n_readings = goes_on ? n_readings + 1 : 1;
        const bool set_back = now.latest < since;
        if (!goes_on || set_back || since == kMissingTime) since = now.latest;
        if (!goes_on) anchor = x;
        return ended;
    }
    /// `readings` NaN: by time.
    bool lasts(double readings, std::int64_t nanoseconds, const Moment& now) const {
        if (nanoseconds == 0) return static_cast<double>(n_readings) >= readings;
        return since != kMissingTime && elapsed(since, now.latest) >= static_cast<std::uint64_t>(nanoseconds);
    }
};

/// The median of the last few readings.
class RecentMedian {
public:
    explicit RecentMedian(std::int64_t window)
        : ring_(static_cast<std::size_t>(window), kNaN), sorted_(ring_.size(), kNaN) {}

    void take(double x) {
        ring_[next_] = x;
        next_ = (next_ + 1) % ring_.size();
        n_ = std::min(n_ + 1, ring_.size());
    }
    /// NaN until more than half the window is there.
    double median() {
        if (2 * n_ <= ring_.size()) return kNaN;
        std::copy_n(ring_.begin(), n_, sorted_.begin());
        const auto begin = sorted_.begin(), middle = begin + static_cast<std::ptrdiff_t>(n_ / 2);
        std::nth_element(begin, middle, begin + static_cast<std::ptrdiff_t>(n_));
        return n_ % 2 == 1 ? *middle : (*std::max_element(begin, middle) + *middle) / 2;
    }

private:
    std::vector<double> ring_, sorted_;
    std::size_t n_ = 0, next_ = 0;
};

/// A reading and when it was.
struct Reading {
    double value = kNaN;
    Moment at{};

    /// Change by second, by row where there are no stamps; NaN where time does not go on.
    double rate_to(double x, const Moment& now, bool by_time) const {
        const std::int64_t rows = now.row - at.row;
        if (!by_time) return std::abs(x - value) / static_cast<double>(rows);
        if (at.stamp == kMissingTime || now.stamp <= at.stamp) return kNaN;
        return std::abs(x - value) / (static_cast<double>(elapsed(at.stamp, now.stamp)) * 1e-9);
    }
};

/// Of one column.
struct SensorLimits {
    double low, high, floor, ceiling, max_spike, max_rate, flat_tolerance, flat_after, stuck_after;
    std::int64_t flat_after_ns = 0, stuck_after_ns = 0;  // 0: by readings
    std::int64_t spike_window = 5;
    bool by_time = false;
    QualityBits checks = 0;  // that are made

    bool contain(double x) const { return !(x < low || x > high) && std::isfinite(x); }
};

/// One sensor of one group.
class SensorMemory {
public:
    explicit SensorMemory(const SensorLimits& limits) : recent_(limits.spike_window) {}

    /// What is wrong with a reading that is there.
    QualityBits judge(double x, const SensorLimits& limits, const Moment& now) {
        QualityBits bad = 0;
        const auto tell = [&](QualityCheck check, bool fires) { bad |= fires ? bit_of(check) : 0; };
        const bool inside = limits.contain(x);
        tell(QualityCheck::out_of_range, !inside);
        tell(QualityCheck::saturation, x <= limits.floor || x >= limits.ceiling);
        tell(QualityCheck::spike, std::abs(x - recent_.median()) > limits.max_spike);
        tell(QualityCheck::rate_limit, too_fast(x, inside, limits, now));
        flat_.take(x, limits.flat_tolerance, now);
        stuck_.take(x, 0, now);
        const bool is_flat = limits.flat_tolerance >= 0 && flat_.lasts(limits.flat_after, limits.flat_after_ns, now);
        tell(QualityCheck::flat_line, is_flat);
        tell(QualityCheck::stuck_at, stuck_.lasts(limits.stuck_after, limits.stuck_after_ns, now));
        if (inside) recent_.take(x);
        bad &= limits.checks;
        if (bad == 0) good = {x, now};
        return bad;
    }

    Reading good;  ///< the last one that nothing was wrong with

private:
    /// A reading out of range leaves no trace; a change that stays is believed after a while.
    bool too_fast(double x, bool inside, const SensorLimits& limits, const Moment& now) {
        const bool fires = slow_.rate_to(x, now, limits.by_time) > limits.max_rate;
        if (!inside) return fires;
        n_fast_ = fires ? n_fast_ + 1 : 0;
        if (!fires || n_fast_ >= limits.spike_window) slow_ = {x, now};
        if (n_fast_ >= limits.spike_window) n_fast_ = 0;
        return fires;
    }

    RecentMedian recent_;
    HeldRun flat_, stuck_;
    Reading slow_;  // the last one that was led to slowly enough
    std::int64_t n_fast_ = 0;
};

/// The stamps of one group.
class QualityClock {
public:
    explicit QualityClock(std::int64_t max_step)
        : max_step_(max_step > 0 ? static_cast<std::uint64_t>(max_step) : std::numeric_limits<std::uint64_t>::max()) {}

    QualityBits judge(std::int64_t stamp) {
        if (stamp == kMissingTime) return 0;
        const bool first = latest_ == kMissingTime, doubled = stamp == before_ || stamp == latest_;
        const bool is_late = !first && stamp < latest_;
        const std::uint64_t step = first ? 0 : is_late ? elapsed(stamp, latest_) : elapsed(latest_, stamp);
        before_ = stamp;
        if (!is_late || step > max_step_) latest_ = stamp;
        if (step > max_step_) return bit_of(QualityCheck::clock_jump);
        return (is_late ? bit_of(QualityCheck::late) : 0) | (doubled ? bit_of(QualityCheck::duplicate) : 0);
    }
    std::int64_t latest() const { return latest_; }

private:
    std::uint64_t max_step_;
    std::int64_t latest_ = kMissingTime, before_ = kMissingTime;
};

/// Learns what was not given; `limits` holds what was. `time` and `group` are columns of the frame, null: none.
void learn_quality_limits(const Frame& frame, std::span<const ColumnSpec> columns, const Column* time,
                          const Column* group, const SensorQualityOptions& options, int n_jobs, QualityLimits& limits);

}  // namespace plantwright
