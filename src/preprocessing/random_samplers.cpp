// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/random_samplers.hpp"

#include <algorithm>
#include <numeric>

#include "plantwright/core/random.hpp"
#include "preprocessing/class_counts.hpp"

namespace plantwright {
namespace {

RandomStream stream_of(std::int64_t random_state, std::size_t class_number) {
    return {static_cast<std::uint64_t>(random_state), class_number, Purpose::bootstrap};
}

/// All rows, then those drawn again.
std::vector<Index> with_copies(const ClassCounts& classes, Index n_rows, std::int64_t random_state) {
    std::vector<Index> rows(static_cast<std::size_t>(n_rows));
    std::iota(rows.begin(), rows.end(), Index{0});
    for (std::size_t c = 0; c < classes.rows.size(); ++c) {
        const std::vector<Index>& own = classes.rows[c];
        RandomStream random = stream_of(random_state, c);
        for (Index i = std::ssize(own); i < classes.wanted[c]; ++i) rows.push_back(own[random.below(own.size())]);
    }
    return rows;
}

/// The rows left of each class, and those without one.
std::vector<Index> without_surplus(const ClassCounts& classes, Index n_rows, std::int64_t random_state) {
    std::vector<bool> is_left(static_cast<std::size_t>(n_rows), true);
    for (std::size_t c = 0; c < classes.rows.size(); ++c) {
        std::vector<Index> own = classes.rows[c];
        RandomStream random = stream_of(random_state, c);
        random.shuffle(std::span(own));
        for (std::size_t i = static_cast<std::size_t>(classes.wanted[c]); i < own.size(); ++i)
            is_left[static_cast<std::size_t>(own[i])] = false;
    }
    std::vector<Index> rows;
    for (Index i = 0; i < n_rows; ++i) {
        if (is_left[static_cast<std::size_t>(i)]) rows.push_back(i);
    }
    return rows;
}

}  // namespace

RandomOverSampler RandomOverSampler::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::over);
    return with_counts(options, classes.counts(), classes.wanted_counts());
}

std::pair<RandomOverSampler, Frame> RandomOverSampler::fit_transform(const Frame& frame, const Options& options,
                                                                     std::optional<int> n_jobs) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::over);
    return {fit(frame, options, n_jobs), frame.take(with_copies(classes, frame.rows(), options.random_state))};
}

RandomUnderSampler RandomUnderSampler::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::under);
    return with_counts(options, classes.counts(), classes.wanted_counts());
}

std::pair<RandomUnderSampler, Frame> RandomUnderSampler::fit_transform(const Frame& frame, const Options& options,
                                                                       std::optional<int> n_jobs) {
    const auto classes = count_classes(Options::kStepType, frame, options.sampling_strategy, Sampling::under);
    return {fit(frame, options, n_jobs), frame.take(without_surplus(classes, frame.rows(), options.random_state))};
}

}  // namespace plantwright
