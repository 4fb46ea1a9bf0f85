// SPDX-License-Identifier: MIT
#include "plantwright/simulate/thermal_plant.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "plantwright/core/error.hpp"
#include "tables.hpp"

namespace plantwright {
namespace {

constexpr std::int64_t kMinute_ns = 60'000'000'000;
constexpr std::int32_t kRunning = 0, kTrip = 1, kStartUp = 2;

/// Nothing goes wrong and every telegram arrives.
ThermalPlantOptions normal(Index rows, std::uint64_t seed = 0) {
    return {.rows = rows,
            .seed = seed,
            .faults_per_week = 0,
            .trips_per_year = 0,
            .missing_fraction = 0,
            .lost_fraction = 0};
}

/// A row every five minutes, for tests of long times.
ThermalPlantOptions normal_days(Index days, std::uint64_t seed = 0) {
    ThermalPlantOptions options = normal(days * 288, seed);
    options.period_s = 300;
    return options;
}

Frame run(const ThermalPlantOptions& options) { return ThermalPlant(options).run(); }

bool everywhere(Index) { return true; }

double mean(const Frame& frame, const std::string& name, const std::function<bool(Index)>& keep = everywhere) {
    const ConstVectorView values = column(frame, name);
    double sum = 0, count = 0;
    for (Index i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i]) || !keep(i)) continue;
        sum += values[i];
        ++count;
    }
    return sum / count;
}

/// Of a with b, b `lag` rows later.
double correlation(ConstVectorView a, ConstVectorView b, Index lag = 0) {
    const Index n = a.size() - lag;
    double mean_a = 0, mean_b = 0, ab = 0, aa = 0, bb = 0;
    for (Index i = 0; i < n; ++i) {
        mean_a += a[i] / static_cast<double>(n);
        mean_b += b[i + lag] / static_cast<double>(n);
    }
    for (Index i = 0; i < n; ++i) {
        ab += (a[i] - mean_a) * (b[i + lag] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i + lag] - mean_b) * (b[i + lag] - mean_b);
    }
    return ab / std::sqrt(aa * bb);
}

double spread(ConstVectorView values) {
    double sum = 0, squares = 0;
    const double n = static_cast<double>(values.size());
    for (Index i = 0; i < values.size(); ++i) sum += values[i];
    for (Index i = 0; i < values.size(); ++i) squares += (values[i] - sum / n) * (values[i] - sum / n);
    return std::sqrt(squares / n);
}

/// What the parts of the balance leave, as a share of the heat that is burnt.
double unexplained(const Frame& frame, Index i, bool with_storage) {
    const auto part = [&](const char* name) { return column(frame, name)[i]; };
    const double parts = part("true_electric_MW") + part("true_condenser_heat_MW") + part("true_stack_loss_MW") +
                         part("true_other_loss_MW") + (with_storage ? part("true_storage_MW") : 0);
    return parts / part("true_fuel_heat_MW") - 1;
}

TEST(ThermalPlant, GivesOneRowAPeriodAndEightSensorsAsItsOnlyInputs) {
    ThermalPlantOptions options = normal(50);
    options.period_s = 30;
    const Frame frame = run(options);
    ASSERT_EQ(frame.rows(), 50);
    for (Index i = 0; i < 50; ++i) {
        ASSERT_EQ(frame.column("time").times()[i], 1704067200000000000 + i * kMinute_ns / 2);  // 2024-01-01 00:00
    }
    std::vector<std::string> names;
    for (const ThermalSensor& sensor : thermal_sensors()) {
        names.push_back(sensor.name);
        const ColumnSpec& spec = frame.schema().at(sensor.name);
        EXPECT_EQ(spec.unit, sensor.unit);
        EXPECT_EQ(spec.lowest, sensor.lowest);
        EXPECT_EQ(spec.highest, sensor.highest);
    }
    EXPECT_EQ(frame.schema().input_names(), names);
    EXPECT_EQ(frame.schema().at("heat_rate_kJ_kWh").role, Role::response);
    EXPECT_EQ(frame.schema().at("fault").role, Role::ignored);
    for (const ColumnSpec& spec : frame.schema().columns()) EXPECT_FALSE(spec.description.empty()) << spec.name;
}

