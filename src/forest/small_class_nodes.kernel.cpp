// SPDX-License-Identifier: MIT
#include "forest/class_gain_kernel.hpp"
#include "forest/lanes_kernel.hpp"

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

constexpr int kMostPairs = 4;  // of classes whose counts are kept in registers
constexpr std::uint32_t kMostCount = 32'767;

template <class I32, class F32>
PLANTWRIGHT_INLINE void to_float(const I32& i, F32& f) {
    f = __builtin_convertvector(i, F32);
}

/// Two classes a register, as 16-bit counts, so that one multiply-add sums the squares of both. Keys carry
/// `class << 8 | weight` in their low half: nothing is looked up after the sort.
template <int kPairs, int kWidth>
struct PairCounts {
    using U32 = typename Vectors<kWidth>::U32;
    using I32 = typename Vectors<kWidth>::I32;
    I32 count[kPairs] = {};
    std::int32_t total[kPairs] = {};

    explicit PairCounts(const ClassTotals& classes) {
        for (int k = 0; k < classes.n_classes; ++k)
            total[k / 2] |= static_cast<std::int32_t>(classes.of_class[k] << (16 * (k & 1)));
    }
#if PLANTWRIGHT_LEVEL_NUMBER >= 4
    static PLANTWRIGHT_INLINE void multiply_add(I32x16& sum, const I32x16& a, const I32x16& b) {
        sum += reinterpret_cast<I32x16>(
            _mm512_maskz_madd_epi16(kAll, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
    }
    static PLANTWRIGHT_INLINE void shifted(const U32x16& x, const U32x16& by, I32x16& out) {
        out = reinterpret_cast<I32x16>(
            _mm512_maskz_sllv_epi32(kAll, reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(by)));
    }
#endif
    static PLANTWRIGHT_INLINE void multiply_add(I32x8& sum, const I32x8& a, const I32x8& b) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 3
        sum += reinterpret_cast<I32x8>(_mm256_madd_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
        sum += (a & 0xFFFF) * (b & 0xFFFF) + (a >> 16) * (b >> 16);
#endif
    }
    static PLANTWRIGHT_INLINE void shifted(const U32x8& x, const U32x8& by, I32x8& out) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 3
        out = reinterpret_cast<I32x8>(_mm256_sllv_epi32(reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(by)));
#else
        for (int lane = 0; lane < kLanes; ++lane)
            out[lane] = by[lane] < 32 ? static_cast<std::int32_t>(x[lane] << by[lane]) : 0;
#endif
    }
    /// Sums of squares on the left, and of left times total.
    PLANTWRIGHT_INLINE void add(const U32& key, I32& squares, I32& products) {
        const U32 weight = key & 0xFF, at = (key >> 8 & 0xFF) << 4;
        squares = I32{};
        products = I32{};
#pragma GCC unroll 4
        for (int p = 0; p < kPairs; ++p) {
            I32 moved;
            shifted(weight, at - static_cast<std::uint32_t>(32 * p), moved);
            count[p] += moved;
            multiply_add(squares, count[p], count[p]);
            multiply_add(products, count[p], I32{} + total[p]);
        }
    }
};

struct NodeFloats {
    float weight, squares;  // sum of class weights, sum of their squares

    explicit NodeFloats(const ClassTotals& classes) : weight(0), squares(0) {
        for (int k = 0; k < classes.n_classes; ++k) {
            const auto w = static_cast<float>(classes.of_class[k]);
            weight += w;
            squares += w * w;
        }
    }
};

/// gain = sum_k L_k^2 / w_L + sum_k R_k^2 / w_R, over a common denominator and with R_k = T_k - L_k
template <int kSize, int kPairs, int kChunks, int kWidth>
struct PairSearch {
    using U32 = typename Vectors<kWidth>::U32;
    using I32 = typename Vectors<kWidth>::I32;
    using F32 = typename Vectors<kWidth>::F32;

