// SPDX-License-Identifier: MIT
/// What a message says of a misspelt name, and of a place in a text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plantwright {

/// "; did you mean 'steam_t'?", or a list of the names there are (the first ten), or nothing.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& names);

/// The text's line with a caret under the place, of a long text what is near.
std::string shown_at(std::string_view text, std::size_t position);

}  // namespace plantwright
