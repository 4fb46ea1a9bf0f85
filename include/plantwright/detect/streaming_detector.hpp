// SPDX-License-Identifier: MIT
/// `StreamingDetector`: rows one by one through a fitted EnsembleDetector, to the bits that whole tables give.
///
/// Clock. Each row has a stamp in nanoseconds; one without (std::nullopt) follows the last by a period. A row stamped
/// before the last is late, as the last a duplicate, kMissingTime untimed: each is refused with a flag, and nothing
/// changes. One stamped more than a day (and `longest_step_ns`) ahead is refused too, so that a wrong clock does not
/// make all true rows late, unless the next that is neither late nor a duplicate comes after it by less. A row longer
/// than `longest_step_ns` after the last reading comes after a gap: the members begin anew, what was pending is
/// dropped, an alarm stands until scores say that it is over.
///
/// Readings that are not finite are missing. A row without any has no severity and reaches no member. There is no
/// severity until the slowest member is warm; after that a member without a score is left aside for the row, with a
/// flag.
///
/// With `EnsembleOptions::drift` the severity told is less by a shift that follows accepted rows: severity_drift.hpp.
///
/// A shelved stream goes on, but its verdicts say `shelved` until the stamp given. Saved after a row and loaded, it
/// goes on with the same bits: alarms are delivered at least once, with the same id. `update` allocates nothing while
/// no event is on; blame and a restart after a gap do. A stream belongs to one thread; any number share a detector.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "plantwright/detect/ensemble_detector.hpp"

namespace plantwright {

/// All that a stream remembers, in a file of its own; means something beside its detector alone.
struct PLANTWRIGHT_API EnsembleStreamState {
    static constexpr std::string_view kTypeName = "EnsembleStreamState";

    std::uint64_t detector = 0;  ///< its id
    std::uint64_t stream = 0;    ///< the id in events
    std::int64_t last_time = kMissingTime, last_reading = kMissingTime, shelved_until = kMissingTime;
    std::int64_t rows_since_start = 0, started = 0;
    std::vector<MemberState> members;
    AlarmRules::State alarm;
    std::int64_t lead_member = -1, lead_sensor = -1;            ///< who crossed the level first since all were below
    std::int64_t first_out_member = -1, first_out_sensor = -1;  ///< of the event that is on
    SeverityDrift::State drift;                                 ///< 0 where it is off
    std::int64_t doubted = kMissingTime;                        ///< the latest stamp refused as one of the future

    io::Json describe() const;
    void validate() const;  ///< what can be said without the detector; throws CorruptModel
    /// Makes a loaded state whole. Throws InvalidArgument on another detector's, CorruptModel.
    void restore(const EnsembleDetector& of);

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        io::members(archive, detector, stream, last_time, last_reading, shelved_until, rows_since_start, started,
                    members, alarm, lead_member, lead_sensor, first_out_member, first_out_sensor);
        if (version >= 1) io::members(archive, drift, doubted);
        io::validate_after_load(archive, *this);
    }
};

class PLANTWRIGHT_API StreamingDetector {
public:
    using Shared = std::shared_ptr<const EnsembleDetector>;

    /// Throws NotFitted.
    explicit StreamingDetector(Shared detector, std::string_view source = {});

    /// One row of readings in the order of the sensors. The verdict is valid until the next call. Throws
    /// InvalidArgument on another number of readings; the stream is then as it was.
    const Verdict& update(ConstVectorView row, std::optional<std::int64_t> time = {});
    const Verdict& verdict() const { return verdict_; }  ///< of the latest row since it was made or loaded

    void shelve(std::int64_t until);  ///< a stamp of the stream's clock
    void unshelve() { state_.shelved_until = kMissingTime; }
    std::int64_t shelved_until() const { return state_.shelved_until; }
    void restart();  ///< forgets all rows, the clock and the alarm; shelving and drift stay
    void blame_always(bool always) { blame_always_ = always; }  ///< also of rows that are normal

    const EnsembleDetector& detector() const { return *detector_; }
    const EnsembleStreamState& state() const { return state_; }

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    /// Throws InvalidArgument where the state is another detector's.
    static StreamingDetector load(const std::filesystem::path& path, Shared detector);
    static StreamingDetector from_bytes(std::span<const std::byte> bytes, Shared detector);

private:
    static StreamingDetector resumed(EnsembleStreamState state, Shared detector);
    std::int64_t stamp(std::optional<std::int64_t> time) const;
    bool admit(std::int64_t time);  // false: refused, with the flag set
    bool is_future(std::int64_t time);
    void read(ConstVectorView row);
    void begin_anew(std::int64_t time);
    double score();
    double told(double statistic);
    void follow_drift(AlarmPhase before, std::int64_t time, double periods);
    double periods_since_reading(std::int64_t time) const;
    std::int64_t worst_member() const;
    void note_lead();
    void note_event(AlarmPhase before);
    void tell(std::int64_t time);
    void tell_blame();
    bool is_shelved(std::int64_t time) const;
    AlarmState told_state(std::int64_t time) const;
    Index most_blamed(std::size_t member) const;

    Shared detector_;
    std::optional<SeverityDrift> drift_;
    EnsembleStreamState state_;
    Verdict verdict_;
    Vector row_;     // the latest, NaN where missing
    Vector shares_;  // scratch of blame
    bool blame_always_ = false;
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::EnsembleStreamState, 1)
