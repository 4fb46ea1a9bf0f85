// SPDX-License-Identifier: MIT
#include "forest/predictor.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "forest/compact_nodes.hpp"
#include "forest/ordered_bits.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

// The cost model; benchmarks/forest/inference.py shows what these are worth.
constexpr Index kCacheBytes = Index{4} << 20;  // larger forests are walked by prefetching lanes when rows are few
constexpr Index kBytesARow = Index{50} << 10;  // of nodes that pay to be streamed past one more row
constexpr Index kFewRows = 48;                 // fewer never pay
constexpr Index kKeyBytes = Index{256} << 10;  // of a block's keys, beside a tree in the second cache
constexpr Index kLeastBlock = 64, kMostBlock = 4096;
constexpr Index kStepsWorthThreads = 200'000;  // some 100 us on one thread

constexpr Index kTreeChunk = 250;  // payloads of a row at a time, in the order of the trees
constexpr Index kStackKeys = 1024;
constexpr Index kStackRows = 16;

Index round_up(Index n, Index multiple) { return (n + multiple - 1) / multiple * multiple; }

/// The width of a key table without, and with, the upper half of the slots.
std::uint32_t key_stride(std::uint32_t half, bool both) { return both ? std::max(2 * half, 16u) : half; }

bool needs_both(std::uint32_t half, bool missing) { return missing || half < 16; }

std::uint32_t key_of(float x, std::uint32_t missing) { return x != x ? missing : ordered_bits(x); }

KeyRows key_rows(const CompactForest& forest, std::uint32_t half, const std::uint32_t* keys, Index n_rows,
                 std::uint32_t stride) {
    return {.nodes = forest.nodes.data(),
            .keys = keys,
            .n_rows = n_rows,
            .stride = stride,
            .slot_bits = forest.slot_bits,
            .level_sets = forest.level_sets.data(),
            .category_half = forest.has_categories() ? half : 0};
}

}  // namespace

// ---- rows as keys

CategoryKeys::CategoryKeys(const CompactForest& forest) {
    const auto half = static_cast<std::uint32_t>(half_slots(forest.n_features));
    for (Index j = 0; j < forest.n_levels.size(); ++j) {
        const std::int32_t n = forest.n_levels[j];
        if (n > 0) columns_.push_back({j, static_cast<std::uint32_t>(1 + j) + (n > kMaskLevels ? half : 0), n});
    }
}

KeyBlock::KeyBlock(const CompactForest& forest)
    : forest_(forest), categories_(forest), half_(static_cast<std::uint32_t>(half_slots(forest.n_features))) {}

KeyRows KeyBlock::read(const FeatureRows& rows, Index begin, Index end) {
    const auto& kernels = PLANTWRIGHT_KERNELS(kWalkKernels);
    const Index n = end - begin, cols = rows.cols();
    const double* wide = rows.dense_rows64(begin);
    const float* x = wide ? nullptr : rows.dense_rows(begin);
    if (!wide && !x) {
        copy_.resize(static_cast<std::size_t>(n * cols));
        rows.read_rows(begin, end, copy_.data());
        x = copy_.data();
    }
    const bool missing = wide ? kernels.any_missing64(wide, n * cols) : kernels.any_missing(x, n * cols);
    const bool both = needs_both(half_, missing || forest_.has_categories());
    const std::uint32_t stride = key_stride(half_, both);
    const Index n_padded = round_up(n, kRowLanes);
    keys_.resize(static_cast<std::size_t>(n_padded * stride));
    if (wide)
        kernels.keys64(wide, n, cols, keys_.data(), stride, both ? half_ : 0);
    else
        kernels.keys(x, n, cols, keys_.data(), stride, both ? half_ : 0);
    for (Index i = 0; i < n && !categories_.empty(); ++i) {
        if (wide)
            categories_.write(wide + i * cols, keys_.data() + i * stride);
        else
            categories_.write(x + i * cols, keys_.data() + i * stride);
    }
    std::fill(keys_.begin() + n * stride, keys_.end(), 0);
    return key_rows(forest_, half_, keys_.data(), n_padded, stride);
}

// ---- the cost model

