// SPDX-License-Identifier: MIT
#include "plantwright/core/threads.hpp"

#include <omp.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <exception>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>

#include "plantwright/core/error.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {
namespace {

std::atomic<pid_t> g_threaded_process{0};  // the process whose OpenMP pool exists; 0 before the first parallel region

bool forked_after_threads() {
    const pid_t owner = g_threaded_process.load(std::memory_order_relaxed);
    return owner != 0 && owner != getpid();
}

int affinity_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return static_cast<int>(std::thread::hardware_concurrency());
    return CPU_COUNT(&set);
}

/// The cgroup's CPU quota, rounded up; a large number where there is none.
int quota_cpus() {
    constexpr int kUnlimited = 1 << 20;
    double quota = 0, period = 0;
    if (std::ifstream v2("/sys/fs/cgroup/cpu.max"); v2) {
        std::string first;
        v2 >> first >> period;
        if (first == "max" || !v2) return kUnlimited;
        quota = std::strtod(first.c_str(), nullptr);
    } else {
        std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") >> quota;
        std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_period_us") >> period;
    }
    if (quota <= 0 || period <= 0) return kUnlimited;
    return static_cast<int>(std::min<double>(std::ceil(quota / period), kUnlimited));
}

/// The failure that wins: the one of the smallest index, so that the message does not depend on timing.
class FirstFailure {
public:
    void record(Index index) {
        const std::lock_guard lock(mutex_);
        if (failure_ && index > index_) return;
        index_ = index;
        failure_ = std::current_exception();
        failed_.store(true, std::memory_order_relaxed);
    }
    bool any() const { return failed_.load(std::memory_order_relaxed); }
    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    std::mutex mutex_;
    std::exception_ptr failure_;
    Index index_ = 0;
    std::atomic<bool> failed_{false};
};

/// One loop's shared state, and what each of its threads does.
class Loop {
public:
    Loop(Index n, int n_threads, const std::function<void(Index, int)>& body, ProgressMonitor* monitor)
        : n_(n), n_threads_(n_threads), body_(body), monitor_(monitor) {}

    void work(int thread) {
        for (Index i = next_++; i < n_ && !failure_.any(); i = next_++) run(i, thread);
        ++finished_threads_;
    }

    /// The calling thread keeps the callback alive while the others finish their last items.
    void wait_and_report() {
        while (monitor_ && finished_threads_.load() < n_threads_) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            try {
                monitor_->poll();
            } catch (...) {
                failure_.record(n_);
            }
        }
    }

    void finish() const { failure_.rethrow(); }

private:
    void run(Index i, int thread) {
        try {
            if (monitor_) monitor_->poll();
            body_(i, thread);
            if (monitor_) monitor_->advance();
        } catch (...) {
            failure_.record(i);
            if (monitor_) monitor_->stop();  // ends what the other threads are in the middle of
        }
    }

    Index n_;
    int n_threads_;
    const std::function<void(Index, int)>& body_;
    ProgressMonitor* monitor_;
    std::atomic<Index> next_{0};
    std::atomic<int> finished_threads_{0};
    FirstFailure failure_;
};

}  // namespace

int available_cpus() { return std::max(1, std::min(affinity_cpus(), quota_cpus())); }

int resolve_n_jobs(std::optional<int> n_jobs) {
    const int wanted = n_jobs.value_or(1);
    if (wanted == 0) throw InvalidArgument("n_jobs must not be 0: use a positive count, or -1 for all processors");
    if (forked_after_threads()) return 1;
    return wanted > 0 ? wanted : std::max(1, available_cpus() + 1 + wanted);
}

void allow_threads_after_fork() { g_threaded_process.store(getpid(), std::memory_order_relaxed); }

void parallel_for(Index n, int n_threads, const std::function<void(Index, int)>& body, ProgressMonitor* monitor) {
    if (forked_after_threads()) n_threads = 1;
    n_threads = static_cast<int>(std::clamp<Index>(n, 1, std::max(1, n_threads)));
    Loop loop(n, n_threads, body, monitor);
    if (n_threads == 1) {
        loop.work(0);
    } else {
        g_threaded_process.store(getpid(), std::memory_order_relaxed);
#pragma omp parallel num_threads(n_threads)
        {
            const int thread = omp_get_thread_num();
            loop.work(thread);
            if (thread == 0) loop.wait_and_report();
        }
    }
    loop.finish();
}

}  // namespace plantwright
