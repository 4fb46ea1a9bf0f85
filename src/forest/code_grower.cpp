// SPDX-License-Identifier: MIT
#include "forest/code_grower.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "forest/few_codes_kernel.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/forest/forest.hpp"

namespace plantwright {
namespace {

constexpr int kLocalRows = 1024;
constexpr Index kWriteBeyond = 8;  // elements that the partition kernel may write behind its arrays
constexpr double kImpuritySlack = std::numeric_limits<double>::epsilon();  // as scikit-learn, against rounding

}  // namespace

bool CodeGrower::Candidate::operator<(const Candidate& other) const {
    return improvement != other.improvement ? improvement < other.improvement : node > other.node;
}

CodeGrower::CodeGrower(const TrainingData& data, const GrowSettings& settings, ProgressMonitor& monitor)
    : data_(data), codes_(*data.codes), settings_(settings), monitor_(monitor), values_(*data.target),
      draws_(data.n_features), search_(make_node_search(data)),
      partition_kernels_(PLANTWRIGHT_KERNELS(kPartitionKernels)),
      all_exact_(
          std::all_of(codes_.columns.begin(), codes_.columns.end(), [](const CodedColumn& c) { return c.exact(); })),
      all_present_(!codes_.has_categories && std::none_of(codes_.columns.begin(), codes_.columns.end(),
                                                          [](const CodedColumn& c) { return c.has_missing; })),
      has_few_codes_(
          all_present_ && codes_.n_bins <= kFewCodes && search_->takes_few_codes() &&
          std::all_of(codes_.columns.begin(), codes_.columns.end(), [](const CodedColumn& c) { return c.exact_bins; })),
      is_free_(settings.min_samples_leaf == 1 && settings.min_weight_fraction_leaf <= 0 &&
               settings.min_samples_split <= 2 && settings.min_impurity_decrease <= 0 && !codes_.has_categories),
      shift_(search_->shift()), tree_(*data.target),
      local_codes_(Buffer<std::uint16_t>(kLocalRows * codes_.stride + kReadBeyond)),
      local_bins_(Buffer<std::uint8_t>(kLocalRows * codes_.stride + kReadBeyond)), local_row_(kLocalRows),
      level_is_left_(codes_.has_categories ? kMissingRank + 1 : 0) {}

GrownTree& CodeGrower::grow(TreeSample& sample, std::uint64_t key) {
    const Pending root = start(sample, key, own_rows_);
    attach(own_rows_);
    clear();
    if (settings_.max_leaf_nodes > 0)
        grow_best_first(root);
    else
        grow_depth_first(root);
    resolve();
    return tree_.finish();
}

CodeGrower::Pending CodeGrower::start(const TreeSample& sample, std::uint64_t key, GrowingRows& rows) {
    const Index n = sample.rows.size();
    rows.sample = &sample;
    if (rows.slot.size() < n) {
        rows.slot = Buffer<std::uint32_t>::uninitialized(n);
        rows.packed = Buffer<std::uint64_t>::uninitialized(n);
    }
    for (Index i = 0; i < n; ++i) {
        const RowId row = sample.rows[i];
        rows.slot[i] = row;
        rows.packed[i] = search_->pack(row, data_.whole_weight(sample.weight[row]));
    }
    return {0, static_cast<int>(n), sum_of(rows.packed.data(), n), key, 0, TreeBuilder::kNoParent, false, false};
}

NodeSum CodeGrower::sum_of(const std::uint64_t* packed, Index n) const {
    NodeSum sum;
    for (Index i = 0; i < n; ++i) sum = sum + NodeSum::unpacked(packed[i], shift_);
    return sum;
}

void CodeGrower::attach(GrowingRows& rows) {
    sample_ = rows.sample;
    slot_ = rows.slot.data();
    packed_ = rows.packed.data();
    min_weight_leaf_ = std::ceil(settings_.min_weight_fraction_leaf * sample_->total_weight);  // weights are whole
    const Index part = std::min<Index>(rows.slot.size(), kPartRows) + kWriteBeyond;
    if (goes_left_.size() >= part) return;
    scratch_slot_ = Buffer<std::uint32_t>::uninitialized(part);
    scratch_packed_ = Buffer<std::uint64_t>::uninitialized(part);
    goes_left_ = Buffer<std::uint8_t>::uninitialized(part);
}

void CodeGrower::clear() {
    tree_.clear();
    partings_.clear();
    single_leaves_.clear();
    levels_.clear();
}

bool CodeGrower::part(GrowingRows& rows, const Pending& node, Candidate& candidate) {
    attach(rows);
    levels_.clear();
    return try_split(TreeBuilder::kNoParent, node, candidate);
}

GrownTree CodeGrower::grow_below(GrowingRows& rows, Pending node) {
    attach(rows);
    clear();
    node.parent = TreeBuilder::kNoParent;
    grow_depth_first(node);
    resolve();
    return tree_.release();
}

void CodeGrower::grow_depth_first(Pending root) {
    stack_.assign(1, root);
    Candidate candidate;
    while (!stack_.empty()) {
        const Pending pending = stack_.back();
        stack_.pop_back();
        const std::int32_t node = tree_.add(pending.parent, pending.is_left);
        if (grow_tiny(node, pending)) continue;
        if (!try_split(node, pending, candidate)) {
            set_leaf(node, candidate.at);
            continue;
        }
        partings_.push_back({node, candidate.parting});
        stack_.push_back(right_child(candidate));
        stack_.push_back(left_child(candidate));
    }
}

void CodeGrower::grow_best_first(Pending root) {
    std::vector<Candidate> heap;
    push_candidate(root, heap);
    for (Index n_leaves = 1; !heap.empty() && n_leaves < settings_.max_leaf_nodes; ++n_leaves) {
        std::pop_heap(heap.begin(), heap.end());
        const Candidate candidate = heap.back();
        heap.pop_back();
        partings_.push_back({candidate.node, candidate.parting});
        push_candidate(left_child(candidate), heap);
        push_candidate(right_child(candidate), heap);
    }
    for (const Candidate& candidate : heap) set_leaf(candidate.node, candidate.at);
}

void CodeGrower::push_candidate(const Pending& pending, std::vector<Candidate>& heap) {
    const std::int32_t node = tree_.add(pending.parent, pending.is_left);
    Candidate candidate;
    if (!try_split(node, pending, candidate)) {
        set_leaf(node, candidate.at);
        return;
    }
    heap.push_back(candidate);
    std::push_heap(heap.begin(), heap.end());
}

void CodeGrower::set_leaf(std::int32_t node, const Pending& pending) {
    if (pending.size() == 1) {
        set_single(node, row_of(pending, 0), packed_[pending.begin]);
        return;
    }
    leaf_rows_.resize(static_cast<std::size_t>(pending.size()));
    for (int i = 0; i < pending.size(); ++i) leaf_rows_[static_cast<std::size_t>(i)] = row_of(pending, i);
    tree_.set_leaf(node, pending.size(), values_.of(leaf_rows_, *sample_, tree_.value(node)));
}

void CodeGrower::set_single(std::int32_t node, RowId row, std::uint64_t packed) {
    const auto whole = static_cast<double>(static_cast<std::int64_t>(packed >> shift_));
    tree_.set_leaf(node, 1, {data_.weight_scale == 1 ? whole : sample_->weight[row], 0});
    single_leaves_.push_back({node, row});
}

bool CodeGrower::must_be_leaf(const Pending& pending) const {
    const Index n = pending.size();
    return n < settings_.min_samples_split || n < 2 * settings_.min_samples_leaf ||
           weight_of(pending.total) < 2 * min_weight_leaf_ || pending.depth >= settings_.max_depth ||
           search_->is_pure(rows_of(pending));
}

RowId CodeGrower::row_of(const Pending& pending, int i) const {
    const std::uint32_t slot = slot_[pending.begin + i];
    return pending.is_local ? local_row_[slot] : slot;
}

bool CodeGrower::try_split(std::int32_t node, Pending pending, Candidate& candidate) {
    candidate.at = pending;
    if (must_be_leaf(pending)) return false;
    monitor_.poll();
    copy_locally(pending);
    candidate.at = pending;
    Parting parting = find(pending);
    if (parting.feature < 0 && !all_exact_) {
        search_->start(rows_of(pending), totals_of(pending));
        parting = part_by_value(pending);
    }
    if (parting.feature < 0) return false;
    NodeSum left_total;
    int n_left = partition(pending, parting, left_total);
    if (!leaves_enough_rows(n_left, pending.size())) {  // weights allowed it, numbers of rows do not
        parting = part_carefully(pending);
        if (parting.feature < 0) return false;
        n_left = partition(pending, parting, left_total);
    }
    candidate = {0, node, pending, parting, n_left, left_total};
    if (settings_.min_impurity_decrease <= 0 && settings_.max_leaf_nodes == 0) return true;
    candidate.improvement = improvement(candidate);
    return candidate.improvement + kImpuritySlack >= settings_.min_impurity_decrease;
}

bool CodeGrower::leaves_enough_rows(int n_left, int n) const {
    return n_left >= settings_.min_samples_leaf && n - n_left >= settings_.min_samples_leaf;
}

/// N_t / N (impurity - N_R / N_t impurity_R - N_L / N_t impurity_L)
double CodeGrower::improvement(const Candidate& c) {
    const NodeStatistics all = statistics(c.at, 0, c.at.size()), left = statistics(c.at, 0, c.n_left),
                         right = statistics(c.at, c.n_left, c.at.size());
    return (all.weight * all.impurity - left.weight * left.impurity - right.weight * right.impurity) /
           sample_->total_weight;
}

/// Of rows [begin, end) of the node.
NodeStatistics CodeGrower::statistics(const Pending& pending, int begin, int end) {
    leaf_rows_.clear();
    for (int i = begin; i < end; ++i) leaf_rows_.push_back(row_of(pending, i));
    return values_.of(leaf_rows_, *sample_);
}

CodeGrower::Pending CodeGrower::left_child(const Candidate& c) const {
    return {c.at.begin, c.at.begin + c.n_left, c.left_total, left_key(c.at.key), c.at.depth + 1, c.node,
            true,       c.at.is_local};
}

CodeGrower::Pending CodeGrower::right_child(const Candidate& c) const {
    return {
        c.at.begin + c.n_left, c.at.end, c.at.total - c.left_total, right_key(c.at.key), c.at.depth + 1, c.node, false,
        c.at.is_local};
}

/// Best first jumps between subtrees, so that a local copy would not last.
void CodeGrower::copy_locally(Pending& pending) {
    if (pending.is_local || pending.size() > kLocalRows || settings_.max_leaf_nodes > 0) return;
    pending.is_local = true;
    const auto stride = static_cast<std::size_t>(codes_.stride);
    constexpr int kAhead = 12;
    for (int i = 0; i < pending.size(); ++i) {
        std::uint32_t& slot = slot_[pending.begin + i];
        const std::uint32_t next = slot_[std::min(pending.begin + i + kAhead, pending.end - 1)];
        __builtin_prefetch(codes_.code_row(next));
        __builtin_prefetch(codes_.bin_row(next));
        std::memcpy(local_codes_.data() + static_cast<std::size_t>(i) * stride, codes_.code_row(slot),
                    stride * sizeof(std::uint16_t));
        std::memcpy(local_bins_.data() + static_cast<std::size_t>(i) * stride, codes_.bin_row(slot), stride);
        local_row_[static_cast<std::size_t>(i)] = slot;
        slot = static_cast<std::uint32_t>(i);
    }
}

NodeRows CodeGrower::rows_of(const Pending& pending) const {
    return {pending.is_local ? local_codes_.data() : codes_.codes.data(),
            codes_.stride,
            codes_.n_features,
            slot_ + pending.begin,
            packed_ + pending.begin,
            pending.size()};
}

NodeTotals CodeGrower::totals_of(const Pending& pending) const {
    const double weight = weight_of(pending.total);
    return {weight, static_cast<double>(static_cast<std::int64_t>(pending.total.target)) / weight, shift_,
            static_cast<int>(settings_.min_samples_leaf), static_cast<float>(min_weight_leaf_)};
}

BinTable CodeGrower::bins_of(const Pending& pending) const {
    return {pending.is_local ? local_bins_.data() : codes_.bins.data(), codes_.stride, codes_.n_features,
            codes_.n_bins};
}

/// Reorders the node's rows, left ones first, both in their order; where the node has no missing values, they will
/// follow the larger side. Returns how many go left.
int CodeGrower::partition(const Pending& pending, Parting& parting, NodeSum& left_total) {
    const int n = pending.size();
    n_left_.clear();
    std::uint64_t left_sum = 0;
    for (int begin = 0; begin < n; begin += kPartRows)
        n_left_.push_back(partition_part(pending, parting, begin, std::min(kPartRows, n - begin), left_sum));
    const int n_left = join_parts(pending.begin);
    left_total = search_->is_wide() ? sum_of(packed_ + pending.begin, n_left) : NodeSum::unpacked(left_sum, shift_);
    if (!parting.has_missing) parting.missing_go_left = 2 * n_left > n;
    return n_left;
}

/// Brings the left rows of all parts to the front, in O(n log(parts)) and without further memory. Returns how many.
int CodeGrower::join_parts(int begin) {
    const std::size_t n_parts = n_left_.size();
    for (std::size_t width = 1; width < n_parts; width *= 2) {
        for (std::size_t i = 0; i + width < n_parts; i += 2 * width) {
            const int first = begin + static_cast<int>(i) * kPartRows,
                      second = first + static_cast<int>(width) * kPartRows;
            swap_neighbours(first + n_left_[i], second, second + n_left_[i + width]);
            n_left_[i] += n_left_[i + width];
        }
    }
    return n_left_[0];
}

/// Of rows [begin, begin + n) of the node.
int CodeGrower::partition_part(const Pending& pending, const Parting& parting, int begin, int n,
                               std::uint64_t& left_sum) {
    const NodeRows rows = rows_of(pending);
    if (parting.by_value) {
        for (int i = 0; i < n; ++i) {
            const float x = data_.rows->at(row_of(pending, begin + i), parting.feature);
            goes_left_[i] = x <= parting.threshold || (std::isnan(x) && parting.missing_go_left);
        }
    } else if (parting.levels_begin < parting.levels_end) {
        decide_levels(rows, parting, begin, n);
    } else if (!parting.by_bins) {
        partition_kernels_.decide(rows.codes + parting.feature, rows.stride, rows.slot + begin, n, parting.right,
                                  parting.missing_go_left, goes_left_.data());
    }
    const int at = pending.begin + begin;
    return partition_kernels_.move(goes_left_.data(), n, {slot_ + at, packed_ + at},
                                   {scratch_slot_.data(), scratch_packed_.data()}, left_sum);
}

/// Rows [middle, end) come before rows [begin, middle), both in their order.
void CodeGrower::swap_neighbours(int begin, int middle, int end) {
    std::rotate(slot_ + begin, slot_ + middle, slot_ + end);
    std::rotate(packed_ + begin, packed_ + middle, packed_ + end);
}

void CodeGrower::resolve() {
    constexpr std::size_t kAhead = 16;
    for (std::size_t i = 0; i < partings_.size(); ++i) {
        prefetch(partings_[std::min(i + kAhead, partings_.size() - 1)].parting);
        tree_.set_split(partings_[i].node, split_at(partings_[i].parting));
    }
    const Target& target = *data_.target;
    for (const SingleLeaf& leaf : single_leaves_) {
        if (target.is_classification())
            tree_.value(leaf.node)[target.label[leaf.row]] = 1;
        else if (target.n_outputs == 1)
            *tree_.value(leaf.node) = target.y[leaf.row];  // half of all nodes: too many for calls of memcpy
        else
            std::copy_n(target.y.data() + leaf.row * target.n_outputs, target.n_outputs, tree_.value(leaf.node));
    }
}

/// What split_at will look up, as a rule; the addresses need not exist.
void CodeGrower::prefetch(const Parting& parting) const {
    const CodedColumn& column = codes_.columns[static_cast<std::size_t>(parting.feature)];
    __builtin_prefetch((column.exact() ? column.low : column.high).data() + parting.left);
    __builtin_prefetch(column.low.data() + parting.right);
}

Split CodeGrower::split_at(const Parting& parting) const {
    const CodedColumn& column = codes_.columns[static_cast<std::size_t>(parting.feature)];
    Split split{.feature = parting.feature, .missing_go_left = parting.missing_go_left};
    if (parting.levels_begin < parting.levels_end) {
        const auto at = levels_.begin();
        split.levels.assign(at + parting.levels_begin, at + parting.levels_end);
    } else if (parting.by_value) {
        split.threshold = parting.threshold;
    } else if (parting.right == kMissingRank) {
        split.threshold = std::numeric_limits<float>::infinity();
        split.missing_go_left = false;
    } else {
        split.threshold = threshold_between(column.largest(parting.left), column.least(parting.right));
    }
    return split;
}

}  // namespace plantwright
