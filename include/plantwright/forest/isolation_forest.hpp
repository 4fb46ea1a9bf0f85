// SPDX-License-Identifier: MIT
/// Isolation forests (Liu, Ting & Zhou, "Isolation forest", ICDM 2008; "Isolation-based anomaly detection", ACM TKDD 6,
/// 2012), with scikit-learn's parameters, semantics and signs: what is parted from the rest by few random splits is an
/// anomaly.
///
///     score(x) = -2^(-h(x) / c(max_samples)),      h(x): mean over trees of (depth of x's leaf + c(rows of the leaf)),
///     c(n) = 2 (log(n - 1) + 0.5772156649...) - 2 (n - 1) / n,      c(2) = 1,      c(n) = 0 below
///
/// Scores lie in [-1, 0); higher is more normal. Each tree is grown on `max_samples` rows drawn without replacement, to
/// a depth of ceil(log2(max_samples)). A node draws one of the features that vary in it and a threshold uniformly
/// between its least and largest value there. With `ndim` > 1 it draws that many features and cuts by a random
/// hyperplane (Hariri, Carrasco Kind & Brunner, "Extended isolation forest", IEEE TKDE 33, 2021); see HyperplaneForest.
///
/// Missing values: a feature is split on the values that are there. Where the node's rows lack some, all of those go
/// one way, drawn by a coin; where they lack none, a missing value met later goes to the side of more rows. Where only
/// "there | missing" can part the rows on a feature, that is the split. A category is compared by the rank of its
/// level, the most frequent level of the training table first, so that one cut parts the rare levels from the rest.
///
/// Fit is O(trees * max_samples * (features + log max_samples)) and reads no row that no tree draws. Predict is O(rows
/// * trees * depth), by the kernels of random forests. The same seed gives the same bits for any number of threads.
/// Fitted forests are immutable and may be shared by threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plantwright/forest/forest_model.hpp"
#include "plantwright/forest/hyperplane_forest.hpp"
#include "plantwright/io/file.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright {

struct IsolationForestOptions {
    int n_estimators = 100;
    std::optional<RowCount> max_samples = {};       ///< of a tree; absent: 256. Never more than there are rows
    std::optional<double> contamination = {};       ///< share of the training rows below `offset`; absent: offset -0.5
    MaxFeatures max_features = MaxFeatures::all();  ///< of a tree
    int ndim = 1;                                   ///< features that a split combines; 1: a threshold on one
    bool bootstrap = false;                         ///< rows are drawn with replacement; doubled ones count once
    std::uint64_t random_state = 0;
    std::optional<std::pair<int, int>> tree_range =
        {};                          ///< grow trees [first, second) of the forest alone; see `merge`
    std::optional<int> n_jobs = {};  ///< absent: 1; -1: all processors. Never changes the result
    ProgressCallback progress = {};
};

/// See the head of this file. `fit` throws InvalidArgument on options out of range, fewer than two rows, infinite
/// values in a row that a tree draws, weights that are negative or all 0, and tables in which no column varies.
class PLANTWRIGHT_API IsolationForest {
public:
    static constexpr std::string_view kTypeName = "IsolationForest";

    IsolationForest() = default;
    /// `sample_weight`: rows are drawn in proportion to it.
    static IsolationForest fit(ConstMatrixView X, const IsolationForestOptions& options = {},
                               ConstVectorView sample_weight = {});
    static IsolationForest fit(ConstMatrixViewF X, const IsolationForestOptions& options = {},
                               ConstVectorView sample_weight = {});
    /// Of the schema's inputs.
    static IsolationForest fit(const Frame& frame, const IsolationForestOptions& options = {},
                               ConstVectorView sample_weight = {});

    /// The trees of all `forests` in order. Forests grown in ranges (`options.tree_range`) become, bit for bit, the
    /// forest grown at once, but for an offset by `contamination`: the parts' offsets differ, and the first one's
    /// stays. Throws InvalidArgument where inputs or max_samples differ.
    static IsolationForest merge(std::span<const IsolationForest> forests);
    static IsolationForest merge(std::span<const IsolationForest* const> forests);
    IsolationForest subset(Index first, Index last) const;  ///< trees [first, last)
    /// This forest and trees [n_trees(), options.n_estimators), as if grown at once on the same rows and options.
    /// Throws InvalidArgument where this forest has more trees, or was grown on other inputs.
    IsolationForest grow(ConstMatrixView X, const IsolationForestOptions& options,
                         ConstVectorView sample_weight = {}) const;
    IsolationForest grow(ConstMatrixViewF X, const IsolationForestOptions& options,
                         ConstVectorView sample_weight = {}) const;
    IsolationForest grow(const Frame& frame, const IsolationForestOptions& options,
                         ConstVectorView sample_weight = {}) const;
    /// Trees made elsewhere, whose leaf values are depth + c(rows). Throws InvalidArgument where an array does not fit.
    static IsolationForest from_forest(Forest forest, Index max_samples, double offset = kAutoOffset,
                                       Schema schema = {});

