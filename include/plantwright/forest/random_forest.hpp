// SPDX-License-Identifier: MIT
/// Random forests (Breiman, "Random Forests", Machine Learning 45, 2001), with scikit-learn's parameters and semantics.
///
/// Each tree is grown on a bootstrap sample; each node draws `max_features` features without replacement (and goes on
/// until one is not constant) and takes the split of the largest decrease in impurity
///
///     N_t / N (impurity - N_L / N_t impurity_L - N_R / N_t impurity_R),          N: sums of weights
///
/// A prediction is the mean over trees of the leaf's mean (median for absolute_error) or class fractions. With
/// bootstrap, rows are drawn in proportion to their sample and class weights (as scikit-learn does from 1.9 on);
/// without, weights enter the sums. Features are compared as float32. Missing values (NaN) are sent left or right at
/// each split, whichever is better. Fit is O(trees * max_features * n log n) expected. The same seed gives the same
/// trees for any number of threads. Fitted forests are immutable and may be shared by threads.
///
/// We deviate from scikit-learn where it depends on scale: values less than 1e-7 apart are still different values, and
/// nodes of tiny variance are still split.
#pragma once

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/forest/forest_model.hpp"
#include "plantwright/io/file.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright {

/// Predicts a number, or several: a forest of several outputs is fitted by `fit_outputs` and asked by
/// `predict_outputs`; its splits minimise the mean of their impurities. `fit` throws InvalidArgument on options out of
/// range, NaN in y, infinite values in X, mismatched sizes.
class PLANTWRIGHT_API RandomForestRegressor {
public:
    static constexpr std::string_view kTypeName = "RandomForestRegressor";

    RandomForestRegressor() = default;
    static RandomForestRegressor fit(ConstMatrixView X, ConstVectorView y, const RandomForestOptions& options = {},
                                     ConstVectorView sample_weight = {});
    static RandomForestRegressor fit(ConstMatrixViewF X, ConstVectorView y, const RandomForestOptions& options = {},
                                     ConstVectorView sample_weight = {});
    /// Learns the number column `target` from the schema's other inputs.
    static RandomForestRegressor fit(const Frame& frame, std::string_view target,
                                     const RandomForestOptions& options = {}, ConstVectorView sample_weight = {});
    /// Learns all columns of Y `(n_rows, n_outputs)` at once, or the number columns `targets` of a frame.
    static RandomForestRegressor fit_outputs(ConstMatrixView X, ConstMatrixView Y,
                                             const RandomForestOptions& options = {},
                                             ConstVectorView sample_weight = {});
    static RandomForestRegressor fit_outputs(ConstMatrixViewF X, ConstMatrixView Y,
                                             const RandomForestOptions& options = {},
                                             ConstVectorView sample_weight = {});
    static RandomForestRegressor fit_outputs(const Frame& frame, std::span<const std::string> targets,
                                             const RandomForestOptions& options = {},
                                             ConstVectorView sample_weight = {});

    /// The trees of all `forests` in order. Forests grown in ranges (`options.tree_range`) on different machines
    /// become, bit for bit, the forest grown at once; where other targets have led to another `Forest::base`, leaf
    /// values are rounded to a common one. Out-of-bag estimates are not carried over: they are means over all trees,
    /// which the parts' means do not give exactly; `grow` makes them anew. Throws InvalidArgument where criteria or
    /// inputs differ.
    static RandomForestRegressor merge(std::span<const RandomForestRegressor> forests);
    static RandomForestRegressor merge(std::span<const RandomForestRegressor* const> forests);
    RandomForestRegressor subset(Index first, Index last) const;  ///< trees [first, last), without out-of-bag estimate
    /// See ForestModel.
    RandomForestRegressor without_unused_features() const { return {criterion_, model_.without_unused_features()}; }
    /// This forest and trees [n_trees(), options.n_estimators), as if grown at once on the same rows and options,
    /// out-of-bag estimate included (also where no tree is added: after `merge`). Throws InvalidArgument where this
    /// forest has more trees, or was grown on other inputs.
    RandomForestRegressor grow(ConstMatrixView X, ConstVectorView y, const RandomForestOptions& options,
                               ConstVectorView sample_weight = {}) const;
    RandomForestRegressor grow(ConstMatrixViewF X, ConstVectorView y, const RandomForestOptions& options,
                               ConstVectorView sample_weight = {}) const;
    RandomForestRegressor grow(const Frame& frame, std::string_view target, const RandomForestOptions& options,
                               ConstVectorView sample_weight = {}) const;
    RandomForestRegressor grow_outputs(ConstMatrixView X, ConstMatrixView Y, const RandomForestOptions& options,
                                       ConstVectorView sample_weight = {}) const;
    RandomForestRegressor grow_outputs(ConstMatrixViewF X, ConstMatrixView Y, const RandomForestOptions& options,
                                       ConstVectorView sample_weight = {}) const;
    RandomForestRegressor grow_outputs(const Frame& frame, std::span<const std::string> targets,
                                       const RandomForestOptions& options, ConstVectorView sample_weight = {}) const;
    /// Trees made elsewhere. With a schema, its inputs (numbers alone) are the features in order, and frames can be
    /// predicted. Where base is 0, scale 1 and a leaf's value no float32, both are chosen from the leaves. Throws
    /// InvalidArgument where an array does not fit; see `Forest::validate`.
    static RandomForestRegressor from_forest(Forest forest, Schema schema = {},
                                             Criterion criterion = Criterion::squared_error);

