// SPDX-License-Identifier: MIT
#include "plantwright/detect/ensemble_member.hpp"

#include <cmath>

#include "detect/checks.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

MewmaChart fit_one(ConstMatrixView rows, const MewmaOptions& options, RunBegins runs) {
    return MewmaChart::fit(rows, options, runs);
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
RangeRules fit_one(ConstMatrixView rows, const RangeRulesOptions& options, RunBegins) {
    return RangeRules::fit(rows, options);
}
HalfSpaceTrees fit_one(ConstMatrixView rows, const HalfSpaceTreesOptions& options, RunBegins) {
    return HalfSpaceTrees::fit(rows, options);
}
WindowKMeans fit_one(ConstMatrixView rows, const WindowKMeansOptions& options, RunBegins runs) {
    return WindowKMeans::fit(rows, options, runs);
}
RollingIsolation fit_one(ConstMatrixView rows, const RollingIsolationOptions& options, RunBegins runs) {
    return RollingIsolation::fit(rows, options, runs);
}
AutoencoderRows fit_one(ConstMatrixView rows, const LSTMAutoencoderOptions& options, RunBegins runs) {
    return AutoencoderRows::fit(rows, options, runs);
}

constexpr std::int64_t kMostRows = std::int64_t{1} << 60;  // more were never seen, and one more does not overflow

bool is_count(std::int64_t rows) { return rows >= 0 && rows <= kMostRows; }

template <class Options>
using Fitted = decltype(fit_one({}, Options{}, {}));

template <class Values>
bool is_finite(const Values& values, Index size) {
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

bool fits(const RangeRules& rules, const RangeRules::State& s) {
    const Index d = rules.n_sensors();
    bool good = s.last.size() == d && is_finite(s.since, d) && is_finite(s.standstill, d) && is_finite(s.level, d) &&
                std::ssize(s.rule) == d;
    for (Index j = 0; good && j < d; ++j) {
        good = !std::isinf(s.last[j]) && s.since[j] >= 0 && s.standstill[j] >= 0 && s.level[j] >= 0 &&
               s.rule[static_cast<std::size_t>(j)] <= Rule::standstill;
    }
    return good;
}

bool fits(const WindowKMeans& fitted, const WindowKMeans::State& s) {
    double sum = 0;
    for (const double square : s.squares) sum = square >= 0 ? sum + square : kNaN;
    const bool is_split = std::isnan(s.distance) ||
                          (std::isfinite(s.distance) && s.distance >= 0 && sum >= 0 && (s.distance == 0 || sum > 0));
    return detect::is_finite_table(s.window, fitted.options().window, fitted.n_sensors()) &&
           is_finite(s.squares, fitted.n_sensors()) && is_split && is_count(s.rows_seen);
}

template <class Detector>
void check(const Detector& detector, const typename Detector::State& state) {
    if (!fits(detector, state)) {
        throw CorruptModel("EnsembleMember: the saved state is not one of " + std::string(Detector::kTypeName));
    }
}
void check(const HalfSpaceTrees& trees, HalfSpaceTrees::State& state) { trees.restore(state); }
void check(const RollingIsolation& forest, RollingIsolation::State& state) { forest.restore(state); }
void check(const AutoencoderRows& network, AutoencoderRows::State& state) { network.restore(state); }

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

MemberOptions EnsembleMember::with_schema(const MemberOptions& options, const Frame& frame) {
    const auto* rules = std::get_if<RangeRulesOptions>(&options);
    return rules ? RangeRules::with_schema(frame, *rules) : options;
}

void EnsembleMember::add_broken_rules(const MemberState& state, std::vector<BrokenRule>& broken) const {
    if (!std::holds_alternative<RangeRules>(detector_)) return;
    const auto& rules = std::get<RangeRules::State>(state).rule;
    for (std::size_t j = 0; j < rules.size(); ++j) {
        if (rules[j] != Rule::none) broken.push_back({static_cast<Index>(j), rules[j]});
    }
}

void EnsembleMember::restore(MemberState& loaded) const {
    std::visit(
        [&](const auto& d) {
            using Detector = std::remove_cvref_t<decltype(d)>;
            auto* state = std::get_if<typename Detector::State>(&loaded);
            if (!state)
                throw CorruptModel("EnsembleMember: the saved state is another's than " +
                                   std::string(Detector::kTypeName) + "'s");
            check(d, *state);
        },
        detector_);
}

}  // namespace plantwright
