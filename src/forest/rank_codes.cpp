// SPDX-License-Identifier: MIT
#include "forest/rank_codes.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "forest/ordered_bits.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

using Keyed = std::uint64_t;  // ordered bits of the value << 32 | row

constexpr Index kColumnsAtOnce = 4;  // coded side by side, then written into the rows

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

/// Where one column's codes and bins are written, by row.
struct CodedCells {
    std::uint16_t* code;
    std::uint8_t* bin;
};

/// One column's codes and what they stand for, from its sorted values; 16 bytes a row.
class ColumnCoder {
public:
    CodedColumn code(const FeatureRows& rows, Index col, CodedCells out) {
        CodedColumn column;
        column.has_missing = read(rows, col, out) > 0;
        radix_sort(keys_, scratch_);
        count();
        const Index n_bins = column.has_missing ? kBins - 1 : kBins;
        column.exact_bins = n_codes_ <= n_bins;
        column.low = Buffer<float>::uninitialized(n_codes_);
        if (!is_exact()) column.high = Buffer<float>::uninitialized(n_codes_);
        std::uint8_t bin = 0;
        for_each_code([&](Index code, std::size_t begin, std::size_t end) {
            bin =
                static_cast<std::uint8_t>(column.exact_bins ? code : static_cast<Index>(begin) * n_bins / n_present());
            column.low[code] = value(begin);
            if (!is_exact()) column.high[code] = value(end - 1);
            for (std::size_t i = begin; i < end; ++i) {
                const auto row = static_cast<std::uint32_t>(keys_[i]);
                out.code[row] = static_cast<std::uint16_t>(code);
                out.bin[row] = bin;
            }
        });
        column.n_bins = n_codes_ == 0 ? 0 : bin + 1;
        return column;
    }

    /// A category's: there are no bins, and nothing to be said of its codes.
    static CodedColumn code_levels(const FeatureRows& rows, Index col, CodedCells out) {
        for_each_value(rows, col, [&](Index i, float x) {
            out.code[i] = std::isnan(x) ? kMissingRank : static_cast<std::uint16_t>(x);
            out.bin[i] = 0;
        });
        return {.n_bins = 1, .exact_bins = true};
    }

private:
    /// Returns how many values are missing.
    Index read(const FeatureRows& rows, Index col, CodedCells out) {
        keys_.clear();
        keys_.reserve(static_cast<std::size_t>(rows.rows()));
        for_each_value(rows, col, [&](Index i, float x) {
            out.code[i] = kMissingRank;
            out.bin[i] = kMissingBin;
            if (!std::isnan(x)) keys_.push_back(Keyed{ordered_bits(x)} << 32 | static_cast<std::uint32_t>(i));
        });
        return rows.rows() - n_present();
    }

    /// visit(row, value)
    template <class Visit>
    static void for_each_value(const FeatureRows& rows, Index col, Visit&& visit) {
        constexpr Index kAtOnce = 4096;
        float values[kAtOnce];
        for (Index begin = 0; begin < rows.rows(); begin += kAtOnce) {
            const Index end = std::min(rows.rows(), begin + kAtOnce);
            rows.read_column(col, begin, end, values);
            for (Index i = begin; i < end; ++i) visit(i, values[i - begin]);
        }
    }

    void count() {
        n_distinct_ = 0;
        for (std::size_t i = 0; i < keys_.size(); ++i) n_distinct_ += begins_value(i);
        n_codes_ = 0;
        for_each_code([&](Index, std::size_t, std::size_t) { ++n_codes_; });
    }

    /// visit(code, begin, end): the sorted values [begin, end) share the code. A distinct value each, or quantiles of
    /// whole values.
    template <class Visit>
    void for_each_code(Visit&& visit) const {
        Index code = 0;
        for (std::size_t begin = 0; begin < keys_.size(); ++code) {
            std::size_t end = begin + 1;
            while (end < keys_.size() && !begins_code(begin, end)) ++end;
            visit(code, begin, end);
            begin = end;
        }
    }
    bool begins_code(std::size_t first, std::size_t i) const {
        return begins_value(i) && (is_exact() || quantile(i) != quantile(first));
    }
    bool begins_value(std::size_t i) const { return i == 0 || keys_[i] >> 32 != keys_[i - 1] >> 32; }
    std::size_t quantile(std::size_t i) const { return i * kMissingRank / keys_.size(); }

