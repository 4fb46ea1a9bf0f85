// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/classification_metrics.hpp"

#include "checks.hpp"
#include "plantwright/core/error.hpp"
#include "summation.hpp"

namespace plantwright::evaluate {
namespace {

double row_sum(ConstMatrixView m, Index i) {
    return pairwise_sum(0, m.cols(), [&](Index j) { return m(i, j); });
}
double column_sum(ConstMatrixView m, Index j) {
    return pairwise_sum(0, m.rows(), [&](Index i) { return m(i, j); });
}
double trace(ConstMatrixView m) {
    return pairwise_sum(0, m.rows(), [&](Index i) { return m(i, i); });
}
double total(ConstMatrixView m) {
    return pairwise_sum(0, m.rows(), [&](Index i) { return row_sum(m, i); });
}

void require_confusion(const char* who, ConstMatrixView confusion) {
    if (confusion.rows() != confusion.cols() || confusion.rows() < 1 || !(total(confusion) > 0)) {
        throw InvalidArgument(std::string(who) + ": confusion must be square with a positive sum, got " +
                              std::to_string(confusion.rows()) + " x " + std::to_string(confusion.cols()));
    }
}

double ratio(double numerator, double denominator, double zero_division) {
    return denominator > 0 ? numerator / denominator : zero_division;
}

PrecisionRecall of_class(ConstMatrixView confusion, Index k, double zero_division) {
    const double hits = confusion(k, k), predicted = column_sum(confusion, k), support = row_sum(confusion, k);
    return {ratio(hits, predicted, zero_division), ratio(hits, support, zero_division),
            ratio(2 * hits, predicted + support, zero_division)};
}

/// Macro counts each class that occurs in truth or prediction once.
double class_weight(ConstMatrixView confusion, Index k, Average average) {
    const double support = row_sum(confusion, k);
    if (average == Average::weighted) return support;
    return support > 0 || column_sum(confusion, k) > 0 ? 1 : 0;
}

}  // namespace

Matrix confusion_matrix(ConstLabelView y_true, ConstLabelView y_pred, Index n_classes, ConstVectorView sample_weight) {
    constexpr const char* who = "confusion_matrix";
    require_rows(who, y_true.size());
    require_length(who, "y_pred", y_pred.size(), y_true.size());
    require_weights(who, sample_weight, y_true.size());
    require_labels(who, "y_true", y_true, n_classes);
    require_labels(who, "y_pred", y_pred, n_classes);
    const Weights weight(sample_weight);
    Matrix confusion(n_classes, n_classes);
    for (Index i = 0; i < y_true.size(); ++i) confusion(y_true[i], y_pred[i]) += weight[i];
    return confusion;
}

double accuracy_score(ConstMatrixView confusion) {
    require_confusion("accuracy_score", confusion);
    return trace(confusion) / total(confusion);
}

double balanced_accuracy_score(ConstMatrixView confusion) {
    require_confusion("balanced_accuracy_score", confusion);
    double sum = 0, n_present = 0;
    for (Index k = 0; k < confusion.rows(); ++k) {
        const double support = row_sum(confusion, k);
        if (support == 0) continue;
        sum += confusion(k, k) / support;
        n_present += 1;
    }
    return sum / n_present;
}

PrecisionRecall precision_recall(ConstMatrixView confusion, Average average, double zero_division) {
    constexpr const char* who = "precision_recall";
    require_confusion(who, confusion);
    if (average == Average::binary) {
        if (confusion.rows() != 2) {
            throw InvalidArgument(std::string(who) + ": average 'binary' needs two classes, got " +
                                  std::to_string(confusion.rows()) + "; use 'macro' or 'weighted'");
        }
        return of_class(confusion, 1, zero_division);
    }
    PrecisionRecall sum{0, 0, 0};
    double weight_sum = 0;
    for (Index k = 0; k < confusion.rows(); ++k) {
        const double weight = class_weight(confusion, k, average);
        if (weight == 0) continue;
        const PrecisionRecall one = of_class(confusion, k, zero_division);
        sum = {sum.precision + weight * one.precision, sum.recall + weight * one.recall, sum.f1 + weight * one.f1};
        weight_sum += weight;
    }
    return {sum.precision / weight_sum, sum.recall / weight_sum, sum.f1 / weight_sum};
}

}  // namespace plantwright::evaluate
