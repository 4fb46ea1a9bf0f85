// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/pca.hpp"

#define EIGEN_NO_DEBUG          // the library never aborts
#define EIGEN_DONT_PARALLELIZE  // threads are those of parallel_for, and no others
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "plantwright/core/eigen.hpp"
#include "plantwright/core/threads.hpp"
#include "preprocessing/complete_rows.hpp"
#include "preprocessing/fresh_buffer.hpp"

namespace plantwright {
namespace {

using Options = PcaOptions;
constexpr std::string_view kWho = Options::kStepType;
constexpr Index kBlockRows = 1024, kPartRows = 16'384;

[[noreturn]] void fail(const std::string& what) { throw InvalidArgument(std::string(kWho) + ": " + what); }

Vector means_of(const Matrix& rows) {
    Vector means(rows.cols(), 0.0), rest(rows.cols(), 0.0);
    const auto n = static_cast<double>(rows.rows());
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index j = 0; j < rows.cols(); ++j) means[j] += rows(i, j);
    }
    for (double& mean : means) mean /= n;
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index j = 0; j < rows.cols(); ++j) rest[j] += rows(i, j) - means[j];  // what the mean's rounding left
    }
    for (Index j = 0; j < rows.cols(); ++j) means[j] += rest[j] / n;
    return means;
}

/// By parts of rows, added in their order: the same for any number of threads.
Eigen::MatrixXd covariance(const Matrix& rows, const Vector& mean, int n_jobs) {
    const Index d = rows.cols(), n_parts = (rows.rows() + kPartRows - 1) / kPartRows;
    std::vector<Eigen::MatrixXd> parts(static_cast<std::size_t>(n_parts));
    parallel_for(n_parts, n_jobs, [&](Index part, int) {
        const auto own = rows.view().rows_between(part * kPartRows, std::min((part + 1) * kPartRows, rows.rows()));
        const Eigen::MatrixXd centred = as_eigen(own).rowwise() - as_eigen(mean).transpose();
        Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(d, d);
        sum.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose());
        parts[static_cast<std::size_t>(part)] = std::move(sum);
    });
    Eigen::MatrixXd total = Eigen::MatrixXd::Zero(d, d);
    for (const Eigen::MatrixXd& part : parts) total += part;
    return total / static_cast<double>(rows.rows() - 1);
}

/// How many components are asked for, of variances that fall.
Index count_components(const io::Json& given, const Vector& variances, Index most) {
    const auto refuse = [&] {
        fail("n_components must be in [1, " + std::to_string(most) + "], a share in (0, 1) or null, got " +
             given.dump());
    };
    if (given.is_null()) return most;
    if (!given.is_number()) refuse();
    if (given.is_integer()) {
        if (given.as_integer() < 1 || given.as_integer() > most) refuse();
        return static_cast<Index>(given.as_integer());
    }
    const double share = given.as_double();
    if (!(share > 0 && share < 1)) refuse();
    double total = 0, sum = 0;
    for (const double v : variances) total += v;
    for (Index n = 0; n < most; ++n) {
        sum += variances[n];
        if (sum > share * total) return n + 1;
    }
    return most;
}

/// Turns an eigenvector so that its largest loading is positive.
void write_component(const Eigen::VectorXd& vector, Matrix& components, Index c) {
    Index largest = 0;
    vector.cwiseAbs().maxCoeff(&largest);
    const double sign = vector[largest] < 0 ? -1 : 1;
    for (Index j = 0; j < components.cols(); ++j) components(c, j) = sign * vector[j];
}

}  // namespace

Pca Pca::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    Pca step;
    step.options_ = options;
    step.reads_ = select_columns(kWho, frame.schema(), options.columns, {ColumnKind::number});
    const Matrix rows = complete_rows(kWho, frame, step.reads_);
    if (rows.rows() < 2)
        fail("it needs at least 2 rows without missing values, got n_samples = " + std::to_string(rows.rows()));
    step.mean_ = means_of(rows);
    const Index d = rows.cols();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance(rows, step.mean_, resolve_n_jobs(n_jobs)));
    Vector variances(d);
    double total = 0;
    for (Index c = 0; c < d; ++c) {
        variances[c] = std::max(0.0, solver.eigenvalues()[d - 1 - c]);
        total += variances[c];
    }
    const Index n = count_components(options.n_components, variances, std::min(d, rows.rows()));
    step.components_ = Matrix(n, d);
    step.variance_ = step.ratio_ = step.scale_ = Vector(n);
    std::vector<Written> writes;
    for (Index c = 0; c < n; ++c) {
        write_component(solver.eigenvectors().col(d - 1 - c), step.components_, c);
        step.variance_[c] = variances[c];
        step.ratio_[c] = total > 0 ? variances[c] / total : 0;
        step.scale_[c] = options.whiten && variances[c] > 1e-16 * variances[0] ? std::sqrt(variances[c]) : 1;
        writes.push_back({{.name = options.name + "__" + std::to_string(c)}, {}});
    }
    for (const ColumnSpec& spec : step.reads_) {
        step.drops_.push_back(spec.name);
        for (Written& written : writes) written.sources.push_back(spec.name);
    }
    step.set_writes(std::move(writes));
    return step;
}