TEST(ThermalPlant, WhatIsBurntGoesIntoElectricityCoolingWaterStackAndOtherLossesWithinTwoPercent) {
    const Frame frame = run({.rows = 40'000, .seed = 3, .faults_per_week = 10, .trips_per_year = 80});
    double with_storage = 0, without = 0;
    Index checked = 0;
    for (Index i = 0; i < frame.rows(); ++i) {
        if (frame.column("operating_state").codes()[i] != kRunning) continue;
        ASSERT_LT(std::fabs(unexplained(frame, i, false)), 0.02) << i;
        without += std::fabs(unexplained(frame, i, false));
        with_storage += std::fabs(unexplained(frame, i, true));
        ++checked;
    }
    ASSERT_GT(checked, 20'000);
    EXPECT_LT(with_storage, 0.6 * without);
    EXPECT_LT(with_storage / static_cast<double>(checked), 0.002);
}

TEST(ThermalPlant, TheBalancesPartsHaveTheSizesOfSuchAUnit) {
    const Frame frame = run(normal_days(30));
    const double burnt = mean(frame, "true_fuel_heat_MW");
    EXPECT_NEAR(mean(frame, "true_electric_MW") / burnt, 0.395, 0.015);
    EXPECT_NEAR(mean(frame, "true_condenser_heat_MW") / burnt, 0.53, 0.02);
    EXPECT_NEAR(mean(frame, "true_stack_loss_MW") / burnt, 0.06, 0.01);
    EXPECT_LT(mean(frame, "true_other_loss_MW") / burnt, 0.03);
    EXPECT_NEAR(mean(frame, "true_storage_MW") / burnt, 0, 1e-3);
}

TEST(ThermalPlant, HotterSteamLowersTheHeatRate) {
    ThermalPlantOptions cold = normal(10'000), hot = normal(10'000);
    cold.steam_setpoint_C = 490;
    hot.steam_setpoint_C = 510;
    const Frame a = run(cold), b = run(hot);
    EXPECT_NEAR(mean(b, "steam_temperature_C") - mean(a, "steam_temperature_C"), 20, 0.5);
    const double gain = 1 - mean(b, "true_heat_rate_kJ_kWh") / mean(a, "true_heat_rate_kJ_kWh");
    EXPECT_NEAR(gain, 20 * 3.5e-4, 1e-3);
    EXPECT_LT(mean(b, "heat_rate_kJ_kWh"), mean(a, "heat_rate_kJ_kWh"));
    EXPECT_LT(mean(b, "fuel_flow_kg_s"), mean(a, "fuel_flow_kg_s"));
}

TEST(ThermalPlant, HeatRateAndEfficiencyAreDerivedFromTheReadings) {
    const Frame frame = run(normal(500));
    for (const Index i : {0, 123, 499}) {
        const double heat_MW = column(frame, "fuel_flow_kg_s")[i] * column(frame, "fuel_LHV_MJ_kg")[i];
        const double electric_MW = 5 * column(frame, "load_percent")[i];
        EXPECT_NEAR(column(frame, "heat_rate_kJ_kWh")[i], 3600 * heat_MW / electric_MW, 1e-9);
        EXPECT_NEAR(column(frame, "efficiency_percent")[i], 100 * electric_MW / heat_MW, 1e-12);
    }
    EXPECT_NEAR(mean(frame, "heat_rate_kJ_kWh"), mean(frame, "true_heat_rate_kJ_kWh"), 60);
}

TEST(ThermalPlant, KeepsItsNormalRangesAYearLong) {
    ThermalPlantOptions options = normal_days(366, 2);
    options.trips_per_year = 30;
    const Frame frame = run(options);
    for (const ThermalSensor& sensor : thermal_sensors()) {
        double outside = 0, running = 0;
        for (Index i = 0; i < frame.rows(); ++i) {
            if (frame.column("operating_state").codes()[i] != kRunning) continue;
            const double value = column(frame, sensor.name)[i];
            outside += value < sensor.lowest || value > sensor.highest;
            ++running;
        }
        EXPECT_LT(outside / running, 1e-3) << sensor.name;
    }
}

TEST(ThermalPlant, SensorsCorrelateAsTheirPhysicsSays) {
    const Frame frame = run(normal_days(180));
    const auto of = [&](const char* a, const char* b) { return correlation(column(frame, a), column(frame, b)); };
    EXPECT_GT(of("load_percent", "fuel_flow_kg_s"), 0.95);
    EXPECT_GT(of("load_percent", "steam_pressure_bar"), 0.8);
    EXPECT_GT(of("load_percent", "steam_temperature_C"), 0.4);
    EXPECT_GT(of("load_percent", "generator_temperature_C"), 0.8);
    EXPECT_GT(of("load_percent", "turbine_vibration_mm_s"), 0.15);
    EXPECT_LT(of("load_percent", "oxygen_percent"), -0.5);
    EXPECT_GT(of("ambient_C", "cooling_water_C"), 0.5);
    EXPECT_GT(of("cooling_water_C", "generator_temperature_C"), 0.5);
    EXPECT_LT(of("load_percent", "heat_rate_kJ_kWh"), -0.1);
}

TEST(ThermalPlant, LoadFollowsTheHourAndTheDayOfTheWeek) {
    const Frame frame = run(normal_days(70));
    const auto hour = [](Index i) { return i / 12 % 24; };
    const auto weekday = [](Index i) { return i / 288 % 7; };  // 2024-01-01 is a Monday
    const double day = mean(frame, "load_percent", [&](Index i) { return weekday(i) < 5 && hour(i) == 11; });
    const double night = mean(frame, "load_percent", [&](Index i) { return weekday(i) < 5 && hour(i) == 3; });
    const double sunday = mean(frame, "load_percent", [&](Index i) { return weekday(i) == 6 && hour(i) == 11; });
    EXPECT_GT(day, night + 8);
    EXPECT_GT(day, sunday + 4);
}

TEST(ThermalPlant, WeatherHasDaysAndSeasonsAndNoSeasonWhereNoneIsAskedFor) {
    ThermalPlantOptions options = normal_days(365);
    const Frame usual = run(options);
    options.season = 0;
    const Frame level = run(options);
    const auto january = [](Index i) { return i < 31 * 288; };
    const auto july = [](Index i) { return i >= 182 * 288 && i < 213 * 288; };
    EXPECT_GT(mean(usual, "ambient_C", july) - mean(usual, "ambient_C", january), 12);
    EXPECT_LT(std::fabs(mean(level, "ambient_C", july) - mean(level, "ambient_C", january)), 5);
    EXPECT_GT(mean(usual, "cooling_water_C", july) - mean(usual, "cooling_water_C", january), 1);
    const double noon = mean(level, "ambient_C", [](Index i) { return i / 12 % 24 == 15; });
    const double night = mean(level, "ambient_C", [](Index i) { return i / 12 % 24 == 3; });
    EXPECT_NEAR(noon - night, 7, 0.5);
}

/// By how much it has moved within `span` rows.
Vector moves(ConstVectorView values, Index span) {
    Vector moves(values.size() - span);
    for (Index i = 0; i < moves.size(); ++i) moves[i] = values[i + span] - values[i];
    return moves;
}

TEST(ThermalPlant, TheGeneratorWarmsLongAfterItsLoadAndEverySensorRemembers) {
    const Frame frame = run(normal(20'000));
    const Vector load = moves(column(frame, "true_load_percent"), 20);
    const Vector generator = moves(column(frame, "true_generator_temperature_C"), 20);
    const Vector fuel = moves(column(frame, "true_fuel_flow_kg_s"), 20);
    EXPECT_GT(correlation(load, generator, 20), correlation(load, generator) + 0.1);
    EXPECT_GT(correlation(load, fuel), correlation(load, fuel, 20) + 0.2);  // coal comes at once
    for (const ThermalSensor& sensor : thermal_sensors()) {
        const ConstVectorView truth = column(frame, "true_" + sensor.name);
        EXPECT_GT(correlation(truth, truth, 1), 0.85) << sensor.name;
    }
}

TEST(ThermalPlant, HasTheSameSpreadWhateverThePeriodBetweenRows) {
    ThermalPlantOptions fine = normal(60'000), coarse = normal(2'000);
    fine.period_s = 10;
    coarse.period_s = 300;
    const Frame a = run(fine), b = run(coarse);
    EXPECT_EQ(a.column("time").times()[59'970], b.column("time").times()[1'999]);
    EXPECT_NEAR(spread(column(a, "fuel_flow_kg_s")), spread(column(b, "fuel_flow_kg_s")), 1);
    EXPECT_NEAR(spread(column(a, "turbine_vibration_mm_s")), spread(column(b, "turbine_vibration_mm_s")), 0.02);
    EXPECT_NEAR(mean(a, "generator_temperature_C"), mean(b, "generator_temperature_C"), 1);
}

TEST(ThermalPlant, StickingValvesKeepTheSteamSwingingWhereNothingElseIsUnrest) {
    ThermalPlantOptions options = normal(2'880);
    options.wander = options.noise = options.fouling = 0;
    const Frame frame = run(options);
    const ConstVectorView steam = column(frame, "steam_temperature_C"), pressure = column(frame, "steam_pressure_bar");
    int warmer = 0, colder = 0;
    for (Index i = 2; i < steam.size(); ++i) {
        const double before = steam[i - 1] - steam[i - 2], now = steam[i] - steam[i - 1];
        warmer += now > 0.3 && before <= 0.3;
        colder += now < -0.3 && before >= -0.3;
    }
    EXPECT_GE(warmer, 10);
    EXPECT_GE(colder, 10);
    EXPECT_LT(spread(steam), 3);
    EXPECT_NEAR(pressure[1440], pressure[0], 1.5);  // the pressure's controller does not stick
}

TEST(ThermalPlant, FoulingRaisesTheHeatRateAndIsCleanedAway) {
    ThermalPlantOptions options = normal_days(84);
    const Frame usual = run(options);
    options.fouling = 0;
    const Frame clean = run(options);
    EXPECT_GT(mean(usual, "true_heat_rate_kJ_kWh"), 1.002 * mean(clean, "true_heat_rate_kJ_kWh"));
    int cleanings = 0, blown = 0;
    const ConstVectorView dirt = column(usual, "true_condenser_fouling"), soot = column(usual, "true_soot");
    for (Index i = 1; i < usual.rows(); ++i) {
        cleanings += dirt[i] < dirt[i - 1] - 0.5;
        blown += soot[i - 1] >= 0.5 && soot[i] < 0.5;
    }
    EXPECT_EQ(cleanings, 3);
    EXPECT_GT(blown, 84 * 2);
}

TEST(ThermalPlant, WithoutSeasonAndFoulingOneMonthIsAsAnother) {
    ThermalPlantOptions options = normal_days(336, 4);
    options.season = options.fouling = 0;
    const Frame frame = run(options);
    for (const ThermalSensor& sensor : thermal_sensors()) {
        const double year = mean(frame, sensor.name);
        for (Index month = 0; month < 12; ++month) {
            const double of_month = mean(frame, sensor.name, [&](Index i) { return i / (28 * 288) == month; });
            EXPECT_NEAR(of_month, year, 1.2 * sensor.residual_sd) << sensor.name << " " << month;
        }
    }
}

TEST(ThermalPlant, NoiseChangesTheReadingsAndNotTheTruth) {
    ThermalPlantOptions options = normal(400);
    const Frame usual = run(options);
    options.noise = 0;
    const Frame quiet = run(options);
    for (const ThermalSensor& sensor : thermal_sensors()) {
        const std::string truth = "true_" + sensor.name;
        EXPECT_EQ(quiet.column(truth).to_float64(), usual.column(truth).to_float64()) << truth;
        EXPECT_EQ(quiet.column(sensor.name).to_float64(), quiet.column(truth).to_float64());
        EXPECT_NE(usual.column(sensor.name).to_float64(), usual.column(truth).to_float64());
    }
}

TEST(ThermalPlant, ATripStopsTheUnitAndAStartUpBringsItBackIntoItsRanges) {
    ThermalPlantOptions options = normal(30'000, 5);
    options.trips_per_year = 60;
    const ThermalPlant plant(options);
    const Frame frame = plant.run(), outages = plant.outages();
    ASSERT_GE(outages.rows(), 3);
    const auto state = frame.column("operating_state").codes();
    const auto row = [&](const char* name, Index o) {
        return (outages.column(name).times()[o] - frame.column("time").times()[0]) / kMinute_ns;
    };
    std::vector<std::int32_t> expected(30'000, kRunning);
    for (Index o = 0; o < outages.rows(); ++o) {
        const auto within = [](Index at) { return std::min<Index>(at, 30'000); };
        const Index trip = row("start", o), fires = within(row("start_up", o)), end = within(row("end", o));
        std::fill(expected.begin() + trip, expected.begin() + fires, kTrip);
        std::fill(expected.begin() + fires, expected.begin() + end, kStartUp);
        if (end >= 29'900) continue;
        EXPECT_LT(column(frame, "load_percent")[trip], 1);
        EXPECT_LT(column(frame, "fuel_flow_kg_s")[trip], 1.5);
        EXPECT_TRUE(std::isnan(column(frame, "heat_rate_kJ_kWh")[trip]));
        EXPECT_GT(column(frame, "oxygen_percent")[fires - 1], 20);
        EXPECT_LT(column(frame, "steam_temperature_C")[fires - 1], 470);
        EXPECT_LT(column(frame, "load_percent")[fires + 30], 1);
        const ConstVectorView shaking = column(frame, "turbine_vibration_mm_s");
        EXPECT_GT(*std::max_element(shaking.data() + fires, shaking.data() + end), 2);  // critical speeds
        EXPECT_NEAR(column(frame, "true_steam_temperature_C")[end], 500, 12);
        EXPECT_GT(column(frame, "load_percent")[end], 70);
    }
    for (Index i = 0; i < frame.rows(); ++i) ASSERT_EQ(state[i], expected[static_cast<std::size_t>(i)]) << i;
}

TEST(ThermalPlant, UntilItsFirstTripAPlantIsAsOneThatNeverTrips) {
    ThermalPlantOptions options = normal(30'000, 5);
    const Frame without = run(options);
    options.trips_per_year = 60;
    const ThermalPlant plant(options);
    const Index rows = (plant.outages().column("start").times()[0] - without.column("time").times()[0]) / kMinute_ns;
    ASSERT_GT(rows, 700);
    EXPECT_EQ(fingerprint(plant.run().rows_between(0, rows)), fingerprint(without.rows_between(0, rows)));
}

TEST(ThermalPlant, ATableThatEndsDuringAStartUpIsTheBeginningOfALongerOne) {
    ThermalPlantOptions options = normal(30'000, 5);
    options.trips_per_year = 60;
    const Frame whole = run(options), outages = ThermalPlant(options).outages();
    options.rows = (outages.column("end").times()[0] - whole.column("time").times()[0]) / kMinute_ns - 90;
    EXPECT_EQ(whole.column("operating_state").codes()[options.rows - 1], kStartUp);
    EXPECT_EQ(fingerprint(run(options)), fingerprint(whole.rows_between(0, options.rows)));
}

TEST(ThermalPlant, LosesCellsAndRowsAndNothingElse) {
    ThermalPlantOptions options = normal(20'000);
    const Frame whole = run(options);
    options.missing_fraction = 0.05;
    options.lost_fraction = 0.03;
    const Frame frame = run(options);
    EXPECT_NEAR(static_cast<double>(frame.rows()), 20'000 * 0.97, 200);
    const auto time = frame.column("time").times();
    for (const ThermalSensor& sensor : thermal_sensors()) {
        const Column& cells = frame.column(sensor.name);
        EXPECT_NEAR(static_cast<double>(cells.n_missing()) / static_cast<double>(frame.rows()), 0.05, 0.012);
        for (Index i = 0; i < frame.rows(); ++i) {
            const Index row = (time[i] - time[0]) / kMinute_ns;
            if (std::isnan(cells.number(i))) continue;
            ASSERT_EQ(cells.number(i), column(whole, sensor.name)[row]) << sensor.name << " " << i;
        }
        EXPECT_EQ(frame.column("true_" + sensor.name).n_missing(), 0);
    }
}

TEST(ThermalPlant, LeavesOutTheTruthWhereItIsNotAskedFor) {
    ThermalPlantOptions options = normal(300);
    const Frame with = run(options);
    options.truth = false;
    const Frame without = run(options);
    for (const ColumnSpec& spec : without.schema().columns()) EXPECT_FALSE(spec.name.starts_with("true_"));
    EXPECT_EQ(without.column("oxygen_percent").to_float64(), with.column("oxygen_percent").to_float64());
}

TEST(ThermalPlant, TheSameOptionsGiveTheSameBitsAndAnotherSeedOthers) {
    EXPECT_EQ(fingerprint(run({.rows = 2'000, .seed = 7})), fingerprint(run({.rows = 2'000, .seed = 7})));
    EXPECT_NE(fingerprint(run({.rows = 2'000, .seed = 7})), fingerprint(run({.rows = 2'000, .seed = 8})));
    EXPECT_EQ(fingerprint(run(normal(500, 7))), fingerprint(run(normal(2'000, 7)).rows_between(0, 500)));
}

TEST(ThermalPlant, GivesTheBitsItGaveWhenThisTestWasWritten) {
    // The promise across machines and compilers. A change of the physics changes the number, on purpose: say so in
    // CHANGELOG.
    const ThermalPlant plant({.rows = 20'000, .seed = 7, .faults_per_week = 8, .trips_per_year = 50});
    EXPECT_EQ(fingerprint(plant.run()), 4138346410172892795u);
    EXPECT_EQ(fingerprint(plant.events()), 209779767177989391u);
    EXPECT_EQ(fingerprint(plant.outages()), 15404901109125769864u);
}

TEST(ThermalPlant, RefusesOptionsOutOfRange) {
    const double nan = std::nan("");
    EXPECT_THROW(ThermalPlant({.rows = 0}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.rows = 20'000'001}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.rows = 1'000'000, .period_s = 3600}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.period_s = 0.5}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.start = "2024-02-30"}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.steam_setpoint_C = 540}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.faults_per_week = -1}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.faultless_days = nan}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.lowest_severity = 5, .highest_severity = 4}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.trips_per_year = 101}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.missing_fraction = 0.6}), InvalidArgument);
    EXPECT_THROW(ThermalPlant({.lost_fraction = nan}), InvalidArgument);
    for (double ThermalPlantOptions::*factor : {&ThermalPlantOptions::fouling, &ThermalPlantOptions::season,
                                                &ThermalPlantOptions::wander, &ThermalPlantOptions::noise}) {
        ThermalPlantOptions options;
        options.*factor = 3.5;
        EXPECT_THROW(ThermalPlant{options}, InvalidArgument);
    }
    try {
        ThermalPlant({.noise = -1});
        FAIL() << "noise of -1 was accepted";
    } catch (const InvalidArgument& error) {
        EXPECT_STREQ(error.what(), "ThermalPlant: noise must be in [0, 3], got -1");
    }
}

}  // namespace
}  // namespace plantwright
