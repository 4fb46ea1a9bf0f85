// SPDX-License-Identifier: MIT
#include "plantwright/core/progress.hpp"

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr std::chrono::milliseconds kReportEvery{50};

}  // namespace

ProgressMonitor::ProgressMonitor(ProgressCallback callback, const char* task, Index total)
    : callback_(std::move(callback)), task_(task), total_(total), owner_(std::this_thread::get_id()) {}

void ProgressMonitor::advance(Index items) { done_.fetch_add(items, std::memory_order_relaxed); }

void ProgressMonitor::poll() {
    if (callback_ && std::this_thread::get_id() == owner_) {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_report_ >= kReportEvery) {
            last_report_ = now;
            report();
        }
    }
    throw_if_stopped();
}

void ProgressMonitor::finish() {
    done_.store(total_, std::memory_order_relaxed);
    if (callback_) report();
    throw_if_stopped();
}

void ProgressMonitor::report() {
    try {
        if (!callback_({task_, done_.load(std::memory_order_relaxed), total_})) stop();
    } catch (...) {
        stop();  // ends what the other threads are in the middle of
        throw;
    }
}

void ProgressMonitor::throw_if_stopped() const {
    if (stopped()) throw Stopped(std::string(task_) + ": stopped by the progress callback");
}

}  // namespace plantwright
