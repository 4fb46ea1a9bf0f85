// SPDX-License-Identifier: MIT
#include "plantwright/core/threads.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/progress.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright {
namespace {

using std::chrono::milliseconds;

void sleep_ms(int n) { std::this_thread::sleep_for(milliseconds(n)); }

TEST(ParallelFor, CallsEachIndexOnceForAnyNumberOfThreads) {
    for (const int n_threads : {1, 2, 3, 8, 40}) {
        std::vector<std::atomic<int>> calls(1000);
        parallel_for(1000, n_threads, [&](Index i, int) { ++calls[static_cast<std::size_t>(i)]; });
        for (const auto& count : calls) ASSERT_EQ(count, 1) << n_threads;
    }
}

TEST(ParallelFor, GivesTheSameResultsForOneToEightThreads) {
    const auto compute = [](int n_threads) {
        Buffer<double> sums(300);
        parallel_for(sums.size(), n_threads, [&](Index i, int) {
            RandomStream stream(5, static_cast<std::uint64_t>(i), Purpose::noise);
            for (int draw = 0; draw < 100; ++draw) sums[i] += elementary::exp(stream.normal());
        });
        return sums;
    };
    const Buffer<double> expected = compute(1);
    for (const int n_threads : {2, 3, 4, 8}) EXPECT_EQ(compute(n_threads), expected);
}

TEST(ParallelFor, NeverCallsTheBodyForNothing) {
    for (const Index n : {Index{0}, Index{-3}}) parallel_for(n, 4, [](Index, int) { FAIL(); });
}

TEST(ParallelFor, RunsOnTheCallingThreadForZeroOrFewerThreads) {
    const auto caller = std::this_thread::get_id();
    for (const int n_threads : {1, 0, -7}) {
        parallel_for(5, n_threads, [&](Index, int thread) {
            EXPECT_EQ(thread, 0);
            EXPECT_EQ(std::this_thread::get_id(), caller);
        });
    }
}

TEST(ParallelFor, NumbersItsThreadsFromZeroAndUsesSeveral) {
    std::vector<std::atomic<int>> used(4);
    parallel_for(40, 4, [&](Index, int thread) {
        ASSERT_TRUE(thread >= 0 && thread < 4);
        ++used[static_cast<std::size_t>(thread)];
        sleep_ms(2);
    });
    int several = 0;
    for (const auto& count : used) several += count > 0 ? 1 : 0;
    EXPECT_GE(several, 2);
}

TEST(ParallelFor, RethrowsTheFailureOfTheSmallestIndexWhateverTheTiming) {
    const auto body = [](Index i, int) {
        std::this_thread::sleep_for(std::chrono::microseconds((i * 7919) % 300));
        if (i >= 10) throw InvalidArgument("item " + std::to_string(i));
    };
    for (int repeat = 0; repeat < 30; ++repeat) {
        for (const int n_threads : {1, 2, 4, 8}) {
            ProgressMonitor monitor(nullptr, "test", 100);
            try {
                parallel_for(100, n_threads, body, repeat % 2 == 0 ? nullptr : &monitor);
                FAIL();
            } catch (const InvalidArgument& error) {
                ASSERT_STREQ(error.what(), "item 10");
            }
        }
    }
}

TEST(ParallelFor, StartsNothingAfterAFailureButWhatComesBeforeIt) {
    std::atomic<int> calls = 0;
    EXPECT_THROW(parallel_for(100'000, 4,
                              [&](Index, int) {
                                  ++calls;
                                  throw std::domain_error("all fail");
                              }),
                 std::domain_error);
    EXPECT_LE(calls, 4);
}

TEST(ParallelFor, CanBeCalledAgainAfterAFailure) {
    EXPECT_THROW(parallel_for(8, 4, [](Index, int) { throw 1; }), int);
    std::atomic<int> calls = 0;
    parallel_for(8, 4, [&](Index, int) { ++calls; });
    EXPECT_EQ(calls, 8);
}

TEST(ParallelFor, InsideAnotherRunsOnItsCallersThread) {
    Buffer<double> sums(16);
    parallel_for(16, 4, [&](Index i, int) {
        const auto outer = std::this_thread::get_id();
        parallel_for(10, 4, [&](Index j, int thread) {
            EXPECT_EQ(std::this_thread::get_id(), outer);
            EXPECT_EQ(thread, 0);
            sums[i] += static_cast<double>(j);
        });
    });
    EXPECT_EQ(sums, Buffer<double>(16, 45.0));
}

TEST(ParallelFor, MayRunInSeveralUserThreadsAtOnce) {
    std::atomic<Index> total = 0;
    const auto user = [&] { parallel_for(500, 3, [&](Index i, int) { total += i; }); };
    std::thread a(user), b(user);
    a.join();
    b.join();
    EXPECT_EQ(total, 2 * 500 * 499 / 2);
}

TEST(ParallelFor, AdvancesItsMonitorToTheEnd) {
    for (const int n_threads : {1, 4}) {
        Index last = -1;
        const auto callback = [&](const ProgressEvent& event) {
            EXPECT_GE(event.done, last);
            last = event.done;
            return true;
        };
        ProgressMonitor monitor(callback, "test", 200);
        parallel_for(
            200, n_threads, [](Index, int) { std::this_thread::sleep_for(std::chrono::microseconds(100)); }, &monitor);
        monitor.finish();
        EXPECT_EQ(last, 200);
    }
}

TEST(ParallelFor, CallsBackOnTheCallingThreadAloneAndKeepsDoingSoWhileOthersFinish) {
    const auto owner = std::this_thread::get_id();
    int calls = 0;
    const auto callback = [&](const ProgressEvent&) {
        EXPECT_EQ(std::this_thread::get_id(), owner);
        ++calls;
        return true;
    };
    ProgressMonitor monitor(callback, "test", 2);
    std::atomic<bool> other_works = false;
    const auto body = [&](Index, int thread) {
        if (thread == 0) {
            while (!other_works) sleep_ms(1);
        } else {
            other_works = true;
            sleep_ms(400);
        }
    };
    parallel_for(2, 2, body, &monitor);
    EXPECT_GE(calls, 3);  // one a 50 ms, were the machine idle: eight
    EXPECT_LE(calls, 12);
}

TEST(ParallelFor, EndsSoonWhenTheCallbackSaysStop) {
    for (const int n_threads : {1, 4}) {
        std::atomic<int> items = 0;
        ProgressMonitor monitor([](const ProgressEvent& event) { return event.done < 5; }, "fit", 100'000);
        const auto body = [&](Index, int) {
            ++items;
            sleep_ms(1);
        };
        EXPECT_THROW(parallel_for(100'000, n_threads, body, &monitor), Stopped);
        EXPECT_LE(items, 2000);
    }
}

TEST(ParallelFor, StopsItemsThatPollInTheMiddleOfTheirWork) {
    for (const int n_threads : {1, 2}) {
        ProgressMonitor monitor([](const ProgressEvent&) { return false; }, "fit", 2);
        const auto endless = [&](Index, int) {
            for (;;) {
                monitor.poll();
                sleep_ms(1);
            }
        };
        EXPECT_THROW(parallel_for(2, n_threads, endless, &monitor), Stopped);
    }
}

TEST(ParallelFor, RethrowsWhatTheCallbackThrewRatherThanStopped) {
    for (const int n_threads : {1, 4}) {
        const auto callback = [](const ProgressEvent& event) -> bool {
            if (event.done >= 3) throw std::domain_error("from the callback");
            return true;
        };
        ProgressMonitor monitor(callback, "fit", 10'000);
        const auto body = [&](Index, int) {
            for (int k = 0; k < 5; ++k, sleep_ms(1)) monitor.poll();
        };
        EXPECT_THROW(parallel_for(10'000, n_threads, body, &monitor), std::domain_error);
    }
}

TEST(ParallelFor, RethrowsAFailureOfAnItemRatherThanAStop) {
    ProgressMonitor monitor(nullptr, "fit", 4);
    const auto body = [&](Index i, int) {
        if (i != 3) return sleep_ms(20);
        monitor.stop();
        throw std::domain_error("item 3");
    };
    EXPECT_THROW(parallel_for(4, 4, body, &monitor), std::domain_error);
}

TEST(ResolveNJobs, FollowsScikitLearn) {
    EXPECT_EQ(resolve_n_jobs(std::nullopt), 1);
    EXPECT_EQ(resolve_n_jobs(1), 1);
    EXPECT_EQ(resolve_n_jobs(7), 7);
    EXPECT_EQ(resolve_n_jobs(-1), available_cpus());
    EXPECT_EQ(resolve_n_jobs(-2), std::max(1, available_cpus() - 1));
    EXPECT_EQ(resolve_n_jobs(std::numeric_limits<int>::min()), 1);
}

TEST(ResolveNJobs, RefusesZeroAndSaysWhatIsAllowed) {
    try {
        resolve_n_jobs(0);
        FAIL();
    } catch (const InvalidArgument& error) {
        EXPECT_STREQ(error.what(), "n_jobs must be a positive count, or negative (-1 for all processors), got 0");
    }
}

TEST(AvailableCpus, RespectsTheAffinityMask) {
    cpu_set_t before;
    ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
        if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
    }
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(available_cpus(), 1);
    EXPECT_EQ(resolve_n_jobs(-1), 1);
    sched_setaffinity(0, sizeof before, &before);
}

/// How many threads a loop really used; a child of a fork reports it through its exit code.
int threads_used(int n_threads) {
    std::atomic<int> mask = 0;
    parallel_for(30, n_threads, [&](Index, int thread) {
        mask |= 1 << thread;
        sleep_ms(2);
    });
    return __builtin_popcount(static_cast<unsigned>(mask));
}

int exit_code_of_child(auto&& work) {
    const pid_t child = fork();
    if (child == 0) _exit(work());
    int status = 0;
    for (int waited = 0; waitpid(child, &status, WNOHANG) == 0; ++waited, sleep_ms(10)) {
        if (waited < 1000) continue;
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        return -1;  // it hung
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

#if defined(__SANITIZE_THREAD__)
#define PLANTWRIGHT_SKIP_UNDER_TSAN() GTEST_SKIP() << "ThreadSanitizer does not follow a fork of several threads"
#else
#define PLANTWRIGHT_SKIP_UNDER_TSAN() static_cast<void>(0)
#endif

TEST(ForkGuard, AChildOfAParentThatRanThreadsRunsOneThread) {
    PLANTWRIGHT_SKIP_UNDER_TSAN();
    ASSERT_GE(threads_used(2), 2);
    EXPECT_EQ(exit_code_of_child([] { return threads_used(4); }), 1);
    EXPECT_EQ(exit_code_of_child([] { return resolve_n_jobs(4); }), 1);
}

TEST(ForkGuard, AChildThatAllowsThreadsRunsThemWithoutHanging) {
    PLANTWRIGHT_SKIP_UNDER_TSAN();
    ASSERT_GE(threads_used(2), 2);
    EXPECT_GE(exit_code_of_child([] {
                  allow_threads_after_fork();
                  return threads_used(4);
              }),
              2);
}

TEST(ForkGuard, AGrandchildIsGuardedAgain) {
    PLANTWRIGHT_SKIP_UNDER_TSAN();
    ASSERT_GE(threads_used(2), 2);
    EXPECT_EQ(exit_code_of_child([] {
                  allow_threads_after_fork();
                  threads_used(4);
                  return exit_code_of_child([] { return threads_used(4); });
              }),
              1);
}

TEST(ForkGuard, TheParentKeepsItsThreads) {
    PLANTWRIGHT_SKIP_UNDER_TSAN();
    exit_code_of_child([] { return 0; });
    EXPECT_GE(threads_used(4), 2);
}

}  // namespace
}  // namespace plantwright
