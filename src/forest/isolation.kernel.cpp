// SPDX-License-Identifier: MIT
#include <cstring>

#include "forest/isolation_kernel.hpp"

#if PLANTWRIGHT_LEVEL_NUMBER >= 3
#include <immintrin.h>
#endif

#define PLANTWRIGHT_INLINE inline __attribute__((always_inline))

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr float kInfinity = __builtin_inff();
constexpr u64 kGamma = 0x9E3779B97F4A7C15ull;

/// SplitMix64's finalizer, as RandomStream::mix.
PLANTWRIGHT_INLINE u64 mix(u64 z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

PLANTWRIGHT_INLINE u32 bits_of(float x) {
    u32 bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

/// As ordered_bits.
PLANTWRIGHT_INLINE u32 key_of(float x) {
    const u32 bits = bits_of(x + 0.0f);
    return bits ^ (static_cast<u32>(static_cast<std::int32_t>(bits) >> 31) | 0x80000000u);
}

// ---- tables

template <class T>
PLANTWRIGHT_INLINE bool copy_each(const T* x, std::ptrdiff_t row_stride, const u32* rows, u32 first, u32 n_rows,
                                  std::ptrdiff_t n_columns, float* columns, std::ptrdiff_t stride) {
    int bad = 0;
    for (u32 i = first; i < n_rows; ++i) {
        const T* from = x + static_cast<std::ptrdiff_t>(rows[i]) * row_stride;
        for (std::ptrdiff_t j = 0; j < n_columns; ++j) {
            const float value = static_cast<float>(from[j]), difference = value - value;
            columns[j * stride + i] = value;
            bad |= difference != difference;  // NaN or infinite
        }
    }
    return bad == 0;
}

#if PLANTWRIGHT_LEVEL_NUMBER >= 3
PLANTWRIGHT_INLINE __m128 load_four(const float* x) { return _mm_loadu_ps(x); }
PLANTWRIGHT_INLINE __m128 load_four(const double* x) { return _mm256_cvtpd_ps(_mm256_loadu_pd(x)); }

/// Four values of each of eight rows, as four columns.
template <class T>
PLANTWRIGHT_INLINE void transpose(const T* const* rows, std::ptrdiff_t j, __m256* column) {
    __m256 pair[4];  // rows k and k + 4
    for (int k = 0; k < 4; ++k) pair[k] = _mm256_set_m128(load_four(rows[k + 4] + j), load_four(rows[k] + j));
    const __m256 a = _mm256_unpacklo_ps(pair[0], pair[1]), b = _mm256_unpackhi_ps(pair[0], pair[1]);
    const __m256 c = _mm256_unpacklo_ps(pair[2], pair[3]), d = _mm256_unpackhi_ps(pair[2], pair[3]);
    column[0] = _mm256_shuffle_ps(a, c, 0x44);
    column[1] = _mm256_shuffle_ps(a, c, 0xEE);
    column[2] = _mm256_shuffle_ps(b, d, 0x44);
    column[3] = _mm256_shuffle_ps(b, d, 0xEE);
}

/// Whole blocks of eight rows, where there are at least four columns; the last columns may be written twice. Returns
/// how many rows are done.
template <class T>
PLANTWRIGHT_INLINE u32 copy_eights(const T* x, std::ptrdiff_t row_stride, const u32* rows, u32 n_rows,
                                   std::ptrdiff_t n_columns, float* columns, std::ptrdiff_t stride, bool& finite) {
    if (n_columns < 4) return 0;
    __m256 bad = _mm256_setzero_ps();  // NaN once a value is NaN or infinite
    u32 i = 0;
    for (; i + 8 <= n_rows; i += 8) {
        const T* from[8];
        for (u32 k = 0; k < 8; ++k) from[k] = x + static_cast<std::ptrdiff_t>(rows[i + k]) * row_stride;
        for (std::ptrdiff_t done = 0; done < n_columns; done += 4) {
            const std::ptrdiff_t j = done + 4 <= n_columns ? done : n_columns - 4;
            __m256 column[4];
            transpose(from, j, column);
            for (int k = 0; k < 4; ++k) {
                bad = _mm256_fmadd_ps(column[k], _mm256_setzero_ps(), bad);
                _mm256_storeu_ps(columns + (j + k) * stride + i, column[k]);
            }
        }
    }
    finite = _mm256_movemask_ps(_mm256_cmp_ps(bad, bad, _CMP_UNORD_Q)) == 0;
    return i;
}
#endif

template <class T>
PLANTWRIGHT_INLINE bool copy_any(const T* x, std::ptrdiff_t row_stride, const u32* rows, u32 n_rows,
                                 std::ptrdiff_t n_columns, float* columns, std::ptrdiff_t stride) {
    bool finite = true;
    u32 done = 0;
#if PLANTWRIGHT_LEVEL_NUMBER >= 3
    done = copy_eights(x, row_stride, rows, n_rows, n_columns, columns, stride, finite);
#endif
    return copy_each(x, row_stride, rows, done, n_rows, n_columns, columns, stride) && finite;
}

bool copy(const float* x, std::ptrdiff_t row_stride, const u32* rows, u32 n_rows, std::ptrdiff_t n_columns,
          float* columns, std::ptrdiff_t stride) {
    return copy_any(x, row_stride, rows, n_rows, n_columns, columns, stride);
}

bool copy64(const double* x, std::ptrdiff_t row_stride, const u32* rows, u32 n_rows, std::ptrdiff_t n_columns,
            float* columns, std::ptrdiff_t stride) {
    return copy_any(x, row_stride, rows, n_rows, n_columns, columns, stride);
}

// ---- a node's values, and its rows parted

/// Of the values that are there; low > high where none is.
struct Spread {
    float low, high;
    u32 n_missing;
};

struct Cut {
    float threshold;
    bool missing_left;
};

template <class Id, bool kMissing>
PLANTWRIGHT_INLINE Spread read_each(const float* column, const Id* row, u32 n, float* value) {
    Spread s{kInfinity, -kInfinity, 0};
    for (u32 i = 0; i < n; ++i) {
        const float v = column[row[i]];
        value[i] = v;
        s.low = v < s.low ? v : s.low;
        s.high = v > s.high ? v : s.high;
        if (kMissing) s.n_missing += v != v;
    }
    return s;
}

/// Left rows from the front, right ones from the back, without a branch.
template <class Id, bool kMissing>
PLANTWRIGHT_INLINE u32 part_each(const float* value, const Id* from, u32 n, const Cut& cut, Id* to) {
    std::ptrdiff_t left = 0, right = static_cast<std::ptrdiff_t>(n) - 1;
    for (u32 i = 0; i < n; ++i) {
        const float v = value[i];
        const bool goes_left = kMissing ? (v <= cut.threshold) | ((v != v) & cut.missing_left) : v <= cut.threshold;
        to[left] = to[right] = from[i];
        left += goes_left;
        right -= !goes_left;
    }
    return static_cast<u32>(left);
}

#if PLANTWRIGHT_LEVEL_NUMBER >= 3

/// For each mask the bytes of eight 16-bit numbers, those of the set bits first.
struct Orders {
    alignas(64) std::uint8_t bytes[256][16] = {};

    constexpr Orders() {
        for (unsigned mask = 0; mask < 256; ++mask) {
            unsigned at = 0;
            for (unsigned set = 2; set-- > 0;) {
                for (unsigned i = 0; i < 8; ++i) {
                    if ((mask >> i & 1) != set) continue;
                    bytes[mask][at++] = static_cast<std::uint8_t>(2 * i);
                    bytes[mask][at++] = static_cast<std::uint8_t>(2 * i + 1);
                }
            }
        }
    }
};

constexpr Orders kOrders;
alignas(64) constexpr std::int32_t kLanes[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

PLANTWRIGHT_INLINE __m128i ids_at(const u16* row) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(row)); }
PLANTWRIGHT_INLINE void put_ids(u16* to, __m128i ids, unsigned first) {
    const __m128i order = _mm_load_si128(reinterpret_cast<const __m128i*>(kOrders.bytes[first]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_shuffle_epi8(ids, order));
}

/// Not by vgatherdps, which is slower or no faster wherever it was measured.
PLANTWRIGHT_INLINE __m128 gather_four(const float* column, const u16* row) {
    const __m128 a = _mm_insert_ps(_mm_load_ss(column + row[0]), _mm_load_ss(column + row[1]), 0x10);
    const __m128 b = _mm_insert_ps(_mm_load_ss(column + row[2]), _mm_load_ss(column + row[3]), 0x10);
    return _mm_movelh_ps(a, b);
}
PLANTWRIGHT_INLINE __m256 gathered(const float* column, const u16* row) {
    return _mm256_set_m128(gather_four(column, row + 4), gather_four(column, row));
}

/// What compares as less, or as missing, never enters: the second operand stays where the first is NaN.
struct Extremes {
    __m256 low = _mm256_set1_ps(kInfinity), high = _mm256_set1_ps(-kInfinity);

    PLANTWRIGHT_INLINE void add(__m256 v) {
        low = _mm256_min_ps(v, low);
        high = _mm256_max_ps(v, high);
    }
    PLANTWRIGHT_INLINE Spread spread() const {
        __m128 a = _mm_min_ps(_mm256_castps256_ps128(low), _mm256_extractf128_ps(low, 1));
        __m128 b = _mm_max_ps(_mm256_castps256_ps128(high), _mm256_extractf128_ps(high, 1));
        a = _mm_min_ps(a, _mm_movehl_ps(a, a));
        b = _mm_max_ps(b, _mm_movehl_ps(b, b));
        a = _mm_min_ss(a, _mm_movehdup_ps(a));
        b = _mm_max_ss(b, _mm_movehdup_ps(b));
        return {_mm_cvtss_f32(a), _mm_cvtss_f32(b), 0};
    }
};

PLANTWRIGHT_INLINE unsigned missing_lanes(__m256 v) {
    return static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(v, v, _CMP_UNORD_Q)));
}

