// SPDX-License-Identifier: MIT
#include "forest/node_search.hpp"

#include <algorithm>

#include "forest/category_search.hpp"
#include "forest/few_codes_kernel.hpp"
#include "forest/output_sums.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

/// What all criteria do with their sums.
template <class Sums>
class SearchBase : public NodeSearch {
public:
    void start(const NodeRows& rows, const NodeTotals& totals) override {
        rows_ = rows;
        totals_ = totals;
        sums_.start(rows, totals);
    }
    void search_large(const BinTable& bins, const std::uint16_t* features, Index n_features,
                      LargeSplit& best) override {
        large_.search(sums_, {rows_, bins, totals_}, features, n_features, best);
    }
    bool decide_large(const BinTable& bins, std::uint8_t* left) const override {
        return large_.decide({rows_, bins, totals_}, left);
    }
    void clear_left() override { sums_.clear_left(); }
    void add_left(std::uint64_t packed) override { sums_.add(packed); }
    double gain() const override { return sums_.gain(); }

protected:
    SearchBase(const RankCodes& codes, Sums sums) : sums_(std::move(sums)), large_(codes) {}

    NodeRows rows_{};
    NodeTotals totals_{};
    Sums sums_;
    LargeSearch<Sums> large_;
};

/// And with categories, of one output.
template <class Sums>
class SearchWithCategories : public SearchBase<Sums> {
public:
    void start(const NodeRows& rows, const NodeTotals& totals) override {
        SearchBase<Sums>::start(rows, totals);
        categories_.start_node();
    }
    bool search_category(std::uint16_t feature, Split& best) override {
        return categories_.search(this->sums_, this->rows_, this->totals_, feature, best);
    }

protected:
    SearchWithCategories(const RankCodes& codes, Sums sums)
        : SearchBase<Sums>(codes, std::move(sums)), categories_(this->sums_, codes.has_categories) {}

private:
    CategorySearch<Sums> categories_;
};

class SquaredErrorSearch final : public SearchWithCategories<SquaredErrorSums> {
public:
    explicit SquaredErrorSearch(const TrainingData& data)
        : SearchWithCategories(*data.codes, SquaredErrorSums(data.packed, data.n_rows)), target_(data.packed),
          target_mask_((std::uint64_t{1} << data.packed.shift()) - 1) {}

    int shift() const override { return target_.shift(); }
    bool is_wide() const override { return target_.is_wide(); }
    std::uint64_t pack(RowId row, std::uint64_t weight) const override { return target_.pack(row, weight); }

    /// s_i / w_i is the same for all rows.
    bool is_pure(const NodeRows& rows) const override {
        const std::uint64_t first = (rows.packed[0] & target_mask_) / (rows.packed[0] >> shift());
        for (int i = 1; i < rows.n; ++i) {
            if ((rows.packed[i] & target_mask_) != (rows.packed[i] >> shift()) * first) return false;
        }
        return true;
    }
    bool search_small(const std::uint16_t* features, int n_features, SmallSplit& best) override {
        return kernels_.search(rows_, totals_, features, n_features, best);
    }
    bool takes_few_codes() const override { return !is_wide(); }
    bool search_few_codes(const BinTable& bins, const std::uint16_t* features, int n_features,
                          SmallSplit& best) override {
        few_codes_.search(bins, rows_, totals_, features, n_features, best);
        return best.feature >= 0;
    }
    void decide_few_codes(const BinTable& bins, const SmallSplit& split, std::uint8_t* left) const override {
        few_codes_.decide(bins, rows_, split.feature, split.left, left);
    }

private:
    const PackedTarget& target_;
    std::uint64_t target_mask_;
    const FewCodesKernels& few_codes_ = PLANTWRIGHT_KERNELS(kFewCodesKernels);
    const SmallNodeKernels& kernels_ = PLANTWRIGHT_KERNELS(kSmallNodeKernels);
};

class ClassSearch final : public SearchWithCategories<ClassSums> {
public:
    explicit ClassSearch(const TrainingData& data)
        : SearchWithCategories(*data.codes, ClassSums(static_cast<int>(data.target->n_outputs),
                                                      data.target->criterion == Criterion::entropy)),
          label_(data.target->label.data()), scratch_(static_cast<std::size_t>(data.target->n_outputs * kClassLanes)) {}

    int shift() const override { return 32; }
    std::uint64_t pack(RowId row, std::uint64_t weight) const override {
        return weight << 32 | static_cast<std::uint32_t>(label_[row]);
    }
    bool is_pure(const NodeRows& rows) const override {
        for (int i = 1; i < rows.n; ++i) {
            if (static_cast<std::uint32_t>(rows.packed[i]) != static_cast<std::uint32_t>(rows.packed[0])) return false;
        }
        return true;
    }
    bool search_small(const std::uint16_t* features, int n_features, SmallSplit& best) override {
        return kernels_.search(rows_, totals_, sums_.totals(), features, n_features, best, scratch_.data());
    }

private:
    const std::int32_t* label_;
    std::vector<float> scratch_;
    const SmallClassKernels& kernels_ = PLANTWRIGHT_KERNELS(kSmallClassKernels);
};

class OutputSearch final : public SearchBase<OutputSums> {
public:
    explicit OutputSearch(const TrainingData& data)
        : SearchBase(*data.codes, OutputSums(*data.target, RowPacking(data.n_rows))), packing_(data.n_rows),
          target_(*data.target), scratch_(static_cast<std::size_t>(sums_.small_values().stride * kOutputLanes)) {}

    int shift() const override { return packing_.shift(); }
    std::uint64_t pack(RowId row, std::uint64_t weight) const override { return packing_.pack(row, weight); }
    bool is_pure(const NodeRows& rows) const override {
        const double* first = targets(rows.packed[0]);
        for (int i = 1; i < rows.n; ++i) {
            if (!std::equal(first, first + target_.n_outputs, targets(rows.packed[i]))) return false;
        }
        return true;
    }
    bool search_small(const std::uint16_t* features, int n_features, SmallSplit& best) override {
        return kernels_.search(rows_, totals_, sums_.small_values(), features, n_features, best, scratch_.data());
    }

private:
    const double* targets(std::uint64_t packed) const {
        return target_.y.data() + packing_.row(packed) * target_.n_outputs;
    }

    RowPacking packing_;
    const Target& target_;
    std::vector<float> scratch_;
    const SmallOutputKernels& kernels_ = PLANTWRIGHT_KERNELS(kSmallOutputKernels);
};

}  // namespace

std::unique_ptr<NodeSearch> make_node_search(const TrainingData& data) {
    if (data.packed.fits()) return std::make_unique<SquaredErrorSearch>(data);
    if (data.target->is_classification()) return std::make_unique<ClassSearch>(data);
    return std::make_unique<OutputSearch>(data);
}

}  // namespace plantwright
