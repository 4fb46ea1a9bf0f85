// SPDX-License-Identifier: MIT
/// How a pipeline is saved. Include it where a class with a Pipeline member is serialised.
#pragma once

#include "plantwright/preprocessing/pipeline.hpp"
#include "plantwright/preprocessing/step_types.hpp"

namespace plantwright {

/// A step behind its type's name.
template <class Archive>
void serialize_any_step(Archive& archive, std::shared_ptr<const Step>& step) {
    std::string type(step ? step->type() : "");
    io::members(archive, type);
    const bool known = StepTypes::any([&]<class T>() {
        if (type != T::Options::kStepType) return false;
        auto own = step ? std::make_shared<T>(static_cast<const T&>(*step)) : std::make_shared<T>();
        io::members(archive, *own);
        if constexpr (Archive::is_loading::value) step = std::move(own);
        return true;
    });
    if (!known) throw CorruptModel("Pipeline: unknown type of step '" + type + "'");
}

template <class Archive>
void Pipeline::serialize(Archive& archive, unsigned /*version*/) {
    std::int64_t n_steps = std::ssize(steps_);
    io::members(archive, raw_, n_steps);
    if constexpr (Archive::is_loading::value) {
        if (n_steps < 0 || n_steps > 10'000)
            throw CorruptModel("Pipeline: the number of steps must be in [0, 10000], got " + std::to_string(n_steps));
        steps_.assign(static_cast<std::size_t>(n_steps), nullptr);
    }
    for (auto& step : steps_) serialize_any_step(archive, step);
    io::validate_after_load(archive, *this);
}

}  // namespace plantwright
