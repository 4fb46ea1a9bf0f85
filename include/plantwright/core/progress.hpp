// SPDX-License-Identifier: MIT
/// One way to watch and to stop anything long: a callback that sees how far the work is and may say stop.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/export.hpp"

namespace plantwright {

struct ProgressEvent {
    const char* task;  ///< "fit", "predict", ...
    Index done;
    Index total;
};

/// Returns false to stop; the computation then throws `Stopped` and leaves nothing half done.
using ProgressCallback = std::function<bool(const ProgressEvent&)>;

/// Shared by the threads of one computation. `advance` and `poll` may be called by any of them; the callback runs only
/// on the thread that made the monitor, at most every 50 ms, and once more at the end. An exception out of the callback
/// stops the others and leaves `poll` or `finish` as it is. About 30 ns a poll, 5 ns an advance.
class PLANTWRIGHT_API ProgressMonitor {
public:
    ProgressMonitor(ProgressCallback callback, const char* task, Index total);

    void advance(Index items = 1);
    void poll();    ///< throws Stopped once the callback said stop or `stop` was called; cheap enough for an inner loop
    void finish();  ///< reports done == total; owner thread
    void stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }
    bool stopped() const noexcept { return stopped_.load(std::memory_order_relaxed); }

private:
    void report();
    void throw_if_stopped() const;

    ProgressCallback callback_;
    const char* task_;
    Index total_;
    std::atomic<Index> done_{0};
    std::atomic<bool> stopped_{false};
    std::thread::id owner_;
    std::chrono::steady_clock::time_point last_report_;
};

}  // namespace plantwright
