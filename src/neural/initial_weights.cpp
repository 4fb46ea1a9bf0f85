// SPDX-License-Identifier: MIT
#include "neural/initial_weights.hpp"

#include <cmath>

#include "plantwright/core/random.hpp"

namespace plantwright::neural {
namespace {

/// Uniform within sqrt(6 / (inputs + outputs)).
void fill_glorot(const TensorPlace& place, Index outputs, RandomStream& random, Buffer<float>& weights) {
    const double limit = std::sqrt(6.0 / static_cast<double>(place.tensor.rows + outputs));
    for (Index i = 0; i < place.tensor.rows; ++i) {
        for (Index j = 0; j < place.tensor.cols; ++j)
            weights[place.at(i, j)] = static_cast<float>(random.uniform(-limit, limit));
    }
}

double dot(VectorView<const double> a, VectorView<const double> b) {
    double sum = 0;
    for (Index k = 0; k < a.size(); ++k) sum += a[k] * b[k];
    return sum;
}

/// Rows of normal numbers, each made orthogonal to those before it (twice, for the rounding) and of length 1.
Matrix orthogonal(Index n, RandomStream& random) {
    Matrix q(n, n);
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < n; ++j) q(i, j) = random.normal();
        for (int round = 0; round < 2; ++round) {
            for (Index before = 0; before < i; ++before) {
                const double along = dot(q.row(i), q.row(before));
                for (Index j = 0; j < n; ++j) q(i, j) -= along * q(before, j);
            }
        }
        const double length = std::sqrt(dot(q.row(i), q.row(i)));
        for (Index j = 0; j < n; ++j) q(i, j) /= length;
    }
    return q;
}

void fill_recurrent(const TensorPlace& place, RandomStream& random, Buffer<float>& weights) {
    for (Index gate = 0; gate < 4; ++gate) {
        const Matrix q = orthogonal(place.units, random);
        for (Index i = 0; i < place.units; ++i) {
            for (Index j = 0; j < place.units; ++j)
                weights[place.at(i, gate * place.units + j)] = static_cast<float>(q(i, j));
        }
    }
}

}  // namespace

Buffer<float> initial_weights(const NetworkLayout& layout, std::uint64_t random_state) {
    Buffer<float> weights(layout.n_weights);
    std::uint64_t index = 0;
    for (const TensorPlace& place : layout.tensors()) {
        RandomStream random(random_state, index++, Purpose::noise);
        const std::string& name = place.tensor.name;
        if (name.ends_with(".recurrent"))
            fill_recurrent(place, random, weights);
        else if (!name.ends_with(".bias"))
            fill_glorot(place, place.units > 0 ? place.units : place.tensor.cols, random, weights);
        else
            for (Index unit = 0; unit < place.units; ++unit) weights[place.at(0, place.units + unit)] = 1;  // forget
    }
    return weights;
}

}  // namespace plantwright::neural
