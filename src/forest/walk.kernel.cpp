// SPDX-License-Identifier: MIT
#include "forest/walk_kernel.hpp"

#include <cstring>

namespace plantwright::PLANTWRIGHT_LEVEL {
namespace {

#define PLANTWRIGHT_UNROLL _Pragma("GCC unroll 16")

using Word = std::uint64_t;
using Key = std::uint32_t;
using Place = std::uint64_t;

constexpr int kUnchecked = 3;  // steps between looks whether all lanes are at leaves

/// at + distance, and one more where the row's key is the higher. As compare and add with carry: without it compilers
/// take three more instructions, a third of a step.
inline Place advance(Place at, Place distance, Key key, const Key& row_key) {
#if defined(__x86_64__)
    asm("cmpl %[row_key], %[key]\n\tadcq %[distance], %[at]"
        : [at] "+r"(at)
        : [distance] "r"(distance), [key] "r"(key), [row_key] "m"(row_key)
        : "cc");
    return at;
#else
    return at + distance + (key < row_key);
#endif
}

/// One word, 8 bits of slot, a key table whose width is known when compiled.
template <Key kStride>
struct Packed8 {
    explicit Packed8(const KeyRows& rows) : nodes(rows.nodes) {}
    static constexpr std::ptrdiff_t stride() { return kStride; }
    Word word(Place at) const { return nodes[at]; }
    void prefetch(Place at) const { __builtin_prefetch(nodes + at); }
    Place step(Place at, Word word, const Key* key) const {
        const Word high = word >> 32;
        return advance(at, high >> 8, static_cast<Key>(word), key[high & (kStride - 1)]);
    }

    const Word* nodes;
};

/// One word, any width of slots.
struct Packed {
    explicit Packed(const KeyRows& rows)
        : nodes(rows.nodes), slot_bits(rows.slot_bits), width(rows.stride),
          mask((rows.stride - 1) & ((Key{1} << rows.slot_bits) - 1)) {}
    std::ptrdiff_t stride() const { return width; }
    Word word(Place at) const { return nodes[at]; }
    void prefetch(Place at) const { __builtin_prefetch(nodes + at); }
    Place step(Place at, Word word, const Key* key) const {
        const Word high = word >> 32;
        return advance(at, high >> slot_bits, static_cast<Key>(word), key[high & mask]);
    }

    const Word* nodes;
    std::uint32_t slot_bits, width, mask;
};

/// Two words.
struct Wide {
    explicit Wide(const KeyRows& rows) : nodes(rows.nodes), width(rows.stride) {}
    std::ptrdiff_t stride() const { return width; }
    Word word(Place at) const { return nodes[2 * at]; }
    void prefetch(Place at) const { __builtin_prefetch(nodes + 2 * at); }
    Place step(Place at, Word word, const Key* key) const {
        return advance(at, nodes[2 * at + 1], static_cast<Key>(word), key[(word >> 32) & (width - 1)]);
    }

