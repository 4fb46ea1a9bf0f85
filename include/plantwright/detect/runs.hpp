// SPDX-License-Identifier: MIT
/// Where rows of training do not follow each other: a detector on windows makes none across the begin of a run.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright {

/// Rows, rising, at which a new run begins: nothing is known of the time between each and the row before it. Row 0
/// begins one unsaid.
using RunBegins = std::span<const Index>;

namespace detect {

/// Calls `visit(begin, end)` for each run of `n_rows` rows. Throws InvalidArgument, naming `who`, where begins do not
/// rise within the rows.
template <class Visit>
void for_each_run(const char* who, Index n_rows, RunBegins runs, const Visit& visit) {
    Index begin = 0;
    for (const Index next : runs) {
        if (next <= begin || next >= n_rows) {
            throw InvalidArgument(std::string(who) + ": runs must begin at rising rows in [1, " +
                                  std::to_string(n_rows - 1) + "], got " + std::to_string(next));
        }
        visit(begin, next);
        begin = next;
    }
    visit(begin, n_rows);
}

/// The runs of what is left of `n_rows` rows without those in [begin, end).
inline std::vector<Index> runs_outside(RunBegins runs, Index n_rows, Index begin, Index end) {
    std::vector<Index> outside;
    for (const Index run : runs) {
        if (run < begin) outside.push_back(run);
    }
    if (begin > 0 && end < n_rows) outside.push_back(begin);
    for (const Index run : runs) {
        if (run > end && run < n_rows) outside.push_back(run - (end - begin));
    }
    return outside;
}

}  // namespace detect
}  // namespace plantwright
