// SPDX-License-Identifier: MIT
/// `RandomOverSampler` and `RandomUnderSampler`: rows of rare classes drawn again, rows of frequent ones left out.
///
/// Copies stand behind the rows that there are, class by class, and are like their row in every column, times included.
/// Rows that are left out are drawn without replacement; those left stay in their order. O(n).
#pragma once

#include "plantwright/preprocessing/resampler.hpp"

namespace plantwright {

struct RandomOverSamplerOptions {
    static constexpr std::string_view kStepType = "RandomOverSampler";
    io::Json sampling_strategy = "auto";  ///< see Resampler
    std::int64_t random_state = 0;

    static void fields(auto& self, auto&& field) {
        field("sampling_strategy", self.sampling_strategy);
        field("random_state", self.random_state);
    }
};

class PLANTWRIGHT_API RandomOverSampler final : public ResamplerOf<RandomOverSampler, RandomOverSamplerOptions> {
public:
    RandomOverSampler() = default;
    /// Throws InvalidArgument on a frame without a target or with one class, and on a strategy that it cannot meet.
    static RandomOverSampler fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});
    static std::pair<RandomOverSampler, Frame> fit_transform(const Frame& frame, const Options& options = {},
                                                             std::optional<int> n_jobs = {});
};

struct RandomUnderSamplerOptions {
    static constexpr std::string_view kStepType = "RandomUnderSampler";
    io::Json sampling_strategy = "auto";  ///< see Resampler
    std::int64_t random_state = 0;

    static void fields(auto& self, auto&& field) {
        field("sampling_strategy", self.sampling_strategy);
        field("random_state", self.random_state);
    }
};

class PLANTWRIGHT_API RandomUnderSampler final : public ResamplerOf<RandomUnderSampler, RandomUnderSamplerOptions> {
public:
    RandomUnderSampler() = default;
    /// Throws as RandomOverSampler's.
    static RandomUnderSampler fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});
    static std::pair<RandomUnderSampler, Frame> fit_transform(const Frame& frame, const Options& options = {},
                                                              std::optional<int> n_jobs = {});
};

}  // namespace plantwright
