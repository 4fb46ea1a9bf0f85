// SPDX-License-Identifier: MIT
/// Lloyd's algorithm from k-means++ starts; see KMeansFeatures.
#pragma once

#include "plantwright/core/types.hpp"

namespace plantwright {

struct KMeansRequest {
    Index n_clusters, n_init, max_iter;
    double tolerance;  ///< of the summed squared moves of the centres
    std::uint64_t seed;
    int n_jobs;
};

struct KMeansCenters {
    Matrix centers;
    double inertia = 0;
    Index n_iterations = 0;
};

/// `rows (n, d)` of finite numbers, at least one for each cluster. Does not depend on n_jobs.
KMeansCenters kmeans(const Matrix& rows, const KMeansRequest& request);

inline double squared_distance(const double* a, const double* b, Index n) {
    double sum = 0;
    for (Index j = 0; j < n; ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}

}  // namespace plantwright
