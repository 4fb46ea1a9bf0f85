// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/missing_indicator.hpp"

#include "plantwright/core/threads.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/missing.hpp"

namespace plantwright {

MissingIndicator MissingIndicator::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    require_rows(Options::kStepType, frame);
    MissingIndicator step;
    step.options_ = options;
    std::vector<Written> writes;
    for (const ColumnSpec& spec : select_columns(Options::kStepType, frame.schema(), options.columns,
                                                 {ColumnKind::number, ColumnKind::category})) {
        if (options.features == IndicatedFeatures::missing_only && frame.column(spec.name).n_missing() == 0) continue;
        step.reads_.push_back(spec);
        writes.push_back(missing_flag_of(spec));
    }
    step.set_writes(std::move(writes));
    return step;
}

void MissingIndicator::update(StepState* /*state*/, std::span<const Cell> read, std::span<Cell> written) const {
    for (std::size_t k = 0; k < read.size(); ++k)
        written[k] = Cell::of_number(is_missing(reads_[k].kind, read[k]) ? 1 : 0);
}

std::vector<Column> MissingIndicator::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    std::vector<std::optional<Column>> flags(inputs.size());
    parallel_for(std::ssize(inputs), n_jobs, [&](Index k, int) {
        const auto i = static_cast<std::size_t>(k);
        flags[i] = missing_flags(inputs[i], n_rows);
    });
    std::vector<Column> columns;
    for (auto& column : flags) columns.push_back(std::move(*column));
    return columns;
}

void MissingIndicator::validate() const {
    Step::validate();
    bool ok = writes().size() == reads().size();
    for (const Written& written : writes()) ok = ok && written.spec.kind == ColumnKind::number;
    if (!ok) throw CorruptModel("MissingIndicator: its columns do not fit together");
}

}  // namespace plantwright
