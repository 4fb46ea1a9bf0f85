// SPDX-License-Identifier: MIT
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frame/arrow_column.hpp"
#include "frame/arrow_source.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

using namespace detail;

void require_table(const ArrowSource& source) {
    if (std::string_view(source.schema->format) != "+s") {
        throw InvalidArgument("Frame: the Arrow data is a single column, a table is needed");
    }
    for (const auto& batch : chunks_of(source)) {
        if (batch.has_nulls()) throw InvalidArgument("Frame: the Arrow table has rows that are null as a whole");
    }
}

Frame frame_of(const ArrowSource& source) {
    require_table(source);
    std::vector<ColumnSpec> specs;
    std::vector<Column> columns;
    for (std::int64_t i = 0; i < source.schema->n_children; ++i) {
        const ArrowSchema& field = *source.schema->children[i];
        auto [spec, column] = read_column(field, chunks_of_child(source, i), field.name != nullptr ? field.name : "");
        specs.push_back(std::move(spec));
        columns.push_back(std::move(column));
    }
    return Frame(Schema(std::move(specs)), std::move(columns));
}

}  // namespace

Frame frame_from_arrow(ArrowArrayStream& stream) { return frame_of(take_stream(stream)); }
Frame frame_from_arrow(ArrowSchema& schema, ArrowArray& batch) { return frame_of(take_array(schema, batch)); }

NamedColumn column_from_arrow(ArrowArrayStream& stream, const std::string& name) {
    const ArrowSource source = take_stream(stream);
    return read_column(*source.schema, chunks_of(source), name);
}

NamedColumn column_from_arrow(ArrowSchema& schema, ArrowArray& array, const std::string& name) {
    const ArrowSource source = take_array(schema, array);
    return read_column(*source.schema, chunks_of(source), name);
}

}  // namespace plantwright