    static void run(const NodeRows& rows, const NodeTotals& totals, const ClassTotals& classes,
                    const Picker<kChunks, kWidth>& picker, U32* keys, F32& best_gain, I32& best_at) {
        for (int i = 0; i < rows.n; ++i) {
            const auto payload = static_cast<std::uint32_t>((rows.packed[i] & 0xFF) << 8 | rows.packed[i] >> 32);
            picker.pick(rows.codes + rows.slot[i] * rows.stride, payload, keys[i]);
        }
        for (int i = rows.n; i < kSize; ++i) all_lanes(keys[i], ~0u);
        sort_lanes<kSize>(keys);
        const NodeFloats node(classes);
        const float least = totals.min_weight_leaf;
        const int first = totals.min_samples_leaf - 1, end = rows.n - totals.min_samples_leaf;
        PairCounts<kPairs, kWidth> counts(classes);
        I32 left_weight{};
        for (int i = 0; i < end; ++i) {
            I32 squares, products;
            counts.add(keys[i], squares, products);
            left_weight += reinterpret_cast<I32>(keys[i] & 0xFF);
            if (i < first) continue;
            F32 w, a, b;
            to_float(left_weight, w);
            to_float(squares, a);
            to_float(products, b);
            const F32 right = node.weight - w, gain = (a * right + (node.squares - 2.0f * b + a) * w) / (w * right);
            const I32 better =
                (gain > best_gain) & (((keys[i] ^ keys[i + 1]) >> 16) != 0) & (w >= least) & (right >= least);
            best_gain = better ? gain : best_gain;
            best_at = better ? I32{} + i : best_at;
        }
    }
};

/// Any number of classes, any weights, gini or entropy: the counts of each lane stand in a table, and the sums over
/// classes follow from the one count that changes.
struct TableCounts {
    float* count;  // (n_classes, kLanes)
    const ClassTotals& classes;
    F32x8 left{}, right{}, weight{};

    static PLANTWRIGHT_INLINE float value(float x, bool entropy) {
        float f = x * x;
        if (entropy) x_log_x<float, std::int32_t>(x, f);
        return f;
    }

