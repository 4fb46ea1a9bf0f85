// SPDX-License-Identifier: MIT
/// Options of LSTM autoencoders from Python's keyword arguments, and back.
#pragma once

#include <pybind11/pybind11.h>

#include "plantwright/neural/lstm_autoencoder.hpp"

namespace plantwright::bindings {

/// Throws TypeError on a name that is no option.
LSTMAutoencoderOptions autoencoder_options_from(const pybind11::dict& named);
pybind11::dict named_options_of(const LSTMAutoencoderOptions& options);  ///< what made them

}  // namespace plantwright::bindings
