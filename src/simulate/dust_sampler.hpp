// SPDX-License-Identifier: MIT
/// What the stations' instruments report: noise, lost hours, and values censored at both ends of the range.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/dust_run.hpp"

namespace plantwright::simulate {

enum class DustFlag : std::int32_t { missing = -1, ok, below_detection, saturated };
inline const std::vector<std::string> kDustFlagNames = {"ok", "below_detection", "saturated"};

struct DustReading {
    double ug_m3;  ///< as reported: the detection limit or the upper end where censored, NaN where lost
    DustFlag flag;
};

/// `(hours, n_stations)`, row-major.
std::vector<DustReading> sample_dust(const DustRun& run, const DustSiteOptions& options);

/// A day at a station: means over the hours that were reported.
struct DustDay {
    double mean, lower, upper;  ///< as reported; with censored hours at 0 or the upper end; NaN: lost, or no bound
    double hours_ok, hours_below, hours_saturated;
    double exceeds;  ///< 1 or 0 where the bounds tell, else NaN
    double true_mean;
    double true_exceeds;
};

/// `(days, n_stations)`, row-major.
std::vector<DustDay> dust_days(const DustRun& run, const std::vector<DustReading>& readings,
                               const DustSiteOptions& options);

}  // namespace plantwright::simulate
