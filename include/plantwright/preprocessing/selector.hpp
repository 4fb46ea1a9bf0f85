// SPDX-License-Identifier: MIT
/// `Selector`: steps that leave out columns which tell nothing, or nothing new. What they keep passes untouched.
///
/// Once fitted a selector reads nothing: a column that it leaves out need not be there any more. It may leave out all
/// that it looked at.
#pragma once

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

/// How p-values of many columns are adjusted before they are held against a level: no errors at all but with that
/// probability (Bonferroni), or that share of errors among the columns kept (Benjamini & Hochberg, "Controlling the
/// false discovery rate", JRSS B 57, 1995).
enum class Correction { benjamini_hochberg, bonferroni };
template <>
inline constexpr std::array<std::string_view, 2> kWords<Correction>{"benjamini_hochberg", "bonferroni"};

class PLANTWRIGHT_API Selector : public Step {
public:
    /// Names of the columns that it chose among, in the order of what `fitted()` tells of each.
    const std::vector<std::string>& candidates() const { return candidates_; }
    std::vector<std::string> kept() const;

    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const final;
    void validate() const override;

protected:
    void choose_among(const std::vector<ColumnSpec>& columns, const Schema& schema);
    void keep(const std::vector<bool>& is_kept);  ///< of each candidate
    void require_one_each(const Vector& values) const;
    /// First in a selector's `fitted`: where the candidates stand among the table's columns that are no target.
    Fitted::value_type places() const { return {"candidates_", places_}; }

    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const final;

    template <class Archive>
    void serialize_choice(Archive& archive) {
        io::members(archive, candidates_, places_);
    }

private:
    std::vector<std::string> candidates_;
    Vector places_;
};

}  // namespace plantwright
