// SPDX-License-Identifier: MIT
/// A detector at the plant's edge, without Python: `plantwright_watch detector.plw [--state state.plw] < rows.csv`.
///
/// Reads a CSV header and then rows from stdin, as they arrive, and answers each at once with one line on stdout, below
/// a header, tab-separated. Sensors and the time are found by name, in any order; a cell that is empty, `NA` or the
/// like is a missing reading. Numbers are in the shortest form that reads back to the same bits, `since` in the rows'
/// own clock. A row that cannot be read is told on stderr and answered with an empty line, so that answers stay in
/// step with rows.
///
/// With `--state` it goes on from that file where there is one, and saves it every `--every` rows (1000) and at the
/// end, always after the answers. SIGTERM and SIGINT end it as the end of the rows does, once those that it has read
/// are answered. Rows sent again after a crash are answered `late` or `duplicate`, or, where the state is older, again
/// with the same event. Linux.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>

#include "plantwright/plantwright.hpp"

namespace pw = plantwright;

/// Lines of stdin, until it ends or someone asks for an end.
class Lines {
public:
    Lines() {
        sigset_t ends;
        sigemptyset(&ends);
        sigaddset(&ends, SIGTERM);
        sigaddset(&ends, SIGINT);
        sigprocmask(SIG_BLOCK, &ends, nullptr);  // they are read, beside stdin
        signals_ = signalfd(-1, &ends, SFD_CLOEXEC);
    }

    std::optional<std::string> next() {
        std::size_t end = text_.find('\n');
        while (end == std::string::npos && more()) end = text_.find('\n');
        if (end == std::string::npos && (interrupted_ || text_.empty())) return std::nullopt;  // half a row is none
        std::string line = text_.substr(0, end);
        text_.erase(0, end == std::string::npos ? end : end + 1);
        return line;
    }

private:
    /// Waits for more text. False at the end.
    bool more() {
        pollfd sources[2] = {{STDIN_FILENO, POLLIN, 0}, {signals_, POLLIN, 0}};
        if (poll(sources, 2, -1) < 0) return errno == EINTR;
        interrupted_ = sources[1].revents != 0;
        if (interrupted_) return false;
        char bytes[4096];
        const ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
        if (n > 0) text_.append(bytes, static_cast<std::size_t>(n));
        return n > 0 || (n < 0 && errno == EINTR);
    }

    int signals_ = -1;
    bool interrupted_ = false;
    std::string text_;
};

/// Rows of CSV as the detector takes them.
class Rows {
public:
    /// Throws SchemaMismatch where the header lacks a sensor or the time.
    Rows(std::string header, const pw::EnsembleDetector& detector) : header_(std::move(header)), detector_(detector) {
        if (detector.names().empty()) {
            throw pw::InvalidArgument("the detector was fitted on an array: its sensors have no names");
        }
        const pw::Frame none = frame_of("");
        for (const std::string& name : detector.names()) none.column(name);
        if (!detector.time_name().empty()) none.column(detector.time_name());
    }

    /// Throws ParseError, InvalidArgument.
    const pw::Verdict& take(const std::string& line, pw::StreamingDetector& stream) const {
        const pw::Frame row = frame_of(line + "\n");
        if (row.rows() != 1) throw pw::InvalidArgument("a line must be one row, got " + std::to_string(row.rows()));
        pw::Vector readings(detector_.n_sensors());
        for (pw::Index j = 0; j < readings.size(); ++j) {
            readings[j] = reading_of(row, detector_.names()[static_cast<std::size_t>(j)]);
        }
        if (detector_.time_name().empty()) return stream.update(readings);  // one period after the last
        return stream.update(readings, row.column(detector_.time_name()).times()[0]);
    }

private:
    pw::Frame frame_of(const std::string& rows) const {
        pw::CsvOptions options;
        if (!detector_.time_name().empty()) options.time = {detector_.time_name()};
        return pw::parse_csv(header_ + "\n" + rows, options).frame;
    }
    static double reading_of(const pw::Frame& row, const std::string& sensor) {
        const pw::Column& column = row.column(sensor);
        if (column.kind() == pw::ColumnKind::number) return column.number(0);
        throw pw::InvalidArgument("sensor '" + sensor + "' must have a number or nothing, got text");
    }

    std::string header_;
    const pw::EnsembleDetector& detector_;
};

