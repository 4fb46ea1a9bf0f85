// SPDX-License-Identifier: MIT
/// What the frame tests share.
#pragma once

#include <string>

namespace plantwright {

template <class Exception, class Call>
std::string message_of(Call call) {
    try {
        call();
    } catch (const Exception& error) {
        return error.what();
    }
    return "nothing was thrown";
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace plantwright
