// SPDX-License-Identifier: MIT
#include "simulate/thermal_plan.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/error.hpp"
#include "simulate/shown.hpp"
#include "simulate/thermal_streams.hpp"

namespace plantwright::simulate {
namespace {

constexpr double kHoursPerYear = 8766, kHoursPerWeek = 168;
constexpr std::size_t kKinds = kThermalFaultKindCount;

double waiting_h(RandomStream& stream, double mean_h) { return -elementary::log(1 - stream.uniform()) * mean_h; }

Index rows_of(double hours, double period_s) { return static_cast<Index>(std::llround(hours * 3600 / period_s)); }

/// Kinds in random order, each as often as any other.
class Kinds {
public:
    explicit Kinds(RandomStream& stream) : stream_(stream) {}
    ThermalFaultKind next() {
        if (drawn_ % kKinds == 0) stream_.shuffle(std::span<std::size_t>(order_));
        return static_cast<ThermalFaultKind>(order_[drawn_++ % kKinds]);
    }

private:
    RandomStream& stream_;
    std::size_t drawn_ = 0;
    std::array<std::size_t, kKinds> order_{0, 1, 2, 3, 4, 5, 6, 7};
};

/// A reading may be too high or too low.
bool has_sign(ThermalFaultKind kind) {
    return kind == ThermalFaultKind::spike || kind == ThermalFaultKind::drift || kind == ThermalFaultKind::sensor_bias;
}

PlannedFault draw_fault(ThermalFaultKind kind, RandomStream& stream, const ThermalPlantOptions& options) {
    const auto any = static_cast<ThermalSensorId>(stream.below(kThermalSensorCount));
    const double hours = stream.uniform(traits(kind).shortest_h, traits(kind).longest_h);
    const double severity = stream.uniform(options.lowest_severity, options.highest_severity);
    const double sign = stream.below(2) == 0 ? 1 : -1;
    const Index spike = 1 + static_cast<Index>(stream.below(3));
    const Index length = kind == ThermalFaultKind::spike ? spike : std::max<Index>(1, rows_of(hours, options.period_s));
    const ThermalSensorId sensor = is_of_process(kind) ? traits(kind).touches[0] : any;
    return {kind, sensor, 0, length, severity, has_sign(kind) ? sign : 1};
}

/// The first row from `begin` on at which so many rows keep an hour before and three hours after outages.
Index clear_of(const std::vector<Outage>& outages, Index begin, Index length, double period_s) {
    for (const Outage& outage : outages) {
        if (begin + length + rows_of(1, period_s) <= outage.trip) break;
        begin = std::max(begin, outage.end + rows_of(3, period_s));
    }
    return begin;
}

std::vector<PlannedFault> draw_faults(const ThermalPlantOptions& options, const std::vector<Outage>& outages) {
    std::vector<PlannedFault> faults;
    if (options.faults_per_week <= 0) return faults;
    constexpr double kApart_h = 4;
    RandomStream stream = stream_of(options.seed, ThermalProcess::faults);
    Kinds kinds(stream);
    const double mean_h = kHoursPerWeek / options.faults_per_week;
    double from_h = 24 * options.faultless_days, free_h = from_h;
    while (true) {
        from_h += waiting_h(stream, mean_h);
        PlannedFault fault = draw_fault(kinds.next(), stream, options);
        const double wanted_h = std::max(from_h, free_h);
        if (wanted_h * 3600 / options.period_s > static_cast<double>(options.rows)) return faults;
        fault.begin = clear_of(outages, rows_of(wanted_h, options.period_s), fault.end, options.period_s);
        fault.end += fault.begin;
        if (fault.end > options.rows) return faults;
        faults.push_back(fault);
        free_h = static_cast<double>(fault.end) * options.period_s / 3600 + kApart_h;
    }
}

[[noreturn]] void refuse(std::size_t index, const std::string& what, const std::string& allowed,
                         const std::string& got) {
    throw InvalidArgument("ThermalPlant: faults[" + std::to_string(index) + "]: " + what + " must be " + allowed +
                          ", got " + got);
}

/// Index of a name in a table; the message lists what there is.
template <class Table>
std::size_t find(const Table& table, const std::string& name, std::size_t index, const char* what) {
    std::string names;
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (name == table[i].name) return i;
        if (i > 0) names += ", ";
        names += table[i].name;
    }
    refuse(index, what, "one of " + names, "'" + name + "'");
}

ThermalSensorId sensor_of(const ThermalFault& asked, ThermalFaultKind kind, std::size_t index) {
    if (!is_of_process(kind)) {
        return static_cast<ThermalSensorId>(find(kThermalSensors, asked.sensor, index, "sensor"));
    }
    if (!asked.sensor.empty()) refuse(index, "sensor", "empty for " + asked.kind, "'" + asked.sensor + "'");
    return traits(kind).touches[0];
}

PlannedFault planned(const ThermalFault& asked, std::size_t index, const ThermalPlantOptions& options) {
    const auto kind = static_cast<ThermalFaultKind>(find(kThermalFaults, asked.kind, index, "kind"));
    const ThermalSensorId sensor = sensor_of(asked, kind, index);
    const double lowest = has_sign(kind) ? -kHighestSeverity : 0;
    if (!(asked.severity >= lowest && asked.severity <= kHighestSeverity)) {
        refuse(index, "severity", "in [" + shown(lowest) + ", " + shown(kHighestSeverity) + "]", shown(asked.severity));
    }
    const double length_h = static_cast<double>(options.rows) * options.period_s / 3600;
    if (!(asked.start_h >= 0 && asked.start_h < length_h)) {
        refuse(index, "start_h", "in [0, " + shown(length_h) + "), the hours there are", shown(asked.start_h));
    }
    if (!(asked.hours > 0 && asked.hours <= length_h)) {
        refuse(index, "hours", "in (0, " + shown(length_h) + "], the hours there are", shown(asked.hours));
    }
    const Index begin = std::min(rows_of(asked.start_h, options.period_s), options.rows - 1);
    const Index length = std::max<Index>(1, rows_of(asked.hours, options.period_s));
    return {kind,
            sensor,
            begin,
            std::min(begin + length, options.rows),
            std::fabs(asked.severity),
            asked.severity < 0 ? -1.0 : 1.0};
}

}  // namespace

