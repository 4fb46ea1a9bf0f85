// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/number_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"
#include "preprocessing/fresh_buffer.hpp"

namespace plantwright {
namespace {

constexpr Index kBlockRows = 2048;  // stays in the first cache

bool is_dense(const StepInput& input) { return !input.column().is_float32() && input.column().float64().contiguous(); }

/// Calls `f(k, in, out)` for blocks of rows of each column, in parallel: column by column, or where the table lies row
/// by row, block by block, so that it is read once.
template <class Map>
std::vector<Column> mapped(std::span<const StepInput> inputs, Index n_rows, int n_jobs, const Map& f) {
    std::vector<Buffer<double>> out(inputs.size());
    for (auto& values : out) values = fresh_buffer<double>(n_rows);
    const Index n_blocks = (n_rows + kBlockRows - 1) / kBlockRows, n_columns = std::ssize(inputs);
    const auto map_block = [&](Index column, Index block) {
        const auto k = static_cast<std::size_t>(column);
        const Index begin = block * kBlockRows, end = std::min(begin + kBlockRows, n_rows);
        double* values = out[k].data() + begin;
        const bool dense = is_dense(inputs[k]);
        if (!dense) inputs[k].read(begin, end, values);
        const double* from = dense ? inputs[k].column().float64().data() + begin : values;
        f(column, std::span<const double>(from, static_cast<std::size_t>(end - begin)), values);
    };
    if (std::all_of(inputs.begin(), inputs.end(), is_dense)) {
        parallel_for(n_columns, n_jobs, [&](Index k, int) {
            for (Index block = 0; block < n_blocks; ++block) map_block(k, block);
        });
    } else {
        parallel_for(n_blocks, n_jobs, [&](Index block, int) {
            for (Index k = 0; k < n_columns; ++k) map_block(k, block);
        });
    }
    std::vector<Column> columns;
    for (Buffer<double>& values : out) columns.push_back(Column::numbers(std::move(values)));
    return columns;
}

/// The present numbers of a column so far.
struct Gathered {
    StepInput input;
    std::string_view name;
    Index place, n = 0;
    Buffer<double> values;

    Gathered(const ColumnSpec& spec, const Frame& frame, Index k)
        : input(spec, frame.column(spec.name)), name(spec.name), place(k), values(fresh_buffer<double>(frame.rows())) {}

    void take(std::string_view who, Index begin, Index end) {
        double block[kBlockRows];
        input.read(begin, end, block);
        for (Index i = 0; i < end - begin; ++i) {
            if (std::isinf(block[i])) fail(who, begin + i);
            values[n] = block[i];
            n += std::isnan(block[i]) ? 0 : 1;
        }
    }
    Buffer<double> finish() {
        if (n == values.size()) return std::move(values);
        return Buffer<double>(std::span<const double>(values.data(), static_cast<std::size_t>(n)));
    }
    [[noreturn]] void fail(std::string_view who, Index row) const {
        throw InvalidArgument(std::string(who) + ": numbers must be finite or missing, got an infinity in column '" +
                              std::string(name) + "', row " + std::to_string(row));
    }
};

}  // namespace

void NumberMap::update(StepState* /*state*/, std::span<const Cell> read, std::span<Cell> written) const {
    for (std::size_t k = 0; k < read.size(); ++k) {
        const double x = read[k].number;
        map(static_cast<Index>(k), {&x, 1}, &written[k].number);
    }
}

std::vector<Column> NumberMap::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    return mapped(inputs, n_rows, n_jobs, [this](Index k, auto in, double* out) { map(k, in, out); });
}

void NumberMap::unmap(Index /*k*/, std::span<const double> /*in*/, double* /*out*/) const {
    throw InvalidArgument(std::string(type()) + ": it has no inverse");
}

Frame NumberMap::inverse_transform(const Frame& frame, std::optional<int> n_jobs) const {
    if (!is_invertible()) throw InvalidArgument(std::string(type()) + ": it has no inverse");
    std::vector<StepInput> inputs;
    for (const Written& written : writes()) inputs.emplace_back(written.spec, frame.column(written.spec.name));
    std::vector<Column> columns = mapped(inputs, frame.rows(), resolve_n_jobs(n_jobs),
                                         [this](Index k, auto in, double* out) { unmap(k, in, out); });
    Frame result = frame;
    for (std::size_t k = 0; k < columns.size(); ++k) result = result.with(reads()[k], std::move(columns[k]));
    return result;
}

std::vector<Buffer<double>> present_numbers(std::string_view who, const Frame& frame,
                                            std::span<const ColumnSpec> columns, int n_jobs) {
    std::vector<Buffer<double>> present(columns.size());
    const auto n_columns = std::ssize(columns);
    const Index n_groups = std::min<Index>(n_jobs, n_columns);  // of columns, each group read block by block
    parallel_for(n_groups, n_jobs, [&](Index group, int) {
        std::vector<Gathered> gathered;
        for (Index k = group * n_columns / n_groups; k < (group + 1) * n_columns / n_groups; ++k)
            gathered.emplace_back(columns[static_cast<std::size_t>(k)], frame, k);
        for (Index begin = 0; begin < frame.rows(); begin += kBlockRows) {
            for (Gathered& column : gathered) column.take(who, begin, std::min(begin + kBlockRows, frame.rows()));
        }
        for (Gathered& column : gathered) present[static_cast<std::size_t>(column.place)] = column.finish();
    });
    return present;
}

void NumberMap::keep(std::span<const Index> kept, StepColumns& columns, std::initializer_list<Vector*> one_each) {
    std::vector<Written> written;
    for (const Index k : kept) written.push_back(writes()[static_cast<std::size_t>(k)]);
    for (Vector* values : one_each) {
        Vector fewer(std::ssize(kept));
        for (Index k = 0; k < fewer.size(); ++k) fewer[k] = (*values)[kept[static_cast<std::size_t>(k)]];
        *values = std::move(fewer);
    }
    keep_reads(kept, columns);
    set_writes(std::move(written));
}

}  // namespace plantwright
