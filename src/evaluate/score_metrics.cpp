// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "checks.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/evaluate/classification_metrics.hpp"
#include "summation.hpp"

namespace plantwright::evaluate {
namespace {

void require_scores(const char* who, ConstLabelView y_true, ConstVectorView score, ConstVectorView weight,
                    Index n_classes) {
    require_rows(who, y_true.size());
    require_length(who, "score", score.size(), y_true.size());
    require_weights(who, weight, y_true.size());
    require_labels(who, "y_true", y_true, n_classes);
    require_finite(who, "score", score);
}

/// Row numbers by falling score; equal scores in row order, so that sums over them have one order.
std::vector<Index> by_falling_score(ConstVectorView score) {
    std::vector<Index> order(static_cast<std::size_t>(score.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return score[a] > score[b]; });
    return order;
}

struct TieGroup {
    double positives, negatives;  // weights
};

/// The rows of each distinct score, highest first; `positive` is the code of the positive class.
std::vector<TieGroup> tie_groups(ConstLabelView y_true, std::int32_t positive, ConstVectorView score,
                                 const Weights& weight) {
    std::vector<TieGroup> groups;
    double last = kNaN;
    for (const Index i : by_falling_score(score)) {
        if (groups.empty() || score[i] != last) groups.push_back({0, 0});
        last = score[i];
        (y_true[i] == positive ? groups.back().positives : groups.back().negatives) += weight[i];
    }
    return groups;
}

double roc_auc(const std::vector<TieGroup>& groups) {
    double positives = 0, wins = 0, negatives = 0;
    for (const TieGroup& group :
         groups) {  // each negative beats none of, or ties with, the positives above or beside it
        wins += group.negatives * (positives + group.positives / 2);
        positives += group.positives;
        negatives += group.negatives;
    }
    return positives > 0 && negatives > 0 ? wins / (positives * negatives) : kNaN;
}

double average_precision(const std::vector<TieGroup>& groups) {
    double positives = 0, negatives = 0, area = 0;
    for (const TieGroup& group : groups) {
        positives += group.positives;
        negatives += group.negatives;
        if (group.positives > 0) area += group.positives * (positives / (positives + negatives));
    }
    return positives > 0 ? area / positives : 0;
}

template <class Area>
double one_against_rest(const char* who, ConstLabelView y_true, ConstMatrixView score, ConstVectorView weight,
                        const Area& area) {
    require_length(who, "score", score.rows(), y_true.size());
    double sum = 0;
    for (Index k = 0; k < score.cols(); ++k) {
        require_scores(who, y_true, score.col(k), weight, score.cols());
        sum += area(tie_groups(y_true, static_cast<std::int32_t>(k), score.col(k), Weights(weight)));
    }
    return sum / static_cast<double>(score.cols());
}

void require_distribution(const char* who, ConstLabelView y_true, ConstMatrixView probability, ConstVectorView weight) {
    require_rows(who, y_true.size());
    require_length(who, "probability", probability.rows(), y_true.size());
    require_weights(who, weight, y_true.size());
    require_labels(who, "y_true", y_true, probability.cols());
    for (Index k = 0; k < probability.cols(); ++k) require_probabilities(who, probability.col(k));
    constexpr double kTolerance = 1e-4;  // sums of float32 probabilities of many trees are not exact
    for (Index i = 0; i < probability.rows(); ++i) {
        const double sum = pairwise_sum(0, probability.cols(), [&](Index k) { return probability(i, k); });
        if (std::fabs(sum - 1) > kTolerance) {
            throw InvalidArgument(std::string(who) + ": probabilities of a row must sum to 1, got " +
                                  std::to_string(sum) + " at row " + std::to_string(i));
        }
    }
}

}  // namespace

double roc_auc_score(ConstLabelView y_true, ConstVectorView score, ConstVectorView sample_weight) {
    require_scores("roc_auc_score", y_true, score, sample_weight, 2);
    return roc_auc(tie_groups(y_true, 1, score, Weights(sample_weight)));
}

double roc_auc_score(ConstLabelView y_true, ConstMatrixView score, ConstVectorView sample_weight) {
    return one_against_rest("roc_auc_score", y_true, score, sample_weight, roc_auc);
}

double average_precision_score(ConstLabelView y_true, ConstVectorView score, ConstVectorView sample_weight) {
    require_scores("average_precision_score", y_true, score, sample_weight, 2);
    return average_precision(tie_groups(y_true, 1, score, Weights(sample_weight)));
}

double average_precision_score(ConstLabelView y_true, ConstMatrixView score, ConstVectorView sample_weight) {
    return one_against_rest("average_precision_score", y_true, score, sample_weight, average_precision);
}

double log_loss(ConstLabelView y_true, ConstMatrixView probability, ConstVectorView sample_weight) {
    require_distribution("log_loss", y_true, probability, sample_weight);
    constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
    return weighted_mean(y_true.size(), Weights(sample_weight), [&](Index i) {
        return -elementary::log(std::clamp(probability(i, y_true[i]), kEpsilon, 1 - kEpsilon));
    });
}

double brier_score_loss(ConstLabelView y_true, ConstVectorView probability, ConstVectorView sample_weight) {
    constexpr const char* who = "brier_score_loss";
    require_scores(who, y_true, probability, sample_weight, 2);
    require_probabilities(who, probability);
    return weighted_mean(y_true.size(), Weights(sample_weight), [&](Index i) {
        const double error = probability[i] - y_true[i];
        return error * error;
    });
}

double brier_score_loss(ConstLabelView y_true, ConstMatrixView probability, ConstVectorView sample_weight) {
    require_distribution("brier_score_loss", y_true, probability, sample_weight);
    const double sum = weighted_mean(y_true.size(), Weights(sample_weight), [&](Index i) {
        return pairwise_sum(0, probability.cols(), [&](Index k) {
            const double error = probability(i, k) - (y_true[i] == k ? 1 : 0);
            return error * error;
        });
    });
    return probability.cols() == 2 ? sum / 2 : sum;
}

}  // namespace plantwright::evaluate
