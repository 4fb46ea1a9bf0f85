// SPDX-License-Identifier: MIT
#include "forest/lanes_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

constexpr int power_of_two(int n) {
    int full = kMostLanes;
    while (full < n) full *= 2;
    return full;
}

/// Weight and centred target of the rows of a node, looked up by the low bits of a key.
template <int kSize>
struct TargetTable {
    static constexpr int kPadded = kMostLanes > kLanes ? power_of_two(kSize) : (kSize + kLanes - 1) / kLanes* kLanes;
    alignas(64) float weight[kPadded];
    alignas(64) float target[kPadded];    // sum of targets less weight times the node's mean
    alignas(32) float pair[2 * kPadded];  // target, weight

    TargetTable(const NodeRows& rows, const NodeTotals& totals) {
        const std::uint64_t mask = (std::uint64_t{1} << totals.shift) - 1;
        for (int i = 0; i < kPadded; ++i) {
            const std::uint64_t packed = i < rows.n ? rows.packed[i] : 0;
            const double w = to_double(packed >> totals.shift), s = to_double(packed & mask);
            weight[i] = static_cast<float>(w);
            target[i] = static_cast<float>(s - w * totals.mean);
        }
        if constexpr (kSize > 16) {
            for (int i = 0; i < kPadded; ++i) {
                pair[2 * i] = target[i];
                pair[2 * i + 1] = weight[i];
            }
        }
    }

    /// Exact below 2^52.
    static PLANTWRIGHT_INLINE double to_double(std::uint64_t x) {
        const std::uint64_t bits = x | 0x4330000000000000u;
        double d;
        std::memcpy(&d, &bits, sizeof d);
        return d - 4503599627370496.0;
    }

#if PLANTWRIGHT_LEVEL_NUMBER >= 3
    static PLANTWRIGHT_INLINE __m256 permute(const float* table, __m256i k) {
        const __m256 low = _mm256_permutevar8x32_ps(_mm256_load_ps(table), k);
        if constexpr (kSize <= kLanes) {
            return low;
        } else {
            const __m256 high = _mm256_permutevar8x32_ps(_mm256_load_ps(table + kLanes), k);
            return _mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(k, 28)));  // bit 3 chooses
        }
    }
    PLANTWRIGHT_INLINE __m128 two(const U32x8& key, int lane) const {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(&key);
        const __m128 low = _mm_castpd_ps(_mm_load_sd(reinterpret_cast<const double*>(pair + 2 * bytes[4 * lane])));
        return _mm_loadh_pi(low, reinterpret_cast<const __m64*>(pair + 2 * bytes[4 * lane + 4]));
    }
    PLANTWRIGHT_INLINE void look_up(const U32x8& key, F32x8& y, F32x8& w) const {
        if constexpr (kSize <= 16) {
            const __m256i k = reinterpret_cast<__m256i>(key);
            y = reinterpret_cast<F32x8>(permute(target, k));
            w = reinterpret_cast<F32x8>(permute(weight, k));
        } else {
            const __m256 a = _mm256_insertf128_ps(_mm256_castps128_ps256(two(key, 0)), two(key, 4), 1);
            const __m256 b = _mm256_insertf128_ps(_mm256_castps128_ps256(two(key, 2)), two(key, 6), 1);
            y = reinterpret_cast<F32x8>(_mm256_shuffle_ps(a, b, 0x88));
            w = reinterpret_cast<F32x8>(_mm256_shuffle_ps(a, b, 0xDD));
        }
    }
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    /// table[low bits of the keys]
    template <int kEntries>
    static PLANTWRIGHT_INLINE __m512 permute16(const float* table, __m512i k) {
        if constexpr (kEntries == 16) {
            return _mm512_maskz_permutexvar_ps(kAll, k, _mm512_load_ps(table));
        } else if constexpr (kEntries == 32) {
            return _mm512_permutex2var_ps(_mm512_load_ps(table), k, _mm512_load_ps(table + 16));
        } else {
            constexpr int kHalf = kEntries / 2;
            const __mmask16 high = _mm512_test_epi32_mask(k, _mm512_set1_epi32(kHalf));
            return _mm512_mask_mov_ps(permute16<kHalf>(table, k), high, permute16<kHalf>(table + kHalf, k));
        }
    }
    PLANTWRIGHT_INLINE void look_up(const U32x16& key, F32x16& y, F32x16& w) const {
        const auto k = reinterpret_cast<__m512i>(key);
        if constexpr (kPadded <= 128) {
            y = reinterpret_cast<F32x16>(permute16<kPadded>(target, k));
            w = reinterpret_cast<F32x16>(permute16<kPadded>(weight, k));
        } else {
            U32x8 halves[2];
            F32x8 of_y[2], of_w[2];
            std::memcpy(halves, &key, sizeof key);
            for (int h = 0; h < 2; ++h) look_up(halves[h], of_y[h], of_w[h]);
            std::memcpy(&y, of_y, sizeof y);
            std::memcpy(&w, of_w, sizeof w);
        }
    }