/// May read up to 8 numbers behind the rows, which must be rows of the block too.
template <bool kMissing>
PLANTWRIGHT_INLINE Spread read_eights(const float* column, const u16* row, u32 n, float* value) {
    Extremes extremes;
    u32 n_missing = 0, i = 0;
    for (; i + 8 <= n; i += 8) {
        const __m256 v = gathered(column, row + i);
        _mm256_storeu_ps(value + i, v);
        extremes.add(v);
        if (kMissing) n_missing += static_cast<u32>(__builtin_popcount(missing_lanes(v)));
    }
    if (i < n) {
        const __m256 lanes =
            _mm256_castsi256_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(kLanes + 8 - (n - i))));
        const __m256 read = gathered(column, row + i);
        const __m256 v = _mm256_blendv_ps(_mm256_broadcastss_ps(_mm256_castps256_ps128(read)), read, lanes);
        _mm256_storeu_ps(value + i, v);
        extremes.add(v);
        if (kMissing) n_missing += static_cast<u32>(__builtin_popcount(missing_lanes(v) & ((1u << (n - i)) - 1)));
    }
    Spread spread = extremes.spread();
    spread.n_missing = n_missing;
    return spread;
}

template <bool kMissing>
PLANTWRIGHT_INLINE unsigned left_lanes(const float* value, const Cut& cut) {
    const __m256 v = _mm256_loadu_ps(value);
    const auto left =
        static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(v, _mm256_set1_ps(cut.threshold), _CMP_LE_OQ)));
    return kMissing && cut.missing_left ? left | missing_lanes(v) : left;
}

