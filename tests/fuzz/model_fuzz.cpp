// SPDX-License-Identifier: MIT
/// Model files: the container as it comes, and with its checksums made right, so that the fuzzer gets to what they
/// protect.
#include "fuzz.hpp"
#include "io/forge.hpp"
#include "io/sample_model.hpp"

namespace {

using namespace plantwright;
using io::testing::SampleModel;

void load_and_save(fuzz::Input bytes) {
    fuzz::tolerating_our_errors([&] { io::read_header(bytes); });
    fuzz::tolerating_our_errors([&] {
        const std::vector<std::byte> saved = io::to_bytes(io::from_bytes<SampleModel>(bytes));
        const SampleModel again = io::from_bytes<SampleModel>(saved);  // must load: it is our own file
        fuzz::require(io::to_bytes(again) == saved, "a model that was loaded does not save to the same bytes twice");
    });
}

void fuzz_model(fuzz::Input bytes) {
    load_and_save(bytes);
    io::testing::Bytes forged(bytes.begin(), bytes.end());
    io::testing::reseal(forged);
    load_and_save(forged);
}

}  // namespace

PLANTWRIGHT_FUZZ_TARGET(model, fuzz_model)
