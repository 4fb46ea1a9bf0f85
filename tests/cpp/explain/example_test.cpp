// SPDX-License-Identifier: MIT
/// The program of docs/examples/cpp_explain, run on a model and tables written here.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "plantwright/core/random.hpp"
#include "plantwright/forest/random_forest.hpp"
#include "plantwright/frame/write_csv.hpp"

namespace plantwright {
namespace {

/// Yield falls with feed B; steam does nothing.
Frame reactor(Index n, double feed) {
    RandomStream random(3, 0, Purpose::noise);
    Vector feed_b(n), steam(n), yield(n);
    for (Index i = 0; i < n; ++i) {
        feed_b[i] = feed + random.normal();
        steam[i] = 5 + random.normal();
        yield[i] = 0.05 * feed_b[i];
    }
    return Frame(
        Schema({{.name = "feed_B", .unit = "mol/s"}, {.name = "steam"}, {.name = "yield", .role = Role::target}}),
        {Column::numbers(feed_b), Column::numbers(steam), Column::numbers(yield)});
}

class ExampleTest : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(folder);
        const Frame past = reactor(400, 9);
        RandomForestRegressor::fit(past, "yield", {.n_estimators = 20, .max_depth = 5}).save(folder / "yield.plw");
        write_csv((folder / "past.csv").string(), past.without("yield"));
        write_csv((folder / "now.csv").string(), reactor(3, 7).without("yield"));
    }
    void TearDown() override { std::filesystem::remove_all(folder); }

    std::string output_of(const std::string& arguments) const {
        const std::string command = "cd '" + folder.string() + "' && " PLANTWRIGHT_EXPLAIN " " + arguments + " 2>&1";
        FILE* pipe = popen(command.c_str(), "r");
        std::string text;
        for (char line[512]; pipe && std::fgets(line, sizeof line, pipe);) text += line;
        status = pipe ? pclose(pipe) : -1;
        return text;
    }

    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() /
        ("plantwright_explain_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    mutable int status = -1;
};

TEST_F(ExampleTest, SaysWhatMovedEachRow) {
    const std::string text = output_of("yield.plw now.csv");
    EXPECT_EQ(status, 0);
    EXPECT_EQ(text.rfind("row 0: 0.3", 0), 0u) << text;
    EXPECT_NE(text.find("\n  feed_B "), std::string::npos) << text;
    EXPECT_NE(text.find(" mol/s: -0.0"), std::string::npos) << text;
}

TEST_F(ExampleTest, RanksWhatMovedThePeriodAwayFromTheReference) {
    const std::string text = output_of("yield.plw now.csv past.csv");
    EXPECT_EQ(status, 0);
    EXPECT_EQ(text.rfind("mean prediction 0.4", 0), 0u) << text;
    EXPECT_LT(text.find("feed_B"), text.find("steam")) << text;
}

TEST_F(ExampleTest, TellsWhatItTakes) {
    EXPECT_EQ(output_of(""), "usage: plantwright_explain model.plw rows.csv [reference.csv]\n");
    EXPECT_NE(output_of("none.plw now.csv").find("plantwright_explain: error: "), std::string::npos);
}

}  // namespace
}  // namespace plantwright
