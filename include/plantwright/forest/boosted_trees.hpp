// SPDX-License-Identifier: MIT
/// Gradient-boosted trees that were trained elsewhere: base plus the sum of leaf values, then a link.
///
///     raw[k](x) = base[k] + sum over the trees t with tree_output[t] = k of value[leaf of t that x reaches]
///     prediction = link(raw)                          (Friedman, Annals of Statistics 29, 2001: the link's inverse)
///
/// Trees are summed in order, in float32 where the origin sums so, in double otherwise. Features are compared as
/// float32, as in every forest here: XGBoost does that too; LightGBM compares doubles, so that a double that becomes a
/// threshold's float32 only by rounding may part ways. O(rows * trees * depth). Immutable; may be shared by threads.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/forest/forest_model.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright {

/// From raw sums to predictions. `logistic` of one output gives the probability of the second class; `one_versus_rest`
/// is logistic output by output, not normalised, as LightGBM's multiclassova has it; `signed_square` is x |x|.
enum class Link { identity, logistic, softmax, exponential, one_versus_rest, signed_square };

PLANTWRIGHT_API std::string_view to_string(Link link);
PLANTWRIGHT_API Link link_from(std::string_view text);  ///< throws InvalidArgument with the allowed words

/// What boosted trees are made of.
struct BoostedTreesParts {
    Forest forest = {};                     ///< one output; `value` holds what a leaf adds
    Buffer<std::int32_t> tree_output = {};  ///< `(n_trees,)` the raw output that each tree adds to
    Vector base = {};                       ///< `(n_raw,)` where each raw output starts
    Link link = Link::identity;
    double link_scale = 1;  ///< logistic(link_scale * raw): LightGBM's `sigmoid`
    bool mean = false;      ///< the mean of the trees of an output, not their sum (LightGBM's rf)
    bool sum_as_float32 = false;
    std::vector<std::string> classes = {};  ///< empty: a number is predicted
    Schema schema = {};                     ///< empty, or its inputs (numbers) are the features in order
    std::string origin = {};                ///< for people: "xgboost binary:logistic"
};

class PLANTWRIGHT_API BoostedTrees {
public:
    static constexpr std::string_view kTypeName = "BoostedTrees";

    BoostedTrees() = default;
    /// Throws InvalidArgument where parts do not fit together; see `Forest::validate` for the trees.
    static BoostedTrees from_parts(BoostedTreesParts parts);

    Matrix predict_raw(ConstMatrixView X, std::optional<int> n_jobs = {}) const;  ///< `(rows, n_raw)`, before the link
    Matrix predict_raw(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Matrix predict_raw(const Frame& frame, std::optional<int> n_jobs = {}) const;  ///< throws SchemaMismatch
    /// After the link: `(rows, 1)` numbers, or `(rows, n_classes)` probabilities where there are classes.
    Matrix predict(ConstMatrixView X, std::optional<int> n_jobs = {}) const;
    Matrix predict(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Matrix predict(const Frame& frame, std::optional<int> n_jobs = {}) const;
    Table<std::int32_t> apply(ConstMatrixView X, std::optional<int> n_jobs = {}) const;  ///< leaf ids, `(rows, trees)`
    Table<std::int32_t> apply(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Table<std::int32_t> apply(const Frame& frame, std::optional<int> n_jobs = {}) const;

    Index n_trees() const { return model_.n_trees(); }
    Index n_features() const { return model_.n_features(); }
    Index n_nodes() const { return model_.n_nodes(); }
    Index n_raw() const { return base_.size(); }
    TreeView tree(Index i) const;  ///< made anew from the compact nodes
    Forest forest() const;         ///< all trees as plain arrays, made anew
    const Schema& schema() const { return model_.encoder().schema; }
    const std::vector<std::string>& feature_names() const { return model_.encoder().inputs; }
    const std::vector<Buffer<float>>& level_ranks() const { return model_.encoder().level_ranks; }
    std::span<const std::int32_t> n_levels() const { return model_.compact().n_levels; }  ///< see Forest
    const std::vector<std::string>& classes() const { return classes_; }
    const Buffer<std::int32_t>& tree_output() const { return tree_output_; }
    const Vector& base() const { return base_; }
    Link link() const { return link_; }
    double link_scale() const { return link_scale_; }
    bool mean() const { return mean_; }
    const std::string& origin() const { return origin_; }

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static BoostedTrees load(const std::filesystem::path& path);  ///< throws IoError, CorruptModel, ...
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static BoostedTrees from_bytes(std::span<const std::byte> bytes);
    io::Json describe() const;
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, model_, leaf_value_, tree_output_, base_, link_, link_scale_, mean_, sum_as_float32_,
                    classes_, origin_);
        io::validate_after_load(archive, *this);
        if constexpr (Archive::is_loading::value) prepare();
    }

private:
    Matrix raw(const FeatureRows& rows, std::optional<int> n_jobs) const;
    void add_block(const float* rows, Index begin, Index end, std::optional<int> n_jobs, Matrix& sum) const;
    Matrix linked(const Matrix& raw) const;
    void require_columns(Index n) const;
    void prepare();  // of valid members
    Index first_node(Index tree) const { return static_cast<Index>(model_.compact().tree_begin[tree]) - tree; }

    ForestModel model_;
    Vector leaf_value_;  // of the leaves of all trees in the order of the compact nodes; empty where all are float32
    Vector value_;       // of all nodes; derived, not saved
    Buffer<std::int32_t> tree_output_;
    Vector base_;
    Link link_ = Link::identity;
    double link_scale_ = 1;
    bool mean_ = false;
    bool sum_as_float32_ = false;
    std::vector<std::string> classes_;
    std::string origin_;
};

}  // namespace plantwright
