// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/step.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"
#include "preprocessing/translate_codes.hpp"

namespace plantwright {
namespace {

/// Cells of one written column, gathered row by row.
class ColumnWriter {
public:
    ColumnWriter(const ColumnSpec& spec, Index n_rows) : spec_(&spec) {
        switch (spec.kind) {
            case ColumnKind::number: numbers_ = Buffer<double>::uninitialized(n_rows); break;
            case ColumnKind::category: codes_ = Buffer<std::int32_t>::uninitialized(n_rows); break;
            case ColumnKind::time: times_ = Buffer<std::int64_t>::uninitialized(n_rows); break;
        }
    }
    void put(Index row, Cell cell) {
        switch (spec_->kind) {
            case ColumnKind::number: numbers_[row] = cell.number; break;
            case ColumnKind::category: codes_[row] = std::max(cell.code, kMissingCode); break;
            case ColumnKind::time: times_[row] = cell.time; break;
        }
    }
    Column finish() {
        switch (spec_->kind) {
            case ColumnKind::category: return Column::categories(std::move(codes_), spec_->levels);
            case ColumnKind::time: return Column::times(std::move(times_));
            case ColumnKind::number: break;
        }
        return Column::numbers(std::move(numbers_));
    }

private:
    const ColumnSpec* spec_;
    Buffer<double> numbers_;
    Buffer<std::int32_t> codes_;
    Buffer<std::int64_t> times_;
};

std::vector<StepInput> inputs_of(const Step& step, const Frame& frame) {
    std::vector<StepInput> inputs;
    for (const ColumnSpec& spec : step.reads()) {
        const Column& column = frame.column(spec.name);
        if (column.kind() != spec.kind && column.n_missing() < column.size()) {
            throw SchemaMismatch(std::string(step.type()) + ": column '" + spec.name + "' must be of kind " +
                                 std::string(to_string(spec.kind)) + ", got " + std::string(to_string(column.kind())));
        }
        inputs.emplace_back(spec, column);
    }
    return inputs;
}

Column missing_column(ColumnKind kind, Index n_rows) {
    switch (kind) {
        case ColumnKind::category: return Column::categories(Buffer<std::int32_t>(n_rows, kMissingCode), {});
        case ColumnKind::time: return Column::times(Buffer<std::int64_t>(n_rows, kMissingTime));
        case ColumnKind::number: break;
    }
    return Column::numbers(Buffer<double>(n_rows, kNaN));
}

io::Json names_json(const auto& specs, const auto& name_of) {
    io::Json names = io::Json::array();
    for (const auto& spec : specs) names.push_back(name_of(spec));
    return names;
}

}  // namespace

StepInput::StepInput(const ColumnSpec& spec, const Column& column)
    : column_(column.kind() == spec.kind ? column : missing_column(spec.kind, column.size())) {
    if (spec.kind == ColumnKind::category) codes_ = translated_codes(column_, spec.levels);
}

Cell StepInput::cell(Index row) const {
    switch (kind()) {
        case ColumnKind::category: return Cell::of_code(code(row));
        case ColumnKind::time: return Cell::of_time(time(row));
        case ColumnKind::number: break;
    }
    return Cell::of_number(number(row));
}

void StepInput::read(Index begin, Index end, double* out) const {
    const auto copy = [&](const auto& values) {
        for (Index i = begin; i < end; ++i) out[i - begin] = static_cast<double>(values[i]);
    };
    if (column_.is_float32())
        copy(column_.float32());
    else
        copy(column_.float64());
}

void Step::set_writes(std::vector<Written> writes) {
    writes_ = std::move(writes);
    written_specs_.clear();
    written_sources_.clear();
    for (const Written& written : writes_) {
        written_specs_.push_back(written.spec);
        written_sources_.push_back(written.sources);
    }
}

void Step::write_in_place(Quantity quantity) {
    std::vector<Written> writes;
    for (ColumnSpec spec : reads_) {
        std::string source = spec.name;
        if (quantity == Quantity::other) {
            spec.unit.clear();
            spec.lowest.reset();
            spec.highest.reset();
        }
        writes.push_back({std::move(spec), {std::move(source)}});
    }
    set_writes(std::move(writes));
}

void Step::keep_reads(std::span<const Index> kept, StepColumns& columns) {
    std::vector<ColumnSpec> reads;
    for (const Index k : kept) reads.push_back(std::move(reads_[static_cast<std::size_t>(k)]));
    reads_ = std::move(reads);
    std::erase_if(columns.names, [&](const std::string& name) {
        return std::none_of(reads_.begin(), reads_.end(), [&](const ColumnSpec& spec) { return spec.name == name; });
    });
}

void Step::join_written() {
    if (written_specs_.size() != written_sources_.size())
        throw CorruptModel("step: columns written and their sources differ in number");
    writes_.clear();
    for (std::size_t k = 0; k < written_specs_.size(); ++k) writes_.push_back({written_specs_[k], written_sources_[k]});
}

void Step::validate() const {
    std::vector<ColumnSpec> written;
    for (const Written& w : writes_) written.push_back(w.spec);
    Schema(reads_).validate();
    Schema(std::move(written)).validate();
}

io::Json Step::describe() const {
    io::Json json = io::Json::object();
    json["type"] = type();
    json["options"] = options();
    json["reads"] = names_json(reads_, [](const ColumnSpec& spec) { return spec.name; });
    json["writes"] = names_json(writes_, [](const Written& written) { return written.spec.name; });
    return json;
}

StepLayout::StepLayout(const Step& step, const Schema& before) {
    std::vector<ColumnSpec> columns;
    std::vector<bool> in_place(step.writes().size());
    const auto written_at = [&](const std::string& name) -> Index {
        for (std::size_t k = 0; k < step.writes().size(); ++k) {
            if (step.writes()[k].spec.name == name) return static_cast<Index>(k);
        }
        return -1;
    };
    const auto is_read = [&](const std::string& name) {
        return std::any_of(step.reads().begin(), step.reads().end(), [&](const auto& s) { return s.name == name; });
    };
    const auto is_dropped = [&](const std::string& name) {
        return std::find(step.drops().begin(), step.drops().end(), name) != step.drops().end();
    };
    for (const ColumnSpec& spec : step.reads()) before.at(spec.name);  // throws where it is missing
    for (Index i = 0; i < before.size(); ++i) {
        const std::string& name = before[i].name;
        const Index k = written_at(name);
        if (k >= 0 && !is_read(name)) {
            throw SchemaMismatch(std::string(step.type()) + ": it writes a column '" + name +
                                 "', but the table has one of that name");
        }
        if (k >= 0) in_place[static_cast<std::size_t>(k)] = true;
        if (k < 0 && is_dropped(name)) continue;
        columns.push_back(k >= 0 ? step.writes()[static_cast<std::size_t>(k)].spec : before[i]);
        source.push_back(k >= 0 ? -1 - k : i);
    }
    for (std::size_t k = 0; k < in_place.size(); ++k) {
        if (in_place[k]) continue;
        columns.push_back(step.writes()[k].spec);
        source.push_back(-1 - static_cast<Index>(k));
    }
    schema = Schema(std::move(columns), before.time_rule());
}

Schema Step::transform(const Schema& schema) const { return StepLayout(*this, schema).schema; }

Frame Step::transform(const Frame& frame, std::optional<int> n_jobs) const {
    const StepLayout layout(*this, frame.schema());
    const std::vector<StepInput> inputs = inputs_of(*this, frame);
    const std::vector<Column> written = compute(inputs, frame.rows(), resolve_n_jobs(n_jobs));
    std::vector<Column> columns;
    for (const Index source : layout.source)
        columns.push_back(source >= 0 ? frame.column(source) : written[static_cast<std::size_t>(-1 - source)]);
    return Frame(layout.schema, std::move(columns));
}

std::vector<Column> Step::compute(std::span<const StepInput> inputs, Index n_rows, int /*n_jobs*/) const {
    std::vector<ColumnWriter> writers;
    for (const Written& written : writes_) writers.emplace_back(written.spec, n_rows);
    std::vector<Cell> read(inputs.size(), Cell::of_number(0)), written(writes_.size(), Cell::of_number(0));
    const std::unique_ptr<StepState> state = start();
    for (Index row = 0; row < n_rows; ++row) {
        for (std::size_t k = 0; k < inputs.size(); ++k) read[k] = inputs[k].cell(row);
        update(state.get(), read, written);
        for (std::size_t k = 0; k < writers.size(); ++k) writers[k].put(row, written[k]);
    }
    std::vector<Column> columns;
    for (ColumnWriter& writer : writers) columns.push_back(writer.finish());
    return columns;
}

}  // namespace plantwright
