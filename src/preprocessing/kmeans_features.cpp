// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/kmeans_features.hpp"

#include <cmath>

#include "plantwright/core/threads.hpp"
#include "preprocessing/complete_rows.hpp"
#include "preprocessing/kmeans.hpp"
#include "preprocessing/moments.hpp"

namespace plantwright {
namespace {

using Options = KMeansFeaturesOptions;
constexpr std::string_view kWho = Options::kStepType;

[[noreturn]] void fail(const std::string& what) { throw InvalidArgument(std::string(kWho) + ": " + what); }

void require_valid(const Options& options, Index n_rows) {
    const auto require = [](std::int64_t value, const char* name) {
        if (value < 1) fail(std::string(name) + " must be at least 1, got " + std::to_string(value));
    };
    require(options.n_clusters, "n_clusters");
    require(options.n_init, "n_init");
    require(options.max_iter, "max_iter");
    if (!(options.tol >= 0)) fail("tol must be at least 0, got " + io::Json(options.tol).dump());
    if (options.n_clusters > n_rows) {
        fail("n_clusters must be at most the rows without missing values, n_samples = " + std::to_string(n_rows) +
             ", got " + std::to_string(options.n_clusters));
    }
}

double mean_variance(const Matrix& rows) {
    double sum = 0;
    std::vector<double> values(static_cast<std::size_t>(rows.rows()));
    for (Index j = 0; j < rows.cols(); ++j) {
        for (Index i = 0; i < rows.rows(); ++i) values[static_cast<std::size_t>(i)] = rows(i, j);
        sum += moments_of(std::span<const double>(values)).variance;
    }
    return sum / static_cast<double>(rows.cols());
}

}  // namespace

KMeansFeatures KMeansFeatures::fit(const Frame& frame, const Options& options, std::optional<int> n_jobs) {
    KMeansFeatures step;
    step.options_ = options;
    step.reads_ = select_columns(kWho, frame.schema(), options.columns, {ColumnKind::number});
    const Matrix rows = complete_rows(kWho, frame, step.reads_);
    require_valid(options, rows.rows());
    KMeansCenters found = kmeans(rows, {.n_clusters = static_cast<Index>(options.n_clusters),
                                        .n_init = static_cast<Index>(options.n_init),
                                        .max_iter = static_cast<Index>(options.max_iter),
                                        .tolerance = options.tol * mean_variance(rows),
                                        .seed = static_cast<std::uint64_t>(options.random_state),
                                        .n_jobs = resolve_n_jobs(n_jobs)});
    step.centers_ = std::move(found.centers);
    step.inertia_ = found.inertia;
    step.n_iterations_ = found.n_iterations;
    step.write_columns();
    return step;
}

void KMeansFeatures::write_columns() {
    std::vector<std::string> sources, levels;
    for (const ColumnSpec& spec : reads_) sources.push_back(spec.name);
    std::vector<Written> writes;
    for (Index c = 0; c < centers_.rows(); ++c) {
        levels.push_back(std::to_string(c));
        if (options_.output != KMeansOutput::cluster)
            writes.push_back({{.name = options_.name + "__distance_" + levels.back()}, sources});
    }
    if (options_.output != KMeansOutput::distances)
        writes.push_back(
            {{.name = options_.name + "__cluster", .kind = ColumnKind::category, .levels = levels}, sources});
    set_writes(std::move(writes));
}

void KMeansFeatures::update(StepState* /*state*/, std::span<const Cell> read, std::span<Cell> written) const {
    Index nearest = -1;
    double least = 0;
    for (Index c = 0; c < centers_.rows(); ++c) {
        double sum = 0;
        for (std::size_t j = 0; j < read.size(); ++j) {
            const double step = read[j].number - centers_(c, static_cast<Index>(j));
            sum += step * step;
        }
        if (sum < least || (nearest < 0 && !std::isnan(sum))) {
            nearest = c;
            least = sum;
        }
        if (options_.output != KMeansOutput::cluster)
            written[static_cast<std::size_t>(c)] = Cell::of_number(std::sqrt(sum));
    }
    if (options_.output != KMeansOutput::distances)
        written[written.size() - 1] = Cell::of_code(nearest < 0 ? kMissingCode : static_cast<std::int32_t>(nearest));
}

Step::Fitted KMeansFeatures::fitted() const {
    Vector centers(
        std::span<const double>(centers_.data(), static_cast<std::size_t>(centers_.rows() * centers_.cols())));
    return {{"cluster_centers_", std::move(centers)},
            {"inertia_", Vector{inertia_}},
            {"n_iter_", Vector{static_cast<double>(n_iterations_)}}};
}

void KMeansFeatures::validate() const {
    Step::validate();
    const Index k = centers_.rows(), n_distances = options_.output == KMeansOutput::cluster ? 0 : k;
    const Index n_clusters = options_.output == KMeansOutput::distances ? 0 : 1;
    bool ok = k > 0 && centers_.cols() == std::ssize(reads()) && n_distances + n_clusters == std::ssize(writes());
    for (const ColumnSpec& spec : reads()) ok = ok && spec.kind == ColumnKind::number;
    for (Index i = 0; ok && i < std::ssize(writes()); ++i) {
        const ColumnSpec& spec = writes()[static_cast<std::size_t>(i)].spec;
        ok = i < n_distances ? spec.kind == ColumnKind::number
                             : spec.kind == ColumnKind::category && std::ssize(spec.levels) == k;
    }
    if (!ok) throw CorruptModel("KMeansFeatures: its clusters do not fit its columns");
}

}  // namespace plantwright
