// SPDX-License-Identifier: MIT
#include "core/team.hpp"

#include <system_error>
#include <thread>
#include <vector>

#if defined(__SANITIZE_THREAD__)
#define PLANTWRIGHT_UNDER_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PLANTWRIGHT_UNDER_TSAN
#endif
#endif

#if defined(_OPENMP) && !defined(PLANTWRIGHT_UNDER_TSAN)
#define PLANTWRIGHT_USES_OPENMP
#include <omp.h>
#endif

namespace plantwright {
namespace {

void run_std_threads(int n_threads, const std::function<void(int)>& work) {
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(n_threads));
    try {
        for (int thread = 1; thread < n_threads; ++thread) others.emplace_back(std::cref(work), thread);
    } catch (const std::system_error&) {
        // no more threads to be had: those that run do the work
    }
    work(0);
    for (std::thread& other : others) other.join();
}

#ifdef PLANTWRIGHT_USES_OPENMP
void run_openmp(int n_threads, const std::function<void(int)>& work) {
#pragma omp parallel num_threads(n_threads)
    work(omp_get_thread_num());
}
#else
void run_openmp(int n_threads, const std::function<void(int)>& work) { run_std_threads(n_threads, work); }
#endif

}  // namespace

void run_team(TeamKind kind, int n_threads, const std::function<void(int)>& work) {
    if (n_threads <= 1) return work(0);
    kind == TeamKind::openmp ? run_openmp(n_threads, work) : run_std_threads(n_threads, work);
}

}  // namespace plantwright
