// SPDX-License-Identifier: MIT
/// A team of threads that all run one function; the calling thread is number 0. OpenMP's pool, or std::thread.
///
/// OpenMP wakes a waiting pool in about a microsecond, where std::thread starts new threads. It is not used
/// - in a forked child: libgomp's pool belongs to the parent's threads, which the child does not have: it would hang;
/// - under ThreadSanitizer: libgomp is not instrumented, so every hand-over in it would be reported as a race;
/// - in a build without OpenMP.
/// Results are the same, since `parallel_for` hands out work by index.
#pragma once

#include <functional>

namespace plantwright {

enum class TeamKind { openmp, std_threads };

/// Runs `work(thread)` for threads 0 .. size - 1, where size is `n_threads` or less (the system may refuse threads, and
/// a region inside another OpenMP region gets one). `work` must not throw.
void run_team(TeamKind kind, int n_threads, const std::function<void(int)>& work);

}  // namespace plantwright
