// SPDX-License-Identifier: MIT
/// What the metrics of detection ask of events and alarms.
#pragma once

#include "plantwright/evaluate/detection_metrics.hpp"

namespace plantwright::evaluate {

/// Not empty, inside [0, n_rows), in order and apart; events may touch.
void require_events(const char* who, Events events, Index n_rows);
void require_flags(const char* who, const char* name, ConstLabelView flags);  // 0 and 1 alone
void require_both_kinds(const char* who, Events events, Index n_rows);        // a row inside and a row outside

}  // namespace plantwright::evaluate
