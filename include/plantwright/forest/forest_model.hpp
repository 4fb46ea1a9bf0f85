// SPDX-License-Identifier: MIT
/// What the fitted forests have in common: trees, the way from a table to float32 features, out-of-bag estimates.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/forest/compact_forest.hpp"
#include "plantwright/forest/forest.hpp"
#include "plantwright/forest/leaf_targets.hpp"
#include "plantwright/forest/options.hpp"
#include "plantwright/frame/frame.hpp"
#include "plantwright/frame/serialize_schema.hpp"

namespace plantwright {

/// From a frame's columns to a forest's features: numbers are cast to float32, a category becomes the number of its
/// level where nodes split it (CategorySplits::node), else the rank of its level.
///
/// Levels are ranked at fit by the mean target of their rows (binary: the share of class 1; several classes: the first
/// principal component of the levels' class shares), ties by level order; levels without rows come last. For one output
/// such an order contains the best of all two-way partitions of the levels (Breiman et al., 1984, theorem 4.5).
struct FeatureEncoder {
    Schema schema;                           ///< of the training frame; empty where plain arrays were given
    std::vector<std::string> inputs;         ///< the feature columns in order
    std::vector<Buffer<float>> level_ranks;  ///< per input: `(n_levels,)` for a category, empty for a number

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, schema, inputs, level_ranks);
    }
};

/// How well each training row is predicted by the trees that did not see it.
struct OobEstimate {
    double score = kNaN;  ///< R2 or accuracy over the rows that have an estimate
    Matrix prediction;    ///< `(n_rows, n_outputs)`; NaN in rows that every tree saw

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, score, prediction);
    }
};

/// The nodes each row passes, in compressed sparse rows: row i passes `nodes[row_offsets[i] .. row_offsets[i + 1])`.
struct DecisionPath {
    Buffer<std::int64_t> row_offsets;   ///< `(n_rows + 1,)`
    Buffer<std::int64_t> nodes;         ///< numbered through all trees: tree t's node k is `tree_offsets[t] + k`
    Buffer<std::int64_t> tree_offsets;  ///< `(n_trees + 1,)`
};

class FeatureRows;  // src/forest: any input seen as rows of float32
class Predictor;    // src/forest: rows through the trees
class QuantilePredictor;

/// Immutable; copies share the trees; may be shared by threads. Prediction is O(rows * trees * depth), over blocks of
/// rows in parallel where the work is worth threads.
class PLANTWRIGHT_API ForestModel {
public:
    ForestModel() = default;
    /// Of an imported forest; throws CorruptModel where it is none.
    ForestModel(const Forest& forest, FeatureEncoder encoder, OobEstimate oob);
    /// Of a valid forest, and targets that fit it.
    ForestModel(CompactForest forest, FeatureEncoder encoder, OobEstimate oob, LeafTargets targets = {});

    const CompactForest& compact() const { return forest_; }
    Forest forest() const { return forest_.to_forest(); }  ///< all trees as plain arrays, made anew
    TreeView tree(Index i) const { return forest_.tree(i); }
    Index n_trees() const { return forest_.n_trees(); }
    Index n_nodes() const { return forest_.n_nodes(); }
    Index n_features() const { return static_cast<Index>(forest_.n_features); }
    Index n_outputs() const { return static_cast<Index>(forest_.n_outputs); }
    const FeatureEncoder& encoder() const { return encoder_; }
    const OobEstimate& oob() const { return oob_; }
    const LeafTargets& targets() const { return targets_; }  ///< empty unless options.quantiles

    /// base + scale times the mean over trees of the leaf values, `(rows, n_outputs)`, summed in the order of the
    /// trees.
    Matrix mean_value(const FeatureRows& rows, std::optional<int> n_jobs) const;
    Table<std::int32_t> apply(const FeatureRows& rows, std::optional<int> n_jobs) const;
    DecisionPath decision_path(const FeatureRows& rows, std::optional<int> n_jobs) const;

    /// As mean_value of one row of numbers, `mean (n_outputs,)`; allocates nothing. Throws InvalidArgument where the
    /// sizes do not fit or the forest was fitted on categories.
    void mean_of_one(std::span<const float> row, std::span<double> mean) const;
    void mean_of_one(std::span<const double> row, std::span<double> mean) const;

    /// As mean_of_one of features as `encoder()` makes them: of a category, what `level_ranks` says of its level.
    void mean_of_features(std::span<const float> features, std::span<double> mean) const;

    /// See quantiles.hpp in src/forest; throws InvalidArgument where a quantile is not in [0, 1] or no targets were
    /// kept.
    Matrix quantiles(const FeatureRows& rows, ConstVectorView quantiles, std::optional<int> n_jobs) const;
    /// As mean_of_one; `(n_quantiles,)`.
    Vector quantiles_of_one(const FeatureRows& row, ConstVectorView quantiles) const;

    /// Without the features by which no node splits, and without out-of-bag estimates; predictions keep their bits. One
    /// feature stays where none is used.
    ForestModel without_unused_features() const;

    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        if (version < 1)
            throw UnsupportedVersion(
                "forest: the file was written before the format of forests was closed; fit and save anew");
        if constexpr (Archive::is_loading::value) {
            predictor_.reset();
            quantiles_.reset();
            targets_ = {};
        }
        io::members(archive, forest_, encoder_, oob_);
        if (version >= 2) io::members(archive, targets_);
        io::validate_after_load(archive, *this);
        if constexpr (Archive::is_loading::value) prepare();
    }

private:
    void prepare();  // of a valid forest
    const Predictor& predictor() const;
    const QuantilePredictor& quantile_predictor() const;

    CompactForest forest_;
    FeatureEncoder encoder_;
    OobEstimate oob_;
    LeafTargets targets_;
    std::shared_ptr<const Predictor>
        predictor_;  // derived from forest_, not saved; there once forest_ is known to be valid
    std::shared_ptr<const QuantilePredictor> quantiles_;  // the same of targets_, where there are any
    bool takes_numbers_ = true;                           // no input is a category
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::ForestModel, 2)
