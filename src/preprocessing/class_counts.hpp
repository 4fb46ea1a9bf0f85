// SPDX-License-Identifier: MIT
/// How often the classes of a target occur, and are to occur.
#pragma once

#include <string_view>
#include <vector>

#include "plantwright/io/json.hpp"
#include "preprocessing/training_target.hpp"

namespace plantwright {

struct ClassCounts {
    TrainingTarget target;
    std::vector<std::vector<Index>> rows;  ///< of each class
    std::vector<Index> wanted;             ///< rows of each class

    Vector counts() const;
    Vector wanted_counts() const;
};

enum class Sampling { over, under };

/// Throws InvalidArgument on fewer than two classes, and on a strategy that is none or cannot be met.
ClassCounts count_classes(std::string_view who, const Frame& frame, const io::Json& strategy, Sampling sampling);

}  // namespace plantwright
