// SPDX-License-Identifier: MIT
#include "plantwright/detect/streaming_detector.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "detect/checks.hpp"
#include "detect/timed_rows.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/checksum.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "StreamingDetector";
constexpr std::int64_t kDay = 86'400'000'000'000;

std::uint64_t stream_id(std::uint64_t detector, std::string_view source) {
    return source.empty() ? detector : detector ^ io::checksum(std::as_bytes(std::span(source)));
}

}  // namespace

StreamingDetector::StreamingDetector(Shared detector, std::string_view source) : detector_(std::move(detector)) {
    if (!detector_ || detector_->n_members() == 0) throw NotFitted("StreamingDetector: it needs a fitted detector");
    const std::size_t n_members = detector_->n_members();
    const auto d = static_cast<std::size_t>(detector_->n_sensors());
    state_.detector = detector_->id();
    state_.stream = stream_id(detector_->id(), source);
    verdict_.member_severity.assign(n_members, kNaN);
    verdict_.blame.reserve(d);
    verdict_.broken.reserve(d * n_members);
    row_ = Vector(detector_->n_sensors(), kNaN);
    shares_ = Vector(detector_->n_sensors(), 0.0);
    drift_ = detector_->drift();
    if (drift_) state_.drift = drift_->start();
    restart();
}

void StreamingDetector::restart() {
    state_.members.clear();
    for (const EnsembleMember& member : detector_->members()) state_.members.push_back(member.start());
    state_.last_time = state_.last_reading = state_.doubted = kMissingTime;
    state_.rows_since_start = state_.started = 0;
    state_.alarm = {};
    state_.lead_member = state_.lead_sensor = state_.first_out_member = state_.first_out_sensor = -1;
}

void StreamingDetector::shelve(std::int64_t until) { state_.shelved_until = until; }

/// A row without a stamp follows the last one by a period.
std::int64_t StreamingDetector::stamp(std::optional<std::int64_t> time) const {
    if (time) return *time;
    if (state_.last_time == kMissingTime) return 0;
    std::int64_t next = 0;
    const bool overflow = __builtin_add_overflow(state_.last_time, detector_->period_ns(), &next);
    return overflow ? std::numeric_limits<std::int64_t>::max() : next;
}

bool StreamingDetector::admit(std::int64_t time) {
    verdict_.quality = 0;
    if (time == kMissingTime) {
        verdict_.quality = verdict_.quality | Quality::untimed;
    } else if (state_.last_time != kMissingTime && time <= state_.last_time) {
        verdict_.quality = verdict_.quality | (time == state_.last_time ? Quality::duplicate : Quality::late);
    } else if (is_future(time)) {
        verdict_.quality = verdict_.quality | Quality::future;
    }
    if (verdict_.quality == 0) state_.doubted = kMissingTime;
    return verdict_.quality == 0;
}

/// A jump ahead is believed when a second row confirms it.
bool StreamingDetector::is_future(std::int64_t time) {
    const std::int64_t longest = std::max(detector_->longest_step_ns(), kDay);
    if (state_.last_time == kMissingTime || !detect::is_gap(state_.last_time, time, longest)) return false;
    const bool confirmed =
        state_.doubted != kMissingTime && time > state_.doubted && !detect::is_gap(state_.doubted, time, longest);
    state_.doubted = time;
    return !confirmed;
}

void StreamingDetector::read(ConstVectorView row) {
    verdict_.n_missing = 0;
    for (Index j = 0; j < row_.size(); ++j) {
        const bool there = std::isfinite(row[j]);
        row_[j] = there ? row[j] : kNaN;
        verdict_.n_missing += there ? 0 : 1;
    }
    if (verdict_.n_missing > 0) verdict_.quality = verdict_.quality | Quality::missing_readings;
    if (verdict_.n_missing == row_.size()) verdict_.quality = verdict_.quality | Quality::no_reading;
}