Predictor::Predictor(CompactForest forest)
    : forest_(std::move(forest)), categories_(forest_),
      half_(static_cast<std::uint32_t>(half_slots(forest_.n_features))), n_bytes_(forest_.nodes.size() * 8),
      roots_(round_up(forest_.n_trees(), kTreeLanes)) {
    for (Index t = 0; t < forest_.n_trees(); ++t) roots_[t] = static_cast<std::uint64_t>(forest_.tree_begin[t]) + 1;
}

WalkDriver Predictor::choose_driver(Index rows) const {
    if (rows >= std::max(kFewRows, n_bytes_ / kBytesARow)) return WalkDriver::rows;
    return n_bytes_ <= kCacheBytes ? WalkDriver::trees : WalkDriver::pairs;
}

Index Predictor::block_rows(Index rows, int n_threads, WalkDriver driver) const {
    if (driver != WalkDriver::rows) return kStackRows;
    const Index by_cache = std::clamp(kKeyBytes / (4 * Index{half_}), kLeastBlock, kMostBlock);
    const Index by_threads = n_threads == 1 ? by_cache : rows / (4 * n_threads);
    return round_up(std::clamp(by_threads, kLeastBlock, by_cache), kRowLanes);
}

int Predictor::threads_worth(Index rows, std::optional<int> n_jobs) const {
    if (!n_jobs || *n_jobs == 1) return 1;
    constexpr Index kStepsOfAWalk = 12;
    const int n_threads = resolve_n_jobs(n_jobs);
    return rows * forest_.n_trees() * kStepsOfAWalk < kStepsWorthThreads ? 1 : n_threads;
}

Index Predictor::next_of(Index t, Index rows) const { return rows * kBytesARow < n_bytes_ ? -1 : t + 1; }

void Predictor::require_features(Index cols) const {
    if (forest_.n_trees() == 0) throw NotFitted("random forest: predict needs a fitted or loaded forest");
    if (cols == forest_.n_features) return;
    throw InvalidArgument("random forest: X must have " + std::to_string(forest_.n_features) +
                          " features, as in fit, got " + std::to_string(cols));
}

// ---- walking

template <class Body>
void Predictor::for_each_block(const FeatureRows& rows, int n_threads, Index block, Body&& body) const {
    const Index n_blocks = (rows.rows() + block - 1) / block;
    std::vector<KeyBlock> key_blocks(static_cast<std::size_t>(n_threads), KeyBlock(forest_));
    const auto run = [&](Index b, int thread) {
        const Index begin = b * block, end = std::min(rows.rows(), begin + block);
        body(key_blocks[static_cast<std::size_t>(thread)].read(rows, begin, end), begin, end - begin, thread);
    };
    if (n_threads > 1) return parallel_for(n_blocks, n_threads, run);
    for (Index b = 0; b < n_blocks; ++b) run(b, 0);
}

void Predictor::leaves_of_tree(const KeyRows& rows, Index tree, Index next, LeafPart part, std::uint32_t* leaf) const {
    const Index words = forest_.words_per_node();
    const auto begin = [&](Index t) {
        return reinterpret_cast<const char*>(forest_.nodes.data() + forest_.tree_begin[t] * words);
    };
    const bool fetch = next >= 0 && next < forest_.n_trees();
    const char* first = fetch ? begin(next) : nullptr;
    const Index n_bytes = fetch ? begin(next + 1) - first : 0;
    PLANTWRIGHT_KERNELS(kWalkKernels).rows(rows, roots_[tree], first, n_bytes, part, leaf);
}

void Predictor::add_leaf(std::uint32_t payload, double* sum) const {
    const Index n = forest_.n_outputs;
    if (n == 1) {
        *sum += static_cast<double>(std::bit_cast<float>(payload));
    } else if (payload < n) {
        sum[payload] += 1;
    } else {
        const double* value = forest_.leaf_table.data() + (static_cast<Index>(payload) - n) * n;
        for (Index k = 0; k < n; ++k) sum[k] += value[k];
    }
}

