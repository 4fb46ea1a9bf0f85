// SPDX-License-Identifier: MIT
/// PCA of whole windows: what a linear autoencoder with the same code makes of them.
///
///     x^ = mean + W' W (x - mean),     x: a window as one vector, rows of W the leading eigenvectors of its covariance
///
/// A missing reading counts as 0, the sensor's mean where rows are standardized. Eigenvectors by subspace iteration
/// from a random start (Halko, Martinsson & Tropp, SIAM Review 53, 2011), ten vectors more than asked for, in double:
/// O(windows * window * sensors * components) a round. Of more than `kMostWindows` windows, that many are taken, evenly
/// spaced. Immutable; may be read by many threads.
#pragma once

#include <cstdint>
#include <optional>

#include "plantwright/neural/autoencoder_network.hpp"

namespace plantwright {

class PLANTWRIGHT_API WindowPca {
public:
    static constexpr Index kMostWindows = 8192;

    WindowPca() = default;
    /// With `n_components`, or as many as windows and readings allow.
    static WindowPca fit(const Windows& windows, Index window, Index n_components, std::uint64_t random_state,
                         std::optional<int> n_jobs = {});

    /// As AutoencoderNetwork::reconstruct, with the components' values as codes.
    void reconstruct(const Windows& windows, const AutoencoderNetwork::Visit& visit,
                     std::optional<int> n_jobs = {}) const;

    Index window() const { return window_; }
    Index n_components() const { return components_.rows(); }
    Index n_sensors() const { return window_ > 0 ? components_.cols() / window_ : 0; }
    const Table<float>& components() const { return components_; }  ///< W, `(n_components, window * n_sensors)`
    const Buffer<float>& mean() const { return mean_; }
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, window_, mean_, components_);
    }

private:
    Index window_ = 0;
    Buffer<float> mean_;
    Table<float> components_;
};

}  // namespace plantwright
