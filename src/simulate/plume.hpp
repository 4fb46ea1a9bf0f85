// SPDX-License-Identifier: MIT
/// What a source at the ground does to the air of a place: the Gaussian plume.
///
///     C = Q / (pi U sy sz) exp(-y^2 / (2 sy^2)),   x along the wind, y across it
///
/// (Turner, Workbook of Atmospheric Dispersion Estimates, 1970). Spreads after Briggs' open-country curves (Gifford,
/// Nuclear Safety 17, 1976), between their classes B, D and F by sun and wind; the source has a width, light wind
/// meanders, and the plume stays below the mixing height.
#pragma once

#include "simulate/atmosphere.hpp"

namespace plantwright::simulate {

/// In m, east and north.
struct Place {
    double east = 0, north = 0;
};

Place place_at(double distance_km, double bearing_deg);

/// ug/m3 at `receptor` of a source that emits 1 ug/s at `source`, which is `width_m` wide; 0 upwind.
double plume(const AirHour& air, const Place& source, double width_m, const Place& receptor);

}  // namespace plantwright::simulate
