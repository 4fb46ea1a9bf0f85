// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "check.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/frame/calendar.hpp"

namespace plantwright {
namespace {

TEST(TimeZone, ReadsFixedOffsetsInEverySpelling) {
    for (const char* name : {"+08:00", "+0800", "+08"}) EXPECT_EQ(TimeZone::find(name).offset_at(0), 8 * 3600) << name;
    EXPECT_EQ(TimeZone::find("-03:30").offset_at(0), -12600);
    for (const char* name : {"", "UTC", "Z"}) EXPECT_EQ(TimeZone::find(name).offset_at(1'700'000'000), 0) << name;
}

TEST(TimeZone, RefusesUnknownNamesAndPathsOutOfTheFolder) {
    for (const char* name :
         {"Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe", "+25:00", "+08:60", "+8", "a b"}) {
        EXPECT_THROW(TimeZone::find(name), Error) << name;
    }
    EXPECT_TRUE(has(message_of<InvalidArgument>([] { TimeZone::find("Europe/Atlantis"); }), "'Europe/Atlantis'"));
}

TEST(TimeZone, SaysSoWhereNoZoneDatabaseIsInstalled) {
    setenv("TZDIR", "/there/is/no/such/folder", 1);
    const auto message = message_of<IoError>([] { TimeZone::find("Europe/Berlin"); });
    EXPECT_EQ(TimeZone::find("+01:00").offset_at(0), 3600);
    unsetenv("TZDIR");
    EXPECT_TRUE(has(message, "no time zone database") && has(message, "fixed offset")) << message;
}

class ZoneFiles : public testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists("/usr/share/zoneinfo/Europe/Berlin"))
            GTEST_SKIP() << "no zoneinfo on this machine";
    }
};

TEST_F(ZoneFiles, BerlinPutsItsClockForwardAndBackAtOneInTheMorningUtc) {
    const TimeZone berlin = TimeZone::find("Europe/Berlin");
    const std::int64_t forward = days_from_civil({2018, 3, 25}) * kSecondsPerDay + 3600;
    EXPECT_EQ(berlin.offset_at(forward - 1), 3600);
    EXPECT_EQ(berlin.offset_at(forward), 7200);
    const std::int64_t back = days_from_civil({2018, 10, 28}) * kSecondsPerDay + 3600;
    EXPECT_EQ(berlin.offset_at(back - 1), 7200);
    EXPECT_EQ(berlin.offset_at(back), 3600);
}

TEST_F(ZoneFiles, TheFootersRuleHoldsInTheFarFutureOnBothHemispheres) {
    const std::int64_t july = days_from_civil({2150, 7, 1}) * kSecondsPerDay;
    const std::int64_t january = days_from_civil({2150, 1, 1}) * kSecondsPerDay;
    EXPECT_EQ(TimeZone::find("Europe/Berlin").offset_at(july), 7200);
    EXPECT_EQ(TimeZone::find("Europe/Berlin").offset_at(january), 3600);
    EXPECT_EQ(TimeZone::find("Australia/Sydney").offset_at(july), 10 * 3600);
    EXPECT_EQ(TimeZone::find("Australia/Sydney").offset_at(january), 11 * 3600);
}

TEST_F(ZoneFiles, ALocalClockThatIsPutBackMeansTheEarlierInstantAndOneThatSkipsTheOffsetBefore) {
    const TimeZone berlin = TimeZone::find("Europe/Berlin");
    const std::int64_t doubled = days_from_civil({2018, 10, 28}) * kSecondsPerDay + 9000;  // 02:30 stands twice
    EXPECT_EQ(berlin.utc_from_local(doubled), doubled - 7200);
    const std::int64_t skipped = days_from_civil({2018, 3, 25}) * kSecondsPerDay + 9000;  // 02:30 never was
    EXPECT_EQ(berlin.utc_from_local(skipped), skipped - 3600);
}

TEST_F(ZoneFiles, AnInstantsLocalClockReadsBackUnlessItStandsTwice) {
    RandomStream stream(3, 0, Purpose::bootstrap);
    for (const char* name :
         {"Europe/Berlin", "America/New_York", "Asia/Seoul", "Australia/Lord_Howe", "Africa/Casablanca"}) {
        const TimeZone zone = TimeZone::find(name);
        for (int i = 0; i < 2000; ++i) {
            const std::int64_t utc = static_cast<std::int64_t>(stream.next() >> 31) - (std::int64_t{1} << 32);
            const std::int64_t local = utc + zone.offset_at(utc);
            const std::int64_t back = zone.utc_from_local(local);
            ASSERT_LE(back, utc) << name;
            ASSERT_EQ(back + zone.offset_at(back), local) << name << ' ' << utc;
        }
    }
}

TEST_F(ZoneFiles, SegmentsHoldTheirInstantAndJoinWithoutAGap) {
    const TimeZone zone = TimeZone::find("America/New_York");
    TimeZone::Segment segment = zone.segment_at(0);
    for (int i = 0; i < 300; ++i) {  // from the table's years over into the rule's
        const TimeZone::Segment next = zone.segment_at(segment.end);
        ASSERT_EQ(next.begin, segment.end);
        ASSERT_LT(next.begin, next.end);
        ASSERT_NE(next.offset, segment.offset);
        segment = next;
    }
    EXPECT_GT(segment.begin, days_from_civil({2100, 1, 1}) * kSecondsPerDay);
}

/// A zoneinfo folder of our own, with one zone, `Test/Zone`.
class OwnZone : public testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::path(testing::TempDir()) / ("plantwright_zones_" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_ / "Test");
        setenv("TZDIR", folder_.c_str(), 1);
    }
    void TearDown() override {
        unsetenv("TZDIR");
        std::filesystem::remove_all(folder_);
    }

    TimeZone zone(const std::string& bytes) const {
        std::ofstream(folder_ / "Test" / "Zone", std::ios::binary) << bytes;
        return TimeZone::find("Test/Zone");
    }
    TimeZone zone_with_rule(const std::string& rule) const { return zone(version_2_file(rule)); }
    std::string refusal(const std::string& bytes) const {
        return message_of<IoError>([&] { zone(bytes); });
    }

    static std::string header(char version, char times, char types) {
        std::string bytes = std::string("TZif") + version + std::string(15, '\0');
        for (char count : {'\0', '\0', '\0', times, types, '\4'}) bytes += std::string(3, '\0') + count;
        return bytes;
    }
    static std::string one_type() { return std::string("\0\0\x0e\x10\0\0", 6) + std::string("CET\0", 4); }
    static std::string version_2_file(const std::string& rule) {
        return header('2', 0, 1) + one_type() + header('2', 0, 1) + one_type() + "\n" + rule + "\n";
    }
    static std::string version_1_file() {
        return header('\0', 1, 1) + std::string("\x10\0\0\0", 4) + '\0' + one_type();
    }

