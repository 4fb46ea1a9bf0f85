// SPDX-License-Identifier: MIT
/// `DustSite`: hourly weather and PM10 about a simulated open-pit mine, censored as instruments do, exceedances
/// labelled.
///
/// At a sampling station, in ug/m3:
///
///     PM10 = (background + plume of the pit + plume of the tailings) exp(residual)
///
///     background  a box of regional air: dB/dt = e / h + U/L (B_in - B) - (v_d / h + washout) B + storm, h the mixing
///                 height; stagnant winter nights fill it, wind and rain empty it
///     pit         blasting, and hauling on roads that rain and water trucks keep down
///     tailings    wind erosion: a Q, Q = 2.61 rho / g u*^3 (1 + u*t / u*) (1 - (u*t / u*)^2) above the threshold u*t
///                 (White, J. Geophys. Res. 84, 1979; Marticorena & Bergametti, J. Geophys. Res. 100, 1995), which
///                 grows with the soil's moisture (Fecan, Marticorena & Bergametti, Annales Geophysicae 17, 1999)
///     plume       Q / (pi U sy sz) exp(-y^2 / (2 sy^2)), spreads after Briggs, sz below the mixing height
///
/// Soil remembers rain until it has evaporated (Penman, Proc. R. Soc. A 193, 1948). The residual is autocorrelated.
/// Constants are typical of a dry continental place, not measured on one: see docs/simulate.md for all of them.
///
/// The same options give the same bits on every machine: own random numbers and elementary functions. O(days *
/// stations).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {

/// Where dust is sampled, seen from the pit.
struct DustStation {
    std::string name;
    double distance_km = 1;  ///< in [0.3, 50]
    double bearing_deg = 0;  ///< clockwise from north, in [0, 360)
    bool operator==(const DustStation&) const = default;
};

/// `gate`, `village`, `school` and `upwind`.
PLANTWRIGHT_API std::vector<DustStation> dust_stations();

struct DustSiteOptions {
    Index days = 1461;  ///< in [1, 36600]; days * stations at most 200000
    std::uint64_t seed = 0;
    std::string start = "2020-01-01";                     ///< first day, ISO-8601
    std::vector<DustStation> stations = dust_stations();  ///< at least one, names distinct
    double dustiness = 1;                                 ///< of all sources, times the usual; in [0, 20]
    double storms_per_year = 5;                           ///< dust from far away, mostly in spring; in [0, 50]
    double watering_failures_per_year = 4;                ///< the water trucks stand still for days; in [0, 50]
    double missing_fraction = 0.02;                       ///< of the hourly readings lost, in bursts; in [0, 0.5]
    double detection_limit_ug_m3 = 10;  ///< lower readings are reported as this, and flagged; in [0, 100]
    double saturation_ug_m3 = 1000;     ///< higher ones as this; in [200, 100000]
    double limit_ug_m3 = 150;           ///< of a day's mean; in (0, 10000]
};

/// A frame per run. Immutable; may be shared by threads.
class PLANTWRIGHT_API DustSite {
public:
    /// Throws InvalidArgument when an option is out of range.
    explicit DustSite(DustSiteOptions options = {});

    const DustSiteOptions& options() const { return options_; }

    /// One row an hour and station, in order of time. Roles: disturbances (weather), features (the mine's plan, the
    /// station's place), target (`PM10_ug_m3`, as reported), response (`PM10_flag`: ok, below_detection, saturated),
    /// ignored (the true PM10 and its parts, soil and air, `true_exceeds` of the day, labels of the episodes).
    Frame run() const;

    /// One row a day and station: the reported mean (NaN below 18 hours), the bounds that censoring leaves, hours of
    /// each flag, `exceeds` (NaN where the bounds do not tell), and with role ignored the true mean and `true_exceeds`.
    Frame days() const;

    /// The truth about the episodes, one row each: `kind` (dust_storm, watering_failure), `start`, `end` (exclusive),
    /// `severity`.
    Frame episodes() const;

private:
    DustSiteOptions options_;
};

}  // namespace plantwright
