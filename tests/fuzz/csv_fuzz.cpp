// SPDX-License-Identifier: MIT
// Any bytes are a table or one of our errors: never a crash, never another exception. The first byte chooses options.
#include <string_view>

#include "fuzz.hpp"
#include "plantwright/frame/csv.hpp"

namespace {

using namespace plantwright;

CsvOptions options_of(std::uint8_t bits) {
    CsvOptions options;
    if (bits & 1) options.bad_rows = BadRows::skip;
    if (bits & 2) options.time = {"t"};
    if (bits & 4) options.time = {"year", "month", "day", "hour"};
    if (bits & 8) options.time_zone = "+01:30";
    if (bits & 16) options.decimal = ',';
    if (bits & 32) options.delimiter = ';';
    if (bits & 64) options.missing = {"-999"};
    return options;
}

void fuzz_csv(fuzz::Input bytes) {
    if (bytes.empty()) return;
    const CsvOptions options = options_of(std::to_integer<std::uint8_t>(bytes[0]));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + 1, bytes.size() - 1);
    fuzz::tolerating_our_errors([&] {
        const auto first = parse_csv(text, options);
        parse_csv(text, first.frame.schema(), options);
    });
}

}  // namespace

PLANTWRIGHT_FUZZ_TARGET(csv, fuzz_csv)
