// SPDX-License-Identifier: MIT
#include "plantwright/core/progress.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

TEST(ProgressMonitor, ReportsTheTaskAndHowFarItIs) {
    std::vector<Index> done;
    const auto callback = [&](const ProgressEvent& event) {
        EXPECT_STREQ(event.task, "fit");
        EXPECT_EQ(event.total, 10);
        done.push_back(event.done);
        return true;
    };
    ProgressMonitor monitor(callback, "fit", 10);
    monitor.advance(4);
    monitor.poll();
    monitor.finish();
    EXPECT_EQ(done, (std::vector<Index>{4, 10}));
}

TEST(ProgressMonitor, CallsBackAtMostEveryFiftyMilliseconds) {
    int calls = 0;
    ProgressMonitor monitor([&](const ProgressEvent&) { return ++calls > 0; }, "fit", 1);
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(220)) monitor.poll();
    EXPECT_GE(calls, 2);
    EXPECT_LE(calls, 5);
}

TEST(ProgressMonitor, NeverCallsBackOnAnotherThread) {
    int calls = 0;
    ProgressMonitor monitor([&](const ProgressEvent&) { return ++calls > 0; }, "fit", 1);
    std::thread([&] {
        monitor.advance();
        monitor.poll();
    }).join();
    EXPECT_EQ(calls, 0);
}

TEST(ProgressMonitor, ThrowsStoppedOnEveryThreadOnceTheCallbackSaidStop) {
    ProgressMonitor monitor([](const ProgressEvent&) { return false; }, "fit", 1);
    EXPECT_THROW(monitor.poll(), Stopped);
    std::thread([&] { EXPECT_THROW(monitor.poll(), Stopped); }).join();
    EXPECT_THROW(monitor.finish(), Stopped);
}

TEST(ProgressMonitor, SaysWhichTaskWasStopped) {
    ProgressMonitor monitor(nullptr, "predict", 1);
    monitor.stop();
    try {
        monitor.poll();
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.message(), "predict: stopped by the progress callback");
    }
}

TEST(ProgressMonitor, LetsTheCallbacksExceptionThroughAndStopsTheOthers) {
    ProgressMonitor monitor([](const ProgressEvent&) -> bool { throw std::domain_error("mine"); }, "fit", 1);
    EXPECT_THROW(monitor.poll(), std::domain_error);
    EXPECT_TRUE(monitor.stopped());
    EXPECT_THROW(monitor.poll(), Stopped);
}

TEST(ProgressMonitor, NeedsNoCallback) {
    ProgressMonitor monitor(nullptr, "fit", 3);
    monitor.poll();
    monitor.advance(3);
    monitor.finish();
    EXPECT_FALSE(monitor.stopped());
}

}  // namespace
}  // namespace plantwright