void Predictor::add_rows(const KeyRows& keys, Index n_rows, std::vector<std::uint32_t>& leaf, double* sum) const {
    leaf.resize(static_cast<std::size_t>(keys.n_rows));
    for (Index t = 0; t < forest_.n_trees(); ++t) {
        leaves_of_tree(keys, t, t + 1, LeafPart::payload, leaf.data());
        add_leaves(leaf.data(), n_rows, sum);
    }
}

/// Of one tree.
void Predictor::add_leaves(const std::uint32_t* leaf, Index n_rows, double* sum) const {
    if (forest_.n_outputs == 1) return PLANTWRIGHT_KERNELS(kWalkKernels).add(leaf, n_rows, sum);
    for (Index i = 0; i < n_rows; ++i) add_leaf(leaf[i], sum + i * forest_.n_outputs);
}

/// For at most kStackRows rows.
void Predictor::add_few(KeyRows keys, Index n_rows, WalkDriver driver, double* sum) const {
    keys.n_rows = n_rows;
    if (driver == WalkDriver::trees && forest_.n_outputs == 1) {
        return PLANTWRIGHT_KERNELS(kWalkKernels).trees(keys, roots_.data(), roots_.size(), sum);
    }
    std::array<std::uint32_t, kStackRows * kTreeChunk> payload;
    for (Index t = 0; t < forest_.n_trees(); t += kTreeChunk) {
        sum_chunk(keys, t, std::min(kTreeChunk, forest_.n_trees() - t), driver, payload.data(), sum);
    }
}

/// Trees [first, first + n).
void Predictor::sum_chunk(const KeyRows& keys, Index first, Index n, WalkDriver driver, std::uint32_t* payload,
                          double* sum) const {
    const auto& kernels = PLANTWRIGHT_KERNELS(kWalkKernels);
    const Index width = driver == WalkDriver::trees ? round_up(n, kTreeLanes) : n;
    if (driver == WalkDriver::trees)
        kernels.tree_leaves(keys, roots_.data() + first, width, payload);
    else
        kernels.pairs(keys, roots_.data() + first, width, payload);
    for (Index i = 0; i < keys.n_rows; ++i) {
        for (Index t = 0; t < n; ++t) add_leaf(payload[i * width + t], sum + i * forest_.n_outputs);
    }
}

Matrix Predictor::mean_value(const FeatureRows& rows, std::optional<int> n_jobs, WalkDriver driver) const {
    require_features(rows.cols());
    const Index n_outputs = forest_.n_outputs;
    const int n_threads = threads_worth(rows.rows(), n_jobs);
    if (driver == WalkDriver::automatic) {
        driver = choose_driver(rows.rows());
        std::optional<Matrix> mean;
        if (driver == WalkDriver::rows) mean = mean_without_walks(rows, n_threads);
        if (mean) return *std::move(mean);
    }
    Matrix mean(rows.rows(), n_outputs);
    std::vector<std::vector<std::uint32_t>> leaf(static_cast<std::size_t>(n_threads));
    const auto n_trees = static_cast<double>(forest_.n_trees());
    for_each_block(rows, n_threads, block_rows(rows.rows(), n_threads, driver),
                   [&](const KeyRows& keys, Index begin, Index n, int thread) {
                       double* sum = mean.data() + begin * n_outputs;
                       if (driver == WalkDriver::rows)
                           add_rows(keys, n, leaf[static_cast<std::size_t>(thread)], sum);
                       else
                           add_few(keys, n, driver, sum);
                       for (Index i = 0; i < n * n_outputs; ++i) sum[i] = mean_of_sum(sum[i], n_trees);
                   });
    return mean;
}

std::optional<Matrix> Predictor::mean_without_walks(const FeatureRows& rows, int n_threads) const {
    const SlicedForest* sliced = sliced_.get(forest_, rows.rows());
    const SlicedHeaps* heaps = heaps_.get(forest_, rows.rows());
    if (heaps && !heaps->pays(rows.rows())) heaps = nullptr;
    if (heaps && sliced) {
        if (sliced->cost_of_rows(rows.rows()) < heaps->cost_of_rows(rows.rows())) heaps = nullptr;
    }
    if (heaps) return mean_by_heaps(*heaps, rows, n_threads);
    if (sliced) return mean_by_slices(*sliced, rows, n_threads);
    return {};
}

