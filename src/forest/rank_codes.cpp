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

constexpr Index kColumnsAtOnce = 8;  // coded side by side, then written into the rows

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

struct CodeAndBin {
    std::uint16_t code;
    std::uint8_t bin;
};

/// One column's codes and what they stand for.
class ColumnCoder {
public:
    CodedColumn code(const FeatureRows& rows, Index col, CodeAndBin* out) {
        CodedColumn column;
        read(rows, col, out);
        column.has_missing = keys_.size() < column_.size();
        radix_sort(keys_, scratch_);
        find_distinct();
        if (first_.size() <= kMissingRank)
            assign_ranks();
        else
            assign_quantiles();
        column.exact_bins = assign_bins(column.has_missing ? kBins - 1 : kBins);
        column.n_bins = coded_.empty() ? 0 : coded_.back().bin + 1;
        describe(column);
        for (std::size_t d = 0; d < first_.size(); ++d) {
            const std::size_t end = d + 1 < first_.size() ? first_[d + 1] : keys_.size();
            for (std::size_t i = first_[d]; i < end; ++i) out[static_cast<std::uint32_t>(keys_[i])] = coded_[d];
        }
        return column;
    }

    /// A category's: there are no bins, and nothing to be said of its codes.
    CodedColumn code_levels(const FeatureRows& rows, Index col, CodeAndBin* out) {
        column_.resize(static_cast<std::size_t>(rows.rows()));
        rows.read_column(col, column_.data());
        for (const float x : column_) {
            *out++ = {std::isnan(x) ? kMissingRank : static_cast<std::uint16_t>(x), 0};
        }
        return {.n_bins = 1, .exact_bins = true};
    }

private:
    void read(const FeatureRows& rows, Index col, CodeAndBin* out) {
        column_.resize(static_cast<std::size_t>(rows.rows()));
        rows.read_column(col, column_.data());
        keys_.clear();
        for (std::size_t i = 0; i < column_.size(); ++i) {
            if (std::isnan(column_[i]))
                out[i] = {kMissingRank, kMissingBin};
            else
                keys_.push_back(Keyed{ordered_bits(column_[i])} << 32 | i);
        }
    }

    /// first_[d]: where in the sorted keys the d-th distinct value begins.
    void find_distinct() {
        first_.clear();
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            if (i == 0 || keys_[i] >> 32 != keys_[i - 1] >> 32) first_.push_back(i);
        }
        coded_.resize(first_.size());
    }

    void assign_ranks() {
        for (std::size_t d = 0; d < first_.size(); ++d) coded_[d].code = static_cast<std::uint16_t>(d);
    }

    void assign_quantiles() {
        std::size_t code = 0, last = 0;
        for (std::size_t d = 0; d < first_.size(); ++d) {
            const std::size_t wanted = first_[d] * kMissingRank / keys_.size();
            if (d > 0 && wanted != last) ++code;
            last = wanted;
            coded_[d].code = static_cast<std::uint16_t>(code);
        }
    }

    /// By rank where that fits, else by share of the rows; a code lies in one bin. Returns whether every bin has one
    /// code.
    bool assign_bins(std::size_t n_bins) {
        const std::size_t n_codes = coded_.empty() ? 0 : std::size_t{coded_.back().code} + 1;
        std::size_t bin = 0;
        for (std::size_t d = 0; d < first_.size(); ++d) {
            const bool new_code = d == 0 || coded_[d].code != coded_[d - 1].code;
            if (new_code) bin = n_codes <= n_bins ? coded_[d].code : first_[d] * n_bins / keys_.size();
            coded_[d].bin = static_cast<std::uint8_t>(bin);
        }
        return n_codes <= n_bins;
    }

    void describe(CodedColumn& column) const {
        const Index n_codes = coded_.empty() ? 0 : Index{coded_.back().code} + 1;
        column.low = Buffer<float>::uninitialized(n_codes);
        const bool exact = n_codes == static_cast<Index>(first_.size());
        if (!exact) column.high = Buffer<float>::uninitialized(n_codes);
        for (std::size_t d = first_.size(); d-- > 0;) {
            const float value = from_ordered_bits(static_cast<std::uint32_t>(keys_[first_[d]] >> 32));
            const Index code = coded_[d].code;
            column.low[code] = value;
            const bool is_highest = d + 1 == first_.size() || coded_[d + 1].code != coded_[d].code;
            if (!exact && is_highest) column.high[code] = value;
        }
    }

    std::vector<float> column_;
    std::vector<Keyed> keys_, scratch_;
    std::vector<std::size_t> first_;
    std::vector<CodeAndBin> coded_;  // by distinct value
};

/// The widest padding that keeps a value within 3.5 bytes: rows that begin at round addresses are read faster.
Index padded_stride(Index n_features) {
    for (const Index to : {32, 16, 8, 4, 2}) {
        const Index stride = (n_features + to - 1) / to * to;
        if (6 * stride <= 7 * n_features) return stride;
    }
    return n_features;
}

void write_rows(const Buffer<CodeAndBin>& coded, Index first, Index n_columns, RankCodes& codes, int n_threads) {
    constexpr Index kTile = 256;
    parallel_for((codes.n_rows + kTile - 1) / kTile, n_threads, [&](Index tile, int) {
        const Index end = std::min(codes.n_rows, (tile + 1) * kTile);
        for (Index j = 0; j < n_columns; ++j) {
            const CodeAndBin* column = coded.data() + j * codes.n_rows;
            for (Index i = tile * kTile; i < end; ++i) {
                codes.codes[i * codes.stride + first + j] = column[i].code;
                codes.bins[i * codes.stride + first + j] = column[i].bin;
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
    auto coded = Buffer<CodeAndBin>::uninitialized(at_once * rows.rows());
    std::vector<ColumnCoder> coders(static_cast<std::size_t>(n_threads));
    for (Index first = 0; first < rows.cols(); first += at_once) {
        const Index n = std::min(at_once, rows.cols() - first);
        parallel_for(n, n_threads, [&](Index j, int thread) {
            const auto column = static_cast<std::size_t>(first + j);
            ColumnCoder& coder = coders[static_cast<std::size_t>(thread)];
            CodeAndBin* out = coded.data() + j * rows.rows();
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
