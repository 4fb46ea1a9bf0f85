// SPDX-License-Identifier: MIT
/// `CorrelationFilter`: of numbers that say the same, leaves one.
///
/// Columns are taken in turn: those that correlate more with the target first, where there is one, else in their order.
/// A column is left out where it correlates with one kept so far beyond the threshold, |r| > threshold. So no two that
/// are kept correlate so, and each that is left out does with one that is kept (`stand_in`).
///
/// r is Pearson's, or Spearman's (of midranks), over the rows in which both are present; undefined, it is 0: of fewer
/// than three such rows, or of a constant. Of a target of classes it is the largest over the classes, each as 0 and 1.
/// O(p^2 n), for Spearman with gaps O(p^2 n log n).
#pragma once

#include "plantwright/preprocessing/selector.hpp"

namespace plantwright {

enum class CorrelationMethod { pearson, spearman };
template <>
inline constexpr std::array<std::string_view, 2> kWords<CorrelationMethod>{"pearson", "spearman"};
enum class CorrelationPreference { target, first };
template <>
inline constexpr std::array<std::string_view, 2> kWords<CorrelationPreference>{"target", "first"};

struct CorrelationFilterOptions {
    static constexpr std::string_view kStepType = "CorrelationFilter";
    double threshold = 0.95;  ///< in (0, 1]
    CorrelationMethod method = CorrelationMethod::pearson;
    /// The one that is nearer to the target (where the table has one), or that comes first
    CorrelationPreference prefer = CorrelationPreference::target;
    StepColumns columns{};  ///< numbers

    static void fields(auto& self, auto&& field) {
        field("threshold", self.threshold);
        field("method", self.method);
        field("prefer", self.prefer);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API CorrelationFilter final : public Selector {
public:
    using Options = CorrelationFilterOptions;

    CorrelationFilter() = default;
    /// Throws InvalidArgument on a frame without rows, an infinity, and a threshold out of range.
    static CorrelationFilter fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    /// Of each candidate: the column kept that it correlates with most strongly, if it is left out; else itself.
    const Vector& stand_in() const { return stand_in_; }

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override {
        return {places(), {"stand_in_", stand_in_}, {"target_correlation_", with_target_}};
    }
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        serialize_choice(archive);
        io::members(archive, stand_in_, with_target_);
        io::validate_after_load(archive, *this);
    }

private:
    Options options_;
    Vector stand_in_;     // index of a candidate
    Vector with_target_;  // |r|, 0 where there is no target
};

}  // namespace plantwright