private:
    std::filesystem::path folder_;
};

std::int64_t seconds_of(const CivilDate& date) { return days_from_civil(date) * kSecondsPerDay; }

void expect_change(const TimeZone& zone, std::int64_t utc, std::int64_t before, std::int64_t after) {
    EXPECT_EQ(zone.offset_at(utc - 1), before);
    EXPECT_EQ(zone.offset_at(utc), after);
}

TEST_F(OwnZone, FollowsARuleOfWeekdays) {
    const TimeZone berlin = zone_with_rule("CET-1CEST,M3.5.0,M10.5.0/3");
    expect_change(berlin, seconds_of({2018, 3, 25}) + 3600, 3600, 7200);
    expect_change(berlin, seconds_of({2018, 10, 28}) + 3600, 7200, 3600);
}

TEST_F(OwnZone, FollowsARuleWithNegativeTimesAndNamesInBrackets) {
    const TimeZone nuuk = zone_with_rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
    expect_change(nuuk, seconds_of({2025, 3, 30}) - 3600 + 7200, -7200, -3600);
    expect_change(nuuk, seconds_of({2025, 10, 26}) + 3600, -3600, -7200);
}

TEST_F(OwnZone, FollowsARuleOfDaysWithAndWithoutTheLeapDay) {
    const TimeZone julian = zone_with_rule("AAA5BBB,J60/0,300");
    for (int year : {2023, 2024}) {
        expect_change(julian, seconds_of({year, 3, 1}) + 5 * 3600, -5 * 3600, -4 * 3600);
        expect_change(julian, seconds_of({year, 1, 1}) + 300 * kSecondsPerDay + 7200 + 4 * 3600, -4 * 3600, -5 * 3600);
    }
}

TEST_F(OwnZone, FollowsARuleThatLastsAllYear) {
    const TimeZone always = zone_with_rule("XXX3EDT4,0/0,J365/23");
    for (std::int64_t day = 0; day < 800; ++day)
        EXPECT_EQ(always.offset_at(seconds_of({2023, 1, 1}) + day * 86400 + 7200), -4 * 3600);
}

TEST_F(OwnZone, RefusesWhatIsNotARule) {
    for (const char* text : {"CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "<CET-1",
                             "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-200", "CET-1CEST,J0,J5"}) {
        EXPECT_TRUE(has(refusal(version_2_file(text)), "rule that cannot be read")) << text;
    }
}

TEST_F(OwnZone, AFileWithoutARuleKeepsItsLastOffset) {
    EXPECT_EQ(zone(version_1_file()).offset_at(std::int64_t{1} << 40), 3600);
    EXPECT_EQ(zone_with_rule("").offset_at(std::int64_t{1} << 40), 3600);
}

TEST_F(OwnZone, EveryCutOfAFileIsRefused) {
    const std::string bytes = version_1_file();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const std::string message = refusal(bytes.substr(0, size));
        EXPECT_TRUE(has(message, "'Test/Zone'")) << size << ": " << message;
    }
}

TEST_F(OwnZone, RefusesAnOffsetThatDoesNotExistAbsurdCountsAndLeapSeconds) {
    std::string bytes = version_1_file();
    bytes[48] = '\1';
    EXPECT_TRUE(has(refusal(bytes), "does not have"));
    bytes.replace(32, 4, "\xff\xff\xff\xff");
    EXPECT_TRUE(has(refusal(bytes), "ends too early"));
    bytes[31] = '\1';
    EXPECT_TRUE(has(refusal(bytes), "leap seconds"));
}

}  // namespace
}  // namespace plantwright
