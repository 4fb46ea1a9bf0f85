// SPDX-License-Identifier: MIT
#include "plantwright/simulate/dust_site.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "plantwright/core/error.hpp"
#include "simulate/plume.hpp"
#include "simulate/soil.hpp"
#include "tables.hpp"

namespace plantwright {
namespace {

using simulate::AirHour;

constexpr std::int64_t kHour_ns = 3'600'000'000'000;

/// Mean of `name` over the rows where it is known and `keep(row)`.
double mean_where(const Frame& frame, const std::string& name, const std::function<bool(Index)>& keep) {
    const ConstVectorView values = column(frame, name);
    double sum = 0, count = 0;
    for (Index i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i]) || !keep(i)) continue;
        sum += values[i];
        ++count;
    }
    return sum / count;
}

bool everywhere(Index) { return true; }

/// Correlation of a series with itself so many rows later.
double autocorrelation(const std::vector<double>& values, std::size_t lag) {
    double mean = 0, self = 0, later = 0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        self += (values[i] - mean) * (values[i] - mean);
        if (i + lag < values.size()) later += (values[i] - mean) * (values[i + lag] - mean);
    }
    return later / self;
}

/// One station north of the pit, everything reported, nothing censored.
DustSiteOptions plain(Index days, std::uint64_t seed = 0) {
    return {.days = days,
            .seed = seed,
            .stations = {{"north", 2, 0}},
            .missing_fraction = 0,
            .detection_limit_ug_m3 = 0,
            .saturation_ug_m3 = 100'000};
}

TEST(DustSite, GivesOneRowAnHourAndStationInOrderOfTimeWithUnitsAndRoles) {
    const Frame frame = DustSite({.days = 3}).run();
    ASSERT_EQ(frame.rows(), 3 * 24 * 4);
    const auto times = frame.column("time").times();
    const auto station = frame.column("station").codes();
    for (Index i = 0; i < frame.rows(); ++i) {
        ASSERT_EQ(times[i], 1577836800000000000 + i / 4 * kHour_ns);  // 2020-01-01 00:00
        ASSERT_EQ(station[i], i % 4);
    }
    EXPECT_EQ(frame.schema().at("PM10_ug_m3").unit, "ug/m3");
    EXPECT_EQ(frame.schema().at("PM10_ug_m3").role, Role::target);
    EXPECT_EQ(frame.schema().at("wind_speed_m_s").role, Role::disturbance);
    for (const ColumnSpec& spec : frame.schema().columns()) EXPECT_FALSE(spec.description.empty()) << spec.name;
}

TEST(DustSite, WeatherStaysWithinWhatADryContinentalPlaceSees) {
    const Frame frame = DustSite(plain(4 * 365)).run();
    const auto within = [&frame](const char* name, double lowest, double highest) {
        const Buffer<double> values = frame.column(name).to_float64();
        EXPECT_GE(*std::min_element(values.begin(), values.end()), lowest) << name;
        EXPECT_LE(*std::max_element(values.begin(), values.end()), highest) << name;
    };
    within("temperature_C", -40, 50);
    within("humidity_percent", 5, 100);
    within("pressure_hPa", 950, 1060);
    within("wind_speed_m_s", 0.2, 30);
    within("wind_direction_deg", 0, 360);
    within("rain_mm", 0, 60);
    within("PM10_ug_m3", 0, 20'000);
    EXPECT_NEAR(mean_where(frame, "rain_mm", everywhere) * 8766, 500, 200);
    EXPECT_NEAR(mean_where(frame, "wind_speed_m_s", everywhere), 3, 1);
    const ConstVectorView air = column(frame, "temperature_C"), dew = column(frame, "dew_point_C");
    for (Index i = 0; i < frame.rows(); ++i) ASSERT_LE(dew[i], air[i]);
}

TEST(DustSite, AFewPerCentOfTheDaysExceedTheLimitMoreNearTheMineAndMoreWithMoreDust) {
    const auto rate = [](double dustiness) {
        return mean_where(DustSite({.seed = 2, .dustiness = dustiness}).days(), "true_exceeds", everywhere);
    };
    EXPECT_GT(rate(1), 0.02);
    EXPECT_LT(rate(1), 0.07);
    EXPECT_GT(rate(2), 2 * rate(1));
    EXPECT_EQ(rate(0), 0);
    const Frame days = DustSite({.seed = 2}).days();
    const auto at = [&days](Index station) {
        return mean_where(days, "true_exceeds", [station](Index i) { return i % 4 == station; });
    };
    EXPECT_GT(at(0), 2 * at(2));  // the gate, 1.3 km away, and the school, 4.5 km
}

TEST(DustSite, AStationIsDustyFromTheMineOnlyWhenTheWindBlowsFromThere) {
    const Frame frame = DustSite(plain(730)).run();  // north of the pit: southerly wind brings its dust
    const ConstVectorView from = column(frame, "wind_direction_deg");
    const auto southerly = [&from](Index i) { return std::abs(from[i] - 180) < 30; };
    const auto northerly = [&from](Index i) { return from[i] < 30 || from[i] > 330; };
    EXPECT_GT(mean_where(frame, "true_pit_ug_m3", southerly), 20);
    EXPECT_LT(mean_where(frame, "true_pit_ug_m3", northerly), 1e-9);
}

TEST(DustSite, RainKeepsDustDownWhileItFallsAndTheSoilRemembersIt) {
    const Frame frame = DustSite(plain(1461)).run();
    const ConstVectorView rain = column(frame, "rain_mm"), moisture = column(frame, "true_soil_moisture_percent");
    const auto wet = [&rain](Index i) { return rain[i] > 0; };
    const auto dry = [&rain](Index i) { return rain[i] == 0; };
    EXPECT_LT(mean_where(frame, "true_PM10_ug_m3", wet), 0.7 * mean_where(frame, "true_PM10_ug_m3", dry));
    const auto day_after = [&](Index i) { return i >= 24 && rain[i] == 0 && rain[i - 24] > 1; };
    const auto dry_soil = [&](Index i) { return rain[i] == 0 && moisture[i] < 2; };
    EXPECT_GT(mean_where(frame, "true_soil_moisture_percent", day_after), 8);
    EXPECT_LT(mean_where(frame, "true_pit_ug_m3", day_after), 0.6 * mean_where(frame, "true_pit_ug_m3", dry_soil));
}

TEST(DustSite, WinterIsDustierThanSummerAndStormsComeInSpring) {
    const Frame frame = DustSite(plain(4 * 365)).run();
    const auto day = [](Index i) { return i / 24 % 365; };
    EXPECT_GT(mean_where(frame, "true_background_ug_m3", [&](Index i) { return day(i) < 59; }),
              1.5 * mean_where(frame, "true_background_ug_m3", [&](Index i) { return day(i) >= 151 && day(i) < 243; }));
    const Frame episodes = DustSite({.days = 36500, .stations = {{"one"}}}).episodes();
    const auto kind = episodes.column("kind").codes();
    const auto start = episodes.column("start").times();
    double storms = 0, in_spring = 0;
    for (Index i = 0; i < episodes.rows(); ++i) {
        if (kind[i] != 0) continue;
        const double year = std::fmod(static_cast<double>(start[i]) / (8766.0 * static_cast<double>(kHour_ns)), 1.0);
        ++storms;
        in_spring += year > 2.0 / 12 && year < 5.0 / 12;
    }
    EXPECT_NEAR(storms / 100, 5, 0.8);
    EXPECT_GT(in_spring / storms, 0.6);
}

TEST(DustSite, NeighbouringHoursAndDaysResembleEachOther) {
    const Frame frame = DustSite(plain(730)).run();
    const Frame days = DustSite(plain(730)).days();
    const auto of = [](const Frame& from, const char* name) {
        const Buffer<double> values = from.column(name).to_float64();
        return std::vector<double>(values.begin(), values.end());
    };
    EXPECT_GT(autocorrelation(of(frame, "true_PM10_ug_m3"), 1), 0.6);
    EXPECT_GT(autocorrelation(of(days, "true_PM10_mean_ug_m3"), 1), 0.3);
    EXPECT_LT(autocorrelation(of(days, "true_PM10_mean_ug_m3"), 20), 0.3);
}

TEST(DustSite, EpisodesRaiseWhatTheyAreSaidToRaise) {
    DustSiteOptions with = plain(1461, 4), without = with;
    with.storms_per_year = with.watering_failures_per_year = 12;
    without.storms_per_year = without.watering_failures_per_year = 0;
    const Frame troubled = DustSite(with).run(), quiet = DustSite(without).run();
    const auto raised = [&](const char* label, const char* part) {
        const ConstVectorView severity = column(troubled, label);
        const auto active = [&severity](Index i) { return severity[i] > 0; };
        return mean_where(troubled, part, active) / mean_where(quiet, part, active);
    };
    EXPECT_GT(raised("episode_dust_storm", "true_background_ug_m3"), 2);
    EXPECT_GT(raised("episode_watering_failure", "true_pit_ug_m3"), 1.5);
    EXPECT_NEAR(raised("episode_dust_storm", "wind_speed_m_s"), 1, 1e-12);  // the weather is the same
}

TEST(DustSite, TheTableOfEpisodesAgreesWithTheLabelsOfTheRows) {
    const DustSite site(plain(730, 9));
    const Frame frame = site.run(), episodes = site.episodes();
    const auto times = frame.column("time").times(), start = episodes.column("start").times(),
               end = episodes.column("end").times();
    const auto kind = episodes.column("kind").codes();
    ASSERT_GT(episodes.rows(), 6);
    const std::vector<std::string> labels = {"episode_dust_storm", "episode_watering_failure"};
    for (std::size_t k = 0; k < labels.size(); ++k) {
        std::vector<double> expected(static_cast<std::size_t>(frame.rows()), 0.0);
        for (Index e = 0; e < episodes.rows(); ++e) {
            if (kind[e] != static_cast<int>(k)) continue;
            for (Index i = 0; i < frame.rows(); ++i) {
                if (times[i] >= start[e] && times[i] < end[e]) {
                    expected[static_cast<std::size_t>(i)] = column(episodes, "severity")[e];
                }
            }
        }
        for (Index i = 0; i < frame.rows(); ++i) {
            ASSERT_EQ(column(frame, labels[k])[i], expected[static_cast<std::size_t>(i)]) << labels[k] << " " << i;
        }
    }
}

TEST(DustSite, ThePartsOfTheTruthAddUpAndItsDailyMeanIsTheLabel) {
    const DustSite site({.days = 60, .seed = 5, .dustiness = 3});
    const Frame frame = site.run(), days = site.days();
    const ConstVectorView total = column(frame, "true_PM10_ug_m3"), label = column(frame, "true_exceeds");
    std::vector<double> sums(static_cast<std::size_t>(days.rows()), 0.0);
    for (Index i = 0; i < frame.rows(); ++i) {
        const double parts = column(frame, "true_background_ug_m3")[i] + column(frame, "true_pit_ug_m3")[i] +
                             column(frame, "true_tailings_ug_m3")[i];
        ASSERT_NEAR(total[i], parts, 1e-9 * total[i]);
        sums[static_cast<std::size_t>(i / (24 * 4) * 4 + i % 4)] += total[i];
    }
    double exceeded = 0;
    for (Index day = 0; day < days.rows(); ++day) {
        const double mean = sums[static_cast<std::size_t>(day)] / 24;
        ASSERT_NEAR(column(days, "true_PM10_mean_ug_m3")[day], mean, 1e-9 * mean);
        const double exceeds = column(days, "true_exceeds")[day];
        ASSERT_EQ(exceeds, mean >= 150 ? 1 : 0);
        ASSERT_EQ(label[day / 4 * 24 * 4 + day % 4], exceeds);
        exceeded += exceeds;
    }
    EXPECT_GT(exceeded, 5);
}

TEST(DustSite, ReadingsBeyondTheRangeAreReportedAtItsEndsAndFlagged) {
    DustSiteOptions options{.days = 365, .seed = 3, .detection_limit_ug_m3 = 20, .saturation_ug_m3 = 300};
    const Frame censored = DustSite(options).run();
    options.detection_limit_ug_m3 = 0;
    options.saturation_ug_m3 = 100'000;
    const Frame open = DustSite(options).run();
    const ConstVectorView reported = column(censored, "PM10_ug_m3"), shown = column(open, "PM10_ug_m3");
    const auto flag = censored.column("PM10_flag").codes();
    double counts[3] = {0, 0, 0};
    for (Index i = 0; i < censored.rows(); ++i) {
        if (std::isnan(shown[i])) {
            ASSERT_TRUE(std::isnan(reported[i]));
            ASSERT_EQ(flag[i], kMissingCode);
            continue;
        }
        ASSERT_EQ(reported[i], std::clamp(shown[i], 20.0, 300.0));
        ASSERT_EQ(flag[i], shown[i] < 20 ? 1 : shown[i] > 300 ? 2 : 0);
        ++counts[flag[i]];
    }
    EXPECT_GT(counts[1], 100);
    EXPECT_GT(counts[2], 20);
}

TEST(DustSite, TheBoundsOfADayHoldTheMeanThatNothingCensored) {
    DustSiteOptions options{.days = 1461, .seed = 3, .detection_limit_ug_m3 = 60, .saturation_ug_m3 = 200};
    const Frame censored = DustSite(options).days();
    options.detection_limit_ug_m3 = 0;
    options.saturation_ug_m3 = 100'000;
    const Frame open = DustSite(options).days();
    const ConstVectorView lower = column(censored, "PM10_lower_ug_m3"), upper = column(censored, "PM10_upper_ug_m3"),
                          mean = column(open, "PM10_mean_ug_m3"), exceeds = column(censored, "exceeds");
    double unknown = 0, told = 0;
    for (Index i = 0; i < censored.rows(); ++i) {
        if (std::isnan(mean[i])) continue;
        ASSERT_LE(lower[i], mean[i] + 1e-9);
        if (!std::isnan(upper[i])) {
            ASSERT_GE(upper[i], mean[i] - 1e-9);
        }
        if (std::isnan(exceeds[i])) {
            ++unknown;
        } else {
            ASSERT_EQ(exceeds[i], mean[i] >= 150 ? 1 : 0);
            told += exceeds[i];
        }
    }
    EXPECT_GT(unknown, 10);
    EXPECT_GT(told, 10);
}

TEST(DustSite, LosesAboutTheReadingsAskedForAndADayNeedsEighteenHours) {
    const Frame holed = DustSite({.days = 365, .missing_fraction = 0.15}).run();
    for (const char* name : {"temperature_C", "wind_speed_m_s", "PM10_ug_m3"}) {
        const double share = static_cast<double>(holed.column(name).n_missing()) / static_cast<double>(holed.rows());
        EXPECT_NEAR(share, 0.15, 0.04) << name;
    }
    const Frame days = DustSite({.days = 365, .missing_fraction = 0.15}).days();
    const ConstVectorView mean = column(days, "PM10_mean_ug_m3");
    for (Index i = 0; i < days.rows(); ++i) {
        const double hours =
            column(days, "hours_ok")[i] + column(days, "hours_below_detection")[i] + column(days, "hours_saturated")[i];
        ASSERT_EQ(std::isnan(mean[i]), hours < 18);
    }
    EXPECT_GT(days.column("PM10_mean_ug_m3").n_missing(), 20);
}

TEST(DustSite, WhatOneStationSeesDoesNotDependOnTheOthers) {
    DustSiteOptions one{.days = 30, .seed = 6}, all = one;
    one.stations.resize(1);
    const Frame alone = DustSite(one).run(), together = DustSite(all).run();
    for (Index i = 0; i < alone.rows(); ++i) {
        const double a = column(alone, "PM10_ug_m3")[i], b = column(together, "PM10_ug_m3")[4 * i];
        ASSERT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << "hour " << i;
    }
}

TEST(DustSite, OnlyWeatherPlanAndPlaceAreInputs) {
    const std::vector<std::string> expected = {
        "station",        "temperature_C",      "dew_point_C", "humidity_percent", "pressure_hPa",
        "wind_speed_m_s", "wind_direction_deg", "rain_mm",     "hauling_planned",  "blast_planned"};
    EXPECT_EQ(DustSite({.days = 1}).run().schema().input_names(), expected);
}

TEST(DustSite, ThePlumeIsHighestStraightDownwindAndThinsWithDistance) {
    AirHour air{.weather = {}, .wind_m_s = 3, .wind_from_deg = 270, .mixing_height_m = 800};
    const auto at = [&air](double distance_km, double bearing_deg) {
        return simulate::plume(air, {0, 0}, 500, simulate::place_at(distance_km, bearing_deg));
    };
    EXPECT_GT(at(2, 90), at(2, 75));
    EXPECT_NEAR(at(2, 75), at(2, 105), 1e-9 * at(2, 75));
    EXPECT_GT(at(2, 90), 2 * at(5, 90));
    EXPECT_EQ(at(2, 270), 0);
    const double by_night = at(2, 90);
    air.weather.daylight = 1;
    EXPECT_LT(at(2, 90), by_night);  // the sun stirs
}

TEST(DustSite, WindLiftsNothingBelowTheThresholdAndWetGroundNeedsMore) {
    const double dry = simulate::threshold_velocity(1), wet = simulate::threshold_velocity(10);
    EXPECT_GT(wet, 2 * dry);
    EXPECT_EQ(simulate::erosion_flux(dry, dry), 0);
    EXPECT_GT(simulate::erosion_flux(2 * dry, dry), 8 * simulate::erosion_flux(1.2 * dry, dry));
    EXPECT_NEAR(simulate::friction_velocity(10), 0.58, 0.01);
}

TEST(DustSite, TheSameOptionsGiveTheSameBitsAndAnotherSeedGivesOthers) {
    EXPECT_EQ(fingerprint(DustSite({.days = 20, .seed = 7}).run()),
              fingerprint(DustSite({.days = 20, .seed = 7}).run()));
    EXPECT_NE(fingerprint(DustSite({.days = 20, .seed = 7}).run()),
              fingerprint(DustSite({.days = 20, .seed = 8}).run()));
}

TEST(DustSite, GivesTheBitsItGaveWhenThisTestWasWritten) {
    // The promise across machines and compilers. A change of the physics changes the numbers, on purpose: say so in
    // CHANGELOG.
    const DustSite site({.days = 400, .seed = 7});
    EXPECT_EQ(fingerprint(site.run()), 4500287011978854168u);
    EXPECT_EQ(fingerprint(site.days()), 1173138665103280205u);
    EXPECT_EQ(fingerprint(site.episodes()), 18122463958940931710u);
}

TEST(DustSite, RefusesOptionsOutOfRangeAndSaysWhatIsAllowed) {
    EXPECT_THROW(DustSite({.days = 0}), InvalidArgument);
    EXPECT_THROW(DustSite({.days = 36600, .stations = std::vector<DustStation>(6)}), InvalidArgument);
    EXPECT_THROW(DustSite({.start = "2023-02-30"}), InvalidArgument);
    EXPECT_THROW(DustSite({.stations = {}}), InvalidArgument);
    EXPECT_THROW(DustSite({.stations = {{"a"}, {"a"}}}), InvalidArgument);
    EXPECT_THROW(DustSite({.stations = {{""}}}), InvalidArgument);
    EXPECT_THROW(DustSite({.stations = {{"a", 0.1, 0}}}), InvalidArgument);
    EXPECT_THROW(DustSite({.stations = {{"a", 1, 360}}}), InvalidArgument);
    EXPECT_THROW(DustSite({.dustiness = kNaN}), InvalidArgument);
    EXPECT_THROW(DustSite({.storms_per_year = -1}), InvalidArgument);
    EXPECT_THROW(DustSite({.watering_failures_per_year = 51}), InvalidArgument);
    EXPECT_THROW(DustSite({.missing_fraction = 0.6}), InvalidArgument);
    EXPECT_THROW(DustSite({.detection_limit_ug_m3 = 101}), InvalidArgument);
    EXPECT_THROW(DustSite({.saturation_ug_m3 = 100}), InvalidArgument);
    EXPECT_THROW(DustSite({.limit_ug_m3 = 0}), InvalidArgument);
    try {
        DustSite({.days = 36600});
        DustSite({.days = 36600, .stations = std::vector<DustStation>{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}}});
        FAIL();
    } catch (const InvalidArgument& error) {
        EXPECT_STREQ(error.what(), "DustSite: days times stations must be at most 200000, got 36600 times 6");
    }
}

}  // namespace
}  // namespace plantwright
