// SPDX-License-Identifier: MIT
/// What the leak check calls things: roles resolved to columns, numbers in words.
#pragma once

#include <optional>
#include <string>

#include "plantwright/evaluate/leak_check.hpp"

namespace plantwright::evaluate {

/// The columns that options or roles name. Throws SchemaMismatch where the options name one that is absent.
struct LeakColumns {
    std::optional<std::string> target, time, group;
};
LeakColumns columns_of(const Frame& frame, const LeakOptions& options);

/// Whether an estimator would see the column; one that is not known at prediction is kept from it by the schema.
bool is_feature(const ColumnSpec& spec, const LeakColumns& columns);

std::string quoted(const std::string& name);      ///< `name`
std::string share_text(Index part, Index whole);  ///< "12 of 340 (3.5 %)"

/// Whether the column counts power or energy, active or reactive: by its unit, or by the unit that ends its name.
bool is_power_or_energy(const ColumnSpec& spec);

}  // namespace plantwright::evaluate