    Vector score_samples(ConstMatrixView X, std::optional<int> n_jobs = {}) const;
    Vector score_samples(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Vector score_samples(const Frame& frame, std::optional<int> n_jobs = {}) const;  ///< throws SchemaMismatch
    /// score_samples less offset(): negative for anomalies.
    Vector decision_function(ConstMatrixView X, std::optional<int> n_jobs = {}) const;
    Vector decision_function(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Vector decision_function(const Frame& frame, std::optional<int> n_jobs = {}) const;
    /// -1 for anomalies, 1 for all others.
    Buffer<std::int32_t> predict(ConstMatrixView X, std::optional<int> n_jobs = {}) const;
    Buffer<std::int32_t> predict(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Buffer<std::int32_t> predict(const Frame& frame, std::optional<int> n_jobs = {}) const;
    /// h(x), the mean over trees of the leaf's depth + c(rows): small for anomalies.
    Vector path_length(ConstMatrixView X, std::optional<int> n_jobs = {}) const;
    Vector path_length(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Vector path_length(const Frame& frame, std::optional<int> n_jobs = {}) const;
    /// One row of numbers in the order of the features, NaN where missing; the bits of `score_samples`, and no
    /// allocation.
    double score_one(std::span<const float> row) const;
    double score_one(std::span<const double> row) const;
    double score_of_features(std::span<const float> features) const;  ///< see ForestModel::mean_of_features
    int predict_one(std::span<const float> row) const;                ///< -1 or 1
    int predict_one(std::span<const double> row) const;

    Table<std::int32_t> apply(ConstMatrixView X, std::optional<int> n_jobs = {}) const;  ///< leaf ids, `(rows, trees)`
    Table<std::int32_t> apply(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Table<std::int32_t> apply(const Frame& frame, std::optional<int> n_jobs = {}) const;
    /// Throws InvalidArgument where ndim() > 1.
    DecisionPath decision_path(ConstMatrixView X, std::optional<int> n_jobs = {}) const;
    DecisionPath decision_path(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    DecisionPath decision_path(const Frame& frame, std::optional<int> n_jobs = {}) const;

    static constexpr double kAutoOffset = -0.5;         ///< the score of the mean path length
    IsolationForest with_offset(double offset) const;   ///< in [-1, 0]; throws InvalidArgument
    double offset() const { return offset_; }           ///< scores below it are anomalies
    Index max_samples() const { return max_samples_; }  ///< what path lengths are measured by
    int ndim() const { return static_cast<int>(ndim_); }
    Index n_trees() const { return has_planes() ? planes_.n_trees() : model_.n_trees(); }
    Index n_features() const { return has_planes() ? static_cast<Index>(planes_.n_features) : model_.n_features(); }
    Index n_nodes() const { return has_planes() ? planes_.n_nodes() : model_.n_nodes(); }
    const FeatureEncoder& encoder() const { return has_planes() ? plane_encoder_ : model_.encoder(); }
    const Schema& schema() const { return encoder().schema; }  ///< empty where plain arrays were fitted
    const std::vector<std::string>& feature_names() const { return encoder().inputs; }
    const std::vector<Buffer<float>>& level_ranks() const { return encoder().level_ranks; }
    /// These throw InvalidArgument where ndim() > 1: such trees have no splits by one feature; see `planes`. Values are
    /// path lengths: of inner nodes the mean over their rows, impurity the variance about it.
    TreeView tree(Index i) const { return model().tree(i); }
    Forest forest() const { return model().forest(); }
    const ForestModel& model() const;
    const HyperplaneForest& planes() const { return planes_; }  ///< empty where ndim() = 1

    /// The distinct rows and the features that tree `tree` of a forest of these options is grown on, ascending.
    static Buffer<std::int64_t> rows_of_tree(Index n_rows, const IsolationForestOptions& options, Index tree,
                                             ConstVectorView sample_weight = {});
    static Buffer<std::int64_t> features_of_tree(Index n_features, const IsolationForestOptions& options, Index tree);

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static IsolationForest load(const std::filesystem::path& path, io::LoadBy by = io::LoadBy::copy);
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static IsolationForest from_bytes(std::span<const std::byte> bytes);
    io::Json describe() const;
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, max_samples_, offset_, ndim_);
        if (has_planes())
            io::members(archive, plane_encoder_, planes_);
        else
            io::members(archive, model_);
        io::validate_after_load(archive, *this);
    }

private:
    IsolationForest(Index max_samples, double offset, ForestModel model)
        : max_samples_(max_samples), offset_(offset), model_(std::move(model)) {}
    IsolationForest(Index max_samples, double offset, HyperplaneForest planes, FeatureEncoder encoder)
        : max_samples_(max_samples), offset_(offset), ndim_(planes.ndim), planes_(std::move(planes)),
          plane_encoder_(std::move(encoder)) {}
    bool has_planes() const { return ndim_ != 1; }
    friend struct IsolationFit;

    std::int64_t max_samples_ = 0;
    double offset_ = kAutoOffset;
    std::int64_t ndim_ = 1;
    ForestModel model_;  // where ndim_ is 1; else the next two
    HyperplaneForest planes_;
    FeatureEncoder plane_encoder_;
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::IsolationForest, 1)
