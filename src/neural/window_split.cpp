// SPDX-License-Identifier: MIT
/// Which windows are for what, and where their scores part.
#include <algorithm>
#include <cmath>

#include "neural/autoencoder_fit.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::neural {

WindowSplit split_windows(const std::vector<Index>& starts, Index window, double fraction) {
    WindowSplit split;
    const auto n = std::ssize(starts);
    const auto n_last = static_cast<Index>(std::floor(fraction * static_cast<double>(n)));
    if (n_last > 0) {
        split.validation.assign(starts.end() - n_last, starts.end());
        const Index end = split.validation.front() - window;  // rows before it are for training
        for (const Index start : starts) {
            if (start + window <= end) split.training.push_back(start);
        }
    }
    if (split.training.empty()) return {starts, {}};
    return split;
}

double offset_of(const Vector& scores, double share) {
    std::vector<double> finite;
    for (const double score : scores) {
        if (std::isfinite(score)) finite.push_back(score);
    }
    if (finite.empty())
        throw InvalidArgument("LSTMAutoencoder: every window is without readings; there is nothing to learn from");
    std::sort(finite.begin(), finite.end());
    const double at = share * static_cast<double>(finite.size() - 1);  // numpy.quantile's linear rule
    const auto below = static_cast<std::size_t>(at);
    const double next = finite[std::min(below + 1, finite.size() - 1)];
    return finite[below] + (at - static_cast<double>(below)) * (next - finite[below]);
}

std::vector<Index> evenly(std::span<const Index> starts, Index n_most) {
    const Index n = std::ssize(starts), n_taken = std::min(n, n_most);
    std::vector<Index> taken;
    for (Index k = 0; k < n_taken; ++k) taken.push_back(starts[static_cast<std::size_t>(k * n / n_taken)]);
    return taken;
}

}  // namespace plantwright::neural