Matrix Predictor::mean_by_heaps(const SlicedHeaps& heaps, const FeatureRows& rows, int n_threads) const {
    const Index block = std::min(heaps.block_rows(), SlicedHeaps::padded(rows.rows() / (4 * n_threads) + 1));
    const Index n_outputs = forest_.n_outputs;
    Matrix mean(rows.rows(), n_outputs);
    const auto n_trees = static_cast<double>(forest_.n_trees());
    struct Scratch {
        SlicedHeaps::Codes codes;
        std::vector<std::uint32_t> leaf;
    };
    std::vector<Scratch> scratch(static_cast<std::size_t>(n_threads));
    for_each_block(rows, n_threads, block, [&](const KeyRows& keys, Index begin, Index n, int thread) {
        auto& [codes, leaf] = scratch[static_cast<std::size_t>(thread)];
        leaf.resize(static_cast<std::size_t>(block));
        codes.read(heaps, keys);
        double* sum = mean.data() + begin * n_outputs;
        for (Index t = 0; t < forest_.n_trees(); ++t) {
            heaps.leaves_of_tree(codes, t, leaf.data());
            add_leaves(leaf.data(), n, sum);
        }
        for (Index i = 0; i < n * n_outputs; ++i) sum[i] = mean_of_sum(sum[i], n_trees);
    });
    return mean;
}

Matrix Predictor::mean_by_slices(const SlicedForest& sliced, const FeatureRows& rows, int n_threads) const {
    constexpr Index kMostRows = 8 * kSlicedRows;
    const Index block = round_up(std::min(kMostRows, rows.rows() / (4 * n_threads) + 1), kSlicedRows);
    Matrix mean(rows.rows(), 1);
    std::vector<SlicedForest::Scratch> scratch(static_cast<std::size_t>(n_threads), SlicedForest::Scratch(sliced));
    const auto n_trees = static_cast<double>(forest_.n_trees());
    const auto run = [&](Index b, int thread) {
        const Index begin = b * block, end = std::min(rows.rows(), begin + block);
        sliced.add(rows, begin, end, scratch[static_cast<std::size_t>(thread)], mean.data() + begin);
        for (Index i = begin; i < end; ++i) mean(i, 0) = mean_of_sum(mean(i, 0), n_trees);
    };
    const Index n_blocks = (rows.rows() + block - 1) / block;
    if (n_threads > 1) {
        parallel_for(n_blocks, n_threads, run);
    } else {
        for (Index b = 0; b < n_blocks; ++b) run(b, 0);
    }
    return mean;
}

Table<std::int32_t> Predictor::apply(const FeatureRows& rows, std::optional<int> n_jobs) const {
    require_features(rows.cols());
    const int n_threads = threads_worth(rows.rows(), n_jobs);
    Table<std::int32_t> leaves(rows.rows(), forest_.n_trees());
    for_each_block(rows, n_threads, block_rows(rows.rows(), n_threads, WalkDriver::rows),
                   [&](const KeyRows& keys, Index begin, Index n, int) {
                       std::vector<std::uint32_t> node(static_cast<std::size_t>(keys.n_rows));
                       for (Index t = 0; t < forest_.n_trees(); ++t) {
                           leaves_of_tree(keys, t, next_of(t, n), LeafPart::node, node.data());
                           for (Index i = 0; i < n; ++i)
                               leaves(begin + i, t) = static_cast<std::int32_t>(node[static_cast<std::size_t>(i)]);
                       }
                   });
    return leaves;
}

// ---- one row

