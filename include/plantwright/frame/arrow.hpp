// SPDX-License-Identifier: MIT
/// Tables in and out through Arrow's C data interface (Apache Arrow, "The Arrow C Data Interface", "... C Stream
/// Interface"): how polars, pyarrow, DuckDB and others hand over columns within one process, without a library between.
///
/// In: floating-point columns of one chunk without nulls are not copied; the producer's memory lives until the last
/// column that looks at it is gone (its release callback may then run on any thread). Integers, booleans and half
/// floats become float64, nulls NaN (integers beyond 2^53 are rounded); strings and dictionaries of strings become
/// categories, strings with levels in byte order, dictionaries in their own; time stamps and dates become int64
/// nanoseconds with their zone; durations become seconds. Anything else is InvalidArgument, naming column and type. One
/// pass over the data. The producer shares our process and is trusted: its offsets are not checked.
#pragma once

#include <cstdint>
#include <string>

#include "plantwright/frame/frame.hpp"

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
extern "C" {
struct ArrowSchema {
    const char* format;
    const char* name;
    const char* metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema** children;
    struct ArrowSchema* dictionary;
    void (*release)(struct ArrowSchema*);
    void* private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void** buffers;
    struct ArrowArray** children;
    struct ArrowArray* dictionary;
    void (*release)(struct ArrowArray*);
    void* private_data;
};
}
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
extern "C" {
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
    int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
    const char* (*get_last_error)(struct ArrowArrayStream*);
    void (*release)(struct ArrowArrayStream*);
    void* private_data;
};
}
#endif

namespace plantwright {

/// A stream of record batches. Takes it over: it is released, also where this throws.
PLANTWRIGHT_API Frame frame_from_arrow(ArrowArrayStream& stream);
/// A single record batch; both structs are taken over.
PLANTWRIGHT_API Frame frame_from_arrow(ArrowSchema& schema, ArrowArray& batch);

/// A column and what it is.
struct NamedColumn {
    ColumnSpec spec;
    Column column;
};

/// A stream of arrays, or a single one, as the column `name`; taken over alike.
PLANTWRIGHT_API NamedColumn column_from_arrow(ArrowArrayStream& stream, const std::string& name);
PLANTWRIGHT_API NamedColumn column_from_arrow(ArrowSchema& schema, ArrowArray& array, const std::string& name);

/// The frame as a stream of one record batch, which the receiver releases. Contiguous columns are not copied and live
/// as long as the batch. Float columns keep NaN as their missing value (no null bitmap); categories are dictionaries.
PLANTWRIGHT_API void frame_to_arrow(const Frame& frame, ArrowArrayStream& out);

}  // namespace plantwright
