// SPDX-License-Identifier: MIT
/// Threads behind one small door. Results never depend on the number of threads: work is handed out by index.
///
/// Threads are OpenMP's, or std::thread where OpenMP cannot be (ThreadSanitizer, a build without it, a forked child).
///
/// Fork guard: a child of a parent that ran threads runs one thread, whatever was asked for, until
/// `allow_threads_after_fork` is called: such children are mostly workers of a pool or of a web server, one a
/// processor. libgomp would moreover hang in such a child; a forked child therefore never enters it. No fork handler is
/// installed: the first parallel loop notes the process id, later ones compare.
#pragma once

#include <functional>
#include <optional>

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/export.hpp"

namespace plantwright {

class ProgressMonitor;

/// scikit-learn's `n_jobs`: none = 1, k >= 1 = k, -1 = all, -k = all but k - 1, at least 1. "All" is
/// `available_cpus()`. Throws InvalidArgument for 0. Returns 1 in a forked child (see above).
PLANTWRIGHT_API int resolve_n_jobs(std::optional<int> n_jobs);

/// Processors that this process may use: the smaller of the affinity mask and the cgroup's quota (rounded up; the
/// strictest of the nested groups, v1 and v2), at least 1. Read anew at every call, some 20 us.
PLANTWRIGHT_API int available_cpus();

/// Lets this process, a forked child, run threads again.
PLANTWRIGHT_API void allow_threads_after_fork();

/// Calls `body(i, thread)` for each i in [0, n), dynamically over at most `n_threads` threads (0 <= thread < n_threads;
/// at most 1,024). Inside another `parallel_for` it runs on the calling thread alone, as thread 0.
///
/// Exceptions: what has a smaller index than a failing item still runs to its end, what has a larger one is not
/// started; the failure of the smallest index is rethrown, whatever the timing and the number of threads. With a
/// monitor, each item polls and advances it, the calling thread keeps reporting while it waits for the others, and a
/// stop ends the loop with `Stopped`, which gives way to any other failure.
PLANTWRIGHT_API void parallel_for(Index n, int n_threads, const std::function<void(Index, int)>& body,
                                  ProgressMonitor* monitor = nullptr);

}  // namespace plantwright
