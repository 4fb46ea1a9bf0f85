// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/asof_join.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::plant_table;

/// The definition, row by row: the place in the right table, -1 for none.
Index naive_match(const Frame& left, const Frame& right, Index i, AsofDirection direction, std::int64_t tolerance) {
    const std::int64_t t = left.column("time").times()[i];
    const Column &l = left.column("line"), &r = right.column("line");
    Index best = -1;
    std::int64_t distance = 0;
    for (Index k = 0; k < right.rows() && t != kMissingTime; ++k) {
        const std::int64_t s = right.column("time").times()[k];
        const bool same =
            l.levels()[static_cast<std::size_t>(l.codes()[i])] == r.levels()[static_cast<std::size_t>(r.codes()[k])];
        const bool allowed =
            direction == AsofDirection::nearest || (direction == AsofDirection::forward) == (s > t) || s == t;
        if (s == kMissingTime || !same || !allowed || std::abs(s - t) > tolerance) continue;
        // of one stamp the last row counts, looking forward the first; of equally near stamps the earlier
        const bool looks_back = s <= t && direction != AsofDirection::forward;
        const bool is_nearer = looks_back ? std::abs(s - t) <= distance : std::abs(s - t) < distance;
        if (best >= 0 && !is_nearer) continue;
        best = k;
        distance = std::abs(s - t);
    }
    return best;
}

TEST(AsofJoin, FindsWhatTheDefinitionSays) {
    const Frame left = plant_table(150, 3);
    const Frame right = plant_table(300, 4).select(std::vector<std::string>{"time", "flow", "fuel", "grade", "line"});
    for (const auto direction : {AsofDirection::backward, AsofDirection::forward, AsofDirection::nearest}) {
        const AsofOptions options{.by = {"line"}, .direction = direction, .tolerance = "1h"};
        const Frame out = asof_join(left, right, options);
        Index n_found = 0;
        for (Index i = 0; i < left.rows(); ++i) {
            const Index k = naive_match(left, right, i, direction, 3'600'000'000'000);
            const double expected = k < 0 ? kNaN : right.column("flow").number(k);
            const double found = out.column("flow_right").number(i);
            EXPECT_TRUE(found == expected || (std::isnan(found) && std::isnan(expected))) << i;
            n_found += k >= 0;
        }
        EXPECT_GT(n_found, 20);
        EXPECT_LT(n_found, 150);
    }
}

TEST(AsofJoin, KeepsKindsLevelsRolesAndUnits) {
    const Frame left = plant_table(20, 3).select(std::vector<std::string>{"time", "steam_t"});
    const Frame right = plant_table(20, 4);
    const Frame out = asof_join(left, right);
    EXPECT_EQ(out.rows(), 20);
    EXPECT_EQ(out.schema().names(), (std::vector<std::string>{"time", "steam_t", "steam_t_right", "flow", "fuel",
                                                              "grade", "line", "energy_kWh"}));
    EXPECT_TRUE(out.column("fuel").is_float32());
    EXPECT_EQ(out.column("grade").levels(), right.column("grade").levels());
    EXPECT_EQ(out.schema().at("flow").unit, "t/h");
    EXPECT_EQ(out.schema().at("energy_kWh").role, Role::target);
}

TEST(AsofJoin, TakesEmptyTables) {
    const Frame left = plant_table(5, 3), none = plant_table(5, 4).rows_between(0, 0);
    const Frame out = asof_join(left, none, {.by = {"line"}});
    EXPECT_EQ(out.column("flow_right").n_missing(), 5);
    EXPECT_EQ(asof_join(none, left).rows(), 0);
}

TEST(AsofJoin, SaysWhatIsAllowed) {
    const Frame frame = plant_table(5);
    EXPECT_THROW(asof_join(frame, frame, {.tolerance = 3}), InvalidArgument);
    EXPECT_THROW(asof_join(frame, frame, {.on = "flow"}), InvalidArgument);
    EXPECT_THROW(asof_join(frame, frame, {.on = "none"}), SchemaMismatch);
    EXPECT_THROW(asof_join(frame, frame, {.by = {"flow"}}), InvalidArgument);
    EXPECT_THROW(asof_join(frame, frame, {.suffix = ""}), InvalidArgument);
    EXPECT_THROW(asof_join(frame.without("time"), frame), InvalidArgument);
    EXPECT_THROW(asof_direction_from("back"), InvalidArgument);
}

}  // namespace
}  // namespace plantwright
