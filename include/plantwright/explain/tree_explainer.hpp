// SPDX-License-Identifier: MIT
/// Exact Shapley values of forests (Lundberg et al., "From local explanations to global understanding with explainable
/// AI for trees", Nature Machine Intelligence 2, 2020): what each feature added to a prediction.
///
///     phi_j = sum over sets S without j of |S|! (F - |S| - 1)! / F! (v(S with j) - v(S))
///
/// v(S) is what the forest expects when only the features S of the row are known: without a background, splits of
/// unknown features pass on both children's values by their shares of the training rows ("path-dependent"); with one,
/// unknown features are taken from the background's rows, and v is the mean over them ("interventional").
///
/// Path-dependent values are found by quadrature along the diagonal of the game's multilinear extension, a row a vector
/// lane: O(rows nodes points), where points (4 to 6 mostly) are as many as the trees' covers ask for. Interventional
/// ones come out of tables where paths have at most 8 features, whatever the background's size, else row against row of
/// the background: O(rows background visited nodes). `compare` takes both as sets through deep trees (set_walk.hpp):
/// about O((rows + reference) nodes). See docs/explain.md. In single precision, to some 1e-6 of the
/// output's range, or (Precision::audit) in double.
///
/// Explainers are immutable and may be shared by threads; copies share memory. A row's values do not depend on the rows
/// beside it, nor on the number of threads.
#pragma once

#include <memory>
#include <optional>

#include "plantwright/core/progress.hpp"
#include "plantwright/explain/explanation.hpp"
#include "plantwright/forest/boosted_trees.hpp"
#include "plantwright/forest/isolation_forest.hpp"
#include "plantwright/forest/random_forest.hpp"

namespace plantwright {

enum class Precision {
    fast,   ///< single precision
    audit,  ///< double precision, for proof: two to five times slower
};

/// What is explained. `probability` of boosted trees of two classes needs a background; of forests it is `raw`.
enum class ExplainedOutput { raw, probability };

struct TreeExplainerOptions {
    Precision precision = Precision::fast;
    ExplainedOutput output = ExplainedOutput::raw;
    std::optional<int> n_jobs = {};  ///< of making programs and tables; absent: 1; -1: all. Never changes values
};

struct ExplainOptions {
    std::optional<int> n_jobs = {};  ///< absent: 1; -1: all processors. Never changes the result
    ProgressCallback progress = {};
};

/// How `compare` takes unknown features: from each row of the reference, or, at each split, by the shares of the
/// reference's rows. Both add up to the difference of the mean predictions; the second takes one pass over the trees
/// whatever the reference's size, and its unknown features stay like those of the rows that reach the same node.
enum class ComparisonMethod { interventional, path_dependent };

struct CompareOptions {
    ComparisonMethod method = ComparisonMethod::interventional;
    std::optional<int> n_jobs = {};  ///< absent: 1; -1: all processors. Never changes the result
    ProgressCallback progress = {};
};

/// Of a forest, the trees with more features on a path than tables take.
struct DeepPart {
    Index trees = 0, nodes = 0;
};

class ExplainedModel;       // src/explain: trees, and programs made of them when they are first asked for
class ExplainedBackground;  // src/explain: a background, and tables made of it

/// See the head of this file. Of a random forest it explains `predict` or the classes' probabilities, of boosted trees
/// the raw sums. Constructors throw NotFitted; methods throw InvalidArgument where columns do not fit, SchemaMismatch
/// where a frame does not, Stopped.
class PLANTWRIGHT_API TreeExplainer {
public:
    explicit TreeExplainer(const RandomForestRegressor& model, const TreeExplainerOptions& options = {});
    explicit TreeExplainer(const RandomForestClassifier& model, const TreeExplainerOptions& options = {});
    explicit TreeExplainer(const BoostedTrees& model, const TreeExplainerOptions& options = {});
    /// Of path lengths (one feature a split, ndim() = 1): what is negative made the row more anomalous.
    explicit TreeExplainer(const IsolationForest& model, const TreeExplainerOptions& options = {});

    /// The same model with unknown features taken from these rows.
    TreeExplainer with_background(ConstMatrixView X) const;
    TreeExplainer with_background(ConstMatrixViewF X) const;
    TreeExplainer with_background(const Frame& frame) const;

    Explanation explain(ConstMatrixView X, const ExplainOptions& options = {}) const;
    Explanation explain(ConstMatrixViewF X, const ExplainOptions& options = {}) const;
    Explanation explain(const Frame& frame, const ExplainOptions& options = {}) const;

    /// Path-dependent; throws InvalidArgument where there is a background.
    InteractionExplanation interactions(ConstMatrixView X, const ExplainOptions& options = {}) const;
    InteractionExplanation interactions(ConstMatrixViewF X, const ExplainOptions& options = {}) const;
    InteractionExplanation interactions(const Frame& frame, const ExplainOptions& options = {}) const;

    /// What moved the mean prediction of `rows` away from that of `reference`; a background of the explainer plays no
    /// part. Tables of the last four references, up to 512 MiB of them, are kept for the next time.
    Comparison compare(ConstMatrixView rows, ConstMatrixView reference, const CompareOptions& options = {}) const;
    Comparison compare(ConstMatrixViewF rows, ConstMatrixViewF reference, const CompareOptions& options = {}) const;
    Comparison compare(const Frame& rows, const Frame& reference, const CompareOptions& options = {}) const;

    /// The prediction where nothing is known of a row: by the trees' covers, or the background's mean. `(n_outputs,)`.
    const Vector& expected_value() const;
    bool has_background() const { return background_ != nullptr; }
    Index n_features() const;
    Index n_outputs() const;
    Index n_trees() const;
    DeepPart deep_part() const;
    Index n_trees_by_tables() const;  ///< of an explainer with a background
    Precision precision() const;
    int most_points() const;  ///< Gauss points of the tree that needs most
    const std::vector<std::string>& feature_names() const;
    const std::vector<std::string>& output_names() const;

private:
    TreeExplainer(std::shared_ptr<const ExplainedModel> model, std::shared_ptr<const ExplainedBackground> background)
        : model_(std::move(model)), background_(std::move(background)) {}

    std::shared_ptr<const ExplainedModel> model_;
    std::shared_ptr<const ExplainedBackground> background_;
};

}  // namespace plantwright
