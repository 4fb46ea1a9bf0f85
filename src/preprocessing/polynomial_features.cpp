// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/polynomial_features.hpp"

#include <algorithm>

#include "plantwright/core/threads.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/fresh_buffer.hpp"

namespace plantwright {
namespace {

constexpr Index kBlockRows = 1024;

struct Product {
    std::vector<std::int32_t> columns;  // its factors, rising
    std::int32_t parent, factor;
};

/// Each product of one degree less, in its order, times every column that may follow its last factor.
std::vector<Product> products_of(std::int32_t n_columns, const PolynomialFeaturesOptions& options) {
    std::vector<Product> products, before;
    for (std::int32_t k = 0; k < n_columns; ++k) before.push_back({{k}, k, k});
    for (std::int64_t degree = 2; degree <= options.degree && !before.empty(); ++degree) {
        std::vector<Product> next;
        const auto first = static_cast<std::int32_t>(products.size() - (degree == 2 ? 0 : before.size()));
        for (std::size_t i = 0; i < before.size(); ++i) {
            const auto parent = degree == 2 ? before[i].factor : n_columns + first + static_cast<std::int32_t>(i);
            for (std::int32_t k = before[i].columns.back() + (options.interaction_only ? 1 : 0); k < n_columns; ++k) {
                next.push_back({before[i].columns, parent, k});
                next.back().columns.push_back(k);
                if (std::ssize(products) + std::ssize(next) <= PolynomialFeatures::kMostProducts) continue;
                throw InvalidArgument("PolynomialFeatures: degree must give at most 10000 products, got " +
                                      std::to_string(options.degree) + " of " + std::to_string(n_columns) + " columns");
            }
        }
        products.insert(products.end(), next.begin(), next.end());
        before = std::move(next);
    }
    return products;
}

/// Of each factor its name and, where it is there several times, "__power_" and how often.
Step::Written written_of(const Product& product, const std::vector<ColumnSpec>& columns) {
    Step::Written written;
    const auto& factors = product.columns;
    for (std::size_t i = 0, end = 0; i < factors.size(); i = end) {
        while (end < factors.size() && factors[end] == factors[i]) ++end;
        const std::string& name = columns[static_cast<std::size_t>(factors[i])].name;
        written.spec.name += (i > 0 ? "__times__" : "") + name;
        if (end - i > 1) written.spec.name += "__power_" + std::to_string(end - i);
        written.sources.push_back(name);
    }
    return written;
}

}  // namespace

PolynomialFeatures PolynomialFeatures::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    require_rows(Options::kStepType, frame);
    if (options.degree < 1) {
        throw InvalidArgument("PolynomialFeatures: degree must be at least 1, got " + std::to_string(options.degree));
    }
    PolynomialFeatures step;
    step.options_ = options;
    step.reads_ = select_columns(Options::kStepType, frame.schema(), options.columns, {ColumnKind::number});
    const auto products = products_of(static_cast<std::int32_t>(step.reads_.size()), options);
    step.parents_ = step.factors_ = Buffer<std::int32_t>(std::ssize(products));
    std::vector<Written> writes;
    if (options.include_bias) writes.push_back({{.name = "bias", .description = "1"}, {}});
    for (std::size_t t = 0; t < products.size(); ++t) {
        step.parents_[static_cast<Index>(t)] = products[t].parent;
        step.factors_[static_cast<Index>(t)] = products[t].factor;
        writes.push_back(written_of(products[t], step.reads_));
    }
    step.set_writes(std::move(writes));
    return step;
}

void PolynomialFeatures::update(StepState* /*state*/, std::span<const Cell> read, std::span<Cell> written) const {
    if (options_.include_bias) written[0] = Cell::of_number(1);
    Cell* const products = written.data() + n_bias();
    const Index n_read = std::ssize(read);
    for (Index t = 0; t < parents_.size(); ++t) {
        const Cell& parent =
            parents_[t] < n_read ? read[static_cast<std::size_t>(parents_[t])] : products[parents_[t] - n_read];
        products[t] = Cell::of_number(parent.number * read[static_cast<std::size_t>(factors_[t])].number);
    }
}

std::vector<Column> PolynomialFeatures::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    std::vector<Buffer<double>> products;
    for (Index t = 0; t < parents_.size(); ++t) products.push_back(fresh_buffer<double>(n_rows));
    const Index n_blocks = (n_rows + kBlockRows - 1) / kBlockRows, n_read = std::ssize(inputs);
    parallel_for(n_blocks, n_jobs, [&](Index block, int) {
        const Index begin = block * kBlockRows, end = std::min(begin + kBlockRows, n_rows);
        Matrix values(n_read, end - begin);
        for (Index k = 0; k < n_read; ++k)
            inputs[static_cast<std::size_t>(k)].read(begin, end, values.data() + k * values.cols());
        for (Index t = 0; t < parents_.size(); ++t) {
            const Index parent = parents_[t];
            const double* a = parent < n_read ? values.data() + parent * values.cols()
                                              : products[static_cast<std::size_t>(parent - n_read)].data() + begin;
            const double* b = values.data() + factors_[t] * values.cols();
            double* out = products[static_cast<std::size_t>(t)].data() + begin;
            for (Index i = 0; i < end - begin; ++i) out[i] = a[i] * b[i];
        }
    });
    std::vector<Column> columns;
    if (options_.include_bias) columns.push_back(Column::numbers(Buffer<double>(n_rows, 1.0)));
    for (Buffer<double>& product : products) columns.push_back(Column::numbers(std::move(product)));
    return columns;
}

void PolynomialFeatures::validate() const {
    Step::validate();
    const Index n_read = std::ssize(reads());
    bool ok = parents_.size() == factors_.size() && n_bias() + parents_.size() == std::ssize(writes());
    for (Index t = 0; ok && t < parents_.size(); ++t)
        ok = parents_[t] >= 0 && parents_[t] < n_read + t && factors_[t] >= 0 && factors_[t] < n_read;
    for (const ColumnSpec& spec : reads()) ok = ok && spec.kind == ColumnKind::number;
    for (const Written& written : writes()) ok = ok && written.spec.kind == ColumnKind::number;
    if (!ok) throw CorruptModel("PolynomialFeatures: its products do not fit its columns");
}

}  // namespace plantwright
