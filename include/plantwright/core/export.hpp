// SPDX-License-Identifier: MIT
/// PLANTWRIGHT_API marks what a shared build exports; everything else stays hidden.
#pragma once

#if defined(PLANTWRIGHT_SHARED) && defined(__GNUC__)
#define PLANTWRIGHT_API __attribute__((visibility("default")))
#else
#define PLANTWRIGHT_API
#endif