/// As part_each, in another order. First what is left over of eights, so that afterwards the gap between left and right
/// is a whole number of eights: then each eight, left ones in front, is stored at both ends of the gap, and neither
/// store touches what the other leaves there. May write 8 numbers behind the rows.
template <bool kMissing>
PLANTWRIGHT_INLINE u32 part_eights(const float* value, const u16* from, u32 n, const Cut& cut, u16* to) {
    const u32 rest = n % 8;
    u32 left = 0, right = n;
    if (rest != 0) {
        const unsigned lanes = (1u << rest) - 1, mask = left_lanes<kMissing>(value + n - rest, cut) & lanes;
        const __m128i ids = ids_at(from + n - rest);
        put_ids(to, ids, mask);
        left = static_cast<u32>(__builtin_popcount(mask));
        if (n < 8) return left;
        put_ids(to + n - 8, ids, ~(lanes & ~mask) & 255);
        right -= rest - left;
    }
    for (u32 i = 0; i < n - rest; i += 8) {
        const unsigned mask = left_lanes<kMissing>(value + i, cut);
        const __m128i ids = ids_at(from + i);
        put_ids(to + left, ids, mask);
        put_ids(to + right - 8, ids, mask);
        const auto n_left = static_cast<u32>(__builtin_popcount(mask));
        left += n_left;
        right -= 8 - n_left;
    }
    return left;
}

