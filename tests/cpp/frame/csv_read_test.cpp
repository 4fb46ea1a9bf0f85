// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/frame/csv.hpp"

namespace plantwright {
namespace {

using Strings = std::vector<std::string>;

Frame frame_of(std::string_view text, const CsvOptions& options = {}) { return parse_csv(text, options).frame; }

std::vector<double> numbers(const Frame& frame, std::string_view name) {
    std::vector<double> values;
    for (Index i = 0; i < frame.rows(); ++i) values.push_back(frame.column(name).number(i));
    return values;
}

Strings texts(const Frame& frame, std::string_view name) {
    Strings values;
    const Column& column = frame.column(name);
    for (Index i = 0; i < frame.rows(); ++i) {
        const auto code = column.codes()[i];
        values.push_back(code == kMissingCode ? "<missing>" : column.levels()[static_cast<std::size_t>(code)]);
    }
    return values;
}

template <class Failure>
std::string message_of(std::string_view text, const CsvOptions& options = {}) {
    try {
        parse_csv(text, options);
    } catch (const Failure& error) {
        return error.what();
    }
    return "nothing was thrown";
}

#define EXPECT_MENTIONS(text, part) EXPECT_NE(std::string(text).find(part), std::string::npos) << text

TEST(ReadCsv, TakesQuotedDelimitersQuotesAndNewlinesAsText) {
    const Frame frame = frame_of("a,b\n\"x,1\",1\n\"say \"\"hi\"\"\",2\n\"two\nlines\",3\n");
    EXPECT_EQ(texts(frame, "a"), (Strings{"x,1", "say \"hi\"", "two\nlines"}));
    EXPECT_EQ(numbers(frame, "b"), (std::vector<double>{1, 2, 3}));
}

TEST(ReadCsv, ReadsTheSameWithEveryLineEndAndWithoutTheLast) {
    for (const char* text :
         {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4",
          "\xEF\xBB\xBF"
          "a,b\n1,2\n3,4\n",
          "a,b\n1,2\n3,4\n\n\n", "\na,b\n\n1,2\n \n3,4\n", "a,b\n1,2\n3,4\n\r\n"}) {
        const Frame frame = frame_of(text);
        EXPECT_EQ(frame.schema().names(), (Strings{"a", "b"})) << text;
        EXPECT_EQ(numbers(frame, "a"), (std::vector<double>{1, 3})) << text;
        EXPECT_EQ(numbers(frame, "b"), (std::vector<double>{2, 4})) << text;
    }
}

TEST(ReadCsv, FindsTheDelimiter) {
    for (const char delimiter : {',', ';', '\t', '|'}) {
        std::string text = "time of day,flow\n10:15,1.5\n10:30,2.5\n";
        std::replace(text.begin(), text.end(), ',', delimiter);
        EXPECT_EQ(numbers(frame_of(text), "flow"), (std::vector<double>{1.5, 2.5})) << delimiter;
    }
}

TEST(ReadCsv, FindsDecimalCommasBesideSemicolons) {
    const Frame frame = frame_of("Temp, C;Flow, m3\n1,5;2,25\n-3,5;4\n");
    EXPECT_EQ(numbers(frame, "Temp, C"), (std::vector<double>{1.5, -3.5}));
    EXPECT_EQ(numbers(frame, "Flow, m3"), (std::vector<double>{2.25, 4}));
}

TEST(ReadCsv, FindsADecimalCommaInTheLastRow) {
    std::string text = "a;b\n";
    for (int i = 0; i < 100'000; ++i) text += "1;2\n";
    const Frame frame = frame_of(text + "1,5;2\n");
    EXPECT_EQ(frame.column("a").number(100'000), 1.5);
}

TEST(ReadCsv, KeepsCommasInTextsFromMakingADecimalComma) {
    EXPECT_EQ(numbers(frame_of("n;x\nSmith, J;1.5\nRoe, R;2.5\n"), "x"), (std::vector<double>{1.5, 2.5}));
}

TEST(ReadCsv, ObeysTheSeparatorLineOfExcel) {
    EXPECT_EQ(numbers(frame_of("sep=|\na|b,c\n1|2\n"), "b,c"), std::vector<double>{2});
}

TEST(ReadCsv, ReadsOneColumnWhereItsGapsAreEmptyLines) {
    const Frame frame = frame_of("flow\n1\n\n3\n\n");
    ASSERT_EQ(frame.rows(), 3);
    EXPECT_TRUE(std::isnan(frame.column("flow").number(1)));
}

TEST(ReadCsv, TrimsBlanksAroundNumbersNamesAndUnquotedTexts) {
    const Frame frame = frame_of("a , b,c\n 4 ,\tx , \" y \"\n");
    EXPECT_EQ(numbers(frame, "a"), std::vector<double>{4});
    EXPECT_EQ(texts(frame, "b"), Strings{"x"});
    EXPECT_EQ(texts(frame, "c"), Strings{" y "});
}

TEST(ReadCsv, ReadsQuotedNumbersAsNumbers) { EXPECT_EQ(numbers(frame_of("a\n\"1.5\"\n\"\"\n\"2\"\n"), "a")[2], 2); }

TEST(ReadCsv, ReadsSignsExponentsAndInfinities) {
    const auto values = numbers(frame_of("a\n1e5\n+3\n-2.5E-3\ninf\n-Infinity\n.5\n1.\n"), "a");
    EXPECT_EQ(values, (std::vector<double>{1e5, 3, -2.5e-3, INFINITY, -INFINITY, 0.5, 1}));
}

TEST(ReadCsv, TakesTokensAsMissing) {
    const Frame frame = frame_of("a,b\n1,x\nNA,NA\nnull,-\n?,\n,?\n");
    for (Index i = 1; i < 5; ++i) EXPECT_TRUE(std::isnan(frame.column("a").number(i)));
    EXPECT_EQ(frame.column("b").n_missing(), 4);
    EXPECT_EQ(frame.column("b").levels(), Strings{"x"});
}

TEST(ReadCsv, TakesANumberAsMissingWhenAsked) {
    const auto values = numbers(frame_of("a\n1\n-999\n3\n", {.missing = {"-999"}}), "a");
    EXPECT_TRUE(std::isnan(values[1]));
    EXPECT_EQ(values[2], 3);
}

TEST(ReadCsv, KeepsAQuotedTokenAsText) {
    EXPECT_EQ(texts(frame_of("country\n\"NA\"\nNA\n\"DE\"\n"), "country"), (Strings{"NA", "<missing>", "DE"}));
}

TEST(ReadCsv, OneWordInALateRowMakesTheWholeColumnCategories) {
    std::string text = "a,b\n";
    for (int i = 0; i < 90'000; ++i) text += std::to_string(i % 10) + ",1\n";
    const auto result = parse_csv(text + "broken,1\n");
    const Column& column = result.frame.column("a");
    ASSERT_EQ(column.kind(), ColumnKind::category);
    EXPECT_EQ(column.size(), 90'001);
    EXPECT_EQ(column.n_missing(), 0);
    EXPECT_EQ(column.levels().back(), "broken");
    EXPECT_EQ(result.frame.column("b").kind(), ColumnKind::number);
    ASSERT_EQ(result.warnings.size(), 1u);
    EXPECT_MENTIONS(result.warnings[0], "'broken' in line 90002 is no number");
}

TEST(ReadCsv, SaysThatThousandsAreNotUnderstood) {
    const auto result = parse_csv("a;b\n5;x\n1,234,000;y\n", {.decimal = '.'});
    EXPECT_EQ(result.frame.column("a").kind(), ColumnKind::category);
    EXPECT_MENTIONS(result.warnings.at(0), "thousands");
}

TEST(ReadCsv, SortsLevelsWhateverTheOrderOfRows) {
    EXPECT_EQ(frame_of("a\nz\nb\nz\na\n").column("a").levels(), (Strings{"a", "b", "z"}));
}

TEST(ReadCsv, KeepsManyLevelsApart) {
    std::string text = "id\n";
    for (int i = 0; i < 50'000; ++i) text.append("k").append(std::to_string(i)).append("\n");
    const Frame frame = frame_of(text);
    EXPECT_EQ(frame.column("id").levels().size(), 50'000u);
    EXPECT_EQ(texts(frame, "id")[49'999], "k49999");
}

TEST(ReadCsv, ReadsNumbersAsCategoriesWhenNamed) {
    EXPECT_EQ(texts(frame_of("line\n3\n01\n3\n", {.categories = {"line"}}), "line"), (Strings{"3", "01", "3"}));
}

TEST(ReadCsv, WarnsOfIdentifiersThatNumbersRound) {
    EXPECT_MENTIONS(parse_csv("id,x\n12345678901234567891,1\n").warnings.at(0), "2^53");
}

TEST(ReadCsv, ReadsAHeaderAlone) {
    const auto result = parse_csv("a,b\n");
    EXPECT_EQ(result.frame.rows(), 0);
    EXPECT_EQ(result.frame.cols(), 2);
    EXPECT_MENTIONS(result.warnings.at(0), "no rows");
}

TEST(ReadCsv, NamesAnIndexAndLeavesItOutOfTheInputs) {
    const auto result = parse_csv(",x\n0,5\n1,6\n2,7\n");
    EXPECT_EQ(result.frame.schema().names(), (Strings{"column_1", "x"}));
    EXPECT_EQ(result.frame.schema().input_names(), Strings{"x"});
}

TEST(ReadCsv, DropsWhatADelimiterAtTheEndOfLinesLeaves) {
    EXPECT_EQ(frame_of("a;b;;\n1;2;;\n3;4;;\n").schema().names(), (Strings{"a", "b"}));
    EXPECT_MENTIONS(message_of<ParseError>("a,b,\n1,2,3\n"), "column 3: the column has values but no name");
}

TEST(ReadCsv, ReadsFieldsLongerThanABlock) {
    const std::string long_text(300'000, 'x');
    const Frame frame = frame_of("a,b\n1,\"" + long_text + "\n,\"\n2," + long_text + "\n3,y\n");
    EXPECT_EQ(numbers(frame, "a"), (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(texts(frame, "b")[0].size(), 300'002u);
    EXPECT_EQ(texts(frame, "b")[1], long_text);
}

TEST(ReadCsv, ReadsTheSameAsAPlainLoopWhateverTheLayoutOfBlocks) {
    RandomStream stream(5, 0, Purpose::simulation);
    for (int trial = 0; trial < 30; ++trial) {
        const Index cols = 1 + static_cast<Index>(stream.below(6)), rows = static_cast<Index>(stream.below(6000));
        std::string text;
        for (Index j = 0; j < cols; ++j) text += (j > 0 ? ",c" : "c") + std::to_string(j);
        std::vector<double> expected;
        for (Index i = 0; i < rows; ++i) {
            text += stream.below(10) == 0 ? "\r\n" : "\n";
            for (Index j = 0; j < cols; ++j) {
                const std::string field = std::to_string(static_cast<double>(stream.below(1'000'000)) / 1000 - 500);
                expected.push_back(std::strtod(field.c_str(), nullptr));
                const std::string quote(stream.below(50) == 0 ? 1 : 0, '"');
                text.append(j > 0 ? 1 : 0, ',').append(quote).append(field).append(quote);
            }
        }
        const Frame frame = frame_of(text);
        ASSERT_EQ(frame.rows(), rows);
        for (Index i = 0; i < rows * cols; ++i) {
            ASSERT_EQ(frame.column(i % cols).number(i / cols), expected[static_cast<std::size_t>(i)])
                << "trial " << trial;
        }
    }
}

TEST(ReadCsv, NamesLineAndColumnOfAMalformedRow) {
    EXPECT_MENTIONS(message_of<ParseError>("a,b\n1,2\n3\n"),
                    "line 3, column 2: expected 2 fields, as the header has, got 1");
    EXPECT_MENTIONS(message_of<ParseError>("a,b\n\"x\ny\",2\n3,4,5\n"),
                    "line 4, column 3: expected 2 fields, as the header has, got 3");
    EXPECT_MENTIONS(message_of<ParseError>("a,b\n1,2\n3,\"x\n"), "line 3, column 2: a quoted field is never closed");
    EXPECT_MENTIONS(message_of<ParseError>("a,b\n1,\"x\"y\n"), "line 2, column 2: text after the closing quote");
}

TEST(ReadCsv, SkipsAndCountsMalformedRowsWhenAsked) {
    const auto result = parse_csv("a,b\n1,2\n3\n4,5,6\n7,\"x\"y\n8,9\n10,\"open\n", {.bad_rows = BadRows::skip});
    EXPECT_EQ(result.skipped_rows, 4);
    EXPECT_EQ(numbers(result.frame, "a"), (std::vector<double>{1, 8}));
    EXPECT_MENTIONS(result.warnings.at(0), "4 malformed rows skipped, the first in line 3");
}

TEST(ReadCsv, RefusesDoubledAndEmptyNamesWithTheirPositions) {
    EXPECT_MENTIONS(message_of<ParseError>("a,b,a\n1,2,3\n"), "line 1, column 3: columns 1 and 3 are both named 'a'");
    EXPECT_MENTIONS(message_of<ParseError>("a,,c\n1,2,3\n"), "line 1, column 2: the column has no name");
}

TEST(ReadCsv, RefusesTextThatIsNotUtf8WithItsPlace) {
    EXPECT_MENTIONS(message_of<ParseError>("a,b\n1,x\n2,\xB0"
                                           "C\n"),
                    "line 3, column 2: text is not UTF-8");
    EXPECT_MENTIONS(message_of<ParseError>("a,\xB0"
                                           "C\n1,2\n"),
                    "line 1, column 2: a column's name is not UTF-8");
    EXPECT_MENTIONS(message_of<ParseError>(std::string_view("a,b\n1,x\0y\n", 10)), "line 2, column 2: a NUL byte");
    EXPECT_EQ(texts(frame_of("a\n\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\n"), "a").size(), 1u);
}

TEST(ReadCsv, NamesFilesThatAreNoText) {
    EXPECT_MENTIONS(message_of<ParseError>(std::string_view("\xFF\xFE"
                                                            "a\0,\0",
                                                            6)),
                    "UTF-16");
    EXPECT_MENTIONS(message_of<ParseError>(std::string_view("a\0,\0b\0", 6)), "UTF-16");
    EXPECT_MENTIONS(message_of<ParseError>("\x1F\x8B\x08"), "gzip");
    EXPECT_MENTIONS(message_of<ParseError>("PK\x03\x04...."), "Excel");
    EXPECT_MENTIONS(message_of<ParseError>("PAR1\x15\x04\x15"), "Parquet");
    EXPECT_EQ(frame_of("PAR1,PAR2\n1,2\n").schema().names(), (Strings{"PAR1", "PAR2"}));
    EXPECT_MENTIONS(message_of<ParseError>(""), "is empty");
    EXPECT_MENTIONS(message_of<ParseError>("\xEF\xBB\xBF\n\n"), "is empty");
}

TEST(ReadCsv, RefusesAPathThatIsNoFile) {
    EXPECT_THROW(read_csv("no/such/file.csv"), IoError);
    EXPECT_THROW(read_csv(std::filesystem::temp_directory_path()), IoError);
}

TEST(ReadCsv, RefusesOptionsThatNameNoColumn) {
    EXPECT_MENTIONS(message_of<InvalidArgument>("a,b\n1,2\n", {.time = {"date"}}), "'date'; there are 'a', 'b'");
    EXPECT_THROW(frame_of("a\n1\n", {.categories = {"b"}}), InvalidArgument);
    EXPECT_THROW(frame_of("a\n1\n", {.delimiter = '"'}), InvalidArgument);
    EXPECT_THROW(frame_of("a\n1\n", {.decimal = 'x'}), InvalidArgument);
}

TEST(ReadCsv, ReadsAFileAsItsText) {
    const auto path =
        std::filesystem::temp_directory_path() / ("plantwright_csv_test_" + std::to_string(::getpid()) + ".csv");
    std::ofstream(path, std::ios::binary) << "a\n1\n2\n";
    EXPECT_EQ(numbers(read_csv(path), "a"), (std::vector<double>{1, 2}));
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace plantwright