void StreamingDetector::begin_anew(std::int64_t time) {
    verdict_.quality = verdict_.quality | Quality::gap;
    for (std::size_t m = 0; m < state_.members.size(); ++m) state_.members[m] = detector_->members()[m].start();
    state_.rows_since_start = 0;
    state_.started = time;
    detector_->rules().note_gap(state_.alarm, time);
    state_.lead_member = state_.lead_sensor = -1;
}

/// The combined severity of `row_`; the members' stand in the verdict.
double StreamingDetector::score() {
    bool silent = false;
    for (std::size_t m = 0; m < state_.members.size(); ++m) {
        const double statistic = detector_->members()[m].update(state_.members[m], row_);
        verdict_.member_severity[m] = detector_->tails()[m].severity(statistic);
        silent = silent || std::isnan(verdict_.member_severity[m]);
        detector_->members()[m].add_broken_rules(state_.members[m], verdict_.broken);
    }
    if (state_.rows_since_start <= detector_->warm_up_rows()) ++state_.rows_since_start;  // enough to know
    if (state_.rows_since_start <= detector_->warm_up_rows()) return kNaN;
    if (silent) verdict_.quality = verdict_.quality | Quality::silent_member;
    const double statistic = detector_->combine(verdict_.member_severity);
    return told(statistic);
}

/// By the tail, and the shift where there is one.
double StreamingDetector::told(double statistic) {
    const double shift = state_.drift.shift;
    verdict_.p_value = detector_->tail().p_value(statistic);
    const double severity = detector_->tail().severity(statistic);
    if (shift == 0) return severity;
    verdict_.p_value = std::min(1.0, verdict_.p_value * elementary::pow(10, shift));
    return std::max(0.0, severity - shift);
}

/// Rows that are normal beyond doubt say what is normal now.
void StreamingDetector::follow_drift(AlarmPhase before, std::int64_t time, double periods) {
    const bool quiet = before == AlarmPhase::normal && state_.alarm.phase == AlarmPhase::normal && !is_shelved(time);
    if (!drift_ || !quiet || std::isnan(verdict_.severity) || verdict_.has(Quality::silent_member)) return;
    drift_->update(state_.drift, verdict_.severity, periods);
}

double StreamingDetector::periods_since_reading(std::int64_t time) const {
    if (state_.last_reading == kMissingTime) return 0;
    const auto step = static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(state_.last_reading);
    return static_cast<double>(step) / static_cast<double>(detector_->period_ns());
}

Index StreamingDetector::most_blamed(std::size_t member) const {
    const Vector shares = detector_->members()[member].contributions(state_.members[member]);
    Index most = 0;
    for (Index j = 1; j < shares.size(); ++j) {
        if (shares[j] > shares[most] || std::isnan(shares[most])) most = j;
    }
    return most;
}

/// The member of the greatest severity among those that count; -1 where none has one.
std::int64_t StreamingDetector::worst_member() const {
    const auto& severity = verdict_.member_severity;
    std::int64_t worst = -1;
    for (std::size_t m = 0; m < severity.size(); ++m) {
        const bool counts = detector_->options().combination.weight_of(m) > 0 && !std::isnan(severity[m]);
        if (counts && (worst < 0 || severity[m] > severity[static_cast<std::size_t>(worst)])) {
            worst = static_cast<std::int64_t>(m);
        }
    }
    return worst;
}

/// Who crossed the alarm level first, since all members were below it outside an event.
void StreamingDetector::note_lead() {
    const auto worst = static_cast<std::size_t>(worst_member());  // there is a severity, and so a member that counts
    const bool crossed = verdict_.member_severity[worst] >= detector_->rules().raise_level;
    if (!crossed && state_.alarm.phase == AlarmPhase::normal) state_.lead_member = state_.lead_sensor = -1;
    if (!crossed || state_.lead_member >= 0) return;
    state_.lead_member = static_cast<std::int64_t>(worst);
    state_.lead_sensor = most_blamed(worst);
}

