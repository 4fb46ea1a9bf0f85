// SPDX-License-Identifier: MIT
/// The program docs/examples/cpp_edge/watch.cpp, run on a detector and a table written here.
#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "detect_testing.hpp"
#include "plantwright/detect/ensemble_detector.hpp"
#include "plantwright/detect/streaming_detector.hpp"
#include "plantwright/frame/csv.hpp"
#include "plantwright/frame/write_csv.hpp"

namespace plantwright {
namespace {

using Lines = std::vector<std::string>;

const Lines kSensors = {"steam_C", "load_MW", "cooling_water_C", "flow_kg_s"};

/// Minutes of a plant whose cooling water runs hot between two rows, and which loses a reading now and then.
Frame plant_frame(Index n_rows, std::uint64_t seed, Index hot_from = 0, Index hot_until = 0) {
    Matrix rows = testing::plant_rows(n_rows, std::ssize(kSensors), seed);
    for (Index i = hot_from; i < hot_until; ++i) rows(i, 2) += 60;
    for (Index i = 7; i < n_rows; i += 19) rows(i, i % 4) = kNaN;
    Frame frame = testing::frame_of(rows, kSensors);
    Buffer<std::int64_t> times(n_rows);
    for (Index i = 0; i < n_rows; ++i) times[i] = 1'709'632'800'000'000'000 + i * 60'000'000'000;
    std::vector<ColumnSpec> specs = frame.schema().columns();
    specs[2].unit = "C";
    specs.push_back({.name = "time", .kind = ColumnKind::time, .role = Role::time});
    std::vector<Column> columns;
    for (Index j = 0; j < frame.cols(); ++j) columns.push_back(frame.column(j));
    columns.push_back(Column::times(std::move(times)));
    return Frame(Schema(std::move(specs)), std::move(columns));
}

Lines lines_of(const std::string& text) {
    std::istringstream stream(text);
    Lines lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

Lines cells_of(const std::string& line) {
    Lines cells(1);
    for (const char c : line) c == '\t' ? void(cells.emplace_back()) : cells.back().push_back(c);
    return cells;
}

double number_of(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    EXPECT_TRUE(error == std::errc() && end == text.data() + text.size()) << text;
    return value;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

class WatchExample : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(folder);
        EnsembleOptions options{.members = {MewmaOptions{}, DynamicPcaOptions{}}, .on_delay = 1};
        options.false_alarm_rate = 0.01;
        detector = EnsembleDetector::fit(plant_frame(2000, 1), options);
        detector.save(folder / "watch.plw");
        write_csv(folder / "rows.csv", rows);
    }
    void TearDown() override { std::filesystem::remove_all(folder); }

    std::string output_of(const std::string& command) {
        FILE* pipe = popen(("cd '" + folder.string() + "' && " + command).c_str(), "r");
        std::string text;
        for (char line[512]; pipe && std::fgets(line, sizeof line, pipe);) text += line;
        status = pipe ? pclose(pipe) : -1;
        return text;
    }
    Lines answers_to(const std::string& rows_csv) { return lines_of(output_of(watch + " < " + rows_csv)); }
    void write(const char* name, const std::string& text) { std::ofstream(folder / name) << text; }
    std::string text_of(const char* name) {
        std::stringstream text;
        text << std::ifstream(folder / name).rdbuf();
        return text.str();
    }

    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() /
        ("plantwright_watch_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    const std::string watch = PLANTWRIGHT_WATCH " watch.plw";
    const Frame rows = plant_frame(160, 2, 90, 110);
    EnsembleDetector detector;
    int status = -1;
};

TEST_F(WatchExample, AnswersRowsWithTheBitsOfTheTable) {
    const Lines answers = answers_to("rows.csv");
    const VerdictTable expected = detector.verdicts(rows, true);
    ASSERT_EQ(std::ssize(answers), rows.rows() + 1);
    EXPECT_EQ(cells_of(answers[0]),
              (Lines{"state", "severity", "p_value", "event", "since", "sensor", "deviation", "unit", "quality"}));
    int alarms = 0;
    for (Index i = 0; i < rows.rows(); ++i) {
        const Lines cells = cells_of(answers[static_cast<std::size_t>(i + 1)]);
        ASSERT_EQ(cells.size(), 9u) << i;
        EXPECT_EQ(cells[0], to_string(static_cast<AlarmState>(expected.state[i]))) << i;
        EXPECT_TRUE(same(number_of(cells[1]), expected.severity[i])) << i;
        EXPECT_TRUE(same(number_of(cells[2]), expected.p_value[i])) << i;
        EXPECT_EQ(cells[3].empty(), expected.event_start[i] == kMissingTime) << i;
        EXPECT_EQ(cells[8], expected.quality[i] == 0 ? "" : "missing_readings") << i;
        if (cells[3].empty()) continue;
        ++alarms;
        EXPECT_EQ(cells[3], (EventId{detector.id(), expected.event_start[i]}.text())) << i;
        Index j = 0;
        while (j < 4 && kSensors[static_cast<std::size_t>(j)] != cells[5]) ++j;
        ASSERT_LT(j, 4) << cells[5];
        for (Index k = 0; k < 4; ++k) EXPECT_LE(expected.blame(i, k), expected.blame(i, j)) << i;
        EXPECT_TRUE(same(number_of(cells[6]), expected.deviation(i, j))) << i;
        EXPECT_EQ(cells[7], j == 2 ? "C" : "") << i;
    }
    EXPECT_GT(alarms, 15);
}

TEST_F(WatchExample, TellsSinceWhenOnTheClockOfTheRows) {
    const Lines answers = answers_to("rows.csv");
    EXPECT_EQ(cells_of(answers[1])[4], "2024-03-05T10:00:00");
    const Lines in_alarm = cells_of(answers[96]);  // the water is hot from the 91st row on
    EXPECT_EQ(in_alarm[0], "alarm");
    EXPECT_EQ(in_alarm[4].substr(0, 14), "2024-03-05T11:");
}

TEST_F(WatchExample, FindsColumnsByNameInAnyOrderAndIgnoresOthers) {
    const std::string usual = "steam_C,load_MW,cooling_water_C,flow_kg_s,time\n101,195,NA,405,2024-03-05T10:00:00\n";
    const std::string other =
        "flow_kg_s;remark;time;load_MW;steam_C;cooling_water_C\n405;all well;2024-03-05T10:00:00;195;101;\n";
    for (const std::string* text : {&usual, &other}) {
        write(text == &usual ? "usual.csv" : "other.csv", *text);
    }
    const Lines answers = answers_to("usual.csv");
    EXPECT_EQ(answers_to("other.csv"), answers);
    EXPECT_EQ(cells_of(answers.at(1))[8], "missing_readings");
}

TEST_F(WatchExample, GoesOnWhereItWasInterruptedWithTheSameLines) {
    const Lines whole = answers_to("rows.csv");
    Lines parts = lines_of(output_of("head -n 100 rows.csv | " + watch + " --state state.plw"));
    const Lines rest =
        lines_of(output_of("(head -n 1 rows.csv; tail -n +101 rows.csv) | " + watch + " --state state.plw"));
    parts.insert(parts.end(), rest.begin() + 1, rest.end());
    EXPECT_EQ(parts, whole);
}

TEST_F(WatchExample, SavesItsStateEverySoManyRows) {
    output_of("head -n 31 rows.csv | " + watch + " --state ended.plw");
    output_of("head -n 36 rows.csv | " + watch + " --state every.plw --every 10 | head -n 36 > told.txt");
    const Lines again =
        lines_of(output_of("(head -n 1 rows.csv; tail -n +32 rows.csv) | " + watch + " --state ended.plw"));
    const Lines whole = answers_to("rows.csv");
    EXPECT_EQ(Lines(again.begin() + 1, again.end()), Lines(whole.begin() + 31, whole.end()));
    EXPECT_EQ(lines_of(text_of("told.txt")), Lines(whole.begin(), whole.begin() + 36));
}

TEST_F(WatchExample, IsKilledWithoutWarningAndGoesOnFromTheStateSavedLast) {
    output_of("mkfifo pipe; " + watch +
              " --state state.plw --every 10 < pipe > told.txt & pid=$!; exec 3> pipe; head -n 26 rows.csv >&3; "
              "while [ $(wc -l < told.txt) -lt 26 ]; do sleep 0.02; done; kill -9 $pid; wait $pid 2> /dev/null");
    const Lines whole = answers_to("rows.csv");
    EXPECT_EQ(lines_of(text_of("told.txt")), Lines(whole.begin(), whole.begin() + 26));
    const Lines again =
        lines_of(output_of("(head -n 1 rows.csv; tail -n +22 rows.csv) | " + watch + " --state state.plw"));
    EXPECT_EQ(Lines(again.begin() + 1, again.end()), Lines(whole.begin() + 21, whole.end()));
}

TEST_F(WatchExample, EndsCleanlyWhenItIsTerminated) {
    output_of("mkfifo pipe; " + watch +
              " --state state.plw < pipe > told.txt & pid=$!; exec 3> pipe; head -n 26 rows.csv >&3; "
              "while [ $(wc -l < told.txt) -lt 26 ]; do sleep 0.02; done; kill -TERM $pid; wait $pid");
    EXPECT_EQ(status, 0);
    const auto shared = std::make_shared<const EnsembleDetector>(detector);
    const StreamingDetector stream = StreamingDetector::load(folder / "state.plw", shared);
    EXPECT_EQ(stream.state().last_time, rows.column("time").times()[24]);
}

TEST_F(WatchExample, AnswersWhatItCannotReadWithAnEmptyLine) {
    write("bad.csv",
          "steam_C,load_MW,cooling_water_C,flow_kg_s,time\n101,195,301,405,2024-03-05T10:00:00\n"
          "hot,195,301,405,2024-03-05T10:01:00\n\n101,195\n101,195,301,405,2024-03-05T09:00:00\n"
          "101,195,301,405,2024-03-05T10:04:00");
    const Lines answers = lines_of(output_of(watch + " < bad.csv 2> errors.txt"));
    EXPECT_EQ(status, 0);
    ASSERT_EQ(answers.size(), 7u);
    for (const std::size_t i : {2, 3, 4}) EXPECT_EQ(answers[i], "") << i;
    EXPECT_EQ(cells_of(answers[5])[8], "late");
    EXPECT_EQ(cells_of(answers[6])[0], "warming_up");
    const std::string errors = text_of("errors.txt");
    EXPECT_NE(errors.find("row 2: sensor 'steam_C' must have a number or nothing, got text"), std::string::npos)
        << errors;
    EXPECT_NE(errors.find("row 3: "), std::string::npos) << errors;
    EXPECT_NE(errors.find("row 4: "), std::string::npos) << errors;
}

TEST_F(WatchExample, RefusesAHeaderThatLacksASensor) {
    write("short.csv", "steam_C,load_MW,time\n101,195,2024-03-05T10:00:00\n");
    EXPECT_EQ(output_of(watch + " < short.csv 2> errors.txt"), "");
    EXPECT_NE(status, 0);
    EXPECT_NE(text_of("errors.txt").find("cooling_water_C"), std::string::npos) << text_of("errors.txt");
}

}  // namespace
}  // namespace plantwright