template <class Id, bool kMissing>
PLANTWRIGHT_INLINE Spread read(const float* column, const Id* row, u32 n, float* value) {
    if constexpr (sizeof(Id) == 2)
        return read_eights<kMissing>(column, row, n, value);
    else
        return read_each<Id, kMissing>(column, row, n, value);
}

template <class Id, bool kMissing>
PLANTWRIGHT_INLINE u32 part(const float* value, const Id* from, u32 n, const Cut& cut, Id* to) {
    if constexpr (sizeof(Id) == 2)
        return part_eights<kMissing>(value, from, n, cut, to);
    else
        return part_each<Id, kMissing>(value, from, n, cut, to);
}

#else

template <class Id, bool kMissing>
PLANTWRIGHT_INLINE Spread read(const float* column, const Id* row, u32 n, float* value) {
    return read_each<Id, kMissing>(column, row, n, value);
}

template <class Id, bool kMissing>
PLANTWRIGHT_INLINE u32 part(const float* value, const Id* from, u32 n, const Cut& cut, Id* to) {
    return part_each<Id, kMissing>(value, from, n, cut, to);
}

#endif

// ---- the next tree's rows

PLANTWRIGHT_INLINE void fetch_rows(const IsolationNext& next, u32 begin, u32 end) {
    constexpr std::ptrdiff_t kLine = 64;
    for (u32 i = begin; i < end; ++i) {
        const char* row = next.table + static_cast<std::ptrdiff_t>(next.rows[i]) * next.row_bytes;
        for (std::ptrdiff_t k = 0; k < next.row_bytes; k += kLine) __builtin_prefetch(row + k);
        __builtin_prefetch(row + next.row_bytes - 1);
    }
}

void fetch(const IsolationNext& next) { fetch_rows(next, 0, next.n_rows); }

// ---- one tree

template <class Id, bool kMissing, bool kWide>
class Growth {
public:
    PLANTWRIGHT_INLINE Growth(const IsolationRows& rows, const IsolationNext& next, const IsolationLimits& limits,
                              u64 key, const IsolationScratch& scratch, IsolationTree& tree)
        : rows_(rows), next_(next), limits_(limits), key_(key), scratch_(scratch), tree_(tree) {}

    PLANTWRIGHT_INLINE void run() {
        start();
        for (u32 depth = 0; n_waiting_ > 0; ++depth) {
            IsolationNode* nodes = scratch_.waiting[depth % 2];
            const u32 n = n_waiting_;
            n_waiting_ = 0;
            // Node by node in two rounds, so that the latencies of one node's draws overlap with the next one's.
            for (u32 k = 0; k < n; ++k) look(nodes[k], depth);
            for (u32 k = 0; k < n; ++k) split(nodes[k], depth);
        }
        finish();
    }

private:
    static constexpr u32 kWords = kWide ? 2 : 1;
    static constexpr u32 kNone = 0xFFFFFFFFu;

