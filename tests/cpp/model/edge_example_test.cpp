// SPDX-License-Identifier: MIT
/// The program of docs/examples/cpp_edge, run on a model and a table written here.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../preprocessing/preprocessing_testing.hpp"
#include "plantwright/frame/write_csv.hpp"
#include "plantwright/model/model.hpp"

namespace plantwright {
namespace {

class EdgeExample : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(folder); }
    void TearDown() override { std::filesystem::remove_all(folder); }

    std::string output_of(const std::string& command) {
        FILE* pipe = popen(("cd '" + folder.string() + "' && " + command).c_str(), "r");
        std::string text;
        for (char line[512]; pipe && std::fgets(line, sizeof line, pipe);) text += line;
        status = pipe ? pclose(pipe) : -1;
        return text;
    }

    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() /
        ("plantwright_edge_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    int status = -1;
};

TEST_F(EdgeExample, AnswersRawRowsWithTheBitsOfTheTable) {
    const Frame frame = testing::plant_table(80);
    const Model model = Model::fit<RandomForestRegressor>(frame, {StandardScalerOptions{}}, {.n_estimators = 5});
    model.save(folder / "energy.plw");
    write_csv((folder / "rows.csv").string(), frame);
    std::istringstream answers(output_of(PLANTWRIGHT_EDGE " energy.plw < rows.csv"));
    EXPECT_EQ(status, 0);
    const Vector expected = model.predict(frame);
    for (Index i = 0; i < frame.rows(); ++i) {
        std::string line;
        ASSERT_TRUE(std::getline(answers, line));
        EXPECT_EQ(std::stod(line), expected[i]) << "row " << i;
    }
}

TEST_F(EdgeExample, StaysInStepWhenARowCannotBeRead) {
    const Frame frame = testing::plant_table(30).without("time");
    Model::fit<RandomForestRegressor>(frame, {}, {.n_estimators = 2}).save(folder / "energy.plw");
    std::ofstream(folder / "rows.csv")
        << "steam_t,flow,fuel,grade\n500,1,60,A\nfive hundred,1,60,A\n500,1,60,Z\n500,1,60,A\n";
    std::istringstream answers(output_of(PLANTWRIGHT_EDGE " energy.plw < rows.csv 2> errors.txt"));
    std::vector<std::string> lines(4);
    for (std::string& line : lines) ASSERT_TRUE(std::getline(answers, line));
    EXPECT_FALSE(lines[0].empty());
    EXPECT_TRUE(lines[1].empty());
    EXPECT_TRUE(lines[2].empty());
    EXPECT_EQ(lines[3], lines[0]);
    std::stringstream errors;
    errors << std::ifstream(folder / "errors.txt").rdbuf();
    EXPECT_NE(errors.str().find("row 2: "), std::string::npos) << errors.str();
    EXPECT_NE(errors.str().find("row 3: "), std::string::npos) << errors.str();
}

TEST_F(EdgeExample, TakesACategoryThatOnlyAStepKnowsHowToTake) {
    const Frame frame = testing::plant_table(60).without("time");
    const StepSpec encoder = OneHotEncoderOptions{.handle_unknown = OneHotUnknown::ignore, .columns = {"grade"}};
    Model::fit<RandomForestRegressor>(frame, {encoder}, {.n_estimators = 2}).save(folder / "energy.plw");
    std::ofstream(folder / "rows.csv") << "steam_t,flow,fuel,grade\n500,1,60,Z\n";
    const std::string answer = output_of(PLANTWRIGHT_EDGE " energy.plw < rows.csv 2> errors.txt");
    EXPECT_GT(std::stod(answer), 0);
    EXPECT_EQ(std::filesystem::file_size(folder / "errors.txt"), 0u);
}

}  // namespace
}  // namespace plantwright
