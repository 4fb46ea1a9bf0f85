// SPDX-License-Identifier: MIT
#include "frame/time_text.hpp"

#include "plantwright/frame/calendar.hpp"

namespace plantwright {
namespace {

constexpr int kFirstYear = 1678, kLastYear = 2261;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Eats a text from the left.
class Cursor {
public:
    explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    bool done() const { return at_ == end_; }
    char peek() const { return at_ < end_ ? *at_ : '\0'; }
    bool take(char c) {
        if (peek() != c || done()) return false;
        ++at_;
        return true;
    }
    /// Between `fewest` and `most` digits; -1 where there are fewer. Returns their number in `n_digits`.
    int number(int fewest, int most, int* n_digits = nullptr) {
        int value = 0, n = 0;
        while (n < most && at_ < end_ && is_digit(*at_)) value = value * 10 + (*at_++ - '0'), ++n;
        if (n_digits != nullptr) *n_digits = n;
        return n >= fewest ? value : -1;
    }
    bool skip_blanks() {
        const char* before = at_;
        while (at_ < end_ && *at_ == ' ') ++at_;
        return at_ > before;
    }

private:
    const char* at_;
    const char* end_;
};

bool is_separator(char c) { return c == '-' || c == '/' || c == '.'; }

std::uint8_t small(int value) { return static_cast<std::uint8_t>(value); }

/// yyyymmdd: the cursor stands behind the year.
bool compact_date(Cursor& cursor, TimeText& text) {
    const int month = cursor.number(2, 2), day = cursor.number(2, 2);
    if (month < 0 || day < 0) return false;
    text.first = small(month), text.second = small(day), text.form = DateForm::year_first;
    return true;
}

bool date_year_first(Cursor& cursor, int year, TimeText& text) {
    text.year = static_cast<std::int16_t>(year);
    const char separator = cursor.peek();
    if (!is_separator(separator)) return compact_date(cursor, text);
    int month_digits = 0, day_digits = 0;
    cursor.take(separator);
    const int month = cursor.number(1, 2, &month_digits);
    if (!cursor.take(separator)) return false;
    const int day = cursor.number(1, 2, &day_digits);
    if (month < 0 || day < 0) return false;
    text.first = small(month), text.second = small(day);
    const bool is_iso = separator == '-' && month_digits == 2 && day_digits == 2;
    text.form = is_iso ? DateForm::iso : DateForm::year_first;
    return true;
}

bool date_year_last(Cursor& cursor, int first, TimeText& text) {
    const char separator = cursor.peek();
    if (!is_separator(separator)) return false;
    cursor.take(separator);
    const int second = cursor.number(1, 2);
    if (second < 0 || !cursor.take(separator)) return false;
    const int year = cursor.number(4, 4);
    if (year < 0) return false;
    text.year = static_cast<std::int16_t>(year);
    text.first = small(first), text.second = small(second), text.form = DateForm::year_last;
    return true;
}

bool date(Cursor& cursor, TimeText& text) {
    int n_digits = 0;
    const int leading = cursor.number(1, 4, &n_digits);
    if (n_digits == 4) return date_year_first(cursor, leading, text);
    return n_digits > 0 && n_digits <= 2 && date_year_last(cursor, leading, text);
}

/// Nanoseconds after the mark; further digits are cut.
std::int64_t fraction_ns(Cursor& cursor) {
    std::int64_t value = 0, unit = kSecond_ns / 10;
    while (is_digit(cursor.peek())) {
        value += unit * cursor.number(1, 1);
        unit /= 10;
    }
    return value;
}

/// AM or PM after blanks; -1 where an hour does not exist on a twelve-hour clock.
int on_24_hour_clock(Cursor& cursor, int hour) {
    const char half = static_cast<char>(cursor.peek() | 0x20);
    if (half != 'a' && half != 'p') return hour;
    cursor.take(cursor.peek());
    if (!cursor.take('M') && !cursor.take('m')) return -1;
    if (hour < 1 || hour > 12) return -1;
    return hour % 12 + (half == 'p' ? 12 : 0);
}

bool time_of_day(Cursor& cursor, TimeText& text) {
    int minute = 0, second = 0;
    std::int64_t fraction = 0;
    int hour = cursor.number(1, 2);
    if (cursor.take(':')) {
        minute = cursor.number(2, 2);
        if (cursor.take(':')) {
            second = cursor.number(2, 2);
            if (second >= 0 && (cursor.take('.') || cursor.take(','))) fraction = fraction_ns(cursor);
        }
    }
    cursor.skip_blanks();
    hour = on_24_hour_clock(cursor, hour);
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
    text.time_of_day_ns = hour * kHour_ns + minute * kMinute_ns + second * kSecond_ns + fraction;
    return text.time_of_day_ns <= kDay_ns;
}

/// Z, +hh, +hhmm or +hh:mm, after blanks.
bool offset(Cursor& cursor, TimeText& text) {
    cursor.skip_blanks();
    if (cursor.done()) return true;
    text.has_offset = true;
    if (cursor.take('Z') || cursor.take('z')) return cursor.done();
    const int sign = cursor.peek() == '-' ? -1 : 1;
    if (!cursor.take('+') && !cursor.take('-')) return false;
    const int hours = cursor.number(2, 2);
    const bool colon = cursor.take(':');
    const int minutes = cursor.done() && !colon ? 0 : cursor.number(2, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
    text.offset_s = sign * (hours * 3600 + minutes * 60);
    return cursor.done();
}

CivilDate calendar_date(const TimeText& text, bool day_first) {
    const bool swapped = text.form == DateForm::year_last && day_first;
    return {text.year, swapped ? text.second : text.first, swapped ? text.first : text.second};
}

}  // namespace

std::optional<TimeText> parse_time_text(std::string_view text) {
    TimeText result;
    Cursor cursor(text);
    if (!date(cursor, result) || result.year < kFirstYear || result.year > kLastYear) return std::nullopt;
    if (!is_date(result, true) && !is_date(result, false)) return std::nullopt;
    if (cursor.done()) return result;
    const bool parted = cursor.take('T') || cursor.take('t') || cursor.skip_blanks();
    if (!parted || !time_of_day(cursor, result) || !offset(cursor, result)) return std::nullopt;
    return result;
}

bool is_date(const TimeText& text, bool day_first) { return is_valid_date(calendar_date(text, day_first)); }

std::int64_t local_time_ns(const TimeText& text, bool day_first) {
    return days_from_civil(calendar_date(text, day_first)) * kDay_ns + text.time_of_day_ns;
}

std::optional<std::int64_t> local_time_ns(int year, int month, int day, std::int64_t time_of_day_ns) {
    const CivilDate date{year, month, day};
    if (year < kFirstYear || year > kLastYear || !is_valid_date(date)) return std::nullopt;
    return days_from_civil(date) * kDay_ns + time_of_day_ns;
}

}  // namespace plantwright
