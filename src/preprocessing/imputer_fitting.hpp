// SPDX-License-Identifier: MIT
/// What `SimpleImputer` learns.
#pragma once

#include "plantwright/preprocessing/simple_imputer.hpp"

namespace plantwright {

struct ImputerFit {
    std::vector<ColumnSpec> columns;  // to fill
    std::vector<Step::Written> writes;
    std::optional<ColumnSpec> time, group;
    Vector numbers;
    Buffer<std::int32_t> codes;
    Buffer<std::int64_t> indicated;
};

ImputerFit fit_imputer(const Frame& frame, const SimpleImputerOptions& options, std::optional<int> n_jobs);

}  // namespace plantwright
