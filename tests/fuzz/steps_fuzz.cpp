// SPDX-License-Identifier: MIT
/// Files of every type of step and of a model under edits. What loads transforms tables and rows.
#include "hostile_steps.hpp"

namespace {

using namespace plantwright;

void fuzz_steps(fuzz::Input input) {
    for (const fuzz::GoodFile& good : fuzz::good_pipelines())
        fuzz::load_and_use_pipeline(fuzz::edited(good.bytes, input));
    fuzz::load_and_use_model(fuzz::edited(fuzz::good_model().bytes, input));
}

}  // namespace

PLANTWRIGHT_FUZZ_TARGET(steps, fuzz_steps)
