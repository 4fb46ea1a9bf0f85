// SPDX-License-Identifier: MIT
/// Grows few trees with many threads, on rank codes: nodes are the tasks.
///
/// A node of many rows is parted by whichever thread is free, and its children are tasks again; a smaller one is grown
/// with all that is below it. Each thread works on rows of its own node alone. The pieces are put together in the order
/// in which one thread would have grown them: the same tree, bit for bit. The largest node is always taken first, so
/// that about n + n / 2 + n / 4 + ... rows are worked on one after the other.
#pragma once

#include <functional>

#include "forest/code_grower.hpp"

namespace plantwright {

struct TreeRequest {
    std::function<TreeSample()> sample;
    std::uint64_t key;
};

/// Depth first alone. `done(i, tree)` is called for each request by one of the threads; throws what a thread throws
/// first.
void grow_by_nodes(const TrainingData& data, const GrowSettings& settings, ProgressMonitor& monitor, int n_threads,
                   const std::vector<TreeRequest>& requests, const std::function<void(std::size_t, GrownTree&)>& done);

}  // namespace plantwright
