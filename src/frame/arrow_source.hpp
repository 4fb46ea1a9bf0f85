// SPDX-License-Identifier: MIT
/// What a producer handed over, held until the last user is gone.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "plantwright/frame/arrow.hpp"

namespace plantwright::detail {

using ArrayPtr = std::shared_ptr<const ArrowArray>;

struct ArrowSource {
    std::shared_ptr<const ArrowSchema> schema;
    std::vector<ArrayPtr> arrays;
};

/// Moves the structs in; what was given is marked as released, also where this throws.
ArrowSource take_stream(ArrowArrayStream& stream);
ArrowSource take_array(ArrowSchema& schema, ArrowArray& array);

/// Some rows of a column; `array`'s own offset is counted in `begin`.
struct ArrowChunk {
    const ArrowArray* array;
    std::int64_t begin;
    std::int64_t length;
    std::shared_ptr<const void> owner;

    bool has_nulls() const;
    bool is_valid(std::int64_t row) const {  // row in [0, length)
        const auto* bits = static_cast<const std::uint8_t*>(validity());
        const std::int64_t i = begin + row;
        return bits == nullptr || (bits[i / 8] >> (i % 8) & 1) != 0;
    }

private:
    const void* validity() const { return array->n_buffers > 0 ? array->buffers[0] : nullptr; }
};

/// The rows of the top-level arrays, or those of child `i` of arrays that are structs.
std::vector<ArrowChunk> chunks_of(const ArrowSource& source);
std::vector<ArrowChunk> chunks_of_child(const ArrowSource& source, std::int64_t child);

}  // namespace plantwright::detail
