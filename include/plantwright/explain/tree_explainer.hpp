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
/// lane: O(rows nodes points), where points (4 to 8 mostly) are as many as the tree's longest path asks for; see
/// docs/explain.md. Computed in single precision, to some 1e-6 of the output's range, or (Precision::audit) in double.
/// Explainers are immutable and may be shared by threads; copies share memory. A row's values do not depend on the rows
/// beside it, nor on the number of threads.
#pragma once

#include <memory>
#include <optional>

#include "plantwright/core/progress.hpp"
#include "plantwright/explain/explanation.hpp"
#include "plantwright/forest/boosted_trees.hpp"
#include "plantwright/forest/random_forest.hpp"

namespace plantwright {

enum class Precision {
    fast,   ///< single precision
    audit,  ///< double precision, for proof: 5 to 10 times slower
};

struct TreeExplainerOptions {
    Precision precision = Precision::fast;
    std::optional<int> n_jobs = {};  ///< of making the explainer; absent: 1; -1: all processors. Never changes values
};

struct ExplainOptions {
    std::optional<int> n_jobs = {};  ///< absent: 1; -1: all processors. Never changes the result
    ProgressCallback progress = {};
};

class ExplainedModel;  // src/explain: the trees made ready

/// See the head of this file. Of a random forest it explains `predict` or the classes' probabilities, of boosted trees
/// the raw sums. Constructors throw NotFitted; methods throw InvalidArgument where columns do not fit, SchemaMismatch
/// where a frame does not, Stopped.
class PLANTWRIGHT_API TreeExplainer {
public:
    explicit TreeExplainer(const RandomForestRegressor& model, const TreeExplainerOptions& options = {});
    explicit TreeExplainer(const RandomForestClassifier& model, const TreeExplainerOptions& options = {});
    explicit TreeExplainer(const BoostedTrees& model, const TreeExplainerOptions& options = {});

    Explanation explain(ConstMatrixView X, const ExplainOptions& options = {}) const;
    Explanation explain(ConstMatrixViewF X, const ExplainOptions& options = {}) const;
    Explanation explain(const Frame& frame, const ExplainOptions& options = {}) const;

    /// What the forest expects of a row of which nothing is known, `(n_outputs,)`.
    const Vector& expected_value() const;
    Index n_features() const;
    Index n_outputs() const;
    Precision precision() const;
    int most_points() const;  ///< Gauss points of the tree that needs most
    const std::vector<std::string>& feature_names() const;
    const std::vector<std::string>& output_names() const;

private:
    std::shared_ptr<const ExplainedModel> model_;
};

}  // namespace plantwright
