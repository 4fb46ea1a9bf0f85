// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/resampler.hpp"

#include "plantwright/core/error.hpp"

namespace plantwright {

void Resampler::update(StepState* /*state*/, std::span<const Cell> /*read*/, std::span<Cell> /*written*/) const {}

std::vector<Column> Resampler::compute(std::span<const StepInput> /*inputs*/, Index /*n_rows*/, int /*n_jobs*/) const {
    return {};
}

void Resampler::validate() const {
    Step::validate();
    if (!reads().empty() || !writes().empty() || !drops().empty() || counts_.size() != wanted_.size())
        throw CorruptModel(std::string(type()) + ": it must leave columns alone");
}

}  // namespace plantwright
