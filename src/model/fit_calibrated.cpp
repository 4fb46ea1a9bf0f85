// SPDX-License-Identifier: MIT
/// `Model::fit_calibrated`.
#include <algorithm>

#include "forest/encoder.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/evaluate/splitters.hpp"
#include "plantwright/model/model.hpp"

namespace plantwright {
namespace {

std::vector<evaluate::Split> folds_of(const Frame& frame, Index n_splits) {
    for (Index j = 0; j < frame.cols(); ++j) {
        if (frame.schema()[j].role == Role::time && frame.schema()[j].kind == ColumnKind::time)
            return evaluate::time_split(frame.column(j).times(), {.n_splits = n_splits});
    }
    return evaluate::time_split(frame.rows(), {.n_splits = n_splits});
}

/// Shares of rows that the model they come from has not seen.
struct UnseenRows {
    std::vector<Index> row;
    std::vector<double> shares;  // (n, n_classes)
};

/// Classes that the part did not see have share 0.
void add(UnseenRows& unseen, const Model& part, const Frame& test, std::span<const Index> rows,
         const std::vector<std::string>& classes) {
    const auto& known = std::get<RandomForestClassifier>(part.estimator()).classes();
    const Matrix of_known = part.outputs(test);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        unseen.row.push_back(rows[i]);
        for (const std::string& name : classes) {
            const auto k = std::find(known.begin(), known.end(), name) - known.begin();
            unseen.shares.push_back(k < std::ssize(known) ? of_known(static_cast<Index>(i), k) : 0.0);
        }
    }
}

}  // namespace

Model Model::fit_calibrated(const Frame& frame, std::span<const StepSpec> steps, const RandomForestOptions& options,
                            const CalibrationOptions& calibration) {
    const Model model = fit<RandomForestClassifier>(frame, steps, options);
    const auto& classes = std::get<RandomForestClassifier>(model.estimator()).classes();
    UnseenRows unseen;
    for (const evaluate::Split& fold : folds_of(frame, calibration.n_splits)) {
        const Model part = fit<RandomForestClassifier>(frame.take(fold.train), steps, options);
        add(unseen, part, frame.take(fold.test), fold.test, classes);
    }
    const ClassLabels truth = class_labels("Model", frame, target_of(frame));
    std::vector<std::int32_t> y;
    for (const Index i : unseen.row) y.push_back(truth.label[i]);
    const ConstMatrixView shares(unseen.shares.data(), std::ssize(y), std::ssize(classes));
    return model.with_calibration(evaluate::Calibration::fit(shares, y, calibration.method));
}

}  // namespace plantwright
