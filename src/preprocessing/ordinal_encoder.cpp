// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/ordinal_encoder.hpp"

namespace plantwright {

OrdinalEncoder OrdinalEncoder::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    OrdinalEncoder step;
    step.options_ = options;
    step.learn_levels(frame, options.columns);
    for (const LevelMap& map : step.maps_) {
        Matrix numbers(map.size() + 2, 1);
        for (Index level = 0; level < map.size(); ++level) numbers(level, 0) = static_cast<double>(level);
        numbers(map.size(), 0) = options.encoded_missing_value.value_or(kNaN);
        numbers(map.size() + 1, 0) = options.unknown_value.value_or(kNaN);
        step.numbers_.push_back(std::move(numbers));
    }
    step.write_numbers({""});
    return step;
}

FrequencyEncoder FrequencyEncoder::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    FrequencyEncoder step;
    step.options_ = options;
    step.learn_levels(frame, options.columns);
    for (std::size_t k = 0; k < step.maps_.size(); ++k) {
        const LevelMap& map = step.maps_[k];
        Matrix numbers(map.size() + 2, 1, 0.0);
        const StepInput input(step.reads_[k], frame.column(step.reads_[k].name));
        double n_present = 0;
        for (const std::int32_t level : map.indices(input)) {
            if (level < 0) continue;
            numbers(level, 0) += 1;
            n_present += 1;
        }
        for (Index level = 0; options.normalize && level < map.size(); ++level) numbers(level, 0) /= n_present;
        numbers(map.size(), 0) = kNaN;
        step.numbers_.push_back(std::move(numbers));
    }
    step.write_numbers({""});
    return step;
}

}  // namespace plantwright
