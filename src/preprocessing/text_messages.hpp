// SPDX-License-Identifier: MIT
/// What a misspelt name may have meant.
#pragma once

#include <string>
#include <vector>

namespace plantwright {

/// "; did you mean 'steam_t'?", or a list of the names there are (the first ten), or nothing.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& names);

}  // namespace plantwright
