// SPDX-License-Identifier: MIT
#include "neural/window_scores.hpp"

#include <algorithm>
#include <cmath>

#include "neural/sensor_table.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::neural {
namespace {

constexpr Index kChunk = 1024;  ///< windows whose reconstructions are held at once

/// Standardized rows, their windows, and where each window's result goes.
struct Plan {
    Table<float> rows;
    std::vector<Index> starts;
    Index window = 0;
    Index n_results = 0;
    bool apart = false;

    Windows windows(Index first, Index last) const {
        return {rows.view(),
                std::span(starts).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first))};
    }
    Index n_windows() const { return std::ssize(starts); }
    Index place(Index k) const { return apart ? k : starts[static_cast<std::size_t>(k)] + window - 1; }
    ConstMatrixViewF rows_of(Index k) const {
        const Index start = starts[static_cast<std::size_t>(k)];
        return rows.view().rows_between(start, start + window);
    }
};

Plan plan_of(const WindowDetection& how, const SensorRows& given) {
    const SensorTable table = scored_table(given, how.input);
    Plan plan{.rows = standardized(table, how.input),
              .starts = window_starts(table, how.input.window, 1),
              .window = how.input.window,
              .n_results = 0,
              .apart = table.apart};
    plan.n_results = plan.apart ? plan.n_windows() : table.n_rows;
    return plan;
}

ConstMatrixViewF block_window(ConstMatrixViewF block, Index k, Index window) {
    return block.rows_between(k * window, (k + 1) * window);
}

/// `take(k, reconstruction)` for each window k, from several threads, in any order.
template <class Take>
void for_windows(const Plan& plan, const Reconstruct& reconstruct, const Take& take) {
    if (plan.n_windows() == 0) return;
    reconstruct(plan.windows(0, plan.n_windows()), [&](Index first, ConstMatrixViewF block, ConstMatrixViewF) {
        for (Index k = 0; k * plan.window < block.rows(); ++k) take(first + k, block_window(block, k, plan.window));
    });
}

/// As for_windows, on this thread and in the order of the windows.
template <class Take>
void for_windows_in_order(const Plan& plan, const Reconstruct& reconstruct, const Take& take) {
    const Index n_chunk = std::min(kChunk, plan.n_windows());
    Table<float> held(n_chunk * plan.window, plan.rows.cols());
    for (Index begin = 0; begin < plan.n_windows(); begin += kChunk) {
        const Index end = std::min(begin + kChunk, plan.n_windows());
        reconstruct(plan.windows(begin, end), [&](Index first, ConstMatrixViewF block, ConstMatrixViewF) {
            std::copy_n(block.data(), block.rows() * block.cols(), held.data() + first * plan.window * held.cols());
        });
        for (Index k = begin; k < end; ++k) take(k, block_window(held.view(), k - begin, plan.window));
    }
}

/// Sums over the windows that cover a row.
struct RowMeans {
    Matrix sum;
    std::vector<Index> n_windows;

    RowMeans(Index n_rows, Index n_sensors) : sum(n_rows, n_sensors), n_windows(static_cast<std::size_t>(n_rows)) {}
    Matrix mean() && {
        for (Index i = 0; i < sum.rows(); ++i) {
            const Index n = n_windows[static_cast<std::size_t>(i)];
            for (Index j = 0; j < sum.cols(); ++j) sum(i, j) = n > 0 ? sum(i, j) / static_cast<double>(n) : kNaN;
        }
        return std::move(sum);
    }
};

/// Each row's shares, their mean over the windows that cover it.
Matrix point_shares(const Plan& plan, const Reconstruct& reconstruct) {
    RowMeans means(plan.n_results, plan.rows.cols());
    std::vector<double> shares(static_cast<std::size_t>(plan.rows.cols()));
    for_windows_in_order(plan, reconstruct, [&](Index k, ConstMatrixViewF reconstruction) {
        const ConstMatrixViewF rows = plan.rows_of(k);
        for (Index t = 0; t < plan.window; ++t) {
            error_shares(rows.rows_between(t, t + 1), reconstruction.rows_between(t, t + 1), shares);
            const Index row = plan.starts[static_cast<std::size_t>(k)] + t;
            for (Index j = 0; j < means.sum.cols(); ++j) means.sum(row, j) += shares[static_cast<std::size_t>(j)];
            ++means.n_windows[static_cast<std::size_t>(row)];
        }
    });
    return std::move(means).mean();
}

Matrix shares_of(const WindowDetection& how, const Plan& plan, const Reconstruct& reconstruct) {
    if (how.scoring == WindowScoring::point && !plan.apart) return point_shares(plan, reconstruct);
    Matrix shares(plan.n_results, plan.rows.cols(), kNaN);
    for_windows(plan, reconstruct, [&](Index k, ConstMatrixViewF reconstruction) {
        const std::span<double> out(shares.data() + plan.place(k) * shares.cols(),
                                    static_cast<std::size_t>(shares.cols()));
        error_shares(scored_part(plan.rows_of(k), how.scoring), scored_part(reconstruction, how.scoring), out);
    });
    return shares;
}

