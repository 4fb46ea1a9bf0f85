// SPDX-License-Identifier: MIT
#include "forest/rank_codes.hpp"

#include <array>
#include <atomic>
#include <cmath>

#include "forest/ordered_bits.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

using Keyed = std::uint64_t;  // ordered bits of the value << 32 | row

/// Stable, by the upper 32 bits, eleven at a time.
void radix_sort(std::vector<Keyed>& keys, std::vector<Keyed>& scratch) {
    constexpr int kBits = 11;
    constexpr std::size_t kBuckets = std::size_t{1} << kBits;
    scratch.resize(keys.size());
    for (int shift = 32; shift < 64; shift += kBits) {
        std::array<std::size_t, kBuckets + 1> start{};
        for (const Keyed k : keys) ++start[((k >> shift) & (kBuckets - 1)) + 1];
        for (std::size_t b = 1; b <= kBuckets; ++b) start[b] += start[b - 1];
        for (const Keyed k : keys) scratch[start[(k >> shift) & (kBuckets - 1)]++] = k;
        keys.swap(scratch);
    }
}

/// One column's codes and values; false where there are too many distinct values.
template <class Code>
class ColumnCoder {
public:
    bool code(const FeatureRows& rows, Index col, Code* codes, Buffer<float>& values) {
        read(rows, col, codes);
        radix_sort(keys_, scratch_);
        distinct_.clear();
        for (const Keyed k : keys_) {
            const auto bits = static_cast<std::uint32_t>(k >> 32);
            if (distinct_.empty() || distinct_.back() != bits) distinct_.push_back(bits);
            codes[static_cast<std::uint32_t>(k)] = static_cast<Code>(distinct_.size() - 1);
        }
        if (distinct_.size() > RankCodes<Code>::kMissing) return false;
        values = Buffer<float>::uninitialized(static_cast<Index>(distinct_.size()));
        for (std::size_t i = 0; i < distinct_.size(); ++i)
            values[static_cast<Index>(i)] = from_ordered_bits(distinct_[i]);
        return true;
    }

private:
    void read(const FeatureRows& rows, Index col, Code* codes) {
        column_.resize(static_cast<std::size_t>(rows.rows()));
        rows.read_column(col, column_.data());
        keys_.clear();
        for (std::size_t i = 0; i < column_.size(); ++i) {
            if (std::isnan(column_[i]))
                codes[i] = RankCodes<Code>::kMissing;
            else
                keys_.push_back(Keyed{ordered_bits(column_[i])} << 32 | i);
        }
    }

    std::vector<float> column_;
    std::vector<Keyed> keys_, scratch_;
    std::vector<std::uint32_t> distinct_;
};

template <class Code>
void transpose(RankCodes<Code>& codes) {
    constexpr Index kTile = 64;  // rows that stay in the first cache level while the columns pass
    for (Index begin = 0; begin < codes.n_rows; begin += kTile) {
        const Index end = std::min(codes.n_rows, begin + kTile);
        for (Index j = 0; j < codes.n_features; ++j) {
            const Code* column = codes.column(j);
            for (Index i = begin; i < end; ++i) codes.rows[i * codes.stride + j] = column[i];
        }
    }
}

}  // namespace

template <class Code>
std::optional<RankCodes<Code>> rank_codes(const FeatureRows& rows, int n_threads) {
    constexpr Index kPad = 32 / sizeof(Code);
    RankCodes<Code> codes{
        .n_rows = rows.rows(), .n_features = rows.cols(), .stride = (rows.cols() + kPad - 1) / kPad * kPad};
    codes.columns = Buffer<Code>::uninitialized(rows.rows() * rows.cols());
    codes.values.resize(static_cast<std::size_t>(rows.cols()));
    std::atomic<bool> fits{true};
    std::vector<ColumnCoder<Code>> coders(static_cast<std::size_t>(n_threads));
    parallel_for(rows.cols(), n_threads, [&](Index j, int thread) {
        if (!fits) return;
        Code* column = codes.columns.data() + j * rows.rows();
        if (!coders[static_cast<std::size_t>(thread)].code(rows, j, column, codes.values[static_cast<std::size_t>(j)]))
            fits = false;
    });
    if (!fits) return std::nullopt;
    codes.rows = Buffer<Code>(rows.rows() * codes.stride);
    transpose(codes);
    return codes;
}

template std::optional<RankCodes<std::uint16_t>> rank_codes(const FeatureRows&, int);
template std::optional<RankCodes<std::uint32_t>> rank_codes(const FeatureRows&, int);

}  // namespace plantwright
