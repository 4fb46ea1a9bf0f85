// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/simulate/thermal_plant.hpp"
#include "tables.hpp"

namespace plantwright {
namespace {

constexpr std::int64_t kMinute_ns = 60'000'000'000;
constexpr Index kRows = 3'000;

ThermalPlantOptions with(std::vector<ThermalFault> faults) {
    return {.rows = kRows,
            .seed = 5,
            .faults = std::move(faults),
            .trips_per_year = 0,
            .missing_fraction = 0,
            .lost_fraction = 0};
}

const Frame& healthy() {
    static const Frame frame = ThermalPlant(with({})).run();
    return frame;
}

double sd_of(const std::string& name) {
    for (const ThermalSensor& sensor : thermal_sensors()) {
        if (sensor.name == name) return sensor.residual_sd;
    }
    return 0;
}

std::string level(const Frame& frame, const std::string& name, Index row) {
    return frame.column(name).levels()[static_cast<std::size_t>(frame.column(name).codes()[row])];
}

/// A plant with one fault, beside the same plant without.
struct OneFault {
    explicit OneFault(const ThermalFault& fault)
        : plant(with({fault})), frame(plant.run()), events(plant.events()),
          begin(static_cast<Index>(fault.start_h * 60)), end(begin + static_cast<Index>(fault.hours * 60)) {}

    /// In standard deviations of the residual.
    double shift(const std::string& sensor, Index row) const {
        return (column(frame, sensor)[row] - column(healthy(), sensor)[row]) / sd_of(sensor);
    }
    double mean_shift(const std::string& sensor, double from, double to) const {
        const Index length = end - begin, first = begin + static_cast<Index>(from * static_cast<double>(length)),
                    last = begin + static_cast<Index>(to * static_cast<double>(length));
        double sum = 0;
        for (Index i = first; i < last; ++i) sum += shift(sensor, i);
        return sum / static_cast<double>(last - first);
    }
    double severity() const { return column(events, "severity")[0]; }