    TableCounts(float* scratch, const ClassTotals& c) : count(scratch), classes(c) {
        float all = 0;
        for (int k = 0; k < c.n_classes; ++k) {
            all += value(static_cast<float>(c.of_class[k]), c.entropy);
            for (int lane = 0; lane < kLanes; ++lane) count[k * kLanes + lane] = 0;
        }
        right += all;
    }
    PLANTWRIGHT_INLINE void add(int lane, std::uint32_t row_class, float row_weight) {
        float& here = count[static_cast<int>(row_class) * kLanes + lane];
        const float before = here, after = before + row_weight, total = static_cast<float>(classes.of_class[row_class]);
        here = after;
        if (classes.entropy) {
            left[lane] += value(after, true) - value(before, true);
            right[lane] += value(total - after, true) - value(total - before, true);
        } else {
            left[lane] += row_weight * (after + before);
            right[lane] -= row_weight * (2 * total - after - before);
        }
        weight[lane] += row_weight;
    }
    PLANTWRIGHT_INLINE float gain(int lane, float node_weight) const {
        const float w = weight[lane], r = node_weight - w;
        if (classes.entropy) return left[lane] + right[lane] - value(w, true) - value(r, true);
        return left[lane] / w + right[lane] / r;
    }
};

/// Rows [0, end) of the sorted keys enter the left side one after the other, in every lane; low halves of keys are
/// rows.
template <int kSize>
void scan_table(const U32x8* keys, const NodeRows& rows, const NodeTotals& totals, const ClassTotals& classes,
                float* scratch, F32x8& best_gain, I32x8& best_at) {
    TableCounts counts(scratch, classes);
    const float weight = static_cast<float>(totals.weight), least = totals.min_weight_leaf;
    const int first = totals.min_samples_leaf - 1, end = rows.n - totals.min_samples_leaf;
    for (int i = 0; i < end; ++i) {
        for (int lane = 0; lane < kLanes; ++lane) {
            const std::uint64_t packed = rows.packed[keys[i][lane] & 0xFFFF];
            counts.add(lane, static_cast<std::uint32_t>(packed), static_cast<float>(packed >> 32));
            const bool boundary = (keys[i][lane] ^ keys[i + 1][lane]) >> 16 != 0;
            const float w = counts.weight[lane];
            if (i < first || !boundary || w < least || weight - w < least) continue;
            const float gain = counts.gain(lane, weight);
            if (!(gain > best_gain[lane])) continue;
            best_gain[lane] = gain;
            best_at[lane] = i;
        }
    }
}

template <class U32>
PLANTWRIGHT_INLINE std::uint32_t code_of(const U32* keys, int i, int lane) {
    return keys[i][lane] >> 16;
}

/// One lane with its missing rows, which are sorted last, on the left. `row_of(key)` gives the packed row of a key.
template <class U32, class RowOf>
void scan_missing_left(const U32* keys, const NodeRows& rows, const NodeTotals& totals, const ClassTotals& classes,
                       float* scratch, int lane, std::int32_t feature, SmallSplit& best, const RowOf& row_of) {
    TableCounts counts(scratch, classes);
    const int place = lane % kLanes;  // of the table
    const auto add = [&](int i) {
        const std::uint64_t packed = row_of(keys[i][lane]);
        counts.add(place, static_cast<std::uint32_t>(packed), static_cast<float>(packed >> 32));
    };
    int n_present = rows.n;
    while (n_present > 0 && code_of(keys, n_present - 1, lane) == kMissingRank) add(--n_present);
    const int n_missing = rows.n - n_present;
    const float weight = static_cast<float>(totals.weight), least = totals.min_weight_leaf;
    for (int i = 0; i + 1 < n_present; ++i) {
        add(i);
        const float w = counts.weight[place];
        const bool fits = code_of(keys, i, lane) != code_of(keys, i + 1, lane) &&
                          n_missing + i + 1 >= totals.min_samples_leaf &&
                          n_present - i - 1 >= totals.min_samples_leaf && w >= least && weight - w >= least;
        if (!fits) continue;
        const float gain = counts.gain(place, weight);
        if (gain > best.gain)
            best = {gain, feature, code_of(keys, i, lane), code_of(keys, i + 1, lane), i + 1, true, true};
    }
}

/// kWidth features of a node of at most kSize rows: sorted together, then scanned. Both scans give the same gain, up to
/// rounding: sum_k L_k^2 / w_L + sum_k R_k^2 / w_R.
template <int kSize, int kPairs, int kChunks, int kWidth>
struct GroupSearch {
    using U32 = typename Vectors<kWidth>::U32;
    using I32 = typename Vectors<kWidth>::I32;
    using F32 = typename Vectors<kWidth>::F32;

    const NodeRows& rows;
    const NodeTotals& totals;
    const ClassTotals& classes;
    float* scratch;
    F32 best_gain;
    I32 best_at;

    GroupSearch(const NodeRows& r, const NodeTotals& t, const ClassTotals& c, float* s)
        : rows(r), totals(t), classes(c), scratch(s), best_gain(F32{} - 3e38f), best_at{} {}

    bool run(const std::uint16_t* features, int n_features, SmallSplit& best) {
        const Picker<kChunks, kWidth> picker(features);
        U32 keys[kSize];
        if constexpr (kPairs > 0) {
            PairSearch<kSize, kPairs, kChunks, kWidth>::run(rows, totals, classes, picker, keys, best_gain, best_at);
        } else {
            for (int i = 0; i < rows.n; ++i)
                picker.pick(rows.codes + rows.slot[i] * rows.stride, static_cast<std::uint32_t>(i), keys[i]);
            for (int i = rows.n; i < kSize; ++i) all_lanes(keys[i], ~0u);
            sort_lanes<kSize>(keys);
            scan_table<kSize>(keys, rows, totals, classes, scratch, best_gain, best_at);
        }
        bool any_varies = false;
        for (int first = 0; first < n_features; first += kLanes) {
            const int end = first + kLanes < n_features ? first + kLanes : n_features;
            any_varies |= settle(keys, features, first, end, best);
        }
        return any_varies;
    }

