// SPDX-License-Identifier: MIT
#include "forest/lanes_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

constexpr int kWord = 4;  // values of a row that are fetched together

PLANTWRIGHT_INLINE std::uint32_t code_of(const U32x8* keys, int i, int lane) { return keys[i][lane] >> 16; }

/// Values 4 g to 4 g + 3 of the rows that the keys name, each as a vector over the lanes.
PLANTWRIGHT_INLINE void look_up(const OutputValues<float>& values, const U32x8& key, int g, F32x8* out) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 3
    const auto row = [&](int lane) {
        return _mm_loadu_ps(values.value + static_cast<std::ptrdiff_t>(key[lane] & 0xFFFF) * values.stride + kWord * g);
    };
    const auto two = [&](int lane) {
        return _mm256_insertf128_ps(_mm256_castps128_ps256(row(lane)), row(lane + 4), 1);
    };
    const __m256 a = two(0), b = two(1), c = two(2), d = two(3);
    const __m256 ab_low = _mm256_unpacklo_ps(a, b), ab_high = _mm256_unpackhi_ps(a, b);
    const __m256 cd_low = _mm256_unpacklo_ps(c, d), cd_high = _mm256_unpackhi_ps(c, d);
    out[0] = reinterpret_cast<F32x8>(_mm256_shuffle_ps(ab_low, cd_low, 0x44));
    out[1] = reinterpret_cast<F32x8>(_mm256_shuffle_ps(ab_low, cd_low, 0xEE));
    out[2] = reinterpret_cast<F32x8>(_mm256_shuffle_ps(ab_high, cd_high, 0x44));
    out[3] = reinterpret_cast<F32x8>(_mm256_shuffle_ps(ab_high, cd_high, 0xEE));
#else
    for (int lane = 0; lane < kLanes; ++lane) {
        const float* row = values.value + static_cast<std::ptrdiff_t>(key[lane] & 0xFFFF) * values.stride + kWord * g;
        for (int k = 0; k < kWord; ++k) out[k][lane] = row[k];
    }
#endif
}

/// Missing rows, which are sorted last, on the left with the first present ones. Seldom, hence lane by lane.
void scan_missing_left(const U32x8* keys, const OutputValues<float>& values, const NodeRows& rows,
                       const NodeTotals& totals, float weight, int lane, std::int32_t feature, SmallSplit& best,
                       float* left) {
    const auto add = [&](int i) {
        const float* row = values.value + static_cast<std::ptrdiff_t>(keys[i][lane] & 0xFFFF) * values.stride;
        for (int k = 0; k < values.stride; ++k) left[k] += row[k];
    };
    for (int k = 0; k < values.stride; ++k) left[k] = 0;
    int n_present = rows.n;
    while (n_present > 0 && code_of(keys, n_present - 1, lane) == kMissingRank) add(--n_present);
    const int n_missing = rows.n - n_present;
    for (int i = 0; i + 1 < n_present; ++i) {
        add(i);
        const float right_weight = weight - left[0];
        const bool fits = code_of(keys, i, lane) != code_of(keys, i + 1, lane) &&
                          n_missing + i + 1 >= totals.min_samples_leaf &&
                          n_present - i - 1 >= totals.min_samples_leaf && left[0] >= totals.min_weight_leaf &&
                          right_weight >= totals.min_weight_leaf;
        if (!fits) continue;
        float squares = 0;
        for (int k = 1; k < values.stride; ++k) squares += left[k] * left[k];
        const float gain = squares / (left[0] * right_weight);
        if (gain > best.gain)
            best = {gain, feature, code_of(keys, i, lane), code_of(keys, i + 1, lane), i + 1, true, true};
    }
}

/// Sums on the left by lane; kWords times 4 of them in registers, or any number in memory where kWords is 0.
template <int kWords>
struct LeftSums {
    F32x8 sum[kWord * kWords] = {};

    explicit LeftSums(float*, int) {}
    PLANTWRIGHT_INLINE void add(const OutputValues<float>& values, const U32x8& key, F32x8& squares) {
        squares = F32x8{};
#pragma GCC unroll 2
        for (int g = 0; g < kWords; ++g) {
            F32x8 more[kWord];
            look_up(values, key, g, more);
            for (int k = 0; k < kWord; ++k) {
                sum[kWord * g + k] += more[k];
                if (g + k > 0) squares += sum[kWord * g + k] * sum[kWord * g + k];
            }
        }
    }
    PLANTWRIGHT_INLINE void weight(F32x8& w) const { w = sum[0]; }
};

template <>
struct LeftSums<0> {
    float* sums;  // (stride, kLanes)
    int stride;

