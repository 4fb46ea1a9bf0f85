// SPDX-License-Identifier: MIT
/// `Model::explain_plan` and `Model::pruned`.
#include <chrono>

#include "model/estimators.hpp"

namespace plantwright {
namespace {

class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point start_ = Clock::now();
};

std::int64_t bytes_of(const Column& column) {
    switch (column.kind()) {
        case ColumnKind::category: return column.size() * static_cast<Index>(sizeof(std::int32_t));
        case ColumnKind::time: return column.size() * static_cast<Index>(sizeof(std::int64_t));
        case ColumnKind::number: break;
    }
    return column.size() * static_cast<Index>(column.is_float32() ? sizeof(float) : sizeof(double));
}

RandomForestRegressor fewer_features(const RandomForestRegressor& forest) { return forest.without_unused_features(); }
RandomForestClassifier fewer_features(const RandomForestClassifier& forest) { return forest.without_unused_features(); }
IsolationForest fewer_features(const IsolationForest& forest) { return forest; }  // it draws from all of them

}  // namespace

std::vector<PlanLine> Model::explain_plan(const Frame& frame, std::optional<int> n_jobs) const {
    std::vector<PlanLine> lines;
    Frame current = prepare(frame);
    for (const auto& step : pipeline_.steps()) {
        const Stopwatch watch;
        current = step->transform(current, n_jobs);
        PlanLine line{std::string(step->type()), std::ssize(step->reads()), std::ssize(step->writes()), current.cols(),
                      watch.seconds()};
        for (const Step::Written& written : step->writes()) line.bytes += bytes_of(current.column(written.spec.name));
        lines.push_back(std::move(line));
    }
    const Stopwatch watch;
    const Matrix out = std::visit(
        [&](const auto& fitted) { return outputs_of(fitted, current.select(feature_names()), n_jobs); }, estimator_);
    lines.push_back({std::string(estimator_type()), std::ssize(feature_names()), out.cols(), out.cols(),
                     watch.seconds(), out.rows() * out.cols() * static_cast<Index>(sizeof(double))});
    return lines;
}

Model Model::prune() const {
    Model model = *this;
    std::visit([&](const auto& fitted) { model.estimator_ = fewer_features(fitted); }, estimator_);
    const std::vector<std::string>& features = model.feature_names();
    model.pipeline_ = pipeline_.narrowed_to({features.begin(), features.end()});
    model.check();
    return model;
}

}  // namespace plantwright
