// SPDX-License-Identifier: MIT
#include "detection_checks.hpp"

#include <string>

#include "plantwright/core/error.hpp"

namespace plantwright::evaluate {
namespace {

std::string text_of(const Event& event) {
    return "[" + std::to_string(event.begin) + ", " + std::to_string(event.end) + ")";
}

}  // namespace

void require_events(const char* who, Events events, Index n_rows) {
    Index last = 0;
    for (const Event& event : events) {
        if (event.begin >= event.end || event.begin < 0 || event.end > n_rows) {
            throw InvalidArgument(std::string(who) + ": events must be rows [begin, end) within [0, " +
                                  std::to_string(n_rows) + "), got " + text_of(event));
        }
        if (event.begin < last) {
            throw InvalidArgument(std::string(who) + ": events must be in order and must not overlap, got " +
                                  text_of(event) + " after one that ends at " + std::to_string(last));
        }
        last = event.end;
    }
}

void require_flags(const char* who, const char* name, ConstLabelView flags) {
    for (Index i = 0; i < flags.size(); ++i) {
        if (flags[i] == 0 || flags[i] == 1) continue;
        throw InvalidArgument(std::string(who) + ": " + name + " must be 0 or 1, got " + std::to_string(flags[i]) +
                              " at row " + std::to_string(i));
    }
}

void require_both_kinds(const char* who, Events events, Index n_rows) {
    Index inside = 0;
    for (const Event& event : events) inside += event.rows();
    if (inside > 0 && inside < n_rows) return;
    throw InvalidArgument(std::string(who) + ": rows must lie both inside and outside of events, got " +
                          std::to_string(inside) + " inside of " + std::to_string(n_rows));
}

}  // namespace plantwright::evaluate
