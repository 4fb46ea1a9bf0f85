// SPDX-License-Identifier: MIT
#pragma once

#include "neural/network_layout.hpp"

namespace plantwright::neural {

/// See AutoencoderNetwork's constructor. One stream of random numbers a tensor.
Buffer<float> initial_weights(const NetworkLayout& layout, std::uint64_t random_state);

}  // namespace plantwright::neural