void Pca::update(StepState* /*state*/, std::span<const Cell> read, std::span<Cell> written) const {
    for (Index c = 0; c < components_.rows(); ++c) {
        double sum = 0;
        for (Index j = 0; j < components_.cols(); ++j)
            sum += (read[static_cast<std::size_t>(j)].number - mean_[j]) * components_(c, j);
        written[static_cast<std::size_t>(c)] = Cell::of_number(sum / scale_[c]);
    }
}

std::vector<Column> Pca::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    const Index n_components = components_.rows(), n_blocks = (n_rows + kBlockRows - 1) / kBlockRows;
    std::vector<Buffer<double>> out;
    for (Index c = 0; c < n_components; ++c) out.push_back(fresh_buffer<double>(n_rows));
    parallel_for(n_blocks, n_jobs, [&](Index block, int) {
        const Index begin = block * kBlockRows, n = std::min(kBlockRows, n_rows - begin);
        Matrix values(std::ssize(inputs), n);
        for (Index j = 0; j < values.rows(); ++j) {
            double* x = values.data() + j * n;
            inputs[static_cast<std::size_t>(j)].read(begin, begin + n, x);
            for (Index i = 0; i < n; ++i) x[i] -= mean_[j];
        }
        for (Index c = 0; c < n_components; ++c) {
            double* sums = out[static_cast<std::size_t>(c)].data() + begin;
            std::fill_n(sums, n, 0.0);
            for (Index j = 0; j < values.rows(); ++j) {
                const double weight = components_(c, j);
                for (Index i = 0; i < n; ++i) sums[i] += values(j, i) * weight;
            }
            for (Index i = 0; i < n; ++i) sums[i] /= scale_[c];
        }
    });
    std::vector<Column> columns;
    for (Buffer<double>& column : out) columns.push_back(Column::numbers(std::move(column)));
    return columns;
}

Frame Pca::inverse_transform(const Frame& frame) const {
    Frame result = frame;
    std::vector<Buffer<double>> scores;
    for (const Written& written : writes()) {
        scores.push_back(frame.column(written.spec.name).to_float64());
        result = result.without(written.spec.name);
    }
    std::vector<ColumnSpec> specs = reads();
    std::vector<Column> columns;
    for (Index j = 0; j < components_.cols(); ++j) {
        Buffer<double> x(frame.rows(), mean_[j]);
        for (Index c = 0; c < components_.rows(); ++c) {
            const double weight = components_(c, j) * scale_[c];
            for (Index i = 0; i < x.size(); ++i) x[i] += scores[static_cast<std::size_t>(c)][i] * weight;
        }
        columns.push_back(Column::numbers(std::move(x)));
    }
    for (Index j = 0; j < result.cols(); ++j) {
        specs.push_back(result.schema()[j]);
        columns.push_back(result.column(j));
    }
    return Frame(Schema(std::move(specs), frame.schema().time_rule()), std::move(columns));
}

Step::Fitted Pca::fitted() const {
    Vector components(
        std::span<const double>(components_.data(), static_cast<std::size_t>(components_.rows() * components_.cols())));
    return {{"mean_", mean_},
            {"components_", std::move(components)},
            {"explained_variance_", variance_},
            {"explained_variance_ratio_", ratio_}};
}

void Pca::validate() const {
    Step::validate();
    const Index n = std::ssize(writes());
    bool ok = components_.cols() == std::ssize(reads()) && mean_.size() == components_.cols() &&
              components_.rows() == n && variance_.size() == n && ratio_.size() == n && scale_.size() == n;
    for (const ColumnSpec& spec : reads()) ok = ok && spec.kind == ColumnKind::number;
    for (const Written& written : writes()) ok = ok && written.spec.kind == ColumnKind::number;
    if (!ok) throw CorruptModel("PCA: its components do not fit its columns");
}

}  // namespace plantwright
