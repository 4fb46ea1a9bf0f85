// SPDX-License-Identifier: MIT
/// Splittable random numbers: a stream depends on (seed, index, purpose) alone, never on threads or the standard
/// library.
///
/// Each stream is a SplitMix64 generator with a start and an odd increment of its own, so that two streams never share
/// a cycle (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). Bounded integers are
/// unbiased (Lemire, "Fast random integer generation in an interval", ACM TOMACS 29, 2019). O(1) a draw. A stream is a
/// value: give each thread its own.
#pragma once

#include <cstdint>
#include <span>

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/export.hpp"

namespace plantwright {

/// What a stream is for; streams of different purposes never correlate. Values are part of the reproducibility promise.
enum class Purpose : std::uint32_t {
    bootstrap = 1,
    features = 2,
    split = 3,
    permutation = 4,
    simulation = 5,
    noise = 6
};

class PLANTWRIGHT_API RandomStream {
public:
    RandomStream(std::uint64_t seed, std::uint64_t index, Purpose purpose);

    std::uint64_t next() {
        state_ += increment_;
        return mix(state_);
    }
    std::uint64_t below(std::uint64_t bound);  ///< uniform in [0, bound), unbiased; 0 for a bound of 0
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }  ///< uniform in [0, 1)
    double uniform(double low, double high);  ///< uniform in [low, high]; rounding may reach high
    double normal();                          ///< standard normal, by Marsaglia's polar method with our own logarithm

    /// A uniform permutation of `values` (Fisher-Yates).
    template <class T>
    void shuffle(std::span<T> values) {
        for (std::size_t i = values.size(); i > 1; --i) {
            using std::swap;
            swap(values[i - 1], values[below(i)]);
        }
    }

    static constexpr std::uint64_t mix(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
    std::uint64_t increment_;
    double spare_normal_ = 0;
    bool has_spare_normal_ = false;
};

/// How often each of `n_rows` rows is drawn in `n_draws` draws with replacement, `(n_rows,)`. Throws InvalidArgument
/// where there are no rows to draw from, or a count is negative.
PLANTWRIGHT_API Buffer<std::uint32_t> bootstrap_counts(RandomStream& stream, Index n_rows, Index n_draws);

}  // namespace plantwright
