// SPDX-License-Identifier: MIT
// Any bytes are a table or one of our errors: never a crash, never another exception. The first byte chooses options.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plantwright/core/error.hpp"
#include "plantwright/frame/csv.hpp"

namespace {

plantwright::CsvOptions options_of(std::uint8_t bits) {
    plantwright::CsvOptions options;
    if (bits & 1) options.bad_rows = plantwright::BadRows::skip;
    if (bits & 2) options.time = {"t"};
    if (bits & 4) options.time = {"year", "month", "day", "hour"};
    if (bits & 8) options.time_zone = "+01:30";
    if (bits & 16) options.decimal = ',';
    if (bits & 32) options.delimiter = ';';
    if (bits & 64) options.missing = {"-999"};
    return options;
}

void read(std::string_view text, std::uint8_t bits) {
    try {
        const auto first = plantwright::parse_csv(text, options_of(bits));
        plantwright::parse_csv(text, first.frame.schema(), options_of(bits));
    } catch (const plantwright::Error&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0) read({reinterpret_cast<const char*>(data) + 1, size - 1}, data[0]);
    return 0;
}
