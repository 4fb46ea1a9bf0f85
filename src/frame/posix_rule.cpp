// SPDX-License-Identifier: MIT
#include "frame/posix_rule.hpp"

#include "plantwright/frame/calendar.hpp"

namespace plantwright::detail {
namespace {

/// Reads from the front of the text; once something does not fit, `ok` is false and stays so.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool ok() const { return ok_; }
    bool at_end() const { return text_.empty(); }
    bool next_is(char c) const { return !text_.empty() && text_.front() == c; }
    bool skip(char c) {
        if (!next_is(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char c) { ok_ = skip(c) && ok_; }

    /// Three letters or more, or anything between angle brackets.
    void zone_name() {
        const bool bracketed = skip('<');
        std::size_t length = 0;
        while (length < text_.size() && (bracketed ? text_[length] != '>' : is_letter(text_[length]))) ++length;
        ok_ = ok_ && length >= 3;
        text_.remove_prefix(length);
        if (bracketed) expect('>');
    }

    int number(int lowest, int highest) {
        int value = 0;
        std::size_t length = 0;
        while (length < text_.size() && length < 4 && is_digit(text_[length]))
            value = 10 * value + (text_[length++] - '0');
        ok_ = ok_ && length > 0 && lowest <= value && value <= highest;
        text_.remove_prefix(length);
        return value;
    }

    /// [+-]hh[:mm[:ss]] in seconds; RFC 9636 allows hours up to 167.
    std::int64_t time() {
        const bool negative = skip('-');
        if (!negative) skip('+');
        std::int64_t seconds = 3600 * number(0, 167);
        if (skip(':')) seconds += 60 * number(0, 59);
        if (skip(':')) seconds += number(0, 59);
        return negative ? -seconds : seconds;
    }

private:
    static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    std::string_view text_;
    bool ok_ = true;
};

YearlyChange read_change(Reader& reader) {
    YearlyChange change;
    reader.expect(',');
    if (reader.skip('M')) {
        change.month = reader.number(1, 12);
        reader.expect('.');
        change.week = reader.number(1, 5);
        reader.expect('.');
        change.day = reader.number(0, 6);
    } else if (reader.skip('J')) {
        change.form = YearlyChange::Form::julian_without_leap_day;
        change.day = reader.number(1, 365);
    } else {
        change.form = YearlyChange::Form::day_of_year;
        change.day = reader.number(0, 365);
    }
    if (reader.skip('/')) change.time = reader.time();
    return change;
}

bool is_leap(std::int64_t year) { return is_valid_date({year, 2, 29}); }

std::int64_t month_week_day(std::int64_t year, int month, int week, int weekday) {
    const std::int64_t first = days_from_civil({year, month, 1});
    const std::int64_t weekday_of_first = ((first + 4) % 7 + 7) % 7;  // from Sunday; day 0 was a Thursday
    std::int64_t day = first + (weekday - weekday_of_first + 7) % 7 + 7 * (week - 1);
    const std::int64_t next_month =
        month == 12 ? days_from_civil({year + 1, 1, 1}) : days_from_civil({year, month + 1, 1});
    while (day >= next_month) day -= 7;
    return day;
}

}  // namespace

std::int64_t YearlyChange::local_seconds(std::int64_t year) const {
    std::int64_t date = 0;
    if (form == Form::month_week_day) {
        date = month_week_day(year, month, week, day);
    } else {
        date = days_from_civil({year, 1, 1}) + day;
        const bool before_leap_day = !is_leap(year) || day < 60;
        if (form == Form::julian_without_leap_day && before_leap_day) --date;
    }
    return date * kSecondsPerDay + time;
}

std::optional<PosixRule> parse_posix_rule(std::string_view text) {
    Reader reader(text);
    PosixRule rule;
    reader.zone_name();
    rule.standard_offset = -reader.time();  // POSIX counts west of UTC
    rule.has_summer_time = !reader.at_end();
    if (rule.has_summer_time) {
        reader.zone_name();
        rule.summer_offset = reader.next_is(',') ? rule.standard_offset + 3600 : -reader.time();
        rule.to_summer = read_change(reader);
        rule.to_standard = read_change(reader);
    }
    return reader.ok() && reader.at_end() ? std::optional(rule) : std::nullopt;
}

}  // namespace plantwright::detail
