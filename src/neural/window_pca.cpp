// SPDX-License-Identifier: MIT
#include "plantwright/neural/window_pca.hpp"

#define EIGEN_NO_DEBUG  // the library never aborts
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <vector>

#include "plantwright/core/eigen.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

constexpr Index kFitBlock = 256, kRunBlock = 64;  // windows worked on at once
constexpr Index kMoreVectors = 10;
constexpr int kRounds = 7;

using Eigen::MatrixXd;

/// Windows as vectors, block by block, missing readings as 0.
class FlatWindows {
public:
    FlatWindows(const Windows& windows, Index window, Index n_most)
        : rows_(windows.rows), size_(window * rows_.cols()) {
        const Index n = std::ssize(windows.starts), n_taken = std::min(n, n_most);
        for (Index k = 0; k < n_taken; ++k)
            starts_.push_back(windows.starts[static_cast<std::size_t>(k * n / n_taken)]);
    }
    Index n_windows() const { return std::ssize(starts_); }
    Index size() const { return size_; }
    Index n_blocks() const { return (n_windows() + kFitBlock - 1) / kFitBlock; }

    /// `(windows of the block, size)`, less `mean`.
    MatrixXd block(Index b, const Eigen::RowVectorXd& mean) const {
        const Index first = b * kFitBlock, n = std::min(kFitBlock, n_windows() - first);
        MatrixXd values(n, size_);
        for (Index k = 0; k < n; ++k) {
            const float* z = rows_.data() + starts_[static_cast<std::size_t>(first + k)] * rows_.cols();
            for (Index i = 0; i < size_; ++i)
                values(k, i) = (std::isnan(z[i]) ? 0.0 : static_cast<double>(z[i])) - mean[i];
        }
        return values;
    }

private:
    ConstMatrixViewF rows_;
    std::vector<Index> starts_;
    Index size_;
};

/// The sum of `of(block)` over all blocks, in their order whatever the number of threads.
template <class Of>
MatrixXd sum_over_blocks(const FlatWindows& windows, const Eigen::RowVectorXd& mean, int n_jobs, const Of& of) {
    std::vector<MatrixXd> parts(static_cast<std::size_t>(windows.n_blocks()));
    parallel_for(windows.n_blocks(), n_jobs,
                 [&](Index b, int) { parts[static_cast<std::size_t>(b)] = of(windows.block(b, mean)); });
    MatrixXd sum = std::move(parts.front());
    for (std::size_t b = 1; b < parts.size(); ++b) sum += parts[b];
    return sum;
}

MatrixXd orthonormal(const MatrixXd& vectors) {
    const Eigen::HouseholderQR<MatrixXd> qr(vectors);
    return qr.householderQ() * MatrixXd::Identity(vectors.rows(), vectors.cols());
}

MatrixXd random_start(Index size, Index n_vectors, std::uint64_t random_state) {
    RandomStream stream(random_state, 0, Purpose::noise);
    MatrixXd start(size, n_vectors);
    for (Index j = 0; j < n_vectors; ++j)
        for (Index i = 0; i < size; ++i) start(i, j) = stream.normal();
    return orthonormal(start);
}

/// Leading eigenvectors as rows, by falling eigenvalue; the largest loading of each is positive.
Table<float> leading_rows(const MatrixXd& basis, const MatrixXd& within, Index n_components) {
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(within);
    Table<float> rows(n_components, basis.rows());
    for (Index c = 0; c < n_components; ++c) {
        const Eigen::VectorXd vector = basis * solver.eigenvectors().col(within.cols() - 1 - c);
        Index largest = 0;
        vector.cwiseAbs().maxCoeff(&largest);
        const double sign = vector[largest] < 0 ? -1 : 1;
        for (Index i = 0; i < vector.size(); ++i) rows(c, i) = static_cast<float>(sign * vector[i]);
    }
    return rows;
}

}  // namespace

WindowPca WindowPca::fit(const Windows& windows, Index window, Index n_components, std::uint64_t random_state,
                         std::optional<int> n_jobs) {
    const FlatWindows flat(windows, window, kMostWindows);
    const Index most = std::min(flat.n_windows(), flat.size()), n_vectors = std::min(n_components + kMoreVectors, most);
    if (n_components < 1 || most < 1) throw InvalidArgument("WindowPca: it needs a component and a window at least");
    const int jobs = resolve_n_jobs(n_jobs);
    const Eigen::RowVectorXd zero = Eigen::RowVectorXd::Zero(flat.size());
    const Eigen::RowVectorXd mean =
        sum_over_blocks(flat, zero, jobs, [](const MatrixXd& b) -> MatrixXd { return b.colwise().sum(); }) /
        static_cast<double>(flat.n_windows());
    MatrixXd basis = random_start(flat.size(), n_vectors, random_state);
    for (int round = 0; round < kRounds; ++round) {
        basis = orthonormal(sum_over_blocks(
            flat, mean, jobs, [&](const MatrixXd& b) -> MatrixXd { return b.transpose() * (b * basis); }));
    }
    const MatrixXd within = sum_over_blocks(flat, mean, jobs, [&](const MatrixXd& b) -> MatrixXd {
        const MatrixXd values = b * basis;
        return values.transpose() * values;
    });
    WindowPca pca;
    pca.window_ = window;
    pca.mean_ = Buffer<float>(flat.size());
    for (Index i = 0; i < flat.size(); ++i) pca.mean_[i] = static_cast<float>(mean[i]);
    pca.components_ = leading_rows(basis, within, std::min(n_components, n_vectors));
    return pca;
}

void WindowPca::reconstruct(const Windows& windows, const AutoencoderNetwork::Visit& visit,
                            std::optional<int> n_jobs) const {
    const Index n = std::ssize(windows.starts), size = components_.cols(), n_blocks = (n + kRunBlock - 1) / kRunBlock;
    const auto mean = as_eigen(mean_).transpose();
    const auto W = as_eigen(components_);
    parallel_for(n_blocks, resolve_n_jobs(n_jobs), [&](Index b, int) {
        const Index first = b * kRunBlock, n_own = std::min(kRunBlock, n - first);
        Table<float> values(n_own, size), codes(n_own, n_components());
        for (Index k = 0; k < n_own; ++k) {
            const float* z =
                windows.rows.data() + windows.starts[static_cast<std::size_t>(first + k)] * windows.rows.cols();
            for (Index i = 0; i < size; ++i) values(k, i) = (std::isnan(z[i]) ? 0.0f : z[i]) - mean_[i];
        }
        as_eigen(codes).noalias() = as_eigen(values) * W.transpose();
        as_eigen(values).noalias() = as_eigen(codes) * W;
        as_eigen(values).rowwise() += mean;
        visit(first, ConstMatrixViewF(values.data(), n_own * window_, windows.rows.cols()), codes.view());
    });
}

void WindowPca::validate() const {
    const auto require = [](bool ok, const char* what) {
        if (!ok) throw CorruptModel(std::string("WindowPca: ") + what);
    };
    if (window_ == 0 && mean_.empty() && components_.rows() == 0) return;  // none was fitted
    require(window_ >= 1 && components_.rows() >= 1 && components_.cols() >= 1, "it must have components");
    require(components_.cols() % window_ == 0, "its components must be windows");
    require(mean_.size() == components_.cols(), "mean and components must be of one length");
    for (const float m : mean_) require(std::isfinite(m), "the mean must be finite");
    for (Index i = 0; i < components_.rows() * components_.cols(); ++i)
        require(std::isfinite(components_.data()[i]), "the components must be finite");
}

}  // namespace plantwright