/// An event that has begun in this row takes over who was first; where none crossed alone, the worst.
void StreamingDetector::note_event(AlarmPhase before) {
    const AlarmPhase now = state_.alarm.phase;
    if (now == AlarmPhase::normal) state_.first_out_member = state_.first_out_sensor = -1;
    if (before != AlarmPhase::normal || now == AlarmPhase::normal) return;
    if (state_.lead_member < 0) {
        state_.lead_member = worst_member();
        state_.lead_sensor = most_blamed(static_cast<std::size_t>(state_.lead_member));
    }
    state_.first_out_member = state_.lead_member;
    state_.first_out_sensor = state_.lead_sensor;
}

bool StreamingDetector::is_shelved(std::int64_t time) const {
    return state_.shelved_until != kMissingTime && time < state_.shelved_until;
}

AlarmState StreamingDetector::told_state(std::int64_t time) const {
    if (is_shelved(time)) return AlarmState::shelved;
    switch (state_.alarm.phase) {
        case AlarmPhase::pending: return AlarmState::pending;
        case AlarmPhase::alarm: return AlarmState::alarm;
        case AlarmPhase::clearing: return AlarmState::clearing;
        case AlarmPhase::normal: break;
    }
    return state_.rows_since_start <= detector_->warm_up_rows() ? AlarmState::warming_up : AlarmState::normal;
}

/// Shares: each member's contributions as parts of 1, weighted by its severity, at most the clip, and learned weight.
void StreamingDetector::tell_blame() {
    const SeverityCombination& combination = detector_->options().combination;
    std::fill(shares_.begin(), shares_.end(), 0.0);
    double all = 0;
    for (std::size_t m = 0; m < state_.members.size(); ++m) {
        const double severity = verdict_.member_severity[m], learned = combination.weight_of(m);
        if (std::isnan(severity) || learned == 0) continue;
        const Vector shares = detector_->members()[m].contributions(state_.members[m]);
        double sum = 0;
        for (const double share : shares) sum += std::isfinite(share) ? share : 0;
        if (!(sum > 0)) continue;
        const double weight = learned * std::min(std::max(severity, 1e-3), combination.clip);
        for (Index j = 0; j < shares.size(); ++j) shares_[j] += std::isfinite(shares[j]) ? weight * shares[j] / sum : 0;
        all += weight;
    }
    const auto& expectation = detector_->expectation();
    const Vector deviation = expectation ? expectation->unexplained(row_) : Vector(row_.size(), kNaN);
    for (Index j = 0; j < row_.size(); ++j) {
        verdict_.blame.push_back({j, all > 0 ? shares_[j] / all : 0, deviation[j]});
    }
    std::stable_sort(verdict_.blame.begin(), verdict_.blame.end(),
                     [](const Blamed& a, const Blamed& b) { return a.share > b.share; });
}

void StreamingDetector::tell(std::int64_t time) {
    const AlarmPhase phase = state_.alarm.phase;
    verdict_.time = time;
    verdict_.state = told_state(time);
    verdict_.event.reset();
    if (phase != AlarmPhase::normal) verdict_.event = EventId{state_.stream, state_.alarm.since};
    verdict_.since = phase == AlarmPhase::normal && state_.rows_since_start <= detector_->warm_up_rows()
                         ? state_.started
                         : state_.alarm.since;
    verdict_.first_out_member = state_.first_out_member;
    verdict_.first_out_sensor = state_.first_out_sensor;
}