    PLANTWRIGHT_INLINE Id* ids(u32 depth) const { return reinterpret_cast<Id*>(scratch_.rows[depth % 2]); }

    PLANTWRIGHT_INLINE void start() {
        Id* own = ids(0);
        for (u32 i = 0; i < rows_.n_rows; ++i) own[i] = static_cast<Id>(i);
        std::memset(tree_.words, 0, 2 * kWords * sizeof(u64));
        add_child(1, 0, rows_.n_rows, 1, 0);
        n_places_ = 2;
    }

    /// Draws the node's feature and reads its values.
    PLANTWRIGHT_INLINE void look(IsolationNode& node, u32 depth) {
        fetch_some();
        node.random = mix(key_ + node.path * kGamma);
        node.drawn = below(node.random, rows_.n_features);
        const Id* own = ids(depth) + node.begin;
        if (__builtin_expect(!look_at(node.drawn, own, node), 0)) draw_again(own, node);
    }

    PLANTWRIGHT_INLINE void fetch_some() {
        constexpr u32 kRows = 5;  // a tree of 256 rows has some 62 splits
        const u32 end = n_fetched_ + kRows < next_.n_rows ? n_fetched_ + kRows : next_.n_rows;
        fetch_rows(next_, n_fetched_, end);
        n_fetched_ = end;
    }

    PLANTWRIGHT_INLINE void split(const IsolationNode& node, u32 depth) {
        if (__builtin_expect(node.drawn == kNone, 0)) return;  // it stays a leaf
        Cut cut{threshold(node), kMissing && (node.random & 1)};
        if (kMissing && !(node.low < node.high)) cut = {kInfinity, false};  // what is there | what is missing
        const u32 n_left = part<Id, kMissing>(scratch_.values + node.begin, ids(depth) + node.begin, node.n, cut,
                                              ids(depth + 1) + node.begin);
        const u32 n_right = node.n - n_left;
        const bool missing_left = kMissing && node.n_missing > 0 ? cut.missing_left : n_left > n_right;
        put_split(node.place, cut.threshold, rows_.features[node.drawn].slot + (missing_left ? limits_.half : 0));
        add_child(2 * node.path, node.begin, n_left, n_places_, depth + 1);
        add_child(2 * node.path + 1, node.begin + n_left, n_right, n_places_ + 1, depth + 1);
        n_places_ += 2;
    }

    static PLANTWRIGHT_INLINE u32 below(u64 random, u32 bound) {
        return static_cast<u32>(((random >> 32) * bound) >> 32);
    }

    /// Between low and high, uniformly; less than high.
    static PLANTWRIGHT_INLINE float threshold(const IsolationNode& node) {
        const double low = static_cast<double>(node.low), high = static_cast<double>(node.high);
        const double share = static_cast<double>(static_cast<u32>(node.random)) * 0x1p-32;
        const auto t = static_cast<float>(low + (high - low) * share);
        return t < node.high ? t : node.low;
    }

    /// Reads the feature's values; whether they can part the rows.
    PLANTWRIGHT_INLINE bool look_at(u32 feature, const Id* own, IsolationNode& node) const {
        const float* column = rows_.columns + rows_.features[feature].column * rows_.stride;
        const Spread spread = read<Id, kMissing>(column, own, node.n, scratch_.values + node.begin);
        node.low = spread.low;
        node.high = spread.high;
        node.n_missing = spread.n_missing;
        return spread.low < spread.high || (kMissing && spread.low == spread.high && spread.n_missing > 0);
    }

