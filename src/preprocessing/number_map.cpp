// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/number_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kBlockRows = 2048;  // stays in the first cache

/// Calls `f(k, in, out)` for blocks of each column, in parallel over columns.
template <class Map>
std::vector<Column> mapped(std::span<const StepInput> inputs, Index n_rows, int n_jobs, const Map& f) {
    std::vector<Buffer<double>> out(inputs.size());
    parallel_for(std::ssize(inputs), n_jobs, [&](Index k, int) {
        auto& values = out[static_cast<std::size_t>(k)];
        values = Buffer<double>::uninitialized(n_rows);
        for (Index begin = 0; begin < n_rows; begin += kBlockRows) {
            const Index end = std::min(begin + kBlockRows, n_rows);
            inputs[static_cast<std::size_t>(k)].read(begin, end, values.data() + begin);
            const std::span block(values.data() + begin, static_cast<std::size_t>(end - begin));
            f(k, std::span<const double>(block), block.data());
        }
    });
    std::vector<Column> columns;
    for (Buffer<double>& values : out) columns.push_back(Column::numbers(std::move(values)));
    return columns;
}

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
    parallel_for(std::ssize(columns), n_jobs, [&](Index k, int) {
        const ColumnSpec& spec = columns[static_cast<std::size_t>(k)];
        const StepInput input(spec, frame.column(spec.name));
        auto values = Buffer<double>::uninitialized(frame.rows());
        input.read(0, frame.rows(), values.data());
        Index n = 0;
        for (Index i = 0; i < frame.rows(); ++i) {
            if (std::isinf(values[i])) {
                throw InvalidArgument(std::string(who) +
                                      ": numbers must be finite or missing, got an infinity in column '" + spec.name +
                                      "', row " + std::to_string(i));
            }
            if (!std::isnan(values[i])) values[n++] = values[i];
        }
        present[static_cast<std::size_t>(k)] =
            Buffer<double>(std::span<const double>(values.data(), static_cast<std::size_t>(n)));
    });
    return present;
}

}  // namespace plantwright
