// SPDX-License-Identifier: MIT
#include "simulate/atmosphere.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/elementary.hpp"
#include "simulate/dust_streams.hpp"

namespace plantwright::simulate {
namespace {

constexpr Climate kDryContinental{.mean_C = 11,
                                  .season = 14.5,
                                  .front = 3.6,
                                  .swing = 4.6,
                                  .summer_swing = 0.4,
                                  .gust = 0.6,
                                  .dryness = 9,
                                  .summer_dryness = -2.5,
                                  .moisture = 4.5};
constexpr double kTwoPi = 6.283185307179586;
constexpr double kMean_hPa = 1002, kSeason_hPa = 9;

/// Lows pass within days; a trace follows them smoothly.
class Pressure {
public:
    explicit Pressure(RandomStream stream) : stream_(stream) {}

    void step() {
        rise_hPa_h_ = 0.12 * (7.5 * synoptic_.step(stream_) - anomaly_hPa_);
        anomaly_hPa_ += rise_hPa_h_;
    }
    double anomaly_hPa() const { return anomaly_hPa_; }
    double rise_hPa_h() const { return rise_hPa_h_; }

private:
    RandomStream stream_;
    Autoregression synoptic_{0.98, 0.199};
    double anomaly_hPa_ = 0, rise_hPa_h_ = 0;
};

/// Log-normal about what season, daylight and the change of pressure make of it.
class Wind {
public:
    explicit Wind(RandomStream stream) : stream_(stream) {}

    double speed(const SiteHour& at, double daylight, double rise_hPa_h) {
        const double spring = elementary::cos(kTwoPi * (at.day_of_year - 105) / 365.25);
        const double usual = 2.5 * (1 + 0.45 * daylight) * (1 + 0.18 * spring);
        const double days = days_.step(stream_), hours = hours_.step(stream_), spread = 0.40 * days + 0.24 * hours;
        return std::clamp(usual * elementary::exp(spread + 0.55 * std::abs(rise_hPa_h) - 0.2), 0.2, 30.0);
    }

    /// Where it comes from: north-west in winter, south-east in summer, veering as pressure rises.
    double direction(double summer, double rise_hPa_h) {
        const double prevailing = 235 - 85 * summer, veer = 45 * std::clamp(rise_hPa_h, -1.5, 1.5);
        const double turning = turning_.step(stream_), wavering = wavering_.step(stream_);
        const double angle = prevailing + veer + 55 * turning + 18 * wavering;
        const double within = std::fmod(angle, 360.0);
        return within < 0 ? within + 360 : within;
    }

private:
    RandomStream stream_;
    Autoregression days_{0.96, 0.28}, hours_{0.75, 0.6614}, turning_{0.97, 0.2431}, wavering_{0.6, 0.8};
};

/// Spells of some hours; they begin in damp air and low pressure.
class Rain {
public:
    explicit Rain(RandomStream stream) : stream_(stream) {}

    double step(double humidity_percent, double anomaly_hPa, double summer) {
        const double begins = 0.012 * elementary::exp(0.05 * (humidity_percent - 60) - 0.12 * anomaly_hPa);
        raining_ = stream_.uniform() < (raining_ ? 0.78 : std::min(0.3, begins));
        const double mean_mm = 0.45 + 0.55 * std::max(0.0, summer), draw = stream_.uniform();
        return raining_ ? -mean_mm * elementary::log(1 - draw) : 0.0;
    }

private:
    RandomStream stream_;
    bool raining_ = false;
};

/// Sun and wind stir the air to a height; high pressure and still winter days keep it low. It rises and sinks within
/// hours.
class Mixing {
public:
    explicit Mixing(RandomStream stream) : stream_(stream) {}

    double height(const AirHour& air, double anomaly_hPa) {
        const double stagnation = 0.35 * still_.step(stream_) + 0.03 * anomaly_hPa;
        const double stirred = 70 + 95 * air.wind_m_s + 1150 * (0.6 + 0.4 * air.summer) * air.weather.daylight;
        height_m_ += 0.4 * (stirred * elementary::exp(-stagnation) - height_m_);
        return std::clamp(height_m_, 60.0, 3000.0);
    }

private:
    RandomStream stream_;
    Autoregression still_{0.985, 0.1726};
    double height_m_ = 300;
};

/// Rain evaporates into the air below it: the dew point comes near the temperature.
Weather damped_by_rain(Weather weather) {
    weather.dew_point_C = std::max(weather.dew_point_C, weather.temperature_C - 2);
    weather.humidity_percent = relative_humidity(weather.temperature_C, weather.dew_point_C);
    return weather;
}

}  // namespace

std::vector<AirHour> simulate_air(const std::vector<SiteHour>& calendar, std::uint64_t seed) {
    const std::vector<Weather> ambient =
        simulate_weather(calendar, kDryContinental, stream_of(seed, DustProcess::weather));
    Pressure pressure(stream_of(seed, DustProcess::pressure));
    Wind wind(stream_of(seed, DustProcess::wind));
    Rain rain(stream_of(seed, DustProcess::rain));
    Mixing mixing(stream_of(seed, DustProcess::stagnation));
    std::vector<AirHour> hours;
    hours.reserve(calendar.size());
    for (std::size_t t = 0; t < calendar.size(); ++t) {
        AirHour air{.weather = ambient[t], .summer = season(calendar[t].day_of_year)};
        pressure.step();
        air.pressure_hPa = kMean_hPa - kSeason_hPa * air.summer + pressure.anomaly_hPa();
        air.wind_m_s = wind.speed(calendar[t], air.weather.daylight, pressure.rise_hPa_h());
        air.wind_from_deg = wind.direction(air.summer, pressure.rise_hPa_h());
        air.rain_mm = rain.step(air.weather.humidity_percent, pressure.anomaly_hPa(), air.summer);
        if (air.rain_mm > 0) air.weather = damped_by_rain(air.weather);
        air.mixing_height_m = mixing.height(air, pressure.anomaly_hPa());
        hours.push_back(air);
    }
    return hours;
}

}  // namespace plantwright::simulate