    /// One of the features that can part the rows, each as likely.
    __attribute__((noinline)) void draw_again(const Id* own, IsolationNode& node) const {
        constexpr int kTries = 8;  // before all are looked at
        for (int i = 0; i < kTries; ++i) {
            node.random = mix(node.random + kGamma);
            node.drawn = below(node.random, rows_.n_features);
            if (look_at(node.drawn, own, node)) return;
        }
        u32 n_varying = 0;
        for (u32 feature = 0; feature < rows_.n_features; ++feature) {
            scratch_.varying[n_varying] = feature;
            n_varying += look_at(feature, own, node);
        }
        node.random = mix(node.random + kGamma);
        node.drawn = n_varying == 0 ? kNone : scratch_.varying[below(node.random, n_varying)];
        if (n_varying > 0) look_at(node.drawn, own, node);
    }

    PLANTWRIGHT_INLINE void put_leaf(u32 place, u32 depth, u32 n) {
        const auto value = static_cast<float>(static_cast<double>(depth) + limits_.path_length[n]);
        tree_.words[place * kWords] = bits_of(value);
        if (kWide) tree_.words[place * kWords + 1] = 0;
        scratch_.n_at_place[place] = n;
    }

    PLANTWRIGHT_INLINE void put_split(u32 place, float threshold, u64 slot) {
        const u64 distance = n_places_ - place, key = key_of(threshold);
        if (kWide) {
            tree_.words[2 * place] = key | slot << 32;
            tree_.words[2 * place + 1] = distance;
        } else {
            tree_.words[place] = key | (distance << limits_.slot_bits | slot) << 32;
        }
    }

    /// As a leaf, until it is split.
    PLANTWRIGHT_INLINE void add_child(u64 path, u32 begin, u32 n, u32 place, u32 depth) {
        put_leaf(place, depth, n);
        IsolationNode& waiting = scratch_.waiting[depth % 2][n_waiting_];
        waiting.path = path;
        waiting.begin = begin;
        waiting.n = n;
        waiting.place = place;
        n_waiting_ += (n > 1) & (depth < limits_.max_depth);
    }

    PLANTWRIGHT_INLINE void finish() {
        fetch_rows(next_, n_fetched_, next_.n_rows);
        u32 n_leaves = 0;
        for (u32 place = 1; place < n_places_; ++place) {
            tree_.leaf_rows[n_leaves] = scratch_.n_at_place[place];
            n_leaves += kWide ? tree_.words[2 * place + 1] == 0 : tree_.words[place] >> 32 == 0;
        }
        tree_.n_places = n_places_;
        tree_.n_leaves = n_leaves;
    }

    const IsolationRows& rows_;
    const IsolationNext& next_;
    const IsolationLimits& limits_;
    u64 key_;
    const IsolationScratch& scratch_;
    IsolationTree& tree_;
    u32 n_waiting_ = 0, n_places_ = 0, n_fetched_ = 0;
};

template <class Id, bool kMissing>
void grow_as(const IsolationRows& rows, const IsolationNext& next, const IsolationLimits& limits, u64 key,
             const IsolationScratch& scratch, IsolationTree& tree) {
    if (limits.slot_bits == 0)
        Growth<Id, kMissing, true>(rows, next, limits, key, scratch, tree).run();
    else
        Growth<Id, kMissing, false>(rows, next, limits, key, scratch, tree).run();
}

void grow(const IsolationRows& rows, const IsolationNext& next, const IsolationLimits& limits, u64 key,
          const IsolationScratch& scratch, IsolationTree& tree) {
    if (rows.n_rows <= kIsolationShort)
        rows.any_missing ? grow_as<u16, true>(rows, next, limits, key, scratch, tree)
                         : grow_as<u16, false>(rows, next, limits, key, scratch, tree);
    else
        rows.any_missing ? grow_as<u32, true>(rows, next, limits, key, scratch, tree)
                         : grow_as<u32, false>(rows, next, limits, key, scratch, tree);
}

}  // namespace

const IsolationKernels kIsolationKernels = {copy, copy64, fetch, grow};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