    ThermalPlant plant;
    Frame frame, events;
    Index begin, end;
};

/// Of one sensor's reading: nowhere else, never else.
void expect_confined_to(const OneFault& fault, const std::string& touched) {
    for (const ThermalSensor& sensor : thermal_sensors()) {
        for (Index i = 0; i < kRows; ++i) {
            if (sensor.name == touched && i >= fault.begin && i < fault.end) continue;
            ASSERT_EQ(fault.shift(sensor.name, i), 0) << sensor.name << " " << i;
        }
        const std::string truth = "true_" + sensor.name;
        ASSERT_EQ(fault.frame.column(truth).to_float64(), healthy().column(truth).to_float64());
    }
    EXPECT_EQ(level(fault.events, "sensors", 0), touched);
}

TEST(ThermalFaults, ASpikeAndABiasShiftOneReadingByTheirSeverity) {
    for (const char* kind : {"spike", "sensor_bias"}) {
        const OneFault up({kind, 20, 2, 5, "oxygen_percent"}), down({kind, 20, 2, -4, "oxygen_percent"});
        expect_confined_to(up, "oxygen_percent");
        for (Index i = up.begin; i < up.end; ++i) {
            ASSERT_NEAR(up.shift("oxygen_percent", i), 5, 1e-9);
            ASSERT_NEAR(down.shift("oxygen_percent", i), -4, 1e-9);
        }
        EXPECT_EQ(down.severity(), 4);
        EXPECT_NEAR(column(down.events, "size")[0], -4 * sd_of("oxygen_percent"), 1e-12);
    }
}

TEST(ThermalFaults, ADriftGrowsEvenlyToItsSeverity) {
    const OneFault drift({"drift", 20, 10, 6, "generator_temperature_C"});
    expect_confined_to(drift, "generator_temperature_C");
    EXPECT_NEAR(drift.shift("generator_temperature_C", drift.begin), 6.0 / 600, 1e-9);
    EXPECT_NEAR(drift.shift("generator_temperature_C", drift.begin + 299), 3, 1e-9);
    EXPECT_NEAR(drift.shift("generator_temperature_C", drift.end - 1), 6, 1e-9);
}

TEST(ThermalFaults, ANoiseBurstHasTheSpreadOfItsSeverity) {
    const OneFault burst({"noise_burst", 20, 10, 5, "steam_pressure_bar"});
    expect_confined_to(burst, "steam_pressure_bar");
    double sum = 0, squares = 0;
    for (Index i = burst.begin; i < burst.end; ++i) {
        sum += burst.shift("steam_pressure_bar", i) / 600;
        squares += burst.shift("steam_pressure_bar", i) * burst.shift("steam_pressure_bar", i) / 600;
    }
    EXPECT_NEAR(sum, 0, 0.8);
    EXPECT_NEAR(std::sqrt(squares), 5, 0.5);
}

TEST(ThermalFaults, AStuckSensorRepeatsItsLastReadingAndItsSeverityIsHowFarThatIsFromTheTruth) {
    const OneFault stuck({"stuck_sensor", 20, 10, 5, "load_percent"});
    expect_confined_to(stuck, "load_percent");
    double largest = 0;
    for (Index i = stuck.begin; i < stuck.end; ++i) {
        ASSERT_EQ(column(stuck.frame, "load_percent")[i], column(healthy(), "load_percent")[stuck.begin - 1]);
        largest = std::max(largest, std::fabs(stuck.shift("load_percent", i)));
    }
    EXPECT_NEAR(stuck.severity(), largest, 1e-9);
    EXPECT_GT(largest, 3);
}

TEST(ThermalFaults, ASensorStuckFromTheFirstRowHoldsItsFirstReading) {
    const OneFault stuck({"stuck_sensor", 0, 1, 5, "fuel_flow_kg_s"});
    for (Index i = 0; i < 60; ++i) {
        ASSERT_EQ(column(stuck.frame, "fuel_flow_kg_s")[i], column(healthy(), "fuel_flow_kg_s")[0]);
    }
}

/// Of the process: what it moves while it has its full severity, and what it does not.
void expect_moves(const OneFault& fault, const std::map<std::string, double>& moved, double others) {
    for (const ThermalSensor& sensor : thermal_sensors()) {
        for (Index i = 0; i < fault.begin; ++i) ASSERT_EQ(fault.shift(sensor.name, i), 0) << sensor.name << " " << i;
        const double shift = fault.mean_shift(sensor.name, 0.45, 0.65);
        const auto expected = moved.find(sensor.name);
        if (expected == moved.end()) {
            EXPECT_LT(std::fabs(shift), others) << sensor.name;
        } else {
            EXPECT_GT(shift / expected->second, 1) << sensor.name << " " << shift;
        }
    }
}

TEST(ThermalFaults, ATubeLeakCostsFuelAndPressure) {
    const OneFault leak({"tube_leak", 15, 16, 6});
    expect_moves(leak, {{"fuel_flow_kg_s", 5.5}, {"steam_pressure_bar", -0.7}}, 0.6);
    EXPECT_LT(leak.mean_shift("fuel_flow_kg_s", 0.45, 0.65), 6.5);
    EXPECT_EQ(level(leak.events, "sensors", 0), "fuel_flow_kg_s steam_pressure_bar");
    const Index full = leak.begin + 500;
    EXPECT_GT(column(leak.frame, "true_stack_loss_MW")[full] - column(healthy(), "true_stack_loss_MW")[full], 50);
}

TEST(ThermalFaults, AWornBearingShakesTheTurbineAndWarmsTheGenerator) {
    const OneFault wear({"bearing_wear", 15, 16, 6});
    expect_moves(wear, {{"turbine_vibration_mm_s", 5.5}, {"generator_temperature_C", 1.5}}, 0.6);
    EXPECT_LT(wear.mean_shift("turbine_vibration_mm_s", 0.45, 0.65), 6.5);
}

TEST(ThermalFaults, FoulingOfTheCoolingWarmsWaterAndGeneratorAndCostsFuel) {
    const OneFault fouling({"cooling_fouling", 15, 16, 6});
    expect_moves(fouling, {{"cooling_water_C", 5}, {"generator_temperature_C", 1.5}, {"fuel_flow_kg_s", 0.4}}, 0.7);
    EXPECT_LT(fouling.mean_shift("cooling_water_C", 0.45, 0.65), 7);
    EXPECT_GT(fouling.mean_shift("turbine_vibration_mm_s", 0.45, 0.65), 0.2);  // of a warmer condenser
    const Index full = fouling.begin + 500;
    EXPECT_GT(column(fouling.frame, "true_condenser_C")[full] - column(healthy(), "true_condenser_C")[full], 3);
}

TEST(ThermalFaults, OfTheProcessTheyGrowAndAreRepairedWithinTheirTime) {
    const std::map<std::string, std::string> first = {{"tube_leak", "fuel_flow_kg_s"},
                                                      {"bearing_wear", "turbine_vibration_mm_s"},
                                                      {"cooling_fouling", "cooling_water_C"}};
    for (const auto& [kind, sensor] : first) {
        const OneFault fault({kind, 15, 16, 6});
        EXPECT_NEAR(fault.mean_shift(sensor, 0.15, 0.25), 3, 0.5) << kind;
        EXPECT_NEAR(fault.mean_shift(sensor, 1, 1.2), 0, 0.3) << kind;
        for (const ThermalSensor& other : thermal_sensors()) {
            EXPECT_NEAR(fault.mean_shift(other.name, 1, 1.2), 0, 0.3) << kind << " " << other.name;
        }
    }
}

TEST(ThermalFaults, LabelsOfTheRowsAgreeWithTheTableOfEvents) {
    const ThermalPlant plant({.rows = 40'000, .seed = 2, .faults_per_week = 12, .lost_fraction = 0.02});
    const Frame frame = plant.run(), events = plant.events();
    ASSERT_GT(events.rows(), 15);
    const auto time = frame.column("time").times(), start = events.column("start").times(),
               end = events.column("end").times();
    Index event = 0, labelled = 0;
    for (Index i = 0; i < frame.rows(); ++i) {
        while (event < events.rows() && end[event] <= time[i]) ++event;
        const bool faulty = event < events.rows() && start[event] <= time[i];
        ASSERT_EQ(column(frame, "anomaly")[i], faulty) << i;
        ASSERT_EQ(level(frame, "fault", i), faulty ? level(events, "kind", event) : "none") << i;
        ASSERT_EQ(std::isnan(column(frame, "event")[i]), !faulty);
        if (!faulty) continue;
        ASSERT_EQ(column(frame, "event")[i], static_cast<double>(event));
        ++labelled;
    }
    EXPECT_GT(labelled, 3'000);
}

TEST(ThermalFaults, EachKindComesAsOftenWithinItsSeveritiesAndClearOfOutages) {
    ThermalPlantOptions options{.rows = 400'000,
                                .seed = 3,
                                .faults_per_week = 6,
                                .faultless_days = 20,
                                .lowest_severity = 4,
                                .highest_severity = 6,
                                .trips_per_year = 40,
                                .truth = false};
    const ThermalPlant plant(options);
    const Frame events = plant.events(), outages = plant.outages();
    ASSERT_GT(events.rows(), 100);
    std::map<std::string, int> counts;
    const auto start = events.column("start").times(), end = events.column("end").times();
    const std::int64_t first = 1704067200000000000 + 20 * 1440 * kMinute_ns;
    for (Index e = 0; e < events.rows(); ++e) {
        ++counts[level(events, "kind", e)];
        ASSERT_GE(start[e], e == 0 ? first : end[e - 1] + 200 * kMinute_ns);
        ASSERT_GT(end[e], start[e]);
        if (level(events, "kind", e) != "stuck_sensor") {
            ASSERT_GE(column(events, "severity")[e], 4);
            ASSERT_LE(column(events, "severity")[e], 6);
        }
        for (Index o = 0; o < outages.rows(); ++o) {
            const bool before = end[e] + 59 * kMinute_ns < outages.column("start").times()[o];
            ASSERT_TRUE(before || start[e] > outages.column("end").times()[o] + 170 * kMinute_ns) << e << " " << o;
        }
    }
    ASSERT_EQ(counts.size(), thermal_fault_kinds().size());
    for (const auto& [kind, count] : counts) {
        EXPECT_NEAR(count, static_cast<double>(events.rows()) / 8, 1) << kind;
    }
}

TEST(ThermalFaults, AsManyComeAWeekAsAreAskedFor) {
    const Frame events =
        ThermalPlant({.rows = 200'000, .period_s = 120, .faults_per_week = 1, .trips_per_year = 0}).events();
    EXPECT_NEAR(static_cast<double>(events.rows()), 200'000 / 5'040.0, 15);
}

TEST(ThermalFaults, AFaultThatIsAskedForComesToTheRow) {
    const OneFault one({"spike", 1.5, 0.001, 5, "load_percent"});
    EXPECT_EQ(one.events.rows(), 1);
    EXPECT_EQ(column(one.frame, "anomaly")[89], 0);
    EXPECT_EQ(column(one.frame, "anomaly")[90], 1);
    EXPECT_EQ(column(one.frame, "anomaly")[91], 0);
}

void expect_refusal(std::vector<ThermalFault> faults, const std::string& message) {
    try {
        ThermalPlant(with(std::move(faults)));
        FAIL() << "accepted; expected: " << message;
    } catch (const InvalidArgument& error) {
        EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
    }
}

TEST(ThermalFaults, RefusesAFaultThatCannotBeAndSaysWhich) {
    const ThermalFault sound{"spike", 1, 1, 5, "load_percent"};
    expect_refusal({sound, {"meltdown", 5, 1, 5, ""}}, "faults[1]: kind must be one of spike, drift, ");
    expect_refusal({{"spike", 1, 1, 5, "mood"}}, "faults[0]: sensor must be one of steam_temperature_C, ");
    expect_refusal({{"spike", 1, 1, 5, ""}}, "faults[0]: sensor must be one of");
    expect_refusal({{"tube_leak", 1, 1, 5, "load_percent"}}, "sensor must be empty for tube_leak, got 'load_percent'");
    expect_refusal({{"tube_leak", 1, 1, -5, ""}}, "severity must be in [0, 20], got -5");
    expect_refusal({{"drift", 1, 1, std::nan(""), "load_percent"}}, "severity must be in [-20, 20]");
    expect_refusal({{"spike", 50, 1, 5, "load_percent"}}, "start_h must be in [0, 50), the hours there are, got 50");
    expect_refusal({{"spike", 1, 0, 5, "load_percent"}}, "hours must be in (0, 50]");
    expect_refusal({{"drift", 1, 4, 5, "load_percent"}, {"tube_leak", 3, 2, 5, ""}},
                   "faults must not overlap, got drift until row 300 and tube_leak from row 180");
}

}  // namespace
}  // namespace plantwright
