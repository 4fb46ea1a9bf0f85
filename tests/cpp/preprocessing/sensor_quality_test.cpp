// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/sensor_quality.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::expect_causal;
using testing::expect_same_frames;
using testing::expect_stream_equals_batch;
using testing::plant_table;

constexpr std::int64_t kMinute = 60'000'000'000;
constexpr Index kRows = 3000;

/// A sensor that wanders about 100 with noise, one row a minute.
struct Sensor {
    std::vector<double> x;
    std::vector<std::int64_t> time;

    explicit Sensor(std::uint64_t seed = 3) {
        RandomStream random(seed, 0, Purpose::simulation);
        double level = 0;
        for (Index i = 0; i < kRows; ++i) {
            level = 0.98 * level + 0.2 * random.normal();
            x.push_back(100 + level + 0.1 * random.normal());
            time.push_back((1'000'000 + i) * kMinute);
        }
    }
    Frame frame() const {
        return Frame(
            Schema({{.name = "time", .kind = ColumnKind::time, .role = Role::time}, {.name = "x", .unit = "C"}}),
            {Column::times(Buffer<std::int64_t>(std::span(time))), Column::numbers(Buffer<double>(std::span(x)))});
    }
};

double sum_of(const Frame& frame, const std::string& name, Index begin = 0, Index end = kRows) {
    double sum = 0;
    for (Index i = begin; i < end; ++i) sum += frame.column(name).number(i);
    return sum;
}

const char* const kSensorChecks[] = {"out_of_range", "spike", "rate_limit", "flat_line", "stuck_at"};

TEST(SensorQuality, IsSilentOnCleanDataItHasNotSeen) {
    const SensorQuality step = SensorQuality::fit(Sensor(1).frame());
    const Frame out = step.transform(Sensor(2).frame());
    for (const char* check : kSensorChecks) EXPECT_LE(sum_of(out, std::string("x__quality_") + check), 1) << check;
    for (const char* check : {"late", "duplicate", "clock_jump"})
        EXPECT_EQ(sum_of(out, std::string("time__quality_") + check), 0) << check;
    EXPECT_FALSE(out.schema().find("x__quality_saturation"));  // no ends were given
}

struct Fault {
    const char* check;
    std::function<void(Sensor&)> make;
    Index begin, end;  // rows in which the check must fire, all of them
};

TEST(SensorQuality, EachCheckFiresOnItsFault) {
    const auto held = [](double by) {
        return [by](Sensor& s) {
            for (std::size_t i = 1001; i < 1100; ++i) s.x[i] = s.x[1000] + (i % 2 == 0 ? by : 0);
        };
    };
    const std::vector<Fault> faults = {
        {"x__quality_out_of_range", [](Sensor& s) { s.x[1000] = -999; }, 1000, 1001},
        {"x__quality_out_of_range", [](Sensor& s) { s.x[1000] = HUGE_VAL; }, 1000, 1001},
        {"x__quality_spike", [](Sensor& s) { s.x[1000] += 4; }, 1000, 1001},
        {"x__quality_rate_limit", [](Sensor& s) { s.x[1000] += 4; }, 1000, 1001},
        {"x__quality_stuck_at", held(0), 1009, 1100},
        {"x__quality_flat_line", held(1e-4), 1009, 1100},
        {"time__quality_late", [](Sensor& s) { s.time[1000] -= kMinute * 3 / 2; }, 1000, 1001},
        {"time__quality_duplicate", [](Sensor& s) { s.time[1000] = s.time[999]; }, 1000, 1001},
        {"time__quality_clock_jump", [](Sensor& s) { s.time[1000] += 100 * kMinute; }, 1000, 1002},  // and back
        {"time__quality_clock_jump", [](Sensor& s) { s.time[1000] -= 100 * kMinute; }, 1000, 1002},
    };
    const SensorQuality step = SensorQuality::fit(Sensor(1).frame());
    for (const Fault& fault : faults) {
        Sensor sensor(2);
        fault.make(sensor);
        const Frame out = step.transform(sensor.frame());
        EXPECT_EQ(sum_of(out, fault.check, fault.begin, fault.end), static_cast<double>(fault.end - fault.begin))
            << fault.check;
        EXPECT_EQ(sum_of(out, fault.check, 0, fault.begin), 0) << fault.check;
    }
}

TEST(SensorQuality, TellsSaturationAtTheEndsThatWereGiven) {
    Sensor sensor(2);
    for (std::size_t i = 1000; i < 1005; ++i) sensor.x[i] = 120;
    const SensorQualityOptions options{.saturation = io::Json::parse(R"({"x": [0, 120]})")};
    const Frame out = SensorQuality::fit(Sensor(1).frame(), options).transform(sensor.frame());
    EXPECT_EQ(sum_of(out, "x__quality_saturation"), 5);
    EXPECT_EQ(sum_of(out, "x__quality_saturation", 1000, 1005), 5);
}

TEST(SensorQuality, BelievesAChangeThatLasts) {
    Sensor sensor(2);
    for (std::size_t i = 1000; i < sensor.x.size(); ++i) sensor.x[i] += 3;
    const Frame out = SensorQuality::fit(Sensor(1).frame()).transform(sensor.frame());
    for (const char* check : {"x__quality_spike", "x__quality_rate_limit"}) {
        EXPECT_EQ(sum_of(out, check, 1000, 1001), 1) << check;
        EXPECT_LE(sum_of(out, check, 1000, 1100), 5) << check;
    }
}