    /// Of one output; throws InvalidArgument where the forest has several.
    Vector predict(ConstMatrixView X, std::optional<int> n_jobs = {}) const;
    Vector predict(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Vector predict(const Frame& frame, std::optional<int> n_jobs = {}) const;         ///< throws SchemaMismatch
    Matrix predict_outputs(ConstMatrixView X, std::optional<int> n_jobs = {}) const;  ///< `(rows, n_outputs)`
    Matrix predict_outputs(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Matrix predict_outputs(const Frame& frame, std::optional<int> n_jobs = {}) const;
    /// One row of numbers in the order of the features, NaN where missing; the bits of `predict`, and no allocation.
    double predict_one(std::span<const float> row) const;
    double predict_one(std::span<const double> row) const;
    void predict_one(std::span<const float> row, std::span<double> outputs) const;  ///< `outputs (n_outputs,)`
    void predict_one(std::span<const double> row, std::span<double> outputs) const;

    /// Quantile regression forest (Meinshausen, JMLR 7, 2006): the least training target y for which the rows with
    /// targets up to y make up the share q of the leaves that x reaches, on average over the trees; `(rows,
    /// n_quantiles)`. Of a forest of one output, fitted with options.quantiles; throws InvalidArgument otherwise, or
    /// for a quantile outside [0, 1].
    Matrix predict_quantiles(ConstMatrixView X, ConstVectorView quantiles, std::optional<int> n_jobs = {}) const;
    Matrix predict_quantiles(ConstMatrixViewF X, ConstVectorView quantiles, std::optional<int> n_jobs = {}) const;
    Matrix predict_quantiles(const Frame& frame, ConstVectorView quantiles, std::optional<int> n_jobs = {}) const;
    Vector predict_quantiles_one(std::span<const float> row, ConstVectorView quantiles) const;  ///< `(n_quantiles,)`
    Vector predict_quantiles_one(std::span<const double> row, ConstVectorView quantiles) const;

    Table<std::int32_t> apply(ConstMatrixView X, std::optional<int> n_jobs = {}) const;  ///< leaf ids, `(rows, trees)`
    Table<std::int32_t> apply(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Table<std::int32_t> apply(const Frame& frame, std::optional<int> n_jobs = {}) const;
    DecisionPath decision_path(ConstMatrixView X, std::optional<int> n_jobs = {}) const;
    DecisionPath decision_path(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    DecisionPath decision_path(const Frame& frame, std::optional<int> n_jobs = {}) const;

    Index n_trees() const { return model_.n_trees(); }
    Index n_features() const { return model_.n_features(); }
    Index n_outputs() const { return model_.n_outputs(); }
    Index n_nodes() const { return model_.n_nodes(); }
    TreeView tree(Index i) const { return model_.tree(i); }  ///< made anew from the compact nodes
    Forest forest() const { return model_.forest(); }        ///< all trees as plain arrays, made anew
    const ForestModel& model() const { return model_; }
    const Schema& schema() const { return model_.encoder().schema; }  ///< empty where plain arrays were fitted
    const std::vector<std::string>& feature_names() const { return model_.encoder().inputs; }
    const std::vector<Buffer<float>>& level_ranks() const {
        return model_.encoder().level_ranks;
    }  ///< see FeatureEncoder
    std::span<const std::int32_t> n_levels() const { return model_.compact().n_levels; }  ///< see Forest
    Vector feature_importances() const { return model_.compact().feature_importances(); }
    double oob_score() const {
        return model_.oob().score;
    }  ///< R2, of several outputs their mean; NaN unless asked for
    const Matrix& oob_prediction() const { return model_.oob().prediction; }  ///< `(rows, n_outputs)`
    Criterion criterion() const { return criterion_; }

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    /// Throws IoError, CorruptModel, ...; what mapping asks of the file stands at io::LoadBy.
    static RandomForestRegressor load(const std::filesystem::path& path, io::LoadBy by = io::LoadBy::copy);
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static RandomForestRegressor from_bytes(std::span<const std::byte> bytes);
    io::Json describe() const;
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, criterion_, model_);
        io::validate_after_load(archive, *this);
    }

private:
    RandomForestRegressor(Criterion criterion, ForestModel model) : criterion_(criterion), model_(std::move(model)) {}
    void require_one_output(const char* method) const;
    friend struct RegressorFit;

    Criterion criterion_ = Criterion::squared_error;
    ForestModel model_;
};

/// Predicts a class, numbered 0 .. n_classes - 1 in the order of `classes()`; or one class of each of several outputs,
/// learned together: a node's impurity is the mean of theirs, and the shares of their classes stand side by side.
class PLANTWRIGHT_API RandomForestClassifier {
public:
    static constexpr std::string_view kTypeName = "RandomForestClassifier";

    using Labels = VectorView<const std::int32_t>;
    using LabelTable = MatrixView<const std::int32_t>;
    using ClassNames = std::vector<std::vector<std::string>>;  ///< of each output

    RandomForestClassifier() = default;
    /// `y` holds class numbers; `classes` names them (absent: "0", "1", ... up to the largest in y).
    static RandomForestClassifier fit(ConstMatrixView X, Labels y, const RandomForestOptions& options = {},
                                      ConstVectorView sample_weight = {}, std::vector<std::string> classes = {});
    static RandomForestClassifier fit(ConstMatrixViewF X, Labels y, const RandomForestOptions& options = {},
                                      ConstVectorView sample_weight = {}, std::vector<std::string> classes = {});
    /// `target` is a category column (its levels that occur are the classes) or a number column of whole numbers.
    static RandomForestClassifier fit(const Frame& frame, std::string_view target,
                                      const RandomForestOptions& options = {}, ConstVectorView sample_weight = {});
    /// Y `(n_rows, n_outputs)`, or columns `targets` of a frame. A row's class weight is the product over the outputs;
    /// given ones are of all outputs' classes, one after another.
    static RandomForestClassifier fit_outputs(ConstMatrixView X, LabelTable Y, const RandomForestOptions& options = {},
                                              ConstVectorView sample_weight = {}, const ClassNames& classes = {});
    static RandomForestClassifier fit_outputs(ConstMatrixViewF X, LabelTable Y, const RandomForestOptions& options = {},
                                              ConstVectorView sample_weight = {}, const ClassNames& classes = {});
    static RandomForestClassifier fit_outputs(const Frame& frame, std::span<const std::string> targets,
                                              const RandomForestOptions& options = {},
                                              ConstVectorView sample_weight = {});

    /// As RandomForestRegressor's; the classes must be the same too.
    static RandomForestClassifier merge(std::span<const RandomForestClassifier> forests);
    static RandomForestClassifier merge(std::span<const RandomForestClassifier* const> forests);
    RandomForestClassifier subset(Index first, Index last) const;
    /// See ForestModel.
    RandomForestClassifier without_unused_features() const {
        return {criterion_, classes_, model_.without_unused_features(), n_classes_};
    }
    RandomForestClassifier grow(ConstMatrixView X, Labels y, const RandomForestOptions& options,
                                ConstVectorView sample_weight = {}, std::vector<std::string> classes = {}) const;
    RandomForestClassifier grow(ConstMatrixViewF X, Labels y, const RandomForestOptions& options,
                                ConstVectorView sample_weight = {}, std::vector<std::string> classes = {}) const;
    RandomForestClassifier grow(const Frame& frame, std::string_view target, const RandomForestOptions& options,
                                ConstVectorView sample_weight = {}) const;
    RandomForestClassifier grow_outputs(ConstMatrixView X, LabelTable Y, const RandomForestOptions& options,
                                        ConstVectorView sample_weight = {}, const ClassNames& classes = {}) const;
    RandomForestClassifier grow_outputs(ConstMatrixViewF X, LabelTable Y, const RandomForestOptions& options,
                                        ConstVectorView sample_weight = {}, const ClassNames& classes = {}) const;
    RandomForestClassifier grow_outputs(const Frame& frame, std::span<const std::string> targets,
                                        const RandomForestOptions& options, ConstVectorView sample_weight = {}) const;
    /// As RandomForestRegressor's; `forest.value` holds class fractions, `classes` names them (absent: "0", "1", ...),
    /// and `n_classes` says how many of them each output has (absent: one output).
    static RandomForestClassifier from_forest(Forest forest, Schema schema = {}, Criterion criterion = Criterion::gini,
                                              std::vector<std::string> classes = {},
                                              std::vector<std::int64_t> n_classes = {});

    /// Of one output; throws InvalidArgument where the forest has several.
    Buffer<std::int32_t> predict(ConstMatrixView X, std::optional<int> n_jobs = {}) const;
    Buffer<std::int32_t> predict(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Buffer<std::int32_t> predict(const Frame& frame, std::optional<int> n_jobs = {}) const;
    std::vector<std::string> predict_names(const Frame& frame, std::optional<int> n_jobs = {}) const;
    Table<std::int32_t> predict_outputs(ConstMatrixView X,
                                        std::optional<int> n_jobs = {}) const;  ///< `(rows, outputs)`
    Table<std::int32_t> predict_outputs(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Table<std::int32_t> predict_outputs(const Frame& frame, std::optional<int> n_jobs = {}) const;
    Matrix predict_proba(ConstMatrixView X, std::optional<int> n_jobs = {}) const;  ///< `(rows, classes().size())`
    Matrix predict_proba(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Matrix predict_proba(const Frame& frame, std::optional<int> n_jobs = {}) const;
    /// One row of numbers in the order of the features, NaN where missing: `share (n_classes,)`, the bits of
    /// `predict_proba`; returns the most likely class. No allocation.
    std::int32_t predict_one(std::span<const float> row, std::span<double> share) const;
    std::int32_t predict_one(std::span<const double> row, std::span<double> share) const;
    void predict_proba_one(std::span<const float> row, std::span<double> share) const;  ///< of any number of outputs
    void predict_proba_one(std::span<const double> row, std::span<double> share) const;

    Table<std::int32_t> apply(ConstMatrixView X, std::optional<int> n_jobs = {}) const;  ///< leaf ids, `(rows, trees)`
    Table<std::int32_t> apply(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    Table<std::int32_t> apply(const Frame& frame, std::optional<int> n_jobs = {}) const;
    DecisionPath decision_path(ConstMatrixView X, std::optional<int> n_jobs = {}) const;
    DecisionPath decision_path(ConstMatrixViewF X, std::optional<int> n_jobs = {}) const;
    DecisionPath decision_path(const Frame& frame, std::optional<int> n_jobs = {}) const;

    const std::vector<std::string>& classes() const { return classes_; }  ///< of all outputs, one after another
    std::vector<std::int64_t> n_classes() const;                          ///< of each output
    Index n_outputs() const { return std::max<Index>(std::ssize(n_classes_), 1); }
    Index n_trees() const { return model_.n_trees(); }
    Index n_features() const { return model_.n_features(); }
    Index n_nodes() const { return model_.n_nodes(); }
    TreeView tree(Index i) const { return model_.tree(i); }  ///< made anew from the compact nodes
    Forest forest() const { return model_.forest(); }        ///< all trees as plain arrays, made anew
    const ForestModel& model() const { return model_; }
    const Schema& schema() const { return model_.encoder().schema; }  ///< empty where plain arrays were fitted
    const std::vector<std::string>& feature_names() const { return model_.encoder().inputs; }
    const std::vector<Buffer<float>>& level_ranks() const {
        return model_.encoder().level_ranks;
    }  ///< see FeatureEncoder
    std::span<const std::int32_t> n_levels() const { return model_.compact().n_levels; }  ///< see Forest
    Vector feature_importances() const { return model_.compact().feature_importances(); }
    /// Accuracy (of several outputs: all of a row's labels are right); NaN unless options.oob_score.
    double oob_score() const { return model_.oob().score; }
    const Matrix& oob_decision_function() const { return model_.oob().prediction; }
    Criterion criterion() const { return criterion_; }

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static RandomForestClassifier load(const std::filesystem::path& path, io::LoadBy by = io::LoadBy::copy);
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static RandomForestClassifier from_bytes(std::span<const std::byte> bytes);
    io::Json describe() const;
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        if constexpr (Archive::is_loading::value) n_classes_.clear();
        io::members(archive, criterion_, classes_, model_);
        if (version >= 1) io::members(archive, n_classes_);
        io::validate_after_load(archive, *this);
    }

private:
    RandomForestClassifier(Criterion criterion, std::vector<std::string> classes, ForestModel model,
                           std::vector<std::int64_t> n_classes = {})
        : criterion_(criterion), classes_(std::move(classes)), n_classes_(std::move(n_classes)),
          model_(std::move(model)) {}
    void require_one_output(const char* method) const;
    Table<std::int32_t> most_likely_of_each(const Matrix& share) const;
    friend struct ClassifierFit;

    Criterion criterion_ = Criterion::gini;
    std::vector<std::string> classes_;
    std::vector<std::int64_t> n_classes_;  // of each of several outputs; empty where there is one
    ForestModel model_;
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::RandomForestClassifier, 1)