#endif
#else
    PLANTWRIGHT_INLINE void look_up(const U32x8& key, F32x8& y, F32x8& w) const {
        for (int lane = 0; lane < kLanes; ++lane) {
            const std::uint32_t i = key[lane] & 0xFFFF;
            y[lane] = target[i];
            w[lane] = weight[i];
        }
    }
#endif
};

template <class U32>
PLANTWRIGHT_INLINE std::uint32_t code_of(const U32* keys, int i, int lane) {
    return keys[i][lane] >> 16;
}

/// Missing rows, which are sorted last, on the left with the first present ones. Seldom, hence lane by lane.
template <int kSize, class U32>
void scan_missing_left(const U32* keys, const TargetTable<kSize>& table, const NodeRows& rows, const NodeTotals& totals,
                       float weight, int lane, std::int32_t feature, SmallSplit& best) {
    int n_present = rows.n;
    float left = 0, left_weight = 0;
    while (n_present > 0 && code_of(keys, n_present - 1, lane) == kMissingRank) {
        const std::uint32_t i = keys[--n_present][lane] & 0xFFFF;
        left += table.target[i];
        left_weight += table.weight[i];
    }
    const int n_missing = rows.n - n_present;
    for (int i = 0; i + 1 < n_present; ++i) {
        const std::uint32_t row = keys[i][lane] & 0xFFFF;
        left += table.target[row];
        left_weight += table.weight[row];
        const float right_weight = weight - left_weight, gain = left * left / (left_weight * right_weight);
        const bool fits = code_of(keys, i, lane) != code_of(keys, i + 1, lane) &&
                          n_missing + i + 1 >= totals.min_samples_leaf &&
                          n_present - i - 1 >= totals.min_samples_leaf && left_weight >= totals.min_weight_leaf &&
                          right_weight >= totals.min_weight_leaf;
        if (fits && gain > best.gain) {
            best = {gain, feature, code_of(keys, i, lane), code_of(keys, i + 1, lane), i + 1, true, true};
        }
    }
}

/// kWidth features of a node of at most kSize rows: sorted together, then one pass of prefix sums.
///
///     gain = s_L^2 / (w_L w_R),   s_L the sum of centred targets on the left
template <int kSize, int kChunks, int kWidth>
struct GroupSearch {
    using U32 = typename Vectors<kWidth>::U32;
    using I32 = typename Vectors<kWidth>::I32;
    using F32 = typename Vectors<kWidth>::F32;

    const NodeRows& rows;
    const NodeTotals& totals;
    const TargetTable<kSize>& table;
    F32 best_gain;
    I32 best_at;

    GroupSearch(const NodeRows& r, const NodeTotals& t, const TargetTable<kSize>& of_rows)
        : rows(r), totals(t), table(of_rows) {}

    bool run(const std::uint16_t* features, int n_features, SmallSplit& best) {
        U32 keys[kSize];
        sort(features, keys);
        scan(keys);
        bool any_varies = false;
        for (int first = 0; first < n_features; first += kLanes) {
            const int end = first + kLanes < n_features ? first + kLanes : n_features;
            any_varies |= settle(keys, features, first, end, best);
        }
        return any_varies;
    }

    PLANTWRIGHT_INLINE void sort(const std::uint16_t* features, U32* keys) const {
        const Picker<kChunks, kWidth> picker(features);
        for (int i = 0; i < rows.n; ++i)
            picker.pick(rows.codes + rows.slot[i] * rows.stride, static_cast<std::uint32_t>(i), keys[i]);
        for (int i = rows.n; i < kSize; ++i) all_lanes(keys[i], ~0u);
        sort_lanes<kSize>(keys);
    }

