// SPDX-License-Identifier: MIT
/// What the reactor's instruments and its laboratory show: the truth and their noise.
#pragma once

#include <array>

#include "plantwright/core/random.hpp"
#include "simulate/reactor_tables.hpp"

namespace plantwright::simulate {

struct Reading {
    std::array<double, kMeasured> conditions;
    std::array<double, kOutcomes.size()> outcomes;
};

class Instruments {
public:
    /// `noise` multiplies every spread; 0 shows the truth.
    Instruments(RandomStream stream, double noise) : stream_(stream), noise_(noise) {}

    Reading read(const ReactorConditions& conditions, const ReactorOutcome& outcome);

private:
    RandomStream stream_;
    double noise_;
};

}  // namespace plantwright::simulate
