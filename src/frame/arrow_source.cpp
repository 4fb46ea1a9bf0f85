// SPDX-License-Identifier: MIT
#include "frame/arrow_source.hpp"

#include <cstring>
#include <string>

#include "plantwright/core/error.hpp"

namespace plantwright::detail {
namespace {

/// Arrow's rule for a move: copy the struct, mark the old one as released.
template <class Struct>
Struct moved(Struct& from) {
    Struct to = from;
    from.release = nullptr;
    return to;
}

template <class Struct>
std::shared_ptr<const Struct> held(Struct& from) {
    auto holder = std::shared_ptr<Struct>(new Struct{}, [](Struct* held_struct) {
        if (held_struct->release != nullptr) held_struct->release(held_struct);
        delete held_struct;
    });
    *holder = moved(from);
    return holder;
}

[[noreturn]] void refuse(ArrowArrayStream& stream, const char* what, int code) {
    const char* reason = stream.get_last_error(&stream);
    throw InvalidArgument(std::string("Frame: the Arrow stream failed to give ") + what + ": " +
                          (reason != nullptr ? reason : std::strerror(code)));
}

}  // namespace

ArrowSource take_stream(ArrowArrayStream& stream) {
    if (stream.release == nullptr) throw InvalidArgument("Frame: the Arrow stream was already used");
    ArrowArrayStream own = moved(stream);
    const std::unique_ptr<ArrowArrayStream, void (*)(ArrowArrayStream*)> guard(&own, [](auto* s) { s->release(s); });
    ArrowSchema schema{};
    if (const int code = own.get_schema(&own, &schema); code != 0) refuse(own, "its schema", code);
    ArrowSource source{held(schema), {}};
    while (true) {
        ArrowArray array{};
        if (const int code = own.get_next(&own, &array); code != 0) refuse(own, "its next batch", code);
        if (array.release == nullptr) return source;
        source.arrays.push_back(held(array));
    }
}

ArrowSource take_array(ArrowSchema& schema, ArrowArray& array) {
    if (schema.release == nullptr || array.release == nullptr) {
        throw InvalidArgument("Frame: the Arrow array was already used");
    }
    return {held(schema), {held(array)}};
}

bool ArrowChunk::has_nulls() const {
    if (validity() == nullptr || array->null_count == 0) return false;
    for (std::int64_t row = 0; row < length; ++row) {
        if (!is_valid(row)) return true;
    }
    return false;
}

std::vector<ArrowChunk> chunks_of(const ArrowSource& source) {
    std::vector<ArrowChunk> chunks;
    for (const auto& array : source.arrays) chunks.push_back({array.get(), array->offset, array->length, array});
    return chunks;
}

std::vector<ArrowChunk> chunks_of_child(const ArrowSource& source, std::int64_t child) {
    std::vector<ArrowChunk> chunks;
    for (const ArrowChunk& batch : chunks_of(source)) {
        const ArrowArray* array = batch.array->children[child];
        chunks.push_back({array, array->offset + batch.begin, batch.length, batch.owner});
    }
    return chunks;
}

}  // namespace plantwright::detail
