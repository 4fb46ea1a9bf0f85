// SPDX-License-Identifier: MIT
#include "fuzz.hpp"
#include "plantwright/io/json.hpp"

namespace {

using namespace plantwright;

void fuzz_json(fuzz::Input bytes) {
    fuzz::tolerating_our_errors([&] {
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        const io::Json value = io::Json::parse(text);
        const std::string printed = value.dump();  // what was parsed can be printed, and reads back as the same
        fuzz::require(io::Json::parse(printed) == value, "Json: printed text reads back as another value");
        fuzz::require(io::Json::parse(value.dump(1)) == value, "Json: indented text reads back as another value");
    });
}

}  // namespace

PLANTWRIGHT_FUZZ_TARGET(json, fuzz_json)
