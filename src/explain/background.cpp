// SPDX-License-Identifier: MIT
#include "explain/background.hpp"

namespace plantwright {

Background::Background(const FeatureRows& rows, const std::vector<KeyColumns>& columns) : rows_(rows.rows()) {
    std::vector<float> x(static_cast<std::size_t>(rows_ * rows.cols()));
    rows.read_rows(0, rows_, x.data());
    for (const KeyColumns& set : columns) {
        const auto n = static_cast<Index>(set.columns().size());
        Buffer<std::int32_t> by_column(n * rows_), by_row(n * rows_);
        for (Index c = 0; c < n; ++c) {
            const KeyColumn& column = set.columns()[static_cast<std::size_t>(c)];
            for (Index i = 0; i < rows_; ++i) {
                const float value = x[static_cast<std::size_t>(i * rows.cols() + column.feature)];
                by_column[c * rows_ + i] = by_row[i * n + c] = column.key(value);
            }
        }
        by_column_.push_back(std::move(by_column));
        by_row_.push_back(std::move(by_row));
    }
}

}  // namespace plantwright
