// SPDX-License-Identifier: MIT
/// Which columns a step works on.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/frame/schema.hpp"

namespace plantwright {

/// The columns named; or all of some kinds and roles. As it comes: every column of a kind that the step takes whose
/// role is an input's and which is known at prediction (`ColumnSpec::is_input`, and times).
struct StepColumns {
    std::vector<std::string> names{};
    std::vector<ColumnKind> kinds{};
    std::vector<Role> roles{};

    StepColumns() = default;
    StepColumns(std::vector<std::string> wanted) : names(std::move(wanted)) {}
    StepColumns(std::initializer_list<const char*> wanted) : names(wanted.begin(), wanted.end()) {}

    bool operator==(const StepColumns&) const = default;
};

/// In the order of the names, or of the schema. Throws SchemaMismatch on a name that is not there, InvalidArgument on
/// one twice, on a named column of another kind than `takes`, and where no column is left.
PLANTWRIGHT_API std::vector<ColumnSpec> select_columns(std::string_view who, const Schema& schema,
                                                       const StepColumns& wanted, std::vector<ColumnKind> takes);

}  // namespace plantwright