TEST(SensorQuality, BlanksOrHoldsWhatIsBad) {
    Sensor sensor(2);
    for (const std::size_t i : {1000, 1001, 1002, 1003}) sensor.x[i] = -999;
    const Frame clean = Sensor(1).frame(), dirty = sensor.frame();
    const std::vector<QualityCheck> checks = {QualityCheck::out_of_range};
    const Frame blank =
        SensorQuality::fit(clean, {.checks = checks, .mode = QualityMode::blank, .flags = QualityFlags::none})
            .transform(dirty);
    EXPECT_EQ(blank.cols(), 2);
    EXPECT_EQ(blank.column("x").n_missing(), 4);
    EXPECT_TRUE(std::isnan(blank.column("x").number(1003)));
    const Frame held =
        SensorQuality::fit(clean,
                           {.checks = checks, .mode = QualityMode::hold, .flags = QualityFlags::any, .max_age = "2min"})
            .transform(dirty);
    EXPECT_EQ(held.column("x").number(1000), sensor.x[999]);
    EXPECT_EQ(held.column("x").number(1001), sensor.x[999]);
    EXPECT_TRUE(std::isnan(held.column("x").number(1002)));
    EXPECT_EQ(held.column("x").number(1004), sensor.x[1004]);
    EXPECT_EQ(sum_of(held, "x__quality_bad"), 4);
    EXPECT_EQ(held.schema().at("x").unit, "C");
}

TEST(SensorQuality, GivesTheSameBitsRowByRowAndFromItsFile) {
    const Frame frame = plant_table(1200, 5);
    const std::vector<SensorQualityOptions> all = {
        {.by = "line"},
        {.mode = QualityMode::blank, .flags = QualityFlags::any, .flat_after = "10min", .by = "grade"},
        {.mode = QualityMode::hold,
         .limits = io::Json::parse(R"({"steam_t": [502, 518], "flow": [null, 100]})"),
         .max_age = "5min",
         .by = "line"},
        {.checks = {QualityCheck::spike, QualityCheck::rate_limit},
         .mode = QualityMode::hold,
         .max_spike = io::Json::parse(R"({"steam_t": 8})"),
         .max_age = 3}};
    for (const SensorQualityOptions& options : all) {
        const Pipeline pipeline = Pipeline::fit(frame, {options});
        expect_stream_equals_batch(pipeline, frame);
        expect_causal(pipeline, frame);
        expect_same_frames(Pipeline::from_bytes(pipeline.to_bytes()).transform(frame), pipeline.transform(frame));
    }
}

TEST(SensorQuality, LearnsTheSameFromAnyNumberOfThreadsAndLeavesRowsWithoutAGroup) {
    const Frame frame = plant_table(600, 5);
    const SensorQualityOptions options{.mode = QualityMode::hold, .by = "grade"};
    const SensorQuality one = SensorQuality::fit(frame, options, 1), three = SensorQuality::fit(frame, options, 3);
    expect_same_frames(one.transform(frame), three.transform(frame));
    const Frame out = one.transform(frame);
    for (Index i = 0; i < frame.rows(); ++i) {
        if (frame.column("grade").codes()[i] != kMissingCode) continue;
        const double x = frame.column("flow").number(i), y = out.column("flow").number(i);
        EXPECT_TRUE(x == y || (std::isnan(x) && std::isnan(y)));
        EXPECT_TRUE(std::isnan(out.column("flow__quality_spike").number(i)));
    }
}

TEST(SensorQuality, TestsNoColumnThatIsConstantOrEmpty) {
    Buffer<double> constant(50, 7.0), empty(50, kNaN);
    const Frame frame(Schema({{.name = "a"}, {.name = "b"}}),
                      {Column::numbers(std::move(constant)), Column::numbers(std::move(empty))});
    const SensorQuality step = SensorQuality::fit(frame);
    const Frame out = step.transform(frame);
    for (Index j = 2; j < out.cols(); ++j) EXPECT_EQ(sum_of(out, out.schema()[j].name, 0, 50), 0);
    EXPECT_TRUE(std::isnan(step.limits().low[0]));
    EXPECT_TRUE(std::isnan(step.limits().max_rate[1]));
}

TEST(SensorQuality, SaysWhatIsAllowed) {
    const Frame frame = plant_table(50), no_time = frame.without("time");
    const auto refuses = [&](const Frame& table, const char* options, const char* words) {
        try {
            fit_step({"SensorQuality", io::Json::parse(options)}, table);
            ADD_FAILURE() << options;
        } catch (const InvalidArgument& error) {
            EXPECT_NE(std::string(error.message()).find(words), std::string::npos) << error.message();
        }
    };
    refuses(frame, R"({"checks": ["spikes"]})", "\"spike\"");
    refuses(frame, R"({"quantile": 0.5})", "quantile must be in (0.5, 1)");
    refuses(frame, R"({"factor": 0})", "factor must be in [1, 1e9]");
    refuses(frame, R"({"spike_window": 2})", "spike_window must be in [3, 101]");
    refuses(frame, R"({"limits": {"grade": [0, 1]}})", "limits names 'grade'");
    refuses(frame, R"({"limits": {"flow": [1, 0]}})", "must rise, got [1,0]");
    refuses(frame, R"({"max_rate": {"flow": -1}})", "at least 0");
    refuses(frame, R"({"flags": "none"})", "nothing to write");
    refuses(frame, R"({"max_age": 3})", "max_age belongs to mode \"hold\"");
    refuses(frame, R"({"max_time_step": 3})", "must be a duration");
    refuses(no_time, R"({"checks": ["late"]})", "need a column of kind time");
    refuses(no_time, R"({"flat_after": "1h"})", "need a column of kind time");
    EXPECT_THROW(SensorQuality::fit(frame.rows_between(0, 0)), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
