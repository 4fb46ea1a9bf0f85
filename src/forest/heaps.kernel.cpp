// SPDX-License-Identifier: MIT
#include "forest/heaps_kernel.hpp"

#include <cstring>

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
#include <immintrin.h>
#endif

#define PLANTWRIGHT_INLINE inline __attribute__((always_inline))

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using Index = std::ptrdiff_t;

#define PLANTWRIGHT_UNROLL _Pragma("GCC unroll 16")

constexpr int kStepping = 8;  // rows followed side by side, so that their latencies overlap

// ---- codes

/// To the left or right child in a heap of keys: 2 at + (threshold < key), as compare and add with carry.
PLANTWRIGHT_INLINE u64 step_keys(u64 at, const u32& threshold, u32 key) {
#if defined(__x86_64__)
    asm("cmpl %[key], %[threshold]\n\tadcq %[at], %[at]"
        : [at] "+r"(at)
        : [threshold] "m"(threshold), [key] "r"(key)
        : "cc");
    return at;
#else
    return 2 * at + (threshold < key);
#endif
}

/// The codes of some rows; a missing value's key is above all thresholds.
PLANTWRIGHT_INLINE void code_rows(const CodedFeature& feature, const u32* keys, u32 stride, u16* codes) {
    u64 at[kStepping];
    PLANTWRIGHT_UNROLL
    for (int k = 0; k < kStepping; ++k) at[k] = 1;
    for (u32 level = 0; level < feature.levels; ++level) {
        PLANTWRIGHT_UNROLL
        for (u32 k = 0; k < kStepping; ++k) at[k] = step_keys(at[k], feature.thresholds[at[k]], keys[k * stride]);
    }
    PLANTWRIGHT_UNROLL
    for (int k = 0; k < kStepping; ++k) codes[k] = static_cast<u16>(at[k] - (u64{1} << feature.levels));
}

/// What is missing goes left: below all thresholds.
PLANTWRIGHT_INLINE void missing_to_left(const u32* keys, u32 stride, Index n, const u16* right, u16* left) {
    for (Index i = 0; i < n; ++i) left[i] = keys[i * stride] == 0xFFFFFFFFu ? u16{0} : right[i];
}

void code(const KeyRows& rows, const CodedFeature* features, Index n_features, Index n_lines, u16* codes) {
    static_assert(kStepping == kRowLanes && kHeapRows % kRowLanes == 0);  // rows are padded
    for (Index group = 0; group < rows.n_rows; group += kHeapRows, codes += n_lines * kHeapRows) {
        const u32* first = rows.keys + group * rows.stride;
        const Index n = rows.n_rows - group < kHeapRows ? rows.n_rows - group : kHeapRows;
        for (const CodedFeature *f = features, *end = features + n_features; f != end; ++f) {
            const u32* keys = first + f->slot;
            u16* right = codes + f->right * kHeapRows;
            for (Index i = 0; i < n; i += kStepping) code_rows(*f, keys + i * rows.stride, rows.stride, right + i);
            if (f->left != f->right) missing_to_left(keys, rows.stride, n, right, codes + f->left * kHeapRows);
        }
    }
}

// ---- the top of a tree

#if PLANTWRIGHT_LEVEL_NUMBER >= 4
constexpr int kLanes = 32, kTop = 6;
#elif PLANTWRIGHT_LEVEL_NUMBER >= 3
constexpr int kLanes = 16, kTop = 5;
#else
constexpr int kLanes = 8, kTop = 4;
#endif
static_assert(kTop <= kHeapTop);
constexpr int kVectors = kHeapRows / kLanes;
typedef std::int16_t Lanes __attribute__((vector_size(2 * kLanes), may_alias));
typedef u32 Words __attribute__((vector_size(2 * kLanes)));

/// A group's rows.
struct Group {
    Lanes vectors[kVectors];
};

PLANTWRIGHT_INLINE const Lanes* line_of(const u16* codes, u16 place) {
    return reinterpret_cast<const Lanes*>(reinterpret_cast<const char*>(codes) + place);
}

