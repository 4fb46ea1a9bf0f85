// SPDX-License-Identifier: MIT
#include "../forest/counted_new_test.cpp"  // this program's operator new counts, too