std::string text_of(double number) {
    char digits[32];
    return std::string(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

/// 2024-03-05T10:17:00, with nine digits of a second's fraction where there is one.
std::string text_of_time(std::int64_t nanoseconds) {
    constexpr std::int64_t kDay_ns = pw::kSecondsPerDay * pw::kNanosecondsPerSecond;
    const std::int64_t in_day = (nanoseconds % kDay_ns + kDay_ns) % kDay_ns,
                       second = in_day / pw::kNanosecondsPerSecond;
    const pw::CivilDate date = pw::civil_from_days((nanoseconds - in_day) / kDay_ns);
    char text[64];
    const auto format = [&](const char* form, auto... parts) { std::snprintf(text, sizeof text, form, parts...); };
    format("%04lld-%02d-%02dT%02d:%02d:%02d", static_cast<long long>(date.year), date.month, date.day,
           static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
    std::string whole = text;
    if (in_day % pw::kNanosecondsPerSecond == 0) return whole;
    format(".%09d", static_cast<int>(in_day % pw::kNanosecondsPerSecond));
    return whole + text;
}

constexpr const char* kHeader = "state\tseverity\tp_value\tevent\tsince\tsensor\tdeviation\tunit\tquality";

std::string answer_of(const pw::Verdict& verdict, const pw::EnsembleDetector& detector) {
    const bool has_clock = !detector.time_name().empty(), known = verdict.since != pw::kMissingTime;
    std::string line(to_string(verdict.state));
    line += '\t' + text_of(verdict.severity) + '\t' + text_of(verdict.p_value) + '\t';
    line += (verdict.event ? verdict.event->text() : "") + '\t';
    if (known) line += has_clock ? text_of_time(verdict.since) : std::to_string(verdict.since);
    line += '\t';
    if (verdict.blame.empty()) {
        line += "\t\t";
    } else {
        const auto& [sensor, share, deviation] = verdict.blame.front();
        const auto j = static_cast<std::size_t>(sensor);
        line += detector.names()[j] + '\t' + text_of(deviation) + '\t' + detector.units()[j];
    }
    line += '\t';
    for (const std::string_view flag : pw::to_strings(verdict.quality)) {
        if (line.back() != '\t') line += ',';
        line += flag;
    }
    return line;
}

struct Settings {
    std::string detector, state;
    long every = 1000;
};

std::optional<Settings> settings_from(int argc, char** argv) {
    Settings settings;
    for (int k = 1; k < argc; ++k) {
        const std::string_view word = argv[k], value = k + 1 < argc ? argv[k + 1] : "";
        if (word == "--state" && !value.empty()) {
            settings.state = argv[++k];
        } else if (word == "--every" && !value.empty()) {
            const auto [end, error] = std::from_chars(value.begin(), value.end(), settings.every);
            if (error != std::errc() || end != value.end() || settings.every < 1) return std::nullopt;
            ++k;
        } else if (settings.detector.empty() && !word.starts_with("--")) {
            settings.detector = word;
        } else {
            return std::nullopt;
        }
    }
    if (settings.detector.empty()) return std::nullopt;
    return settings;
}

void watch(Lines& lines, const Settings& settings) {
    const auto detector = std::make_shared<const pw::EnsembleDetector>(pw::EnsembleDetector::load(settings.detector));
    const bool resumes = !settings.state.empty() && std::filesystem::exists(settings.state);
    auto stream = resumes ? pw::StreamingDetector::load(settings.state, detector) : pw::StreamingDetector(detector);
    const Rows rows(lines.next().value_or(""), *detector);
    std::cout << kHeader << std::endl;
    long n = 0;
    for (auto line = lines.next(); line; line = lines.next()) {
        ++n;
        try {
            std::cout << answer_of(rows.take(*line, stream), *detector);
        } catch (const pw::Error& error) {
            std::cerr << "plantwright_watch: row " << n << ": " << error.message() << '\n';
        }
        std::cout << std::endl;  // an answer leaves at once, before the state that knows of it is saved
        if (!settings.state.empty() && n % settings.every == 0) stream.save(settings.state);
    }
    if (!settings.state.empty()) stream.save(settings.state);
}

int main(int argc, char** argv) try {
    const auto settings = settings_from(argc, argv);
    if (!settings) {
        std::cerr << "usage: plantwright_watch detector.plw [--state state.plw [--every rows]] < rows.csv\n";
        return 2;
    }
    Lines lines;  // first, so that no signal ends it half-way
    watch(lines, *settings);
    return std::cout ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "plantwright_watch: error: " << error.what() << '\n';
    return 1;
}
