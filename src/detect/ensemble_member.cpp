// SPDX-License-Identifier: MIT
#include "plantwright/detect/ensemble_member.hpp"

#include <cmath>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

MewmaChart fit_one(ConstMatrixView rows, const MewmaOptions& options, RunBegins) {
    return MewmaChart::fit(rows, options);
}
DynamicPca fit_one(ConstMatrixView rows, const DynamicPcaOptions& options, RunBegins runs) {
    return DynamicPca::fit(rows, options, runs);
}
Mahalanobis fit_one(ConstMatrixView rows, const MahalanobisOptions& options, RunBegins) {
    return Mahalanobis::fit(rows, options);
}
IsolationRows fit_one(ConstMatrixView rows, const IsolationForestOptions& options, RunBegins) {
    return IsolationRows::fit(rows, options);
}

constexpr std::int64_t kMostRows = std::int64_t{1} << 60;  // more were never seen, and one more does not overflow

bool is_count(std::int64_t rows) { return rows >= 0 && rows <= kMostRows; }

template <class Options>
using Fitted = decltype(fit_one({}, Options{}, {}));

bool is_finite(const Vector& values, Index size) {
    bool good = values.size() == size;
    for (const double value : values) good = good && std::isfinite(value);
    return good;
}

bool fits(const MewmaChart& chart, const MewmaChart::State& s) {
    const Index d = chart.n_sensors();
    return is_finite(s.z, d) && is_finite(s.whitened, d) && s.reading.size() == d && is_count(s.rows_seen);
}

bool fits(const DynamicPca& chart, const DynamicPca::State& s) {
    const DynamicPca::State fresh = chart.start();
    return is_finite(s.window, fresh.window.size()) && s.components.size() == fresh.components.size() &&
           s.residual.size() == fresh.residual.size() && s.reading.size() == chart.n_sensors() && is_count(s.rows_seen);
}

bool fits(const Mahalanobis& fitted, const Mahalanobis::State& s) {
    const Index d = fitted.n_sensors();
    return s.reading.size() == d && s.whitened.size() == d && s.scratch.size() == d && s.system.rows() == d &&
           s.system.cols() == d;
}

bool fits(const IsolationRows& forest, const IsolationRows::State& s) { return s.row.size() == forest.n_sensors(); }

template <EnsemblePart Detector>
const typename Detector::State& state_of(const MemberState& state) {
    return std::get<typename Detector::State>(state);
}

}  // namespace

EnsembleMember EnsembleMember::fit(ConstMatrixView rows, const MemberOptions& options, RunBegins runs) {
    EnsembleMember member;
    std::visit([&](const auto& o) { member.detector_ = fit_one(rows, o, runs); }, options);
    return member;
}

std::string_view EnsembleMember::type_of(const MemberOptions& options) {
    return std::visit([](const auto& o) { return Fitted<std::remove_cvref_t<decltype(o)>>::kTypeName; }, options);
}

std::string_view EnsembleMember::type() const {
    return std::visit([](const auto& d) { return std::remove_cvref_t<decltype(d)>::kTypeName; }, detector_);
}

MemberState EnsembleMember::start() const {
    return std::visit([](const auto& d) { return MemberState(d.start()); }, detector_);
}

double EnsembleMember::update(MemberState& state, ConstVectorView row) const {
    return std::visit(
        [&](const auto& d) {
            using State = typename std::remove_cvref_t<decltype(d)>::State;
            return d.update(std::get<State>(state), row);
        },
        detector_);
}

Vector EnsembleMember::contributions(const MemberState& state) const {
    return std::visit([&](const auto& d) { return d.contributions(state_of<std::remove_cvref_t<decltype(d)>>(state)); },
                      detector_);
}

Index EnsembleMember::warm_up_rows() const {
    return std::visit([](const auto& d) { return d.warm_up_rows(); }, detector_);
}

Index EnsembleMember::n_sensors() const {
    return std::visit([](const auto& d) { return d.n_sensors(); }, detector_);
}

void EnsembleMember::check(const MemberState& state) const {
    const bool good = std::visit(
        [&](const auto& d) {
            using State = typename std::remove_cvref_t<decltype(d)>::State;
            return std::holds_alternative<State>(state) && fits(d, std::get<State>(state));
        },
        detector_);
    if (!good) throw CorruptModel("EnsembleMember: the saved state is not one of " + std::string(type()));
}

}  // namespace plantwright