/// The places, 0 for the leftmost, that rows reach among the nodes of level kDepth, below node `node`.
template <int node, int kDepth>
PLANTWRIGHT_INLINE void slice(const SlicedHeap& heap, const u16* codes, Group& place) {
    if constexpr (2 * node < 1 << kDepth) {
        Group right;
        slice<2 * node, kDepth>(heap, codes, place);
        slice<2 * node + 1, kDepth>(heap, codes, right);
        const Lanes bound = reinterpret_cast<Lanes>(Words{} + heap.top[node]);
        const Lanes* asked = line_of(codes, heap.line[node]);
        PLANTWRIGHT_UNROLL
        for (int k = 0; k < kVectors; ++k) place.vectors[k] = bound > asked[k] ? place.vectors[k] : right.vectors[k];
    } else {
        constexpr std::int16_t kRight = 2 * node + 1 - (1 << kDepth);
        const Lanes bound = reinterpret_cast<Lanes>(Words{} + heap.top[node]);
        const Lanes* asked = line_of(codes, heap.line[node]);
        PLANTWRIGHT_UNROLL
        for (int k = 0; k < kVectors; ++k) place.vectors[k] = (bound > asked[k]) + kRight;
    }
}

// ---- below it

#if PLANTWRIGHT_LEVEL_NUMBER >= 4

/// The splits of level `level`, looked up in registers by the place among them: 64 or 128 of them.
template <int level>
PLANTWRIGHT_INLINE __m512i look_up(const u16* splits, __m512i place) {
    static_assert(level == 6 || level == 7);
    const u16* first = splits + (1 << level);
    const auto part = [&](int k) { return _mm512_load_si512(first + 32 * k); };
    const __m512i low = _mm512_permutex2var_epi16(part(0), place, part(1));
    if constexpr (level == 6) return low;
    const __m512i high = _mm512_permutex2var_epi16(part(2), place, part(3));
    return _mm512_mask_blend_epi16(_mm512_test_epi16_mask(place, _mm512_set1_epi16(64)), low, high);
}

/// Sixteen words. "Masked", by all: the plain one leaves GCC 12 guessing what is initialised.
template <int kScale>
PLANTWRIGHT_INLINE __m512i gather(Words at, const void* from) {
    return _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), 0xFFFF, reinterpret_cast<__m512i>(at), from, kScale);
}

/// Two rows' numbers stand in a word.
PLANTWRIGHT_INLINE Words even_of(__m512i pairs) { return reinterpret_cast<Words>(pairs) & 0xFFFF; }
PLANTWRIGHT_INLINE Words odd_of(__m512i pairs) { return reinterpret_cast<Words>(pairs) >> 16; }

/// Each row's code in the line that it asks. A word there holds two rows' codes; from the word of an even row its lower
/// half is taken, from that of an odd row the upper one.
PLANTWRIGHT_INLINE __m512i asked_codes(const u16* codes, __m512i lines) {
    const Words own = {0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60};
    const __m512i even = gather<1>(even_of(lines) + own, codes), odd = gather<1>(odd_of(lines) + own, codes);
    return _mm512_mask_blend_epi16(0xAAAAAAAAu, even, odd);
}

template <int level>
PLANTWRIGHT_INLINE __m512i descend(const SlicedHeap& heap, const u16* codes, __m512i place) {
    const __m512i rank = look_up<level>(heap.rank, place);
    const __m512i code = asked_codes(codes, look_up<level>(heap.line, place));
    const __m512i below = _mm512_add_epi16(place, place);
    return _mm512_mask_add_epi16(below, _mm512_cmpgt_epi16_mask(code, rank), below, _mm512_set1_epi16(1));
}

PLANTWRIGHT_INLINE void write_payloads(const u32* of_leaves, __m512i place, u32* payload) {
    const __m512i even = gather<4>(even_of(place), of_leaves), odd = gather<4>(odd_of(place), of_leaves);
    const __m512i first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i last = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    _mm512_storeu_si512(payload, _mm512_permutex2var_epi32(even, first, odd));
    _mm512_storeu_si512(payload + 16, _mm512_permutex2var_epi32(even, last, odd));
}

