// SPDX-License-Identifier: MIT
/// OpenMP behind one small door. Results never depend on the number of threads: work is handed out by index.
///
/// Fork guard: libgomp hangs when a parent ran a parallel region and a forked child starts another. A child of a parent
/// that ran threads therefore runs one thread, whatever was asked for, until `allow_threads_after_fork` is called.
/// No fork handler is installed: the first parallel region notes the process id, later ones compare.
#pragma once

#include <functional>
#include <optional>

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/export.hpp"

namespace plantwright {

class ProgressMonitor;

/// scikit-learn's `n_jobs`: none = 1, k >= 1 = k, -1 = all, -k = all but k - 1. "All" respects affinity and the cgroup's
/// CPU quota. Throws InvalidArgument for 0. Returns 1 in a forked child (see above).
PLANTWRIGHT_API int resolve_n_jobs(std::optional<int> n_jobs);

/// Processors that this process may use: the smaller of the affinity mask and the cgroup's quota (rounded up), at least 1.
PLANTWRIGHT_API int available_cpus();

/// Trusts the caller that a forked child may start threads again (no parallel region ran in the parent).
PLANTWRIGHT_API void allow_threads_after_fork();

/// Calls `body(i, thread)` for each i in [0, n), dynamically over `n_threads` threads (0 <= thread < n_threads).
/// The exception of the smallest failing index that ran is rethrown after all threads have stopped. With a monitor, each
/// item advances it, the calling thread keeps reporting while it waits for the others, and a stop ends the loop.
PLANTWRIGHT_API void parallel_for(Index n, int n_threads, const std::function<void(Index, int)>& body,
                                  ProgressMonitor* monitor = nullptr);

}  // namespace plantwright
