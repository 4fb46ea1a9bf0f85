// SPDX-License-Identifier: MIT
#include "simulate/thermal_frames.hpp"

#include <string>
#include <utility>

#include "simulate/frame_columns.hpp"

namespace plantwright::simulate {
namespace {

template <class T>
const T& at(const std::vector<T>& values, Index i) {
    return values[static_cast<std::size_t>(i)];
}

std::vector<std::string> fault_names() {
    std::vector<std::string> names;
    for (const ThermalFaultTraits& fault : kThermalFaults) names.emplace_back(fault.name);
    return names;
}

/// Row -> time.
auto clock_of(const ThermalPlantOptions& options) {
    return [start = thermal_start_ns(options), period = thermal_period_ns(options)](Index row) {
        return start + row * period;
    };
}

/// Index of the fault of every row of the record, -1 where there is none.
Buffer<std::int32_t> faults_of_rows(const ThermalRecord& record) {
    Buffer<std::int32_t> fault_of(record.row.size(), -1);
    std::size_t fault = 0;
    for (Index i = 0; i < fault_of.size(); ++i) {
        while (fault < record.faults.size() && record.faults[fault].end <= record.row[i]) ++fault;
        if (fault == record.faults.size()) break;
        if (record.faults[fault].begin <= record.row[i]) fault_of[i] = static_cast<std::int32_t>(fault);
    }
    return fault_of;
}

/// As the plant's computer makes them of the readings and the declared heating value.
void add_derived(FrameColumns& frame, const ThermalRecord& record) {
    const Vector& coal = record.readings[static_cast<std::size_t>(ThermalSensorId::fuel)];
    const Vector& load = record.readings[static_cast<std::size_t>(ThermalSensorId::load)];
    const auto electric_per_heat = [&](Index i) {
        const bool runs = record.state[i] == static_cast<std::int32_t>(ThermalState::running);
        return runs ? 5 * load[i] / (coal[i] * record.declared_LHV_MJ_kg[i]) : kNaN;
    };
    frame.numbers("heat_rate_kJ_kWh", "kJ/kWh", Role::response,
                  "derived: coal's heat per electricity made; missing unless the unit runs",
                  [&](Index i) { return 3600 / electric_per_heat(i); });
    frame.numbers("efficiency_percent", "%", Role::response,
                  "derived: electricity made per coal's heat; missing unless the unit runs",
                  [&](Index i) { return 100 * electric_per_heat(i); });
}

void add_labels(FrameColumns& frame, const ThermalRecord& record) {
    const Buffer<std::int32_t> fault_of = faults_of_rows(record);
    std::vector<std::string> levels = fault_names();
    levels.insert(levels.begin(), "none");
    frame.categories("fault", "label: what goes wrong", levels, Role::ignored, [&](Index i) {
        return fault_of[i] < 0 ? 0 : 1 + static_cast<int>(at(record.faults, fault_of[i]).kind);
    });
    frame.numbers("anomaly", "", Role::ignored, "label: 1 where something goes wrong, else 0",
                  [&](Index i) { return fault_of[i] >= 0; });
    frame.numbers("event", "", Role::ignored, "label: row of the table of events, missing where nothing goes wrong",
                  [&](Index i) { return fault_of[i] < 0 ? kNaN : fault_of[i]; });
}

/// "a b" of the sensors a fault touches; one of `touched_levels`.
std::string touched(ThermalFaultKind kind, ThermalSensorId sensor) {
    if (!is_of_process(kind)) return traits(sensor).name;
    std::string names;
    for (std::size_t i = 0; i < traits(kind).n_touched; ++i) {
        if (i > 0) names += ' ';
        names += traits(traits(kind).touches[i]).name;
    }
    return names;
}

/// The sensors alone, then those of each fault of the process.
std::vector<std::string> touched_levels() {
    std::vector<std::string> levels;
    for (const ThermalSensorTraits& sensor : kThermalSensors) levels.emplace_back(sensor.name);
    for (std::size_t k = 0; k < kThermalFaultKindCount; ++k) {
        const auto kind = static_cast<ThermalFaultKind>(k);
        if (is_of_process(kind)) levels.push_back(touched(kind, {}));
    }
    return levels;
}

int touched_code(const PlannedFault& fault) {
    if (!is_of_process(fault.kind)) return static_cast<int>(fault.sensor);
    const int first = static_cast<int>(ThermalFaultKind::tube_leak);
    return static_cast<int>(kThermalSensorCount) + static_cast<int>(fault.kind) - first;
}

}  // namespace

Frame frame_of_rows(ThermalRecord record, const ThermalPlantOptions& options) {
    const auto time_at = clock_of(options);
    FrameColumns frame(record.row.size());
    frame.times("time", "plant's local clock", [&](Index i) { return time_at(record.row[i]); });
    for (std::size_t s = 0; s < kThermalSensorCount; ++s) {
        const ThermalSensorTraits& sensor = kThermalSensors[s];
        frame.numbers({.name = sensor.name,
                       .unit = sensor.unit,
                       .description = sensor.description,
                       .lowest = sensor.lowest,
                       .highest = sensor.highest},
                      record.readings[s]);
    }
    add_derived(frame, record);
    frame.categories("operating_state", "the plant knows it: running, or tripped, or starting up", kThermalStates,
                     Role::ignored, [&](Index i) { return record.state[i]; });
    frame.numbers("ambient_C", "C", Role::ignored, "air at the tower; measured, but none of the eight",
                  std::move(record.ambient_C));
    frame.numbers("fuel_LHV_MJ_kg", "MJ/kg", Role::ignored, "lower heating value of the blend, by the laboratory",
                  std::move(record.declared_LHV_MJ_kg));
    add_labels(frame, record);
    for (std::size_t t = 0; t < record.truth.size(); ++t) {
        const ThermalTruth& truth = thermal_truths()[t];
        frame.numbers(truth.name, truth.unit, Role::ignored, truth.description, std::move(record.truth[t]));
    }
    return std::move(frame).build();
}

Frame frame_of_events(const std::vector<PlannedFault>& faults, const ThermalPlantOptions& options) {
    const auto time_at = clock_of(options);
    const auto fault = [&](Index i) -> const PlannedFault& { return at(faults, i); };
    FrameColumns frame(static_cast<Index>(faults.size()));
    frame.numbers("event", "", Role::group, "as in the rows", [](Index i) { return i; });
    frame.categories("kind", "what goes wrong", fault_names(), Role::feature, [&](Index i) { return fault(i).kind; });
    frame.categories("sensors", "those it touches, parted by spaces", touched_levels(), Role::feature,
                     [&](Index i) { return touched_code(fault(i)); });
    frame.times("start", "its first row", [&](Index i) { return time_at(fault(i).begin); });
    frame.times("end", "the row after its last", [&](Index i) { return time_at(fault(i).end); }, Role::feature);
    frame.numbers("severity", "", Role::feature, "standard deviations of the first sensor's residual",
                  [&](Index i) { return fault(i).severity; });
    frame.numbers("size", "", Role::feature, "severity in the unit of the first sensor, with its sign",
                  [&](Index i) { return fault(i).size(); });
    return std::move(frame).build();
}

Frame frame_of_outages(const std::vector<Outage>& outages, const ThermalPlantOptions& options) {
    const auto time_at = clock_of(options);
    FrameColumns frame(static_cast<Index>(outages.size()));
    frame.times("start", "the trip", [&](Index i) { return time_at(at(outages, i).trip); });
    frame.times("start_up", "the fires are lit", [&](Index i) { return time_at(at(outages, i).fires); }, Role::feature);
    frame.times(
        "end", "the first row of normal operation", [&](Index i) { return time_at(at(outages, i).end); },
        Role::feature);
    return std::move(frame).build();
}

}  // namespace plantwright::simulate