    bool is_exact() const { return n_distinct_ <= kMissingRank; }
    Index n_present() const { return static_cast<Index>(keys_.size()); }
    float value(std::size_t i) const { return from_ordered_bits(static_cast<std::uint32_t>(keys_[i] >> 32)); }

    std::vector<Keyed> keys_, scratch_;
    Index n_distinct_ = 0, n_codes_ = 0;
};

/// The widest padding that keeps a value within 3.5 bytes: rows that begin at round addresses are read faster.
Index padded_stride(Index n_features) {
    for (const Index to : {32, 16, 8, 4, 2}) {
        const Index stride = (n_features + to - 1) / to * to;
        if (6 * stride <= 7 * n_features) return stride;
    }
    return n_features;
}

/// Some columns, coded side by side.
struct CodedColumns {
    Buffer<std::uint16_t> code;
    Buffer<std::uint8_t> bin;
    Index n_rows;

    CodedCells column(Index j) { return {code.data() + j * n_rows, bin.data() + j * n_rows}; }
};

/// In tiles, since columns are read and rows are written.
void write_rows(CodedColumns& coded, Index first, Index n_columns, RankCodes& codes, int n_threads) {
    constexpr Index kTile = 256;
    parallel_for((codes.n_rows + kTile - 1) / kTile, n_threads, [&](Index tile, int) {
        const Index end = std::min(codes.n_rows, (tile + 1) * kTile);
        for (Index j = 0; j < n_columns; ++j) {
            const CodedCells column = coded.column(j);
            for (Index i = tile * kTile; i < end; ++i) {
                codes.codes[i * codes.stride + first + j] = column.code[i];
                codes.bins[i * codes.stride + first + j] = column.bin[i];
            }
        }
    });
}

}  // namespace

RankCodes rank_codes(const FeatureRows& rows, const std::vector<std::int32_t>& n_levels, int n_threads) {
    RankCodes codes{.n_rows = rows.rows(), .n_features = rows.cols(), .stride = padded_stride(rows.cols())};
    codes.codes = Buffer<std::uint16_t>(rows.rows() * codes.stride + kReadBeyond);
    codes.bins = Buffer<std::uint8_t>(rows.rows() * codes.stride + kReadBeyond);
    codes.columns.resize(static_cast<std::size_t>(rows.cols()));
    codes.has_categories = !n_levels.empty();
    const Index at_once = std::min<Index>(rows.cols(), std::max<Index>(kColumnsAtOnce, n_threads));
    CodedColumns coded{Buffer<std::uint16_t>::uninitialized(at_once * rows.rows()),
                       Buffer<std::uint8_t>::uninitialized(at_once * rows.rows()), rows.rows()};
    std::vector<ColumnCoder> coders(static_cast<std::size_t>(n_threads));
    for (Index first = 0; first < rows.cols(); first += at_once) {
        const Index n = std::min(at_once, rows.cols() - first);
        parallel_for(n, n_threads, [&](Index j, int thread) {
            const auto column = static_cast<std::size_t>(first + j);
            ColumnCoder& coder = coders[static_cast<std::size_t>(thread)];
            const CodedCells out = coded.column(j);
            const bool category = !n_levels.empty() && n_levels[column] > 0;
            codes.columns[column] =
                category ? coder.code_levels(rows, first + j, out) : coder.code(rows, first + j, out);
        });
        write_rows(coded, first, n, codes, n_threads);
    }
    codes.n_bins = 1;
    for (const CodedColumn& column : codes.columns) {
        codes.n_bins = std::max(codes.n_bins, column.has_missing ? kBins : column.n_bins);
    }
    return codes;
}

}  // namespace plantwright
