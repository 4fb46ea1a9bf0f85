// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/level_numbers.hpp"

#include <algorithm>
#include <utility>

#include "plantwright/core/threads.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/fresh_buffer.hpp"

namespace plantwright {

void LevelNumbers::learn_levels(const Frame& frame, const StepColumns& columns) {
    require_rows(type(), frame);
    reads_ = select_levels(type(), frame.schema(), columns);
    for (const ColumnSpec& spec : reads_) maps_.emplace_back(spec, frame.column(spec.name));
}

void LevelNumbers::write_numbers(const std::vector<std::string>& outputs) {
    std::vector<Written> writes;
    for (const ColumnSpec& spec : reads_) {
        for (const std::string& output : outputs) {
            ColumnSpec number;
            number.name = outputs.size() == 1 ? spec.name : spec.name + "__" + output;
            number.role = spec.role;
            number.description = spec.description;
            writes.push_back({std::move(number), {spec.name}});
        }
        if (outputs.size() != 1) drops_.push_back(spec.name);
    }
    set_writes(std::move(writes));
}

void LevelNumbers::fail_unknown(std::size_t k) const {
    throw InvalidArgument(std::string(type()) + ": column '" + reads_[k].name +
                          "' has a level that was not there when fitting; allowed are " +
                          std::to_string(maps_[k].size()) + " levels, or another handle_unknown");
}

void LevelNumbers::update(StepState* /*state*/, std::span<const Cell> read, std::span<Cell> written) const {
    std::size_t next = 0;
    for (std::size_t k = 0; k < read.size(); ++k) {
        const std::int32_t level = maps_[k].index(reads_[k].kind, read[k]);
        if (level == LevelMap::kUnknown && refuses_unknown()) fail_unknown(k);
        const Index row = number_row(level, maps_[k].size());
        for (Index j = 0; j < numbers_[k].cols(); ++j) written[next++] = Cell::of_number(numbers_[k](row, j));
    }
}

std::vector<Column> LevelNumbers::columns_of(const Buffer<std::int32_t>& levels, const Matrix& numbers) const {
    std::vector<Column> columns;
    const Index n_levels = numbers.rows() - 2;
    for (Index j = 0; j < numbers.cols(); ++j) {
        auto values = fresh_buffer<double>(levels.size());
        for (Index i = 0; i < levels.size(); ++i) values[i] = numbers(number_row(levels[i], n_levels), j);
        columns.push_back(Column::numbers(std::move(values)));
    }
    return columns;
}

std::vector<Column> LevelNumbers::compute(std::span<const StepInput> inputs, Index /*n_rows*/, int n_jobs) const {
    std::vector<std::vector<Column>> of_column(inputs.size());
    parallel_for(std::ssize(inputs), n_jobs, [&](Index c, int) {
        const auto k = static_cast<std::size_t>(c);
        const Buffer<std::int32_t> levels = maps_[k].indices(inputs[k]);
        if (refuses_unknown() && std::find(levels.begin(), levels.end(), LevelMap::kUnknown) != levels.end())
            fail_unknown(k);
        of_column[k] = columns_of(levels, numbers_[k]);
    });
    std::vector<Column> columns;
    for (auto& some : of_column) std::move(some.begin(), some.end(), std::back_inserter(columns));
    return columns;
}

void LevelNumbers::validate() const {
    Step::validate();
    bool ok = maps_.size() == reads_.size() && numbers_.size() == reads_.size();
    Index n_written = 0;
    for (std::size_t k = 0; ok && k < reads_.size(); ++k) {
        maps_[k].require_of(reads_[k]);
        ok = numbers_[k].rows() == maps_[k].size() + 2;
        n_written += numbers_[k].cols();
    }
    ok = ok && n_written == std::ssize(writes());
    for (const Written& written : writes()) ok = ok && written.spec.kind == ColumnKind::number;
    if (!ok) throw CorruptModel(std::string(type()) + ": its columns do not fit its levels");
}

}  // namespace plantwright
