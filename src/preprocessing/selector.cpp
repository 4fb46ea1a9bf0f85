// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/selector.hpp"

#include <algorithm>

#include "plantwright/core/error.hpp"

namespace plantwright {

std::vector<std::string> Selector::kept() const {
    std::vector<std::string> names;
    for (const std::string& name : candidates_) {
        if (std::find(drops().begin(), drops().end(), name) == drops().end()) names.push_back(name);
    }
    return names;
}

void Selector::choose_among(const std::vector<ColumnSpec>& columns, const Schema& schema) {
    std::vector<std::string> names;
    for (const ColumnSpec& spec : schema.columns()) {
        if (spec.role != Role::target) names.push_back(spec.name);
    }
    places_ = Vector(std::ssize(columns));
    for (std::size_t k = 0; k < columns.size(); ++k) {
        candidates_.push_back(columns[k].name);
        const auto at = std::find(names.begin(), names.end(), columns[k].name);
        places_[static_cast<Index>(k)] = static_cast<double>(at - names.begin());
    }
}

void Selector::keep(const std::vector<bool>& is_kept) {
    for (std::size_t k = 0; k < candidates_.size(); ++k) {
        if (!is_kept[k]) drops_.push_back(candidates_[k]);
    }
}

void Selector::update(StepState* /*state*/, std::span<const Cell> /*read*/, std::span<Cell> /*written*/) const {}

std::vector<Column> Selector::compute(std::span<const StepInput> /*inputs*/, Index /*n_rows*/, int /*n_jobs*/) const {
    return {};
}

void Selector::require_one_each(const Vector& values) const {
    if (values.size() == std::ssize(candidates_)) return;
    throw CorruptModel(std::string(type()) + ": " + std::to_string(values.size()) + " values for " +
                       std::to_string(candidates_.size()) + " columns");
}

void Selector::validate() const {
    Step::validate();
    require_one_each(places_);
    const auto is_candidate = [&](const std::string& name) {
        return std::find(candidates_.begin(), candidates_.end(), name) != candidates_.end();
    };
    if (!reads().empty() || !writes().empty() || !std::all_of(drops().begin(), drops().end(), is_candidate))
        throw CorruptModel(std::string(type()) + ": it reads, writes or leaves out what it did not choose among");
}

}  // namespace plantwright
