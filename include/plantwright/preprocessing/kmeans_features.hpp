// SPDX-License-Identifier: MIT
/// `KMeansFeatures`: how far a row is from each of k typical states, and which is the nearest.
///
/// Centres minimise the inertia, sum_i min_c |x_i - m_c|^2: started by k-means++ (Arthur & Vassilvitskii, "k-means++:
/// the advantages of careful seeding", SODA 2007), each centre the best of 2 + log k draws, and moved by Lloyd's steps
/// ("Least squares quantization in PCM", IEEE Trans. Information Theory 28, 1982) until they rest; the best of `n_init`
/// starts. A centre without rows moves to the row that is farthest from its own. Rows with a missing value do not count
/// when fitting, and have missing features. Distances are in the columns' units: scale first.
///
/// Columns `kmeans__distance_0`, ... and the category `kmeans__cluster` stand behind those that there are. O(n k d) a
/// step of a start, and O(k d) a row.
#pragma once

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

enum class KMeansOutput { distances, cluster, both };
template <>
inline constexpr std::array<std::string_view, 3> kWords<KMeansOutput>{"distances", "cluster", "both"};

struct KMeansFeaturesOptions {
    static constexpr std::string_view kStepType = "KMeansFeatures";
    std::int64_t n_clusters = 8;  ///< k
    KMeansOutput output = KMeansOutput::distances;
    std::int64_t n_init = 10;
    std::int64_t max_iter = 300;  ///< Lloyd's steps a start
    double tol = 1e-4;            ///< of the columns' mean variance: squared moves below it, summed, are rest
    std::int64_t random_state = 0;
    std::string name = "kmeans";  ///< of the columns, before "__"
    StepColumns columns{};        ///< numbers

    static void fields(auto& self, auto&& field) {
        field("n_clusters", self.n_clusters);
        field("output", self.output);
        field("n_init", self.n_init);
        field("max_iter", self.max_iter);
        field("tol", self.tol);
        field("random_state", self.random_state);
        field("name", self.name);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API KMeansFeatures final : public Step {
public:
    using Options = KMeansFeaturesOptions;

    KMeansFeatures() = default;
    /// Throws InvalidArgument on fewer complete rows than clusters, an infinity, and options out of range.
    static KMeansFeatures fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const Matrix& centers() const { return centers_; }  ///< `(k, n_columns)`
    double inertia() const { return inertia_; }

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override;
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, centers_, inertia_, n_iterations_);
        io::validate_after_load(archive, *this);
    }

private:
    void write_columns();

    Options options_;
    Matrix centers_;
    double inertia_ = 0;
    std::int64_t n_iterations_ = 0;
};

}  // namespace plantwright
