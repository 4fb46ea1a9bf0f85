// SPDX-License-Identifier: MIT
#include "checks.hpp"

#include <cmath>
#include <sstream>

#include "plantwright/core/error.hpp"
#include "summation.hpp"

namespace plantwright::evaluate {
namespace {

template <class Value>
[[noreturn]] void refuse(const char* who, const char* name, Index i, Value value, const char* allowed) {
    std::ostringstream text;
    text << who << ": " << name << " must be " << allowed << ", got " << value << " at row " << i;
    throw InvalidArgument(text.str());
}

}  // namespace

void require_length(const char* who, const char* name, Index size, Index expected) {
    if (size == expected) return;
    throw InvalidArgument(std::string(who) + ": " + name + " must have " + std::to_string(expected) + " rows, got " +
                          std::to_string(size));
}

void require_rows(const char* who, Index rows) {
    if (rows < 1) throw InvalidArgument(std::string(who) + ": y_true must have at least one row, got 0");
}

void require_finite(const char* who, const char* name, ConstVectorView values) {
    for (Index i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) refuse(who, name, i, values[i], "finite");
    }
}

void require_labels(const char* who, const char* name, ConstLabelView labels, Index n_classes) {
    for (Index i = 0; i < labels.size(); ++i) {
        if (labels[i] < 0 || labels[i] >= n_classes) {
            refuse(who, name, i, labels[i], ("a class code in [0, " + std::to_string(n_classes) + ")").c_str());
        }
    }
}

void require_weights(const char* who, ConstVectorView weights, Index rows) {
    if (weights.empty()) return;
    require_length(who, "sample_weight", weights.size(), rows);
    bool any = false;
    for (Index i = 0; i < rows; ++i) {
        if (!std::isfinite(weights[i]) || weights[i] < 0)
            refuse(who, "sample_weight", i, weights[i], "finite and >= 0");
        any = any || weights[i] > 0;
    }
    if (!any) throw InvalidArgument(std::string(who) + ": sample_weight must have a value above 0, got only zeros");
}

void require_probabilities(const char* who, ConstVectorView values) {
    for (Index i = 0; i < values.size(); ++i) {
        if (!(values[i] >= 0 && values[i] <= 1)) refuse(who, "probability", i, values[i], "in [0, 1]");
    }
}

}  // namespace plantwright::evaluate
