// SPDX-License-Identifier: MIT
/// What the thermal plant's instruments show: the truth, their noise and their faults.
#pragma once

#include <cstdint>

#include "simulate/thermal_plan.hpp"

namespace plantwright::simulate {

class ThermalInstruments {
public:
    ThermalInstruments(std::uint64_t seed, double noise);

    /// Of one row after another. Of a stuck sensor the fault's severity and sign become those of its largest deviation.
    SensorValues read(const SensorValues& truth, PlannedFault* fault, Index row);

private:
    double spoil(double sound, PlannedFault& fault, Index row);

    std::uint64_t seed_;
    double noise_;
    RandomStream stream_, burst_;
    SensorValues last_{};
    double stuck_at_ = 0;
};

}  // namespace plantwright::simulate
