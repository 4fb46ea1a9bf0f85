// SPDX-License-Identifier: MIT
#include "plantwright/detect/ensemble_detector.hpp"

#include <algorithm>
#include <cmath>

#include "detect/checks.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/detect/streaming_detector.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

std::shared_ptr<const EnsembleDetector> alias(const EnsembleDetector& detector) {
    return {std::shared_ptr<const void>(), &detector};  // for the time of a call
}

VerdictTable table_of(Index n, std::size_t n_members, Index n_sensors, bool with_blame) {
    VerdictTable table{Buffer<std::uint8_t>(n),
                       Vector(n),
                       Vector(n),
                       Matrix(n, static_cast<Index>(n_members)),
                       Buffer<std::uint32_t>(n),
                       Buffer<std::int64_t>(n),
                       {},
                       {}};
    if (with_blame) table.blame = table.deviation = Matrix(n, n_sensors, kNaN);
    return table;
}

void put(VerdictTable& table, Index i, const Verdict& verdict) {
    table.state[i] = static_cast<std::uint8_t>(verdict.state);
    table.severity[i] = verdict.severity;
    table.p_value[i] = verdict.p_value;
    for (Index m = 0; m < table.member_severity.cols(); ++m) {
        table.member_severity(i, m) = verdict.member_severity[static_cast<std::size_t>(m)];
    }
    table.quality[i] = verdict.quality;
    table.event_start[i] = verdict.event ? verdict.event->start : kMissingTime;
    if (table.blame.rows() == 0) return;
    for (const Blamed& blamed : verdict.blame) {
        table.blame(i, blamed.sensor) = blamed.share;
        table.deviation(i, blamed.sensor) = blamed.deviation;
    }
}

/// The stamps of a table, which live in its column; none where the detector knows no time column.
EnsembleDetector::Times times_of(const Frame& frame, const std::string& time_name) {
    if (time_name.empty()) return {};
    const auto stamps = frame.column(time_name).times();
    return {stamps.data(), static_cast<std::size_t>(stamps.size())};
}

Buffer<std::int32_t> signs_of(const VerdictTable& verdicts) {
    Buffer<std::int32_t> signs(verdicts.state.size());
    for (Index i = 0; i < signs.size(); ++i) {
        const auto state = static_cast<AlarmState>(verdicts.state[i]);
        signs[i] = state == AlarmState::alarm || state == AlarmState::clearing ? -1 : 1;
    }
    return signs;
}

}  // namespace

StreamingDetector EnsembleDetector::stream(std::string_view source) const {
    return StreamingDetector(std::make_shared<const EnsembleDetector>(*this), source);
}

VerdictTable EnsembleDetector::verdicts(ConstMatrixView rows, Times times, bool with_blame) const {
    StreamingDetector stream(alias(*this));
    detect::require(rows.cols() == n_sensors(), kTypeName.data(), "rows", rows.cols(), "as wide as the fitted sensors");
    detect::require(times.empty() || std::ssize(times) == rows.rows(), kTypeName.data(), "times", times.size(),
                    "one a row");
    stream.blame_always(with_blame);
    VerdictTable table = table_of(rows.rows(), n_members(), n_sensors(), with_blame);
    for (Index i = 0; i < rows.rows(); ++i) {
        std::optional<std::int64_t> time;
        if (!times.empty()) time = times[static_cast<std::size_t>(i)];
        put(table, i, stream.update(rows.row(i), time));
    }
    return table;
}

VerdictTable EnsembleDetector::verdicts(const Frame& frame, bool with_blame) const {
    if (names_.empty()) throw InvalidArgument("a detector fitted on an array takes arrays, got a table");
    return verdicts(sensor_rows(frame, names_), times_of(frame, time_name_), with_blame);
}

Vector EnsembleDetector::score_samples(ConstMatrixView rows, Times times) const {
    return detect::negated(severity(rows, times));
}
Vector EnsembleDetector::score_samples(const Frame& frame) const { return detect::negated(severity(frame)); }
Buffer<std::int32_t> EnsembleDetector::predict(ConstMatrixView rows, Times times) const {
    return signs_of(verdicts(rows, times));
}
Buffer<std::int32_t> EnsembleDetector::predict(const Frame& frame) const { return signs_of(verdicts(frame)); }

std::optional<SeverityDrift> EnsembleDetector::drift() const {
    if (!options_.drift.half_life_days) return std::nullopt;
    return SeverityDrift(options_.drift, rules_.raise_level, 86'400e9 / static_cast<double>(period_ns_));
}

void EnsembleDetector::save(const std::filesystem::path& path, const io::Json& extra) const {
    io::save(path, *this, extra);
}
EnsembleDetector EnsembleDetector::load(const std::filesystem::path& path) { return io::load<EnsembleDetector>(path); }
std::vector<std::byte> EnsembleDetector::to_bytes(const io::Json& extra) const { return io::to_bytes(*this, extra); }
EnsembleDetector EnsembleDetector::from_bytes(std::span<const std::byte> bytes) {
    return io::from_bytes<EnsembleDetector>(bytes);
}

io::Json EnsembleDetector::describe() const {
    const auto array_of = [](const std::vector<std::string>& texts) {
        io::Json json = io::Json::array();
        for (const std::string& text : texts) json.push_back(text);
        return json;
    };
    io::Json json = io::Json::object();
    json["n_sensors"] = n_sensors();
    json["sensors"] = array_of(names_);
    json["members"] = array_of(member_names_);
    json["period_s"] = static_cast<double>(period_ns_) / 1e9;
    json["raise_level"] = rules_.raise_level;
    json["promised_rate"] = promised_rate_;
    json["notes"] = array_of(notes_);
    return json;
}

void EnsembleDetector::validate() const {
    bool good = !members_.empty() && members_.size() <= 32 && options_.members.size() <= 32 &&
                member_names_.size() == members_.size() && tails_.size() == members_.size() && period_ns_ > 0 &&
                longest_step_ns_ > 0 && warm_up_rows_ >= 0 && std::isfinite(promised_rate_);
    Index warm_up = 0;
    for (const EnsembleMember& member : members_) {
        good = good && member.n_sensors() == members_.front().n_sensors() && member.n_sensors() > 0;
        warm_up = std::max(warm_up, member.warm_up_rows());
    }
    good = good && warm_up == warm_up_rows_ && (names_.empty() || std::ssize(names_) == n_sensors()) &&
           units_.size() == names_.size() && (!expectation_ || expectation_->n_sensors() == n_sensors());
    if (!good) throw CorruptModel("EnsembleDetector: its members, names and tails do not fit together");
    rules_.require_valid(kTypeName.data());
    options_.combination.require_valid(kTypeName.data(), members_.size());
    drift();  // throws where its options are out of range
}

}  // namespace plantwright