template <int kDepth>
PLANTWRIGHT_INLINE void leaves_of_group(const SlicedHeap& heap, const u16* codes, u32* payload) {
    Group group;
    slice<1, (kDepth < kTop ? kDepth : kTop)>(heap, codes, group);
    auto place = reinterpret_cast<__m512i>(group.vectors[0]);
    if constexpr (kDepth > 6) place = descend<6>(heap, codes, place);
    if constexpr (kDepth > 7) place = descend<7>(heap, codes, place);
    write_payloads(heap.payload, place, payload);
}

#else

/// 2 place + (rank < code), as compare and add with carry.
PLANTWRIGHT_INLINE u64 step_place(u64 place, u16 rank, const u16& code) {
#if defined(__x86_64__)
    asm("cmpw %[code], %[rank]\n\tadcq %[place], %[place]"
        : [place] "+r"(place)
        : [rank] "r"(rank), [code] "m"(code)
        : "cc");
    return place;
#else
    return 2 * place + (rank < code);
#endif
}

template <int kDepth>
PLANTWRIGHT_INLINE void leaves_of_group(const SlicedHeap& heap, const u16* codes, u32* payload) {
    constexpr int kFirst = kDepth < kTop ? kDepth : kTop;
    Group group;
    slice<1, kFirst>(heap, codes, group);
    alignas(Group) u16 places[kHeapRows];
    std::memcpy(places, &group, sizeof places);
    for (int i = 0; i < kHeapRows; i += kStepping) {
        u64 place[kStepping];
        PLANTWRIGHT_UNROLL
        for (int k = 0; k < kStepping; ++k) place[k] = places[i + k];
        PLANTWRIGHT_UNROLL
        for (int level = kFirst; level < kDepth; ++level) {
            PLANTWRIGHT_UNROLL
            for (int k = 0; k < kStepping; ++k) {
                const u64 node = (u64{1} << level) + place[k];
                const char* line = reinterpret_cast<const char*>(codes + i + k) + heap.line[node];
                place[k] = step_place(place[k], heap.rank[node], *reinterpret_cast<const u16*>(line));
            }
        }
        PLANTWRIGHT_UNROLL
        for (int k = 0; k < kStepping; ++k) payload[i + k] = heap.payload[place[k]];
    }
}

#endif

template <int kDepth>
void leaves_of_groups(const SlicedHeap& heap, const u16* codes, Index n_groups, Index n_lines, u32* payload) {
    for (Index g = 0; g < n_groups; ++g, codes += n_lines * kHeapRows, payload += kHeapRows)
        leaves_of_group<kDepth>(heap, codes, payload);
}

void leaves(const SlicedHeap& heap, const u16* codes, Index n_groups, Index n_lines, u32* payload) {
    switch (heap.depth) {
        case 1: return leaves_of_groups<1>(heap, codes, n_groups, n_lines, payload);
        case 2: return leaves_of_groups<2>(heap, codes, n_groups, n_lines, payload);
        case 3: return leaves_of_groups<3>(heap, codes, n_groups, n_lines, payload);
        case 4: return leaves_of_groups<4>(heap, codes, n_groups, n_lines, payload);
        case 5: return leaves_of_groups<5>(heap, codes, n_groups, n_lines, payload);
        case 6: return leaves_of_groups<6>(heap, codes, n_groups, n_lines, payload);
        case 7: return leaves_of_groups<7>(heap, codes, n_groups, n_lines, payload);
        case 8: return leaves_of_groups<8>(heap, codes, n_groups, n_lines, payload);
        default: break;
    }
    for (Index i = 0; i < n_groups * kHeapRows; ++i) payload[i] = heap.payload[0];
}

}  // namespace

const HeapKernels kHeapKernels = {{{0}, 0, 0}, code, leaves};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
