// SPDX-License-Identifier: MIT
/// One table of kernels per instruction-set level, and the choice among them.
///
/// A kernel header (`*_kernel.hpp`, plain structs only) declares `struct SumKernels { double (*sum)(const double*,
/// long); };` and `PLANTWRIGHT_DECLARE_KERNELS(SumKernels, sum_kernels)` inside namespace plantwright. The file
/// `sum.kernel.cpp`, compiled once per level, defines `const SumKernels sum_kernels = {sum};` inside namespace
/// plantwright::PLANTWRIGHT_LEVEL. A caller, which includes core/isa.hpp too, writes
/// `PLANTWRIGHT_KERNELS(sum_kernels).sum(data, n)`.
#pragma once

#if defined(__x86_64__) && !defined(PLANTWRIGHT_PORTABLE)
#define PLANTWRIGHT_DECLARE_KERNELS(Table, name) \
    namespace portable {                         \
    extern const Table name;                     \
    }                                            \
    namespace v2 {                               \
    extern const Table name;                     \
    }                                            \
    namespace v3 {                               \
    extern const Table name;                     \
    }                                            \
    namespace v4 {                               \
    extern const Table name;                     \
    }
#define PLANTWRIGHT_KERNELS(name)                                                                                \
    ::plantwright::at_isa_level(::plantwright::portable::name, ::plantwright::v2::name, ::plantwright::v3::name, \
                                ::plantwright::v4::name)
#else
#define PLANTWRIGHT_DECLARE_KERNELS(Table, name) \
    namespace portable {                         \
    extern const Table name;                     \
    }
#define PLANTWRIGHT_KERNELS(name) (::plantwright::portable::name)
#endif
