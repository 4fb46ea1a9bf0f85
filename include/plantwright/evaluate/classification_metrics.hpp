// SPDX-License-Identifier: MIT
/// How good predicted classes, scores and probabilities are; scikit-learn's definitions and names.
///
/// Classes are codes 0 .. n_classes - 1, a binary problem's positive class is code 1. With the confusion matrix C
/// (rows: truth, columns: prediction), support s_k = sum_j C_kj:
///
///     precision_k = C_kk / sum_i C_ik,   recall_k = C_kk / s_k,   F1_k = 2 C_kk / (s_k + sum_i C_ik)
///     ROC AUC     = P(score of a positive > score of a negative) + P(equal) / 2      (Mann & Whitney 1947; midranks)
///     AP          = sum over thresholds of (recall_t - recall_{t-1}) precision_t     (a step function)
///     log loss    = - mean of log(probability of the true class), probabilities clipped to [eps, 1 - eps]
///     Brier       = mean of (p - y)^2 for two classes, of sum_k (p_k - y_k)^2 for more (Brier 1950)
///
/// Sums run in a fixed pairwise order and logarithms are our own: the same rows give the same bits everywhere. O(n) or,
/// where scores are ranked, O(n log n). Pure functions. Each throws InvalidArgument on empty input, unequal lengths,
/// codes out of range, NaN, infinity, negative weights or weights that are all zero.
#pragma once

#include <cstdint>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright::evaluate {

using ConstLabelView = VectorView<const std::int32_t>;

/// `(n_classes, n_classes)`: the weight of rows of class i that were predicted as class j.
PLANTWRIGHT_API Matrix confusion_matrix(ConstLabelView y_true, ConstLabelView y_pred, Index n_classes,
                                        ConstVectorView sample_weight = {});

/// How per-class values become one: of class 1 alone, their mean over the classes that occur, or weighted by support.
enum class Average { binary, macro, weighted };

struct PrecisionRecall {
    double precision, recall, f1;
};

// The following take a confusion matrix. A ratio without a denominator is `zero_division`.
PLANTWRIGHT_API double accuracy_score(ConstMatrixView confusion);
PLANTWRIGHT_API double balanced_accuracy_score(ConstMatrixView confusion);  ///< mean recall of the classes in the truth
PLANTWRIGHT_API PrecisionRecall precision_recall(ConstMatrixView confusion, Average average, double zero_division = 0);

/// Ties count one half. NaN where only one class occurs: the area is then undefined.
PLANTWRIGHT_API double roc_auc_score(ConstLabelView y_true, ConstVectorView score, ConstVectorView sample_weight = {});

/// One-against-rest, mean over classes; scores `(n, n_classes)`. NaN where a class is absent or alone.
PLANTWRIGHT_API double roc_auc_score(ConstLabelView y_true, ConstMatrixView score, ConstVectorView sample_weight = {});

/// 0 where no row is positive, as in scikit-learn.
PLANTWRIGHT_API double average_precision_score(ConstLabelView y_true, ConstVectorView score,
                                               ConstVectorView sample_weight = {});

/// One-against-rest, mean over classes.
PLANTWRIGHT_API double average_precision_score(ConstLabelView y_true, ConstMatrixView score,
                                               ConstVectorView sample_weight = {});

/// Probabilities `(n, n_classes)`, each in [0, 1], rows summing to one.
PLANTWRIGHT_API double log_loss(ConstLabelView y_true, ConstMatrixView probability, ConstVectorView sample_weight = {});

/// Probability of class 1.
PLANTWRIGHT_API double brier_score_loss(ConstLabelView y_true, ConstVectorView probability,
                                        ConstVectorView sample_weight = {});
/// Sum over classes, in [0, 2]; for two classes the halved sum, which is the binary score.
PLANTWRIGHT_API double brier_score_loss(ConstLabelView y_true, ConstMatrixView probability,
                                        ConstVectorView sample_weight = {});

}  // namespace plantwright::evaluate
