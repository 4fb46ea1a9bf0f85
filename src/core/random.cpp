// SPDX-License-Identifier: MIT
#include "plantwright/core/random.hpp"

#include <bit>
#include <cmath>
#include <string>

#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ull;

/// An odd increment with enough bit transitions to mix well (the paper's mixGamma).
std::uint64_t mix_increment(std::uint64_t z) {
    z = (z ^ (z >> 33)) * 0xFF51AFD7ED558CCDull;
    z = (z ^ (z >> 33)) * 0xC4CEB9FE1A85EC53ull;
    z = (z ^ (z >> 33)) | 1;
    return std::popcount(z ^ (z >> 1)) < 24 ? z ^ 0xAAAAAAAAAAAAAAAAull : z;
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::uint64_t index, Purpose purpose) {
    const std::uint64_t a = mix(seed + kGolden);
    const std::uint64_t b = mix(a ^ (index + 2 * kGolden));
    const std::uint64_t c = mix(b ^ (static_cast<std::uint64_t>(purpose) + 3 * kGolden));
    state_ = c;
    increment_ = mix_increment(c + kGolden);
}

std::uint64_t RandomStream::below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    Wide product = static_cast<Wide>(next()) * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
        const std::uint64_t threshold = (0 - bound) % bound;
        while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Wide>(next()) * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
}

// Not in the header, where a user's flags might contract it to an fma.
double RandomStream::uniform(double low, double high) { return low + (high - low) * uniform(); }

double RandomStream::normal() {
    if (has_spare_normal_) {
        has_spare_normal_ = false;
        return spare_normal_;
    }
    double u, v, s;
    do {
        u = uniform(-1, 1);
        v = uniform(-1, 1);
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    const double scale = std::sqrt(-2 * elementary::log(s) / s);  // sqrt is exact by IEEE 754
    spare_normal_ = v * scale;
    has_spare_normal_ = true;
    return u * scale;
}

Buffer<std::uint32_t> bootstrap_counts(RandomStream& stream, Index n_rows, Index n_draws) {
    if (n_rows < 0 || n_draws < 0 || (n_rows == 0 && n_draws > 0)) {
        throw InvalidArgument("bootstrap_counts: cannot draw " + std::to_string(n_draws) + " times from " +
                              std::to_string(n_rows) + " rows");
    }
    Buffer<std::uint32_t> counts(n_rows);
    for (Index i = 0; i < n_draws; ++i) ++counts[static_cast<Index>(stream.below(static_cast<std::uint64_t>(n_rows)))];
    return counts;
}

}  // namespace plantwright
