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
void histogram(const Code* codes, const std::uint64_t* packed, std::ptrdiff_t n, std::uint32_t low, int bits,
               std::uint32_t missing_bin, std::uint64_t* bins) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        const std::uint32_t bin = (codes[i] - low) >> bits;
        bins[codes[i] == kMissing<Code> ? missing_bin : bin] += packed[i];
    }
}

constexpr std::ptrdiff_t kLanes = 16;

/// `code << kShift | i` of each row; returns how many are missing. Padded with the largest key to whole lanes.
template <class Key, class Code, int kShift>
std::uint32_t make_keys(const NodeCodes<Code>& codes, std::int32_t feature, std::ptrdiff_t n, Key* keys) {
    const Code* table = codes.table + feature;
    std::uint32_t n_missing = 0;
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        const Code code = table[static_cast<std::ptrdiff_t>(codes.slot[i]) * codes.stride];
        keys[i] = static_cast<Key>(code) << kShift | static_cast<Key>(i);
        n_missing += code == kMissing<Code>;
    }
    for (std::ptrdiff_t i = n; i % kLanes != 0; ++i) keys[i] = static_cast<Key>(~Key{0});
    return n_missing;
}

/// Whether a key's code differs from the first one's.
template <class Key, int kShift>
bool varies(const Key* keys, std::ptrdiff_t n) {
    Key different = 0;
    for (std::ptrdiff_t i = 1; i < n; ++i) different |= keys[i] ^ keys[0];
    return different >> kShift != 0;
}

template <class Key>
void insertion_sort(const Key* keys, std::ptrdiff_t n, Key* sorted) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        std::ptrdiff_t j = i;
        for (; j > 0 && sorted[j - 1] > keys[i]; --j) sorted[j] = sorted[j - 1];
        sorted[j] = keys[i];
    }
}

/// Counts for each key how many are smaller, sixteen keys at a time; keys are distinct, so the count is the position.
/// No branch, and quadratic work is less than a sort's mispredictions up to about 128 rows.
template <class Key>
void rank_sort(const Key* keys, std::ptrdiff_t n, Key* sorted) {
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

/// The partings of one sorted feature.
template <class Key, int kShift>
class SmallScan {
public:
    SmallScan(const PackedNode& node, const std::uint64_t* packed, PackedParting& best)
        : node_(node), all_(unpack(node.total, node.shift)), packed_(packed), best_(best) {}

    void run(const Key* sorted, std::int32_t feature, std::uint32_t n_missing) {
        sorted_ = sorted;
        feature_ = feature;
        n_missing_ = n_missing;
        const std::uint32_t n_present = node_.n_rows - n_missing;
        scan(0, 0, n_missing == 0 ? n_present - 1 : n_present, false);
        if (n_missing == 0) return;
        std::uint64_t missing = 0;
        for (std::uint32_t i = n_present; i < node_.n_rows; ++i) missing += packed_[row(i)];
        scan(missing, n_missing, n_present - 1, true);
    }

private:
    std::uint32_t row(std::uint32_t i) const {
        return static_cast<std::uint32_t>(sorted_[i] & ((Key{1} << kShift) - 1));
    }
    std::uint32_t code(std::uint32_t i) const { return static_cast<std::uint32_t>(sorted_[i] >> kShift); }

    /// One direction of the missing rows: `left` and `n_left` are what is on the left already.
    void scan(std::uint64_t left, std::uint32_t n_left, std::uint32_t n_positions, bool missing_go_left) {
        for (std::uint32_t i = 0; i < n_positions; ++i) {
            left += packed_[row(i)];
            const double gain = gain_of(unpack(left, node_.shift), all_);
            if (gain > best_.gain && code(i) != code(i + 1) && allowed(left, n_left + i + 1)) {
                best_ = {gain, feature_, code(i), code(i + 1), i + 1, n_missing_, missing_go_left};
            }
        }
    }

    bool allowed(std::uint64_t left, std::uint32_t n_left) const {
        const double weight = unpack(left, node_.shift).weight;
        return n_left >= node_.min_samples_leaf && node_.n_rows - n_left >= node_.min_samples_leaf &&
               weight >= node_.min_weight_leaf && all_.weight - weight >= node_.min_weight_leaf;
    }

    const PackedNode& node_;
    Sums all_;
    const std::uint64_t* packed_;
    PackedParting& best_;
    const Key* sorted_ = nullptr;
    std::int32_t feature_ = 0;
    std::uint32_t n_missing_ = 0;
};

template <class Key, class Code, int kShift>
std::ptrdiff_t search(const PackedNode& node, const NodeCodes<Code>& codes, const std::int32_t* features,
                      std::ptrdiff_t n_features, PackedParting& best) {
    constexpr std::uint32_t kFewRows = 6;  // insertion sort's branches are still cheap
    Key keys[kSmallNode + kLanes], sorted[kSmallNode];
    SmallScan<Key, kShift> scan(node, codes.packed, best);
    std::ptrdiff_t n_varying = 0;
    for (std::ptrdiff_t k = 0; k < n_features; ++k) {
        const std::uint32_t n_missing = make_keys<Key, Code, kShift>(codes, features[k], node.n_rows, keys);
        if (!varies<Key, kShift>(keys, node.n_rows)) continue;
        ++n_varying;
        if (node.n_rows <= kFewRows)
            insertion_sort(keys, node.n_rows, sorted);
        else
            rank_sort(keys, node.n_rows, sorted);
        scan.run(sorted, features[k], n_missing);
    }
    return n_varying;
}

template <class Code>
std::ptrdiff_t partition(const Code* codes, std::ptrdiff_t n, std::uint32_t bound, bool missing_left, MovingRows rows,
                         MovingRows scratch) {
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
    search<std::uint32_t, std::uint16_t, 16>,
    search<std::uint64_t, std::uint32_t, 32>,
    partition<std::uint16_t>,
    partition<std::uint32_t>,
};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
