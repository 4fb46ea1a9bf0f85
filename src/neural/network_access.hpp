// SPDX-License-Identifier: MIT
#pragma once

#include "neural/packed_network.hpp"

namespace plantwright::neural {

/// What the area's own code may see of a network.
struct NetworkAccess {
    static const Buffer<float>& weights(const AutoencoderNetwork& network) { return network.weights_; }
    static const PackedNetwork& packed(const AutoencoderNetwork& network) { return *network.packed_; }
    static std::shared_ptr<const PackedNetwork> shared(const AutoencoderNetwork& network) { return network.packed_; }
    static void set_weights(AutoencoderNetwork& network, Buffer<float> weights) {
        network.weights_ = std::move(weights);
        network.pack();
    }
};

/// Throws InvalidArgument where the sensors are too few or too many, or a window leaves the table.
void require_windows(const AutoencoderShape& shape, const Windows& windows);

}  // namespace plantwright::neural