    /// The packed row of a key.
    std::uint64_t row_of(std::uint32_t key) const {
        if constexpr (kPairs > 0)
            return std::uint64_t{key & 0xFF} << 32 | (key >> 8 & 0xFF);
        else
            return rows.packed[key & 0xFFFF];
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
        for (int k = first; k < end; ++k) {
            any_varies |= code_of(keys, 0, k) != code_of(keys, last, k);
            if (code_of(keys, last, k) != kMissingRank) continue;
            scan_missing_left(keys, rows, totals, classes, scratch, k, features[k], best,
                              [&](std::uint32_t key) { return row_of(key); });
        }
        return any_varies;
    }
};

template <int kSize, int kPairs, int kChunks>
bool search_size(const NodeRows& rows, const NodeTotals& totals, const ClassTotals& classes,
                 const std::uint16_t* features, int n_features, SmallSplit& best, float* scratch) {
    constexpr int kWidest = kPairs > 0 ? kMostLanes : kLanes;  // tables of counts are of eight lanes
    bool any_varies = false;
    for_each_group<kWidest>(features, n_features, [&]<int kWidth>(const std::uint16_t* group, int n) {
        GroupSearch<kSize, kPairs, kChunks, kWidth> search(rows, totals, classes, scratch);
        any_varies |= search.run(group, n, best);
    });
    return any_varies;
}

template <int kPairs, int kChunks>
bool search_chunks(const NodeRows& rows, const NodeTotals& totals, const ClassTotals& classes,
                   const std::uint16_t* features, int n_features, SmallSplit& best, float* scratch) {
    const int n = rows.n;
    if (n <= 4) return search_size<4, kPairs, kChunks>(rows, totals, classes, features, n_features, best, scratch);
    if (n <= 8) return search_size<8, kPairs, kChunks>(rows, totals, classes, features, n_features, best, scratch);
    if (n <= 16) return search_size<16, kPairs, kChunks>(rows, totals, classes, features, n_features, best, scratch);
    if (n <= 32) return search_size<32, kPairs, kChunks>(rows, totals, classes, features, n_features, best, scratch);
    if (n <= 64) return search_size<64, kPairs, kChunks>(rows, totals, classes, features, n_features, best, scratch);
    if (n <= 128) return search_size<128, kPairs, kChunks>(rows, totals, classes, features, n_features, best, scratch);
    return search_size<kSmallNode, kPairs, kChunks>(rows, totals, classes, features, n_features, best, scratch);
}

/// Counts of all classes below 2^15, weights and class numbers below 2^8.
bool fits_pairs(const NodeRows& rows, const ClassTotals& classes) {
    if (classes.entropy || classes.n_classes > 2 * kMostPairs) return false;
    for (int k = 0; k < classes.n_classes; ++k) {
        if (classes.of_class[k] > kMostCount) return false;
    }
    for (int i = 0; i < rows.n; ++i) {
        if (rows.packed[i] >> 32 > 0xFF) return false;
    }
    return true;
}

template <int kChunks>
bool search_pairs(const NodeRows& rows, const NodeTotals& totals, const ClassTotals& classes,
                  const std::uint16_t* features, int n_features, SmallSplit& best, float* scratch) {
    if (!fits_pairs(rows, classes))
        return search_chunks<0, 0>(rows, totals, classes, features, n_features, best, scratch);
    if (classes.n_classes <= 4)
        return search_chunks<2, kChunks>(rows, totals, classes, features, n_features, best, scratch);
    return search_chunks<4, kChunks>(rows, totals, classes, features, n_features, best, scratch);
}

bool search(const NodeRows& rows, const NodeTotals& totals, const ClassTotals& classes, const std::uint16_t* features,
            int n_features, SmallSplit& best, float* scratch) {
#if PLANTWRIGHT_LEVEL_NUMBER >= 3
    if (rows.n_features <= 32) return search_pairs<2>(rows, totals, classes, features, n_features, best, scratch);
    if (rows.n_features <= 96) return search_pairs<6>(rows, totals, classes, features, n_features, best, scratch);
#endif
    return search_pairs<0>(rows, totals, classes, features, n_features, best, scratch);
}

}  // namespace

const SmallClassKernels kSmallClassKernels = {search};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