double sum_in_order(VectorView<const double> values) {
    double sum = 0;
    for (Index j = 0; j < values.size(); ++j) sum += values[j];
    return sum;
}

}  // namespace

Reconstruct by_network(const AutoencoderNetwork& network, std::optional<int> n_jobs, ProgressMonitor* monitor) {
    return [&network, n_jobs, monitor](const Windows& windows, const AutoencoderNetwork::Visit& visit) {
        network.reconstruct(windows, visit, n_jobs, monitor);
    };
}

Reconstruct by_pca(const WindowPca& pca, std::optional<int> n_jobs) {
    return [&pca, n_jobs](const Windows& windows, const AutoencoderNetwork::Visit& visit) {
        pca.reconstruct(windows, visit, n_jobs);
    };
}

double error_shares(ConstMatrixViewF rows, ConstMatrixViewF reconstruction, std::span<double> shares) {
    std::fill(shares.begin(), shares.end(), 0.0);
    Index n_readings = 0;
    for (Index t = 0; t < rows.rows(); ++t) {
        for (Index j = 0; j < rows.cols(); ++j) {
            const float z = rows(t, j);
            if (std::isnan(z)) continue;
            const double error = static_cast<double>(z) - static_cast<double>(reconstruction(t, j));
            shares[static_cast<std::size_t>(j)] += error * error;
            ++n_readings;
        }
    }
    for (double& share : shares) share = n_readings > 0 ? share / static_cast<double>(n_readings) : kNaN;
    return sum_in_order(shares);
}

SquaredError squared_error(const Windows& windows, Index window, const Reconstruct& reconstruct) {
    const auto n_windows = std::ssize(windows.starts);
    Table<double> of_window(n_windows, 2);
    if (n_windows == 0) return {};
    reconstruct(windows, [&](Index first, ConstMatrixViewF block, ConstMatrixViewF) {
        for (Index k = 0; k * window < block.rows(); ++k) {
            const Index start = windows.starts[static_cast<std::size_t>(first + k)];
            for (Index t = 0; t < window; ++t) {
                for (Index j = 0; j < block.cols(); ++j) {
                    const float z = windows.rows(start + t, j);
                    if (std::isnan(z)) continue;
                    const double error = static_cast<double>(z) - static_cast<double>(block(k * window + t, j));
                    of_window(first + k, 0) += error * error;
                    of_window(first + k, 1) += 1;
                }
            }
        }
    });
    SquaredError total;
    for (Index k = 0; k < n_windows; ++k) {
        total.sum += of_window(k, 0);
        total.n_readings += static_cast<Index>(of_window(k, 1));
    }
    return total;
}

Matrix attribution_of(const WindowDetection& how, const SensorRows& rows, const Reconstruct& reconstruct) {
    return shares_of(how, plan_of(how, rows), reconstruct);
}

Vector scores_of(const WindowDetection& how, const SensorRows& rows, const Reconstruct& reconstruct) {
    const Matrix shares = attribution_of(how, rows, reconstruct);
    Vector scores(shares.rows());
    for (Index i = 0; i < scores.size(); ++i) scores[i] = -sum_in_order(shares.row(i));
    return scores;
}

Matrix reconstruction_of(const WindowDetection& how, const SensorRows& given, const Reconstruct& reconstruct) {
    const Plan plan = plan_of(how, given);
    RowMeans means(plan.rows.rows(), plan.rows.cols());
    for_windows_in_order(plan, reconstruct, [&](Index k, ConstMatrixViewF reconstruction) {
        for (Index t = 0; t < plan.window; ++t) {
            const Index row = plan.starts[static_cast<std::size_t>(k)] + t;
            for (Index j = 0; j < means.sum.cols(); ++j)
                means.sum(row, j) += static_cast<double>(reconstruction(t, j)) * how.input.scale[j] + how.input.mean[j];
            ++means.n_windows[static_cast<std::size_t>(row)];
        }
    });
    return std::move(means).mean();
}

Table<float> codes_of(const WindowDetection& how, const SensorRows& rows, Index code_size,
                      const Reconstruct& reconstruct) {
    const Plan plan = plan_of(how, rows);
    Table<float> codes(plan.n_results, code_size, static_cast<float>(kNaN));
    if (plan.n_windows() == 0) return codes;
    reconstruct(plan.windows(0, plan.n_windows()), [&](Index first, ConstMatrixViewF, ConstMatrixViewF block) {
        for (Index k = 0; k < block.rows(); ++k) {
            for (Index j = 0; j < code_size; ++j) codes(plan.place(first + k), j) = block(k, j);
        }
    });
    return codes;
}

Buffer<std::int32_t> signs_of(const Vector& scores, double offset) {
    auto signs = Buffer<std::int32_t>::uninitialized(scores.size());
    for (Index i = 0; i < scores.size(); ++i) signs[i] = scores[i] < offset ? -1 : 1;
    return signs;
}

}  // namespace plantwright::neural