    PLANTWRIGHT_INLINE void scan(const U32* keys) {
        const auto weight = static_cast<float>(totals.weight);
        const float least = totals.min_weight_leaf;
        const int first = totals.min_samples_leaf - 1, end = rows.n - totals.min_samples_leaf;
        F32 left{}, left_weight{}, most = F32{} - 3e38f;
        I32 at{};
        for (int i = 0; i < end; ++i) {
            F32 y, w;
            table.look_up(keys[i], y, w);
            left += y;
            left_weight += w;
            if (i < first) continue;
            const F32 right_weight = weight - left_weight, gain = left * left / (left_weight * right_weight);
            const I32 better = (gain > most) & (((keys[i] ^ keys[i + 1]) >> 16) != 0) & (left_weight >= least) &
                               (right_weight >= least);
            most = better ? gain : most;
            at = better ? I32{} + i : at;
        }
        best_gain = most;
        best_at = at;
    }

    /// Improves `best` by what was found in lanes [first, end) of eight. Returns whether any of their features varies.
    PLANTWRIGHT_INLINE bool settle(const U32* keys, const std::uint16_t* features, int first, int end,
                                   SmallSplit& best) const {
        const int last = rows.n - 1;
        float gain;
        const int lane = first_best_lane(best_gain, first, gain);
        if (gain > best.gain) {
            const int at = best_at[lane];
            best = {gain,
                    features[lane],
                    code_of(keys, at, lane),
                    code_of(keys, at + 1, lane),
                    at + 1,
                    false,
                    code_of(keys, last, lane) == kMissingRank};
        }
        bool any_varies = false;
        const auto weight = static_cast<float>(totals.weight);
        for (int k = first; k < end; ++k) {
            any_varies |= code_of(keys, 0, k) != code_of(keys, last, k);
            const bool some_missing = code_of(keys, last, k) == kMissingRank;
            if (some_missing) scan_missing_left<kSize>(keys, table, rows, totals, weight, k, features[k], best);
        }
        return any_varies;
    }
};

template <int kSize, int kChunks>
bool search_size(const NodeRows& rows, const NodeTotals& totals, const std::uint16_t* features, int n_features,
                 SmallSplit& best) {
    const TargetTable<kSize> table(rows, totals);
    bool any_varies = false;
    for_each_group<kMostLanes>(features, n_features, [&]<int kWidth>(const std::uint16_t* group, int n) {
        GroupSearch<kSize, kChunks, kWidth> search(rows, totals, table);
        any_varies |= search.run(group, n, best);
    });
    return any_varies;
}

template <int kChunks>
bool search_chunks(const NodeRows& rows, const NodeTotals& totals, const std::uint16_t* features, int n_features,
                   SmallSplit& best) {
    const int n = rows.n;
    if (n <= 4) return search_size<4, kChunks>(rows, totals, features, n_features, best);
    if (n <= 8) return search_size<8, kChunks>(rows, totals, features, n_features, best);
    if (n <= 12) return search_size<12, kChunks>(rows, totals, features, n_features, best);
    if (n <= 16) return search_size<16, kChunks>(rows, totals, features, n_features, best);
    if (n <= 24) return search_size<24, kChunks>(rows, totals, features, n_features, best);
    if (n <= 32) return search_size<32, kChunks>(rows, totals, features, n_features, best);
    if (n <= 48) return search_size<48, kChunks>(rows, totals, features, n_features, best);
    if (n <= 64) return search_size<64, kChunks>(rows, totals, features, n_features, best);
    if (n <= 96) return search_size<96, kChunks>(rows, totals, features, n_features, best);
    if (n <= 128) return search_size<128, kChunks>(rows, totals, features, n_features, best);
    if (n <= 192) return search_size<192, kChunks>(rows, totals, features, n_features, best);
    return search_size<kSmallNode, kChunks>(rows, totals, features, n_features, best);
}

bool search(const NodeRows& rows, const NodeTotals& totals, const std::uint16_t* features, int n_features,
            SmallSplit& best) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 3
    if (rows.n_features <= 16) return search_chunks<1>(rows, totals, features, n_features, best);
    if (rows.n_features <= 32) return search_chunks<2>(rows, totals, features, n_features, best);
    if (rows.n_features <= 48) return search_chunks<3>(rows, totals, features, n_features, best);
    if (rows.n_features <= 96) return search_chunks<6>(rows, totals, features, n_features, best);
#endif
    return search_chunks<0>(rows, totals, features, n_features, best);
}

}  // namespace

const SmallNodeKernels kSmallNodeKernels = {search};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
