// SPDX-License-Identifier: MIT
/// Rolling statistics of one series, row by row; the values are those of src/preprocessing/rolling_kernel.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/preprocessing/memory_step.hpp"
#include "plantwright/preprocessing/window_length.hpp"
#include "preprocessing/rolling_kernel.hpp"
#include "preprocessing/row_window.hpp"
#include "preprocessing/sorted_window.hpp"

namespace plantwright {

/// One of the statistics asked for: a quantile, or a RollingStatistic.
struct RollingQuantity {
    int statistic = -1;
    double quantile = -1;  ///< in [0, 1]; -1: none
};

/// Throws InvalidArgument on a text that names none.
RollingQuantity rolling_quantity(std::string_view who, std::string_view text);

struct RollingPlan {
    std::vector<WindowLength> windows;
    std::vector<RollingQuantity> quantities;
    std::int64_t min_count = 1;
    Index n_columns = 1;

    std::uint32_t statistics() const;  ///< bits of RollingStatistic
    std::vector<double> quantiles() const;
    RollingShape shape() const;
};

class RollingSeries final : public RowSeries {
public:
    explicit RollingSeries(std::shared_ptr<const RollingPlan> plan);

    std::unique_ptr<RowSeries> clone() const override { return std::make_unique<RollingSeries>(*this); }
    /// `written`: columns by windows by quantities.
    void push(std::span<const Cell> values, std::int64_t stamp, std::span<Cell> written) override;

private:
    struct OrderedWindow {
        std::int64_t first_row = 0;
        std::vector<SortedWindow> columns;
    };

    void make_place(std::int64_t row);
    void add_level();
    void take_moments(std::int64_t row, std::span<const std::int64_t> rows);
    void find_pieces(std::int64_t row, std::int64_t n_rows, RollingPiece* pieces, RollingWindowRow& window) const;
    RollingPiece piece(std::size_t level, std::int64_t row, std::int64_t back) const;
    void take_orders(std::int64_t row, std::span<const std::int64_t> rows);
    void write(std::span<Cell> written) const;
    std::vector<Index> places() const;

    std::shared_ptr<const RollingPlan> plan_;
    RollingShape shape_;
    std::uint32_t statistics_;
    std::vector<double> quantiles_;
    Index width_;  // columns, padded
    RowWindows windows_;
    RowRing<double> values_, last_;        // (width,) a row; values only where there are quantiles
    std::vector<RowRing<double>> levels_;  // (n_quantities, width) a row
    std::vector<OrderedWindow> ordered_;
    std::vector<Index> places_;
    int most_levels_ = 1;
    std::int64_t present_rows_ = 0;  // since a value of any column was missing
    Buffer<double> x_, out_;         // (width,); (windows, kRollingStatistics, width)
    std::vector<RollingLevel> level_rows_;
    std::vector<RollingPiece> pieces_;
    std::vector<RollingWindowRow> window_rows_;
};

}  // namespace plantwright
