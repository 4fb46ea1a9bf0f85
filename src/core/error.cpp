// SPDX-License-Identifier: MIT
#include "plantwright/core/error.hpp"

namespace plantwright {

// Out of line, so that each class has one vtable and one typeinfo, in this file.
Error::~Error() = default;
InvalidArgument::~InvalidArgument() = default;
NotFitted::~NotFitted() = default;
SchemaMismatch::~SchemaMismatch() = default;
ParseError::~ParseError() = default;
CorruptModel::~CorruptModel() = default;
UnsupportedVersion::~UnsupportedVersion() = default;
IoError::~IoError() = default;
Stopped::~Stopped() = default;

}  // namespace plantwright
