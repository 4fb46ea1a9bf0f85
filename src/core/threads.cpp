// SPDX-License-Identifier: MIT
#include "plantwright/core/threads.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <fstream>
#include <limits>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include "core/cpu_quota.hpp"
#include "core/team.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/progress.hpp"

namespace plantwright {
namespace {

constexpr int kMostThreads = 1024;  // libgomp ends the process when the system refuses it a thread

const pid_t g_loading_process = getpid();
std::atomic<pid_t> g_threaded_process{0};  // the process that ran threads, or was told that it may; 0 before that
thread_local bool t_in_parallel_for = false;

bool forked_after_threads() {
    const pid_t owner = g_threaded_process.load(std::memory_order_relaxed);
    return owner != 0 && owner != getpid();
}

/// Any other OpenMP code of the parent may have left a pool too: in a forked child OpenMP is never entered.
TeamKind team_kind() { return getpid() == g_loading_process ? TeamKind::openmp : TeamKind::std_threads; }

int affinity_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return static_cast<int>(std::thread::hardware_concurrency());
    return CPU_COUNT(&set);
}

int quota_cpus() {
    std::ostringstream membership;
    if (std::ifstream file("/proc/self/cgroup"); file) membership << file.rdbuf();
    return cgroup_cpus("/sys/fs/cgroup", membership.str());
}

/// What a loop throws in the end. The smallest failing index wins and a stop comes last, so that the message does not
/// depend on timing: whatever has a smaller index than a failure was started before it and runs to its end.
class Outcome {
public:
    /// Called in a catch block.
    void fail(Index index) {
        const std::lock_guard lock(mutex_);
        if (index >= first_failure_.load()) return;
        first_failure_ = index;
        failure_ = std::current_exception();
    }
    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        if (!stop_) stop_ = std::current_exception();
    }
    bool wants(Index index) const { return !stopped_ && index < first_failure_; }
    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
        if (stop_) std::rethrow_exception(stop_);
    }

private:
    std::mutex mutex_;
    std::exception_ptr failure_, stop_;
    std::atomic<Index> first_failure_{std::numeric_limits<Index>::max()};
    std::atomic<bool> stopped_{false};
};

/// One loop's shared state, and what each of its threads does.
class Loop {
public:
    Loop(Index n, const std::function<void(Index, int)>& body, ProgressMonitor* monitor)
        : n_(n), body_(body), monitor_(monitor) {}

    void work(int thread) noexcept {
        const bool outer = std::exchange(t_in_parallel_for, true);
        while (run_next(thread)) {
        }
        t_in_parallel_for = outer;
        if (thread == 0) report_while_others_work();
    }

    void finish() const { outcome_.rethrow(); }

private:
    bool run_next(int thread) {
        ++in_flight_;  // before the index is taken, so that nobody looks while an item is taken and not yet counted
        const Index i = next_++;
        const bool wanted = i < n_ && outcome_.wants(i);
        if (wanted) run(i, thread);
        if (--in_flight_ == 0 && reporter_waits_) notify();
        return wanted;
    }

    void run(Index i, int thread) {
        try {
            if (monitor_) monitor_->poll();
            body_(i, thread);
            if (monitor_) monitor_->advance();
        } catch (const Stopped&) {
            outcome_.stop();
        } catch (...) {
            outcome_.fail(i);
        }
    }

    void notify() {
        const std::lock_guard lock(mutex_);
        idle_.notify_one();
    }

    /// The calling thread keeps the callback alive while the others finish their last items.
    void report_while_others_work() {
        if (!monitor_) return;
        reporter_waits_ = true;
        std::unique_lock lock(mutex_);
        while (!idle_.wait_for(lock, std::chrono::milliseconds(20), [this] { return in_flight_ == 0; })) {
            lock.unlock();
            poll_once();
            lock.lock();
        }
    }

    void poll_once() {
        try {
            monitor_->poll();
        } catch (const Stopped&) {
            outcome_.stop();
        } catch (...) {
            outcome_.fail(n_);
        }
    }

    Index n_;
    const std::function<void(Index, int)>& body_;
    ProgressMonitor* monitor_;
    std::atomic<Index> next_{0};
    std::atomic<int> in_flight_{0};
    std::atomic<bool> reporter_waits_{false};
    std::mutex mutex_;
    std::condition_variable idle_;
    Outcome outcome_;
};

int team_size(Index n, int n_threads) {
    if (t_in_parallel_for || forked_after_threads()) return 1;
    return static_cast<int>(std::clamp<Index>(n, 1, std::clamp(n_threads, 1, kMostThreads)));
}

}  // namespace

int available_cpus() { return std::max(1, std::min(affinity_cpus(), quota_cpus())); }

int resolve_n_jobs(std::optional<int> n_jobs) {
    const int wanted = n_jobs.value_or(1);
    if (wanted == 0)
        throw InvalidArgument("n_jobs must be a positive count, or negative (-1 for all processors), got 0");
    if (forked_after_threads()) return 1;
    return wanted > 0 ? wanted : std::max(1, available_cpus() + 1 + wanted);
}

void allow_threads_after_fork() { g_threaded_process.store(getpid(), std::memory_order_relaxed); }

void parallel_for(Index n, int n_threads, const std::function<void(Index, int)>& body, ProgressMonitor* monitor) {
    Loop loop(n, body, monitor);
    const int size = team_size(n, n_threads);
    if (size > 1) g_threaded_process.store(getpid(), std::memory_order_relaxed);
    run_team(team_kind(), size, [&loop](int thread) { loop.work(thread); });
    loop.finish();
}

}  // namespace plantwright
