// SPDX-License-Identifier: MIT
#include <cstring>

#include "forest/packed_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

template <class Code>
constexpr Code kMissing = static_cast<Code>(~Code{0});

template <class Code>
CodeRange gather(const Code* table, std::ptrdiff_t stride, const std::uint32_t* slot, std::ptrdiff_t n, Code* codes) {
    for (std::ptrdiff_t i = 0; i < n; ++i) codes[i] = table[static_cast<std::ptrdiff_t>(slot[i]) * stride];
    Code low = kMissing<Code>, high = 0;
    std::uint32_t n_missing = 0;
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        const Code present_or_zero = codes[i] == kMissing<Code> ? Code{0} : codes[i];
        low = codes[i] < low ? codes[i] : low;
        high = present_or_zero > high ? present_or_zero : high;
        n_missing += codes[i] == kMissing<Code>;
    }
    return {low, high, n_missing};
}

template <class Code>
void histogram(const Code* codes, const std::uint64_t* packed, std::ptrdiff_t n, std::uint32_t low, int bits, std::uint32_t missing_bin,
               std::uint64_t* bins) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        const std::uint32_t bin = (codes[i] - low) >> bits;
        bins[codes[i] == kMissing<Code> ? missing_bin : bin] += packed[i];
    }
}

/// Counts for each key how many are smaller, sixteen keys at a time; keys are distinct, so the count is the position. No
/// branch, and quadratic work is less than a sort's mispredictions up to about 128 rows.
template <class Key, class Code, int kShift>
void sort_small(const Code* codes, std::ptrdiff_t n, Key* sorted) {
    constexpr std::ptrdiff_t kLanes = 16;
    Key keys[kSmallNode];
    for (std::ptrdiff_t i = 0; i < n; ++i) keys[i] = static_cast<Key>(codes[i]) << kShift | static_cast<Key>(i);
    const std::ptrdiff_t padded = (n + kLanes - 1) / kLanes * kLanes;
    for (std::ptrdiff_t i = n; i < padded; ++i) keys[i] = ~Key{0};
    for (std::ptrdiff_t begin = 0; begin < n; begin += kLanes) {
        Key rank[kLanes] = {};
        for (std::ptrdiff_t j = 0; j < n; ++j) {
            for (std::ptrdiff_t lane = 0; lane < kLanes; ++lane) rank[lane] += keys[j] < keys[begin + lane];
        }
        const std::ptrdiff_t lanes = n - begin < kLanes ? n - begin : kLanes;
        for (std::ptrdiff_t lane = 0; lane < lanes; ++lane) sorted[rank[lane]] = keys[begin + lane];
    }
}

struct Sums {
    double weight;
    double target;
};

inline Sums unpack(std::uint64_t packed, int shift) {
    return {static_cast<double>(static_cast<std::int64_t>(packed >> shift)),
            static_cast<double>(static_cast<std::int64_t>(packed & ((std::uint64_t{1} << shift) - 1)))};
}

/// The same expression as squared_error_gain in scans.hpp.
inline double gain_of(Sums left, Sums all) {
    const double c = left.target * all.weight - all.target * left.weight;
    return c * c / (left.weight * (all.weight - left.weight));
}

/// One direction of the missing rows: `left` starts as the sum of what is on the left already, `n_left` rows.
template <class Key, int kShift>
class SmallScan {
public:
    SmallScan(const PackedNode& node, const Key* sorted, const std::uint64_t* packed, PackedParting& best)
        : node_(node), all_(unpack(node.total, node.shift)), sorted_(sorted), packed_(packed), best_(best) {}

    bool run(std::uint64_t left, std::uint32_t n_left, std::uint32_t n_positions, bool last_ends, bool missing_go_left) {
        constexpr Key kRow = (Key{1} << kShift) - 1;
        bool improved = false;
        for (std::uint32_t i = 0; i < n_positions; ++i) {
            left += packed_[sorted_[i] & kRow];
            const bool ends = (last_ends && i + 1 == n_positions) || sorted_[i] >> kShift != sorted_[i + 1] >> kShift;
            const double gain = gain_of(unpack(left, node_.shift), all_);
            if (!(ends && gain > best_.gain) || !allowed(left, n_left + i + 1)) continue;
            best_ = {gain, i + 1, missing_go_left};
            improved = true;
        }
        return improved;
    }

private:
    bool allowed(std::uint64_t left, std::uint32_t n_left) const {
        const double weight = unpack(left, node_.shift).weight;
        return n_left >= node_.min_samples_leaf && node_.n_rows - n_left >= node_.min_samples_leaf &&
               weight >= node_.min_weight_leaf && all_.weight - weight >= node_.min_weight_leaf;
    }

    const PackedNode& node_;
    Sums all_;
    const Key* sorted_;
    const std::uint64_t* packed_;
    PackedParting& best_;
};

template <class Key, int kShift>
bool scan_small(const PackedNode& node, const Key* sorted, std::uint32_t n_missing, const std::uint64_t* packed, PackedParting& best) {
    constexpr Key kRow = (Key{1} << kShift) - 1;
    const std::uint32_t n_present = node.n_rows - n_missing;
    SmallScan<Key, kShift> scan(node, sorted, packed, best);
    if (n_missing == 0) return scan.run(0, 0, n_present - 1, false, false);
    bool improved = scan.run(0, 0, n_present, true, false);
    std::uint64_t missing = 0;
    for (std::uint32_t i = n_present; i < node.n_rows; ++i) missing += packed[sorted[i] & kRow];
    improved |= scan.run(missing, n_missing, n_present - 1, false, true);
    return improved;
}

template <class Code>
std::ptrdiff_t partition(const Code* codes, std::ptrdiff_t n, std::uint32_t bound, bool missing_left, MovingRows rows, MovingRows scratch) {
    std::ptrdiff_t n_left = 0, n_right = 0;
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        const bool missing = codes[i] == kMissing<Code>;
        const bool left = missing ? missing_left : codes[i] < bound;
        const std::uint32_t row = rows.row[i], slot = rows.slot[i];
        const std::uint64_t packed = rows.packed[i];
        rows.row[n_left] = row;
        rows.slot[n_left] = slot;
        rows.packed[n_left] = packed;
        scratch.row[n_right] = row;
        scratch.slot[n_right] = slot;
        scratch.packed[n_right] = packed;
        n_left += left;
        n_right += !left;
    }
    const auto count = static_cast<std::size_t>(n_right);
    std::memcpy(rows.row + n_left, scratch.row, count * sizeof(std::uint32_t));
    std::memcpy(rows.slot + n_left, scratch.slot, count * sizeof(std::uint32_t));
    std::memcpy(rows.packed + n_left, scratch.packed, count * sizeof(std::uint64_t));
    return n_left;
}

}  // namespace

const PackedKernels kPackedKernels = {
    gather<std::uint16_t>,
    gather<std::uint32_t>,
    histogram<std::uint16_t>,
    histogram<std::uint32_t>,
    sort_small<std::uint32_t, std::uint16_t, 16>,
    sort_small<std::uint64_t, std::uint32_t, 32>,
    scan_small<std::uint32_t, 16>,
    scan_small<std::uint64_t, 32>,
    partition<std::uint16_t>,
    partition<std::uint32_t>,
};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
