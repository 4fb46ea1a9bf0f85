// SPDX-License-Identifier: MIT
#include "simulate/thermal_readings.hpp"

#include <algorithm>
#include <cmath>

namespace plantwright::simulate {
namespace {

double within_reach(double value, ThermalSensorId id) { return std::clamp(value, 0.0, traits(id).ceiling); }

}  // namespace

ThermalInstruments::ThermalInstruments(std::uint64_t seed, double noise)
    : seed_(seed), noise_(noise), stream_(stream_of(seed, ThermalProcess::measurement)),
      burst_(stream_of(seed, ThermalProcess::burst)) {}

SensorValues ThermalInstruments::read(const SensorValues& truth, PlannedFault* fault, Index row) {
    SensorValues shown;
    for (std::size_t i = 0; i < kThermalSensorCount; ++i) {
        const auto id = static_cast<ThermalSensorId>(i);
        shown[i] = within_reach(truth[i] + noise_ * kThermalSensors[i].noise * stream_.normal(), id);
    }
    if (row == 0) last_ = shown;
    if (fault != nullptr && !is_of_process(fault->kind)) {
        double& reading = at(shown, fault->sensor);
        reading = spoil(reading, *fault, row);
    }
    return last_ = shown;
}

double ThermalInstruments::spoil(double sound, PlannedFault& fault, Index row) {
    if (row == fault.begin) {
        burst_ = stream_of(seed_, ThermalProcess::burst, static_cast<std::uint64_t>(row));
        stuck_at_ = at(last_, fault.sensor);
        if (fault.kind == ThermalFaultKind::stuck_sensor) fault.severity = 0;
    }
    switch (fault.kind) {
        case ThermalFaultKind::stuck_sensor: {
            const double deviation = (stuck_at_ - sound) / traits(fault.sensor).residual_sd;
            if (std::fabs(deviation) > fault.severity) {
                fault.severity = std::fabs(deviation);
                fault.sign = deviation < 0 ? -1 : 1;
            }
            return stuck_at_;
        }
        case ThermalFaultKind::noise_burst: return within_reach(sound + fault.size() * burst_.normal(), fault.sensor);
        default: return within_reach(sound + strength(fault, row) * fault.size(), fault.sensor);
    }
}

}  // namespace plantwright::simulate