std::vector<Outage> plan_outages(const ThermalPlantOptions& options) {
    std::vector<Outage> outages;
    if (options.trips_per_year <= 0) return outages;
    constexpr double kRunsFirst_h = 12;
    RandomStream stream = stream_of(options.seed, ThermalProcess::outages);
    double trip_h = kRunsFirst_h + waiting_h(stream, kHoursPerYear / options.trips_per_year);
    while (trip_h * 3600 / options.period_s < static_cast<double>(options.rows)) {
        const double still_h = stream.uniform(2, 16), start_h = 3 + 0.12 * still_h;  // colder metal warms slower
        const double fires_h = trip_h + still_h, end_h = fires_h + start_h;
        outages.push_back(
            {rows_of(trip_h, options.period_s), rows_of(fires_h, options.period_s), rows_of(end_h, options.period_s)});
        trip_h = end_h + kRunsFirst_h + waiting_h(stream, kHoursPerYear / options.trips_per_year);
    }
    return outages;
}

std::vector<PlannedFault> plan_faults(const ThermalPlantOptions& options, const std::vector<Outage>& outages) {
    if (!options.faults) return draw_faults(options, outages);
    std::vector<PlannedFault> faults;
    for (std::size_t i = 0; i < options.faults->size(); ++i) {
        faults.push_back(planned((*options.faults)[i], i, options));
    }
    std::stable_sort(faults.begin(), faults.end(),
                     [](const PlannedFault& a, const PlannedFault& b) { return a.begin < b.begin; });
    for (std::size_t i = 1; i < faults.size(); ++i) {
        if (faults[i].begin >= faults[i - 1].end) continue;
        throw InvalidArgument("ThermalPlant: faults must not overlap, got " +
                              std::string(traits(faults[i - 1].kind).name) + " until row " +
                              std::to_string(faults[i - 1].end) + " and " + traits(faults[i].kind).name + " from row " +
                              std::to_string(faults[i].begin));
    }
    return faults;
}

double strength(const PlannedFault& fault, Index row) {
    const double length = static_cast<double>(fault.end - fault.begin);
    const double age = static_cast<double>(row - fault.begin + 1) / length;
    if (fault.kind == ThermalFaultKind::drift) return age;
    if (!is_of_process(fault.kind)) return 1;
    constexpr double kGrown = 0.4, kRepair = 0.65, kRepaired = 0.9;  // the rest is for the controllers to settle
    return std::clamp(std::min(age / kGrown, (kRepaired - age) / (kRepaired - kRepair)), 0.0, 1.0);
}

FaultEffects effects(const PlannedFault& fault, Index row) {
    if (!is_of_process(fault.kind)) return {};
    const double severity = strength(fault, row) * fault.severity;
    const double shift = severity * traits(fault.sensor).residual_sd;
    constexpr double kUsualRise_K = 8.2, kFrictionShare = 0.4;
    switch (fault.kind) {
        case ThermalFaultKind::tube_leak: return {.leak_kg_s = shift};
        case ThermalFaultKind::bearing_wear:
            return {.bearing_mm_s = shift,
                    .bearing_K = kFrictionShare * severity * traits(ThermalSensorId::generator).residual_sd};
        default: return {.blocked = shift / (kUsualRise_K + shift)};
    }
}

}  // namespace plantwright::simulate