    const Word* nodes;
    std::uint32_t width;
};

/// The same of two keys at hand.
inline Place advance_by(Place at, Place distance, Key key, Key row_key) { return at + distance + (key < row_key); }

/// See src/forest/level_sets.hpp.
bool in_set(const Key* set, Key key) {
    const Key head = *set, n = head >> 12 & 0xFFF;
    if (key == 65'536) return head >> 24 & 1;  // missing
    if (head >> 26 & 1) return true;           // present | missing
    if (head >> 25 & 1) {                      // a list: the number of levels below the key
        Key low = 0;
        for (Key size = n; size > 1; size -= size / 2) {
            const Key middle = low + size / 2;
            low = (set[1 + middle / 2] >> (middle % 2 * 16) & 0xFFFF) <= key ? middle : low;
        }
        return (set[1 + low / 2] >> (low % 2 * 16) & 0xFFFF) == key;
    }
    const Key word = (key >> 5) - (head & 0xFFF);
    return word < n && (set[1 + word] >> (key & 31) & 1);
}

/// One word or two, and splits of categories: of few levels without a branch, a AND b in place of a < b.
template <bool kWide>
struct Categories {
    explicit Categories(const KeyRows& rows)
        : nodes(rows.nodes), sets(rows.level_sets), slot_bits(rows.slot_bits), width(rows.stride),
          category_shift(kWide ? 31 : rows.slot_bits - 1), many((Key{1} << category_shift) | rows.category_half) {}
    std::ptrdiff_t stride() const { return width; }
    Word word(Place at) const { return nodes[(kWide ? 2 : 1) * at]; }
    void prefetch(Place at) const { __builtin_prefetch(nodes + (kWide ? 2 : 1) * at); }
    Place step(Place at, Word word, const Key* key) const {
        const auto high = static_cast<Key>(word >> 32), low = static_cast<Key>(word);
        const Place distance = kWide ? nodes[2 * at + 1] : high >> slot_bits;
        const Key row_key = key[high & (width - 1)];
        if (__builtin_expect((high & many) == many, 0)) return at + distance + !in_set(sets + low, row_key);
        const Key category = 0 - (high >> category_shift & 1);  // all bits
        return advance_by(at, distance, low & ~category, row_key & (low | ~category));
    }

    const Word* nodes;
    const Key* sets;
    std::uint32_t slot_bits, width, category_shift;
    Key many;
};

/// 0 where the word is a leaf's.
inline Word inner(Word word) { return word >> 32; }

/// Calls `body(format)` with the format of these rows.
template <class Body>
inline void with_format(const KeyRows& rows, Body&& body) {
    if (rows.category_half) return rows.slot_bits == 0 ? body(Categories<true>(rows)) : body(Categories<false>(rows));
    if (rows.slot_bits == 0) return body(Wide(rows));
    if (rows.slot_bits != 8) return body(Packed(rows));
    switch (rows.stride) {
        case 16: return body(Packed8<16>(rows));
        case 32: return body(Packed8<32>(rows));
        case 64: return body(Packed8<64>(rows));
        case 128: return body(Packed8<128>(rows));
        case 256: return body(Packed8<256>(rows));
        default: return body(Packed(rows));
    }
}

/// Moves n lanes, `at[k]` by the keys `key(k)`, until all are at leaves. A look costs little more than a step.
template <int n, class Format, class KeyOf>
inline void descend(const Format& format, Place* at, KeyOf&& key) {
    for (;;) {
        Word any = 0;
        PLANTWRIGHT_UNROLL
        for (int k = 0; k < n; ++k) {
            const Word word = format.word(at[k]);
            any |= inner(word);
            at[k] = format.step(at[k], word, key(k));
        }
        if (!any) return;
        for (int s = 0; s < kUnchecked; ++s) {
            PLANTWRIGHT_UNROLL
            for (int k = 0; k < n; ++k) at[k] = format.step(at[k], format.word(at[k]), key(k));
        }
    }
}

/// Fetches so many lines a group of rows that the next tree is there when this one is done.
class Stream {
public:
    Stream(const char* next, std::ptrdiff_t n_bytes, std::ptrdiff_t n_groups)
        : at_(next), end_(next + n_bytes), lines_((n_bytes / kLine + n_groups) / n_groups) {}
    void advance() {
        for (std::ptrdiff_t i = 0; i < lines_ && at_ < end_; ++i, at_ += kLine) __builtin_prefetch(at_, 0, 2);
    }

private:
    static constexpr std::ptrdiff_t kLine = 64;
    const char* at_;
    const char* end_;
    std::ptrdiff_t lines_;
};

template <LeafPart part, class Format>
inline void walk_rows(const Format& format, const KeyRows& rows, Place root, Stream stream, std::uint32_t* leaf) {
    for (std::ptrdiff_t i = 0; i < rows.n_rows; i += kRowLanes) {
        const Key* key = rows.keys + i * format.stride();
        Place at[kRowLanes];
        PLANTWRIGHT_UNROLL
        for (int k = 0; k < kRowLanes; ++k) at[k] = root;
        stream.advance();
        descend<kRowLanes>(format, at, [&](int k) { return key + k * format.stride(); });
        PLANTWRIGHT_UNROLL
        for (int k = 0; k < kRowLanes; ++k) {
            leaf[i + k] = static_cast<std::uint32_t>(part == LeafPart::node ? at[k] - root : format.word(at[k]));
        }
    }
}

void rows(const KeyRows& rows, Place root, const char* next, std::ptrdiff_t n_next, LeafPart part,
          std::uint32_t* leaf) {
    const Stream stream(next, n_next, (rows.n_rows + kRowLanes - 1) / kRowLanes);
    with_format(rows, [&](const auto& format) {
        if (part == LeafPart::node)
            walk_rows<LeafPart::node>(format, rows, root, stream, leaf);
        else
            walk_rows<LeafPart::payload>(format, rows, root, stream, leaf);
    });
}

inline double value_of(Word leaf) {
    const auto bits = static_cast<std::uint32_t>(leaf);
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return static_cast<double>(value);
}

/// What to do with the leaves of a group of trees: write them, or add their values in order. The additions overlap with
/// the next group's walks.
template <class Format>
inline void take_group(const Format& format, const Place* at, std::uint32_t* payload, double* sum) {
    if (payload) {
        PLANTWRIGHT_UNROLL
        for (int k = 0; k < kTreeLanes; ++k) payload[k] = static_cast<std::uint32_t>(format.word(at[k]));
    } else {
        double s = *sum;
        PLANTWRIGHT_UNROLL
        for (int k = 0; k < kTreeLanes; ++k) s += value_of(format.word(at[k]));
        *sum = s;
    }
}

template <class Format>
inline void walk_trees(const Format& format, const KeyRows& rows, const Place* roots, std::ptrdiff_t n_trees,
                       std::uint32_t* payload, double* sum) {
    for (std::ptrdiff_t t = 0; t < n_trees; t += kTreeLanes) {
        for (std::ptrdiff_t i = 0; i < rows.n_rows; ++i) {
            const Key* key = rows.keys + i * format.stride();
            Place at[kTreeLanes];
            PLANTWRIGHT_UNROLL
            for (int k = 0; k < kTreeLanes; ++k) at[k] = roots[t + k];
            descend<kTreeLanes>(format, at, [&](int) { return key; });
            take_group(format, at, payload ? payload + i * n_trees + t : nullptr, sum ? sum + i : nullptr);
        }
    }
}

void trees(const KeyRows& rows, const Place* roots, std::ptrdiff_t n_trees, double* sum) {
    with_format(rows, [&](const auto& format) { walk_trees(format, rows, roots, n_trees, nullptr, sum); });
}

void tree_leaves(const KeyRows& rows, const Place* roots, std::ptrdiff_t n_trees, std::uint32_t* payload) {
    with_format(rows, [&](const auto& format) { walk_trees(format, rows, roots, n_trees, payload, nullptr); });
}

/// One walk in flight.
struct Walk {
    Place at;
    const Key* key;
    std::uint32_t* payload;
};

/// Hands out the pairs, the rows of one tree after the other.
template <class Format>
class Pairs {
public:
    Pairs(const Format& format, const KeyRows& rows, const Place* roots, std::ptrdiff_t n_trees, std::uint32_t* payload)
        : format_(format), rows_(rows), roots_(roots), n_trees_(n_trees), payload_(payload) {}
    bool next(Walk& walk) {
        if (row_ == rows_.n_rows) {
            row_ = 0;
            ++tree_;
        }
        if (tree_ >= n_trees_) return false;
        walk = {roots_[tree_], rows_.keys + row_ * format_.stride(), payload_ + row_ * n_trees_ + tree_};
        ++row_;
        return true;
    }

private:
    const Format& format_;
    const KeyRows& rows_;
    const Place* roots_;
    std::ptrdiff_t n_trees_, tree_ = 0, row_ = 0;
    std::uint32_t* payload_;
};

template <class Format>
inline void walk_pairs(const Format& format, const KeyRows& rows, const Place* roots, std::ptrdiff_t n_trees,
                       std::uint32_t* payload) {
    constexpr std::ptrdiff_t kMost = 192;
    Walk walks[kMost];
    Pairs<Format> pairs(format, rows, roots, n_trees, payload);
    std::ptrdiff_t n = 0;
    while (n < kMost && pairs.next(walks[n])) format.prefetch(walks[n++].at);
    while (n > 0) {
        for (std::ptrdiff_t k = 0; k < n;) {
            Walk& walk = walks[k];
            const Word word = format.word(walk.at);
            if (inner(word)) {
                walk.at = format.step(walk.at, word, walk.key);
                format.prefetch(walk.at);
                ++k;
            } else {
                *walk.payload = static_cast<std::uint32_t>(word);
                if (!pairs.next(walk))
                    walk = walks[--n];
                else
                    ++k;
            }
        }
    }
}

void pairs(const KeyRows& rows, const Place* roots, std::ptrdiff_t n_trees, std::uint32_t* payload) {
    with_format(rows, [&](const auto& format) { walk_pairs(format, rows, roots, n_trees, payload); });
}

void add(const std::uint32_t* payload, std::ptrdiff_t n, double* sum) {
    for (std::ptrdiff_t i = 0; i < n; ++i) sum[i] += value_of(payload[i]);
}

template <class T>
inline bool any_missing_of(const T* x, std::ptrdiff_t n) {
    int missing = 0;
    for (std::ptrdiff_t i = 0; i < n; ++i) missing |= x[i] != x[i];
    return missing != 0;
}

bool any_missing(const float* x, std::ptrdiff_t n) { return any_missing_of(x, n); }
bool any_missing64(const double* x, std::ptrdiff_t n) { return any_missing_of(x, n); }

/// Floats as unsigned integers in their order, both zeros alike.
inline Key key_of(float x, Key missing) {
    const float sum = x + 0.0f;
    Key bits;
    std::memcpy(&bits, &sum, sizeof bits);
    const Key mask = static_cast<Key>(static_cast<std::int32_t>(bits) >> 31) | 0x80000000u;
    return x != x ? missing : bits ^ mask;
}

template <class T>
inline void keys_of(const T* x, std::ptrdiff_t n_rows, std::ptrdiff_t n_features, Key* keys, Key stride, Key half) {
    for (std::ptrdiff_t i = 0; i < n_rows; ++i, x += n_features, keys += stride) {
        keys[0] = 0;
        for (std::ptrdiff_t j = 0; j < n_features; ++j) keys[1 + j] = key_of(static_cast<float>(x[j]), 0xFFFFFFFFu);
        if (half == 0) continue;
        Key* low = keys + half + 1;
        for (std::ptrdiff_t j = 0; j < n_features; ++j) low[j] = key_of(static_cast<float>(x[j]), 0);
    }
}

void keys(const float* x, std::ptrdiff_t n_rows, std::ptrdiff_t n_features, Key* keys, Key stride, Key half) {
    keys_of(x, n_rows, n_features, keys, stride, half);
}

void keys64(const double* x, std::ptrdiff_t n_rows, std::ptrdiff_t n_features, Key* keys, Key stride, Key half) {
    keys_of(x, n_rows, n_features, keys, stride, half);
}

}  // namespace

const WalkKernels kWalkKernels = {any_missing, any_missing64, keys,  keys64, rows,
                                  trees,       tree_leaves,   pairs, add,    in_set};

}  // namespace plantwright::PLANTWRIGHT_LEVEL