    LeftSums(float* scratch, int n) : sums(scratch), stride(n) {
        std::memset(sums, 0, sizeof(float) * kLanes * static_cast<std::size_t>(stride));
    }
    PLANTWRIGHT_INLINE void add(const OutputValues<float>& values, const U32x8& key, F32x8& squares) {
        squares = F32x8{};
        for (int g = 0; g < stride / kWord; ++g) {
            F32x8 more[kWord];
            look_up(values, key, g, more);
            for (int k = 0; k < kWord; ++k) {
                F32x8 sum;
                std::memcpy(&sum, sums + (kWord * g + k) * kLanes, sizeof sum);
                sum += more[k];
                std::memcpy(sums + (kWord * g + k) * kLanes, &sum, sizeof sum);
                if (g + k > 0) squares += sum * sum;
            }
        }
    }
    PLANTWRIGHT_INLINE void weight(F32x8& w) const { std::memcpy(&w, sums, sizeof w); }
};

/// Eight features of a node of at most kSize rows: sorted together, then one pass of prefix sums.
template <int kSize, int kWords>
bool search_eight(const NodeRows& rows, const NodeTotals& totals, const OutputValues<float>& values,
                  const std::uint16_t* features, int n_features, SmallSplit& best, float* scratch) {
    const Picker<0> picker(features);
    alignas(32) U32x8 keys[kSize];
    for (int i = 0; i < rows.n; ++i)
        picker.pick(rows.codes + rows.slot[i] * rows.stride, static_cast<std::uint32_t>(i), keys[i]);
    for (int i = rows.n; i < kSize; ++i) all_lanes(keys[i], ~0u);
    sort_lanes<kSize>(keys);

    const auto weight = static_cast<float>(totals.weight);
    const float least = totals.min_weight_leaf;
    const int first = totals.min_samples_leaf - 1, end = rows.n - totals.min_samples_leaf;
    LeftSums<kWords> left(scratch, values.stride);
    F32x8 best_gain = F32x8{} - 3e38f;
    I32x8 best_at{};
    for (int i = 0; i < end; ++i) {
        F32x8 squares, w;
        left.add(values, keys[i], squares);
        if (i < first) continue;
        left.weight(w);
        const F32x8 right = weight - w, gain = squares / (w * right);
        const I32x8 better =
            (gain > best_gain) & (((keys[i] ^ keys[i + 1]) >> 16) != 0) & (w >= least) & (right >= least);
        best_gain = better ? gain : best_gain;
        best_at = better ? I32x8{} + i : best_at;
    }
    float gain;
    const int lane = first_best_lane(best_gain, 0, gain);
    if (gain > best.gain) {
        const int at = best_at[lane];
        best = {gain,
                features[lane],
                code_of(keys, at, lane),
                code_of(keys, at + 1, lane),
                at + 1,
                false,
                code_of(keys, rows.n - 1, lane) == kMissingRank};
    }
    bool any_varies = false;
    for (int k = 0; k < n_features; ++k) {
        any_varies |= code_of(keys, 0, k) != code_of(keys, rows.n - 1, k);
        if (code_of(keys, rows.n - 1, k) == kMissingRank)
            scan_missing_left(keys, values, rows, totals, weight, k, features[k], best, scratch);
    }
    return any_varies;
}

template <int kSize, int kWords>
bool search_size(const NodeRows& rows, const NodeTotals& totals, const OutputValues<float>& values,
                 const std::uint16_t* features, int n_features, SmallSplit& best, float* scratch) {
    bool any_varies = false;
    for (int begin = 0; begin < n_features; begin += kLanes) {
        const int n = n_features - begin < kLanes ? n_features - begin : kLanes;
        std::uint16_t eight[kLanes];
        for (int k = 0; k < kLanes; ++k) eight[k] = features[begin + (k < n ? k : 0)];  // idle lanes repeat the first
        any_varies |= search_eight<kSize, kWords>(rows, totals, values, eight, n, best, scratch);
    }
    return any_varies;
}

template <int kWords>
bool search_words(const NodeRows& rows, const NodeTotals& totals, const OutputValues<float>& values,
                  const std::uint16_t* features, int n_features, SmallSplit& best, float* scratch) {
    const int n = rows.n;
    if (n <= 4) return search_size<4, kWords>(rows, totals, values, features, n_features, best, scratch);
    if (n <= 8) return search_size<8, kWords>(rows, totals, values, features, n_features, best, scratch);
    if (n <= 16) return search_size<16, kWords>(rows, totals, values, features, n_features, best, scratch);
    if (n <= 32) return search_size<32, kWords>(rows, totals, values, features, n_features, best, scratch);
    if (n <= 64) return search_size<64, kWords>(rows, totals, values, features, n_features, best, scratch);
    if (n <= 128) return search_size<128, kWords>(rows, totals, values, features, n_features, best, scratch);
    return search_size<kSmallNode, kWords>(rows, totals, values, features, n_features, best, scratch);
}

bool search(const NodeRows& rows, const NodeTotals& totals, const OutputValues<float>& values,
            const std::uint16_t* features, int n_features, SmallSplit& best, float* scratch) {
    if (values.stride == kWord) return search_words<1>(rows, totals, values, features, n_features, best, scratch);
    return search_words<0>(rows, totals, values, features, n_features, best, scratch);
}

}  // namespace

const SmallOutputKernels kSmallOutputKernels = {search};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
