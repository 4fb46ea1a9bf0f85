// SPDX-License-Identifier: MIT
#include <cstdio>
#include <string>

#include "neural/autoencoder_fit.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {

void check_autoencoder_options(const LSTMAutoencoderOptions& o) {
    const auto require = [](bool ok, const char* name, const char* allowed, double got) {
        if (ok) return;
        char text[40];
        std::snprintf(text, sizeof text, "%g", got);
        throw InvalidArgument(std::string("LSTMAutoencoder: ") + name + " must be " + allowed + ", got " + text);
    };
    require(o.window >= 1, "window", "at least 1", static_cast<double>(o.window));
    require(o.stride >= 1, "stride", "at least 1", static_cast<double>(o.stride));
    require(o.max_epochs >= 0, "max_epochs", "at least 0", o.max_epochs);
    require(o.batch_size >= 1, "batch_size", "at least 1", static_cast<double>(o.batch_size));
    require(o.learning_rate > 0 && o.learning_rate <= 1, "learning_rate", "in (0, 1]", o.learning_rate);
    require(o.min_learning_rate >= 0 && o.min_learning_rate <= 1, "min_learning_rate", "in [0, 1]",
            o.min_learning_rate);
    require(o.validation_fraction >= 0 && o.validation_fraction <= 0.5, "validation_fraction", "in [0, 0.5]",
            o.validation_fraction);
    require(o.patience >= 1, "patience", "at least 1", o.patience);
    require(o.lr_patience >= 1, "lr_patience", "at least 1", o.lr_patience);
    require(o.lr_factor > 0 && o.lr_factor <= 1, "lr_factor", "in (0, 1]", o.lr_factor);
    require(o.max_gap >= 1, "max_gap", "at least 1", o.max_gap);
    const double contamination = o.contamination.value_or(0.5);
    require(contamination > 0 && contamination <= 0.5, "contamination", "in (0, 0.5]", contamination);
}

}  // namespace plantwright
