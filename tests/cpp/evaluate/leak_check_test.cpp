// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/leak_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/frame/csv.hpp"

namespace plantwright::evaluate {
namespace {

using Names = std::vector<std::string>;
constexpr std::int64_t kHour_ns = 3'600'000'000'000;

/// A table built column by column.
class Table {
public:
    Table& number(const std::string& name, const std::vector<double>& values, Role role = Role::feature) {
        return add({.name = name, .role = role}, Column::numbers(Buffer<double>(std::span<const double>(values))));
    }
    Table& category(const std::string& name, const std::vector<std::int32_t>& codes, Names levels,
                    Role role = Role::feature) {
        return add({.name = name, .kind = ColumnKind::category, .role = role, .levels = levels},
                   Column::categories(Buffer<std::int32_t>(std::span<const std::int32_t>(codes)), levels));
    }
    Table& hours(const std::string& name, const std::vector<std::int64_t>& values) {
        Buffer<std::int64_t> times{std::span<const std::int64_t>(values)};
        for (auto& t : times) t *= kHour_ns;
        return add({.name = name, .kind = ColumnKind::time, .role = Role::time}, Column::times(std::move(times)));
    }
    Table& add(ColumnSpec spec, Column column) {
        specs_.push_back(std::move(spec));
        columns_.push_back(std::move(column));
        return *this;
    }
    Frame frame() const { return Frame(Schema(specs_), columns_); }

private:
    std::vector<ColumnSpec> specs_;
    std::vector<Column> columns_;
};

const LeakFinding* find(const LeakReport& report, Leak kind) {
    const auto at =
        std::find_if(report.findings.begin(), report.findings.end(), [&](const auto& f) { return f.kind == kind; });
    return at == report.findings.end() ? nullptr : &*at;
}

TEST(LeakCheck, FindsTimeStampsOnBothSidesAndRowsEarlierThanTraining) {
    const Frame train = Table().hours("t", {0, 1, 2, 5}).number("x", {1, 2, 3, 4}).frame();
    const Frame test = Table().hours("t", {2, 3, 6}).number("x", {5, 6, 7}).frame();
    const LeakReport report = leak_check(train, test);
    ASSERT_NE(find(report, Leak::same_time), nullptr);
    EXPECT_EQ(find(report, Leak::same_time)->rows, 1);
    EXPECT_EQ(find(report, Leak::time_order)->rows, 2);
    EXPECT_NE(find(report, Leak::same_time)->message.find("1970-01-01 02:00"), std::string::npos);
    EXPECT_NE(find(report, Leak::same_time)->message.find("`t`"), std::string::npos);
}

TEST(LeakCheck, ACleanSplitByTimeHasNoFinding) {
    const Frame train = Table().hours("t", {0, 1, 2}).number("x", {1, 2, 3}).frame();
    const Frame test = Table().hours("t", {3, 4}).number("x", {4, 5}).frame();
    EXPECT_TRUE(leak_check(train, test).findings.empty());
    EXPECT_NE(leak_check(train, test).to_text().find("No leak was found."), std::string::npos);
}

TEST(LeakCheck, FindsGroupsOnBothSidesThoughTheirCodesDiffer) {
    const Frame train = Table().category("batch", {0, 1, 1}, {"A", "B"}, Role::group).number("x", {1, 2, 3}).frame();
    const Frame test = Table().category("batch", {0, 1, -1}, {"B", "C"}, Role::group).number("x", {4, 5, 6}).frame();
    const LeakReport report = leak_check(train, test);
    ASSERT_NE(find(report, Leak::same_group), nullptr);
    EXPECT_EQ(find(report, Leak::same_group)->rows, 1);
    EXPECT_NE(find(report, Leak::same_group)->message.find("e.g. B"), std::string::npos);
}

TEST(LeakCheck, CountsIdenticalFeatureRowsAndHowManyHaveTheSameTarget) {
    const Frame train = Table()
                            .number("x", {1, 2, kNaN, 0.0})
                            .category("c", {0, 1, 0, 1}, {"a", "b"})
                            .number("y", {1, 2, 3, 4}, Role::target)
                            .frame();
    const Frame test = Table()
                           .number("x", {2, kNaN, -0.0, 2})
                           .category("c", {0, 1, 0, 1}, {"b", "a"})
                           .number("y", {2, 9, 4, 2}, Role::target)
                           .frame();
    const LeakReport report = leak_check(train, test);
    ASSERT_NE(find(report, Leak::identical_rows), nullptr);
    EXPECT_EQ(find(report, Leak::identical_rows)->rows, 3);  // (2, b), (NaN, a), (0, b); not (2, a)
    EXPECT_NE(find(report, Leak::identical_rows)->message.find("2 of them with the same target"), std::string::npos);
}

/// An autoregressive target, a column measured with it, one known beforehand, a calendar.
Frame hourly_plant(Index n, bool shuffled = false) {
    RandomStream stream(11, 0, Purpose::noise);
    std::vector<double> y, meter, plan, hour, copy, noise;
    std::vector<std::int64_t> t;
    double state = 0;
    for (Index i = 0; i < n; ++i) {
        const double clock = static_cast<double>(i % 24), daily = elementary::sin(clock * 0.2617993877991494);
        state = 0.9 * state + stream.normal();
        y.push_back(20 + 5 * daily + state);
        meter.push_back(3 * y.back() + 4 * stream.normal());
        plan.push_back(daily + 0.3 * stream.normal());
        hour.push_back(clock);
        copy.push_back(std::round(y.back() * 5) / 5);
        noise.push_back(stream.normal());
        t.push_back(i);
    }
    std::vector<Index> order;
    for (Index i = 0; i < n; ++i) order.push_back(i);
    if (shuffled) stream.shuffle(std::span<Index>(order));
    return Table()
        .hours("t", t)
        .number("y", y, Role::target)
        .number("meter", meter)
        .number("plan", plan)
        .number("hour", hour)
        .number("copy", copy)
        .number("noise", noise)
        .frame()
        .take(order);
}

TEST(SuspectColumns, NamesACopyOfTheTargetAndWhatIsMeasuredWithIt) {
    const LeakReport report = suspect_columns(hourly_plant(3000));
    EXPECT_EQ(report.suspect_columns(), (Names{"meter", "copy"}));
    EXPECT_EQ(find(report, Leak::same_moment)->columns, (Names{"meter"}));
    EXPECT_EQ(find(report, Leak::near_target)->columns, (Names{"copy"}));
}

TEST(SuspectColumns, DoNotDependOnTheOrderOfRowsWhereThereIsTime) {
    const LeakReport sorted = suspect_columns(hourly_plant(1000)), shuffled = suspect_columns(hourly_plant(1000, true));
    EXPECT_EQ(sorted.to_text(), shuffled.to_text());
}

TEST(SuspectColumns, AreNotLookedForAmongRowsWithoutOrderOrTooFewRows) {
    const Frame shuffled = hourly_plant(3000, true).without("t");
    const LeakReport report = suspect_columns(shuffled);
    EXPECT_EQ(report.suspect_columns(), (Names{"copy"}));
    EXPECT_NE(report.to_text().find("no order in time"), std::string::npos);
    const LeakReport few = suspect_columns(hourly_plant(15));
    EXPECT_TRUE(few.findings.empty());
    EXPECT_NE(few.to_text().find("fewer than 20"), std::string::npos);
}

TEST(SuspectColumns, LeversAndColumnsNotKnownAtPredictionAreNotSameMomentSuspects) {
    const Frame plant = hourly_plant(2000);
    EXPECT_EQ(suspect_columns(plant.with_schema(plant.schema().with_role("meter", Role::lever))).suspect_columns(),
              (Names{"copy"}));
    ColumnSpec late = plant.schema().at("copy");
    late.known_at_prediction = false;
    EXPECT_EQ(suspect_columns(plant.with_schema(plant.schema().with(late))).suspect_columns(), (Names{"meter"}));
}

TEST(SuspectColumns, OneOutlierDoesNotMakeAColumnTheTarget) {
    RandomStream stream(3, 0, Purpose::noise);
    std::vector<double> x, y;
    for (int i = 0; i < 300; ++i) x.push_back(stream.normal()), y.push_back(stream.normal());
    x[7] = y[7] = 1e6;
    const LeakReport report = suspect_columns(Table().number("x", x).number("y", y, Role::target).frame());
    EXPECT_TRUE(report.findings.empty()) << report.to_text();
}

TEST(SuspectColumns, FindAFunctionOfTheTargetThatNoCorrelationShows) {
    RandomStream stream(3, 0, Purpose::noise);
    std::vector<double> x, y;
    for (int i = 0; i < 2000; ++i)
        x.push_back(stream.uniform(-1, 1)), y.push_back(x.back() * x.back() + (i % 7 == 0 ? kNaN : 0));
    const LeakReport report = suspect_columns(Table().number("x", x).number("y", y, Role::target).frame());
    EXPECT_EQ(report.suspect_columns(), (Names{"x"}));
}

TEST(SuspectColumns, FindTheNumberBehindAClassAndTheClassItself) {
    RandomStream stream(5, 0, Purpose::noise);
    std::vector<double> x;
    std::vector<std::int32_t> alarm, letter;
    for (int i = 0; i < 6000; ++i) {
        x.push_back(stream.normal());
        alarm.push_back(x.back() > 0.5 ? 1 : 0);
        letter.push_back(1 - alarm.back());
    }
    const Frame table = Table()
                            .number("x", x)
                            .category("letter", letter, {"u", "v"})
                            .category("alarm", alarm, {"no", "yes"}, Role::target)
                            .frame();
    EXPECT_EQ(suspect_columns(table).suspect_columns(), (Names{"x", "letter"}));
}

TEST(SuspectColumns, AColumnOfUniqueNamesExplainsNothing) {
    std::vector<std::int32_t> codes;
    std::vector<double> y;
    Names levels;
    RandomStream stream(5, 0, Purpose::noise);
    for (int i = 0; i < 200; ++i)
        codes.push_back(i), levels.push_back("id" + std::to_string(i)), y.push_back(stream.normal());
    EXPECT_TRUE(
        suspect_columns(Table().category("id", codes, levels).number("y", y, Role::target).frame()).findings.empty());
}

TEST(SuspectColumns, AColumnOfEnergyBesideATargetOfEnergyNeedsLess) {
    RandomStream stream(8, 0, Purpose::noise);
    std::vector<double> y, weak;
    double state = 0;
    for (int i = 0; i < 3000; ++i) {
        state = 0.8 * state + stream.normal();
        y.push_back(state);
        weak.push_back(0.5 * state + stream.normal());
    }
    const auto suspects = [&](const std::string& name, const std::string& unit) {
        return suspect_columns(Table()
                                   .number("use_kWh", y, Role::target)
                                   .add({.name = name, .unit = unit},
                                        Column::numbers(Buffer<double>(std::span<const double>(weak))))
                                   .frame())
            .suspect_columns();
    };
    EXPECT_EQ(suspects("reactive", "kvarh"), (Names{"reactive"}));
    EXPECT_EQ(suspects("Reactive_Power_kVarh", ""), (Names{"Reactive_Power_kVarh"}));
    EXPECT_TRUE(suspects("steam_t", "").empty());
    EXPECT_TRUE(suspects("steam", "t").empty());
}

TEST(SuspectColumns, ConstantEmptyAndInfiniteColumnsAreQuietlyPassed) {
    std::vector<double> y(50), constant(50, 3), missing(50, kNaN), infinite(50, HUGE_VAL), huge(50);
    RandomStream stream(8, 0, Purpose::noise);
    for (std::size_t i = 0; i < 50; ++i) y[i] = stream.normal(), huge[i] = 1e300 * stream.normal();
    const Frame table = Table()
                            .number("y", y, Role::target)
                            .number("a", constant)
                            .number("b", missing)
                            .number("c", infinite)
                            .number("d", huge)
                            .frame();
    EXPECT_TRUE(suspect_columns(table).findings.empty());
    EXPECT_TRUE(suspect_columns(table, {.target = "a"}).findings.empty());
}

TEST(LeakCheck, NamesWhatItCannotUse) {
    const Frame plant = hourly_plant(50);
    EXPECT_THROW(leak_check(plant, plant, {.target = "nope"}), SchemaMismatch);
    EXPECT_THROW(leak_check(plant, plant.rows_between(0, 0)), InvalidArgument);
    EXPECT_THROW(leak_check(plant, plant, {.time = "meter"}), InvalidArgument);
    EXPECT_THROW(suspect_columns(plant, {.target = "t"}), InvalidArgument);
}

std::filesystem::path data_dir() {
    const char* folder = std::getenv("PLANTWRIGHT_DATA");
    return folder != nullptr ? folder : std::filesystem::path(PLANTWRIGHT_SOURCE_DIR) / "../shared/data";
}

Names suspects_in(const char* file, const Names& time, const std::string& target) {
    CsvOptions csv;
    csv.time = time;
    return suspect_columns(read_csv(data_dir() / file, csv), {.target = target}).suspect_columns();
}

#define REQUIRE_DATA() \
    if (!std::filesystem::exists(data_dir())) GTEST_SKIP() << "real data is not here: " << data_dir()

TEST(SuspectColumns, OfTheSteelPlantAreCarbonAndBothReactivePowers) {
    REQUIRE_DATA();
    EXPECT_EQ(suspects_in("steel_energy/Steel_industry_data.csv", {"date"}, "Usage_kWh"),
              (Names{"Lagging_Current_Reactive_Power_kVarh", "Leading_Current_Reactive_Power_kVarh", "CO2(tCO2)"}));
}

TEST(SuspectColumns, OfTheGasTurbineAreThePressuresAndTemperatureThatItsLoadSets) {
    REQUIRE_DATA();
    EXPECT_EQ(suspects_in("gas_turbine/gt_full.csv", {}, "TEY"), (Names{"AFDP", "GTEP", "TIT", "CDP"}));
    EXPECT_EQ(suspects_in("gas_turbine/gt_full.csv", {}, "NOX"), Names{});
}

TEST(SuspectColumns, OfTheChemicalYieldAreNone) {
    REQUIRE_DATA();
    EXPECT_EQ(suspects_in("chem_yield/chem_proc_yield.csv", {}, "yield"), Names{});
}

TEST(SuspectColumns, OfTheBeijingAirIsTheFinerDustOfTheSameHour) {
    REQUIRE_DATA();
    EXPECT_EQ(suspects_in("beijing_air/PRSA_Data_Aotizhongxin_20130301-20170228.csv", {"year", "month", "day", "hour"},
                          "PM10"),
              (Names{"PM2.5"}));
}

}  // namespace
}  // namespace plantwright::evaluate