const Verdict& StreamingDetector::update(ConstVectorView row, std::optional<std::int64_t> given) {
    detect::require(row.size() == row_.size(), kWho, "row", row.size(), "as long as the fitted sensors are many");
    const std::int64_t time = stamp(given);
    verdict_.severity = verdict_.p_value = kNaN;
    verdict_.blame.clear();
    verdict_.broken.clear();
    std::fill(verdict_.member_severity.begin(), verdict_.member_severity.end(), kNaN);
    verdict_.n_missing = 0;
    if (!admit(time)) {
        tell(state_.last_time);
        verdict_.time = time;
        return verdict_;
    }
    const bool is_first = state_.last_time == kMissingTime;
    state_.last_time = time;
    if (is_first) state_.started = state_.alarm.since = time;
    read(row);
    if (!verdict_.has(Quality::no_reading)) {
        if (state_.last_reading != kMissingTime &&
            detect::is_gap(state_.last_reading, time, detector_->longest_step_ns())) {
            begin_anew(time);
        }
        const double periods = periods_since_reading(time);
        state_.last_reading = time;
        verdict_.severity = score();
        const AlarmPhase before = state_.alarm.phase;
        detector_->rules().update(state_.alarm, verdict_.severity, time);
        if (!std::isnan(verdict_.severity)) note_lead();
        note_event(before);
        follow_drift(before, time, periods);
        const bool raised = before != AlarmPhase::normal || state_.alarm.phase != AlarmPhase::normal;
        if (!std::isnan(verdict_.severity) && (raised || blame_always_)) tell_blame();
    }
    tell(time);
    return verdict_;
}

void StreamingDetector::save(const std::filesystem::path& path, const io::Json& extra) const {
    io::save(path, state_, extra);
}
std::vector<std::byte> StreamingDetector::to_bytes(const io::Json& extra) const { return io::to_bytes(state_, extra); }

StreamingDetector StreamingDetector::load(const std::filesystem::path& path, Shared detector) {
    return resumed(io::load<EnsembleStreamState>(path), std::move(detector));
}

StreamingDetector StreamingDetector::from_bytes(std::span<const std::byte> bytes, Shared detector) {
    return resumed(io::from_bytes<EnsembleStreamState>(bytes), std::move(detector));
}

StreamingDetector StreamingDetector::resumed(EnsembleStreamState state, Shared detector) {
    StreamingDetector stream(std::move(detector));
    state.restore(stream.detector());
    stream.state_ = std::move(state);
    return stream;
}

io::Json EnsembleStreamState::describe() const {
    io::Json json = io::Json::object();
    json["detector"] = EventId{detector, 0}.text();
    json["n_members"] = static_cast<std::int64_t>(members.size());
    return json;
}

void EnsembleStreamState::validate() const {
    const bool good = alarm.phase <= AlarmPhase::clearing && alarm.rows_waited >= 0 && alarm.rows_waited <= 1'000'000 &&
                      rows_since_start >= 0 && lead_member >= -1 && lead_sensor >= -1 && first_out_member >= -1 &&
                      first_out_sensor >= -1;
    if (!good) throw CorruptModel("EnsembleStreamState: its alarm and counters are out of range");
}

void EnsembleStreamState::restore(const EnsembleDetector& of) {
    if (detector != of.id()) throw InvalidArgument("StreamingDetector: the saved state is of another detector");
    const auto n_members = static_cast<std::int64_t>(of.n_members());
    const bool good = std::ssize(members) == n_members && lead_member < n_members && lead_sensor < of.n_sensors() &&
                      first_out_member < n_members && first_out_sensor < of.n_sensors() &&
                      (lead_member < 0) == (lead_sensor < 0) && (first_out_member < 0) == (first_out_sensor < 0) &&
                      rows_since_start <= of.warm_up_rows() + 1;
    if (!good) throw CorruptModel("EnsembleStreamState: it does not fit its detector");
    for (std::size_t m = 0; m < members.size(); ++m) of.members()[m].restore(members[m]);
    const auto follower = of.drift();
    if (follower ? !follower->is_state(drift) : drift != SeverityDrift::State()) {
        throw CorruptModel("EnsembleStreamState: its drift does not fit its detector");
    }
}

}  // namespace plantwright
