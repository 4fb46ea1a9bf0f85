// SPDX-License-Identifier: MIT
#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plantwright/core/error.hpp"
#include "plantwright/frame/arrow.hpp"

namespace plantwright {
namespace {

/// Everything that a struct handed to the receiver points to. Freed by the struct's release.
struct SchemaMemory {
    std::string format, name;
    std::vector<ArrowSchema*> children;
};

struct ArrayMemory {
    std::vector<const void*> buffers;
    std::vector<ArrowArray*> children;
    std::vector<Column> columns;  // whose memory the buffers show
    Buffer<std::uint8_t> validity;
    Buffer<std::int64_t> offsets;
    std::string text;
};

template <class Struct>
void free_children(Struct* parent) {
    for (std::int64_t i = 0; i < parent->n_children; ++i) {
        if (parent->children[i]->release != nullptr) parent->children[i]->release(parent->children[i]);
        delete parent->children[i];
    }
    if (parent->dictionary == nullptr) return;
    if (parent->dictionary->release != nullptr) parent->dictionary->release(parent->dictionary);
    delete parent->dictionary;
}

template <class Struct, class Memory>
void release(Struct* given) {
    free_children(given);
    delete static_cast<Memory*>(given->private_data);
    given->release = nullptr;
}

constexpr std::int64_t kNullable = 2;  // ARROW_FLAG_NULLABLE

ArrowSchema schema_struct(std::string format, std::string name, std::vector<ArrowSchema*> children = {}) {
    auto* memory = new SchemaMemory{std::move(format), std::move(name), std::move(children)};
    ArrowSchema schema{};
    schema.format = memory->format.c_str();
    schema.name = memory->name.c_str();
    schema.flags = kNullable;
    schema.n_children = static_cast<std::int64_t>(memory->children.size());
    schema.children = memory->children.data();
    schema.release = &release<ArrowSchema, SchemaMemory>;
    schema.private_data = memory;
    return schema;
}

ArrowArray array_struct(std::unique_ptr<ArrayMemory> memory, std::int64_t length, std::int64_t null_count) {
    ArrowArray array{};
    array.length = length;
    array.null_count = null_count;
    array.n_buffers = static_cast<std::int64_t>(memory->buffers.size());
    array.n_children = static_cast<std::int64_t>(memory->children.size());
    array.buffers = memory->buffers.data();
    array.children = memory->children.data();
    array.release = &release<ArrowArray, ArrayMemory>;
    array.private_data = memory.release();
    return array;
}

std::string format_of(const ColumnSpec& spec, const Column& column) {
    switch (column.kind()) {
        case ColumnKind::category: return "i";
        case ColumnKind::time: return "tsn:" + spec.time_zone;
        case ColumnKind::number: break;
    }
    return column.is_float32() ? "f" : "g";
}

ArrowSchema field_of(const ColumnSpec& spec, const Column& column) {
    ArrowSchema field = schema_struct(format_of(spec, column), spec.name);
    if (column.kind() == ColumnKind::category) field.dictionary = new ArrowSchema(schema_struct("U", ""));
    return field;
}

ArrowSchema schema_of(const Frame& frame) {
    std::vector<ArrowSchema*> fields;
    for (Index i = 0; i < frame.cols(); ++i)
        fields.push_back(new ArrowSchema(field_of(frame.schema()[i], frame.column(i))));
    return schema_struct("+s", "", std::move(fields));
}

template <class T>
Buffer<std::uint8_t> validity_of(VectorView<const T> values, T missing) {
    Buffer<std::uint8_t> bits((values.size() + 7) / 8);
    for (Index i = 0; i < values.size(); ++i) {
        if (values[i] != missing) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | 1U << (i % 8));
    }
    return bits;
}

template <class T>
Buffer<T> copied(VectorView<const T> values) {
    auto buffer = Buffer<T>::uninitialized(values.size());
    for (Index i = 0; i < values.size(); ++i) buffer[i] = values[i];
    return buffer;
}

/// Itself, or a copy where it is strided.
Column contiguous(const Column& column) {
    if (column.is_float32()) {
        return column.float32().contiguous() ? column : Column::numbers(copied(column.float32()));
    }
    return column.float64().contiguous() ? column : Column::numbers(copied(column.float64()));
}

ArrowArray dictionary_of(const std::vector<std::string>& levels) {
    auto memory = std::make_unique<ArrayMemory>();
    memory->offsets = Buffer<std::int64_t>(static_cast<Index>(levels.size()) + 1);
    for (std::size_t i = 0; i < levels.size(); ++i) {
        memory->text += levels[i];
        memory->offsets[static_cast<Index>(i) + 1] = static_cast<std::int64_t>(memory->text.size());
    }
    memory->buffers = {nullptr, memory->offsets.data(), memory->text.data()};
    return array_struct(std::move(memory), static_cast<std::int64_t>(levels.size()), 0);
}

ArrowArray array_of_numbers(const Column& given) {
    auto memory = std::make_unique<ArrayMemory>();
    const Column column = contiguous(given);
    const void* data =
        column.is_float32() ? static_cast<const void*>(column.float32().data()) : column.float64().data();
    memory->buffers = {nullptr, data};
    memory->columns = {column};
    return array_struct(std::move(memory), column.size(), 0);
}

template <class T>
ArrowArray array_with_nulls(const Column& column, VectorView<const T> values, T missing) {
    auto memory = std::make_unique<ArrayMemory>();
    memory->columns = {column};
    const Index n_missing = column.n_missing();
    if (n_missing > 0) memory->validity = validity_of(values, missing);
    memory->buffers = {memory->validity.data(), values.data()};
    return array_struct(std::move(memory), column.size(), n_missing);
}

ArrowArray array_of(const Column& column) {
    switch (column.kind()) {
        case ColumnKind::time: return array_with_nulls<std::int64_t>(column, column.times(), kMissingTime);
        case ColumnKind::category: {
            ArrowArray array = array_with_nulls<std::int32_t>(column, column.codes(), kMissingCode);
            array.dictionary = new ArrowArray(dictionary_of(column.levels()));
            return array;
        }
        case ColumnKind::number: break;
    }
    return array_of_numbers(column);
}

ArrowArray batch_of(const Frame& frame) {
    auto memory = std::make_unique<ArrayMemory>();
    memory->buffers = {nullptr};
    for (Index i = 0; i < frame.cols(); ++i) memory->children.push_back(new ArrowArray(array_of(frame.column(i))));
    return array_struct(std::move(memory), frame.rows(), 0);
}

struct StreamMemory {
    Frame frame;
    bool given = false;
    std::string error{};
};

StreamMemory& memory_of(ArrowArrayStream* stream) { return *static_cast<StreamMemory*>(stream->private_data); }

/// No exception may pass through a C interface.
template <class Make>
int guarded(ArrowArrayStream* stream, Make make) {
    try {
        make();
        return 0;
    } catch (const std::exception& error) {
        memory_of(stream).error = error.what();
        return ENOMEM;  // nothing else can fail here
    }
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    return guarded(stream, [&] { *out = schema_of(memory_of(stream).frame); });
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) {
    StreamMemory& memory = memory_of(stream);
    *out = ArrowArray{};
    if (memory.given) return 0;
    return guarded(stream, [&] {
        *out = batch_of(memory.frame);
        memory.given = true;
    });
}

const char* get_last_error(ArrowArrayStream* stream) { return memory_of(stream).error.c_str(); }

void release_stream(ArrowArrayStream* stream) {
    delete &memory_of(stream);
    stream->release = nullptr;
}

}  // namespace

void frame_to_arrow(const Frame& frame, ArrowArrayStream& out) {
    out = {&get_schema, &get_next, &get_last_error, &release_stream, new StreamMemory{frame}};
}

}  // namespace plantwright
