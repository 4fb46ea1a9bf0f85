// SPDX-License-Identifier: MIT
/// The uppermost soil: how wet rain has left it, and how much dust the wind lifts from it.
#pragma once

#include "simulate/atmosphere.hpp"

namespace plantwright::simulate {

inline constexpr double kVonKarman = 0.4, kRoughness_m = 0.01;

/// Friction velocity, m/s, of wind measured at 10 m over bare ground: the logarithmic profile.
double friction_velocity(double wind_m_s);

/// Its threshold, m/s, at a gravimetric moisture in %: dry .24, more above what clay binds (Fecan et al., 1999).
double threshold_velocity(double moisture_percent);

/// Vertical flux of PM10 from bare ground, ug/(m2 s); 0 below the threshold (White, 1979).
double erosion_flux(double friction_m_s, double threshold_m_s);

/// The top 2 cm. Rain fills them, the air drinks them dry (Penman, 1948); what they cannot hold runs off.
class Soil {
public:
    /// After an hour of that air: the moisture in % of the dry soil's mass.
    double step(const AirHour& air);

private:
    double water_mm_ = 2;
};

}  // namespace plantwright::simulate
