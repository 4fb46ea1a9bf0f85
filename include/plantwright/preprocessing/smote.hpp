// SPDX-License-Identifier: MIT
/// `Smote`, `SmoteNC`: synthetic rows of rare classes, between a row and one of its nearest neighbours.
///
///     new = x + u (neighbour - x),   u uniform in [0, 1)
///
/// with x a row of the class and its neighbour one of the k nearest rows of that class (Chawla, Bowyer, Hall &
/// Kegelmeyer, "SMOTE: synthetic minority over-sampling technique", JAIR 16, 2002). SMOTE takes numbers alone. SMOTE-NC
/// takes categories too: where two rows differ in one, their squared distance grows by the square of the median of the
/// class's standard deviations; a synthetic row has the level that most of its row's k neighbours have, its row's own
/// where it is among several, else the first. A missing category is a level of its own; missing numbers must be imputed
/// first. Distances are in the columns' units: scale first.
///
/// Synthetic rows stand behind the rows that there are, class by class. In columns that are no inputs they have their
/// row's value; times are missing. Neighbours are exact (ties: the earlier row) and sought for the rows that are drawn
/// alone: O(m n d) at worst for m of them.
#pragma once

#include "plantwright/preprocessing/resampler.hpp"

namespace plantwright {

struct SmoteOptions {
    static constexpr std::string_view kStepType = "SMOTE";
    io::Json sampling_strategy = "auto";  ///< see Resampler
    std::int64_t k_neighbors = 5;         ///< fewer than the rows of a class that is to grow
    std::int64_t random_state = 0;
    StepColumns columns{};  ///< numbers; others are copied from a synthetic row's row

    static void fields(auto& self, auto&& field) {
        field("sampling_strategy", self.sampling_strategy);
        field("k_neighbors", self.k_neighbors);
        field("random_state", self.random_state);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API Smote final : public ResamplerOf<Smote, SmoteOptions> {
public:
    Smote() = default;
    /// Throws InvalidArgument on a frame without a target or with one class, with input columns of categories, missing
    /// or infinite numbers, on too few rows of a class, and on a strategy that it cannot meet.
    static Smote fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});
    static std::pair<Smote, Frame> fit_transform(const Frame& frame, const Options& options = {},
                                                 std::optional<int> n_jobs = {});
};

struct SmoteNCOptions {
    static constexpr std::string_view kStepType = "SMOTENC";
    io::Json sampling_strategy = "auto";
    std::int64_t k_neighbors = 5;
    std::int64_t random_state = 0;
    StepColumns columns{};  ///< numbers and categories, at least one of them of numbers

    static void fields(auto& self, auto&& field) {
        field("sampling_strategy", self.sampling_strategy);
        field("k_neighbors", self.k_neighbors);
        field("random_state", self.random_state);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API SmoteNC final : public ResamplerOf<SmoteNC, SmoteNCOptions> {
public:
    SmoteNC() = default;
    /// Throws as Smote's, but for categories.
    static SmoteNC fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});
    static std::pair<SmoteNC, Frame> fit_transform(const Frame& frame, const Options& options = {},
                                                   std::optional<int> n_jobs = {});
};

}  // namespace plantwright
