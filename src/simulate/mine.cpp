// SPDX-License-Identifier: MIT
#include "simulate/mine.hpp"

#include <algorithm>

#include "plantwright/core/elementary.hpp"
#include "simulate/dust_streams.hpp"
#include "simulate/soil.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kRoads_g_s = 140;           // 280 km an hour at 1.8 kg/km, neither rained on nor watered
constexpr double kWatered = 0.25;            // what trucks with water leave of it
constexpr double kMoistureFold_percent = 6;  // a soil that much wetter gives 1/e of the dust
constexpr double kBlast_g_s = 60;            // over the hour of a blast
constexpr double kTailings_m2 = 700'000;

}  // namespace

std::vector<MineHour> plan_mine(const std::vector<SiteHour>& calendar, std::uint64_t seed) {
    RandomStream days = stream_of(seed, DustProcess::plan), blasts = stream_of(seed, DustProcess::blast);
    std::vector<MineHour> plan;
    plan.reserve(calendar.size());
    double pace = 1;
    bool blasts_today = false;
    for (const SiteHour& at : calendar) {
        const bool rest = at.weekday == 6 || at.holiday;
        if (at.hour == 0) {
            const bool standstill = days.uniform() < 0.03;
            pace = (standstill ? 0.1 : days.uniform(0.7, 1.0)) * (rest ? 0.35 : 1.0);
            blasts_today = blasts.uniform() < 0.45 && !rest && !standstill;
        }
        const bool change_of_shift = at.hour == 6 || at.hour == 14 || at.hour == 22;
        plan.push_back({pace * (change_of_shift ? 0.5 : 1.0), blasts_today && at.hour == 12});
    }
    return plan;
}

double pit_emission(const MineHour& plan, const AirHour& air, double moisture_percent, double watering_failure) {
    const double frozen = air.weather.temperature_C < -5 ? 0.6 : 1.0, wet_now = air.rain_mm > 0.2 ? 0.4 : 1.0;
    const double watered = kWatered + (1 - kWatered) * watering_failure;
    const double natural = elementary::exp(-moisture_percent / kMoistureFold_percent) * wet_now * frozen;
    return kRoads_g_s * plan.hauling * std::min(watered, 1.0) * natural + (plan.blast ? kBlast_g_s * wet_now : 0.0);
}

double tailings_emission(const AirHour& air, double moisture_percent) {
    const double lifted = erosion_flux(friction_velocity(air.wind_m_s), threshold_velocity(moisture_percent));
    return 1e-6 * kTailings_m2 * lifted * (air.rain_mm > 0.2 ? 0.1 : 1.0);
}

}  // namespace plantwright::simulate
