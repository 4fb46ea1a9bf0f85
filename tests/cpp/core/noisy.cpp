// SPDX-License-Identifier: MIT
// What check_library_symbols.cmake must find; never linked.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace plantwright {

void do_what_the_library_never_does(const std::string& text) {
    auto* copy = new std::string(text);
#if defined(PLANTWRIGHT_NOISY_PRINTS)
    std::fputs(copy->c_str(), stdout);
#elif defined(PLANTWRIGHT_NOISY_EXITS)
    if (copy->empty()) std::abort();
#else
    std::signal(SIGINT, SIG_IGN);
#endif
    delete copy;
}

}  // namespace plantwright