template <class T>
void Predictor::one(std::span<const T> row, std::span<double> mean) const {
    require_features(static_cast<Index>(row.size()));
    const auto& kernels = PLANTWRIGHT_KERNELS(kWalkKernels);
    std::fill(mean.begin(), mean.end(), 0.0);
    if (2 * Index{half_} > kStackKeys) {
        one_with_many_keys(row, mean.data());
    } else {
        alignas(64) std::array<std::uint32_t, kStackKeys> keys;
        const bool missing = std::any_of(row.begin(), row.end(), [](T x) { return x != x; });
        const bool both = needs_both(half_, missing || forest_.has_categories());
        const std::uint32_t stride = key_stride(half_, both);
        const auto n = static_cast<Index>(row.size());
        if constexpr (std::same_as<T, double>)
            kernels.keys64(row.data(), 1, n, keys.data(), stride, both ? half_ : 0);
        else
            kernels.keys(row.data(), 1, n, keys.data(), stride, both ? half_ : 0);
        categories_.write(row.data(), keys.data());
        add_few(key_rows(forest_, half_, keys.data(), 1, stride), 1, choose_driver(1), mean.data());
    }
    for (double& m : mean) m = mean_of_sum(m, static_cast<double>(forest_.n_trees()));
}

/// Keys on demand, so that they need no memory.
template <class T>
void Predictor::one_with_many_keys(std::span<const T> row, double* sum) const {
    const NodeFormat nodes = format_of_nodes(forest_);
    for (Index t = 0; t < forest_.n_trees(); ++t) {
        std::uint64_t at = roots_[t];
        for (;;) {
            const NodeParts node = nodes.parts(forest_.nodes.data() + at * nodes.words());
            if (node.slot == 0) {
                add_leaf(node.low, sum);
                break;
            }
            const bool upper = node.slot > half_;
            const auto feature = static_cast<Index>(node.slot - 1 - (upper ? half_ : 0));
            at += node.distance +
                  goes_right(node, upper, feature, static_cast<float>(row[static_cast<std::size_t>(feature)]));
        }
    }
}

bool Predictor::goes_right(const NodeParts& node, bool upper, Index feature, float x) const {
    if (!node.is_category) return node.low < key_of(x, upper ? 0 : 0xFFFFFFFFu);
    const std::uint32_t key = category_key(x, forest_.n_levels[feature]);
    if (!upper) return node.low & key;
    return !PLANTWRIGHT_KERNELS(kWalkKernels).in_set(forest_.level_sets.data() + node.low, key);
}

void Predictor::mean_of_one(std::span<const float> row, std::span<double> mean) const { one(row, mean); }
void Predictor::mean_of_one(std::span<const double> row, std::span<double> mean) const { one(row, mean); }

// ---- the ways of rows

DecisionPath Predictor::decision_path(const FeatureRows& rows, std::optional<int> n_jobs) const {
    const Table<std::int32_t> leaves = apply(rows, n_jobs);
    DecisionPath path{.row_offsets = Buffer<std::int64_t>(rows.rows() + 1),
                      .nodes = {},
                      .tree_offsets = Buffer<std::int64_t>(forest_.n_trees() + 1)};
    const NodeFormat format = format_of_nodes(forest_);
    std::vector<std::vector<std::int32_t>> parent;  // by tree and node
    for (Index t = 0; t < forest_.n_trees(); ++t) {
        const Index n = forest_.n_nodes(t);
        path.tree_offsets[t + 1] = path.tree_offsets[t] + n;
        auto& of_tree = parent.emplace_back(static_cast<std::size_t>(n), kNoChild);
        for (Index k = 0; k < n; ++k) {
            const NodeParts node =
                format.parts(forest_.nodes.data() + (forest_.tree_begin[t] + 1 + k) * forest_.words_per_node());
            if (node.slot == 0) continue;
            const std::size_t left = static_cast<std::size_t>(k) + node.distance;
            of_tree[left] = of_tree[left + 1] = static_cast<std::int32_t>(k);
        }
    }
    std::vector<std::int64_t> passed;
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index t = 0; t < forest_.n_trees(); ++t) {
            const auto first = static_cast<std::ptrdiff_t>(passed.size());
            for (std::int32_t k = leaves(i, t); k != kNoChild;
                 k = parent[static_cast<std::size_t>(t)][static_cast<std::size_t>(k)]) {
                passed.push_back(path.tree_offsets[t] + k);
            }
            std::reverse(passed.begin() + first, passed.end());
        }
        path.row_offsets[i + 1] = static_cast<std::int64_t>(passed.size());
    }
    path.nodes = Buffer<std::int64_t>(std::span<const std::int64_t>(passed));
    return path;
}

}  // namespace plantwright
