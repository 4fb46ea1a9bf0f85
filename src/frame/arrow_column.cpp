// SPDX-License-Identifier: MIT
#include "frame/arrow_column.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "frame/arrow_text.hpp"
#include "frame/categories.hpp"
#include "frame/load.hpp"
#include "frame/names.hpp"
#include "frame/to_nanoseconds.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::detail {
namespace {

using Chunks = std::vector<ArrowChunk>;

std::int64_t rows_in(const Chunks& chunks) {
    std::int64_t rows = 0;
    for (const auto& chunk : chunks) rows += chunk.length;
    return rows;
}

/// All rows of all chunks through `read(chunk, row)`; nulls become `missing`.
template <class Value, class Read>
Buffer<Value> gather(const Chunks& chunks, Value missing, Read read) {
    auto values = Buffer<Value>::uninitialized(rows_in(chunks));
    Index next = 0;
    for (const auto& chunk : chunks) {
        for (std::int64_t row = 0; row < chunk.length; ++row) {
            values[next++] = chunk.is_valid(row) ? read(chunk, row) : missing;
        }
    }
    return values;
}

template <class T>
T item(const ArrowChunk& chunk, std::int64_t row) {
    return load<T>(chunk.array->buffers[1], chunk.begin + row);
}

/// The producer's memory itself, where it can be looked at as it is.
template <class T>
std::optional<Column> looked_at(const Chunks& chunks) {
    if (chunks.size() != 1 || chunks.front().has_nulls() || chunks.front().length == 0) return std::nullopt;
    const ArrowChunk& chunk = chunks.front();
    const auto* data = static_cast<const T*>(chunk.array->buffers[1]);
    if (reinterpret_cast<std::uintptr_t>(data) % alignof(T) != 0) return std::nullopt;
    return Column::numbers(VectorView<const T>(data + chunk.begin, chunk.length), chunk.owner);
}

template <class T>
Column floats(const Chunks& chunks) {
    if (auto column = looked_at<T>(chunks)) return *column;
    return Column::numbers(gather<T>(chunks, std::numeric_limits<T>::quiet_NaN(), item<T>));
}

template <class Read>
Column numbers(const Chunks& chunks, Read read) {
    return Column::numbers(gather<double>(chunks, kNaN, read));
}

template <class T>
Column integers(const Chunks& chunks) {
    return numbers(chunks,
                   [](const ArrowChunk& chunk, std::int64_t row) { return static_cast<double>(item<T>(chunk, row)); });
}

double from_half(std::uint16_t bits) {  // IEEE 754 binary16
    const int exponent = bits >> 10 & 31;
    const int fraction = bits & 1023;
    const double sign = (bits >> 15) != 0 ? -1 : 1;
    if (exponent == 31) return fraction != 0 ? kNaN : sign * std::numeric_limits<double>::infinity();
    return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

Column halves(const Chunks& chunks) {
    return numbers(chunks,
                   [](const ArrowChunk& c, std::int64_t row) { return from_half(item<std::uint16_t>(c, row)); });
}

Column booleans(const Chunks& chunks) {
    return numbers(chunks, [](const ArrowChunk& chunk, std::int64_t row) {
        const std::int64_t i = chunk.begin + row;
        return static_cast<double>(static_cast<const std::uint8_t*>(chunk.array->buffers[1])[i / 8] >> (i % 8) & 1);
    });
}

std::optional<Column> plain_numbers(std::string_view format, const Chunks& chunks) {
    if (format.size() != 1) return std::nullopt;
    switch (format.front()) {
        case 'n': return Column::numbers(Buffer<double>(rows_in(chunks), kNaN));
        case 'b': return booleans(chunks);
        case 'c': return integers<std::int8_t>(chunks);
        case 'C': return integers<std::uint8_t>(chunks);
        case 's': return integers<std::int16_t>(chunks);
        case 'S': return integers<std::uint16_t>(chunks);
        case 'i': return integers<std::int32_t>(chunks);
        case 'I': return integers<std::uint32_t>(chunks);
        case 'l': return integers<std::int64_t>(chunks);
        case 'L': return integers<std::uint64_t>(chunks);
        case 'e': return halves(chunks);
        case 'f': return floats<float>(chunks);
        case 'g': return floats<double>(chunks);
        default: return std::nullopt;
    }
}

Column texts(std::string_view format, const Chunks& chunks) {
    CategoryCodes categories;
    auto codes = gather<std::int32_t>(chunks, kMissingCode, [&](const ArrowChunk& chunk, std::int64_t row) {
        return categories.code_of(text_at(chunk, format, row));
    });
    return categories.in_byte_order(std::move(codes));
}

std::optional<std::int64_t> index_at(char format, const ArrowChunk& chunk, std::int64_t row) {
    switch (format) {
        case 'c': return item<std::int8_t>(chunk, row);
        case 'C': return item<std::uint8_t>(chunk, row);
        case 's': return item<std::int16_t>(chunk, row);
        case 'S': return item<std::uint16_t>(chunk, row);
        case 'i': return item<std::int32_t>(chunk, row);
        case 'I': return item<std::uint32_t>(chunk, row);
        case 'l':
        case 'L': return item<std::int64_t>(chunk, row);
        default: return std::nullopt;
    }
}

/// Codes by position in one chunk's dictionary; chunks may each have their own. A null in it is missing.
std::vector<std::int32_t> codes_of_dictionary(const ArrowArray& dictionary, std::string_view format,
                                              CategoryCodes& levels) {
    const ArrowChunk texts{&dictionary, dictionary.offset, dictionary.length, nullptr};
    std::vector<std::int32_t> codes;
    for (std::int64_t i = 0; i < texts.length; ++i) {
        codes.push_back(texts.is_valid(i) ? levels.code_of(text_at(texts, format, i)) : kMissingCode);
    }
    return codes;
}

std::optional<Column> dictionary(const ArrowSchema& field, const Chunks& chunks) {
    const std::string_view text_format = field.dictionary->format;
    if (!is_text_format(text_format)) return std::nullopt;
    CategoryCodes levels;
    auto codes = Buffer<std::int32_t>::uninitialized(rows_in(chunks));
    Index next = 0;
    for (const auto& chunk : chunks) {
        const auto code_at = codes_of_dictionary(*chunk.array->dictionary, text_format, levels);
        for (std::int64_t row = 0; row < chunk.length; ++row) {
            const auto i = chunk.is_valid(row) ? index_at(*field.format, chunk, row) : std::nullopt;
            const bool known = i && *i >= 0 && static_cast<std::size_t>(*i) < code_at.size();
            codes[next++] = known ? code_at[static_cast<std::size_t>(*i)] : kMissingCode;
        }
    }
    return levels.in_code_order(std::move(codes));
}

/// The nanoseconds of one unit, by the letter that Arrow gives it: s, m, u, n.
std::int64_t nanoseconds_per(char unit) {
    return unit == 's' ? 1'000'000'000 : unit == 'm' ? 1'000'000 : unit == 'u' ? 1'000 : 1;
}

template <class T>
Column times(const Chunks& chunks, std::int64_t unit, const std::string& name) {
    return Column::times(gather<std::int64_t>(chunks, kMissingTime, [&](const ArrowChunk& chunk, std::int64_t row) {
        return to_nanoseconds(item<T>(chunk, row), unit, name);
    }));
}

Column durations(const Chunks& chunks, std::int64_t unit) {
    const double per_second = static_cast<double>(1'000'000'000 / unit);
    return numbers(chunks, [per_second](const ArrowChunk& chunk, std::int64_t row) {
        return static_cast<double>(item<std::int64_t>(chunk, row)) / per_second;
    });
}

std::optional<Column> temporal(std::string_view format, const Chunks& chunks, const std::string& name) {
    constexpr std::int64_t kNanosecondsPerDay = 86'400'000'000'000;
    if (format == "tdD") return times<std::int32_t>(chunks, kNanosecondsPerDay, name);
    if (format == "tdm") return times<std::int64_t>(chunks, 1'000'000, name);
    if (format.starts_with("ts") && format.size() >= 4)
        return times<std::int64_t>(chunks, nanoseconds_per(format[2]), name);
    if (format.starts_with("tD") && format.size() == 3) return durations(chunks, nanoseconds_per(format[2]));
    return std::nullopt;
}

std::optional<Column> column_of(const ArrowSchema& field, const Chunks& chunks, const std::string& name) {
    const std::string_view format = field.format;
    if (field.dictionary != nullptr) return dictionary(field, chunks);
    if (is_text_format(format)) return texts(format, chunks);
    if (auto column = plain_numbers(format, chunks)) return column;
    return temporal(format, chunks, name);
}

std::string type_name(const ArrowSchema& field) {
    const std::string_view format = field.format;
    const std::string in_brackets = " (Arrow format '" + std::string(format) + "')";
    if (field.dictionary != nullptr) return "a dictionary of other values than texts" + in_brackets;
    if (format.starts_with("d:")) return "decimal" + in_brackets + "; cast it to float64";
    if (format.starts_with("tt")) return "time of day" + in_brackets + "; join it with a date, or cast it to seconds";
    if (format.starts_with("+")) return "nested" + in_brackets;
    if (format == "z" || format == "Z" || format == "vz") return "binary" + in_brackets;
    return "of a type that Frame does not hold" + in_brackets;
}

}  // namespace

NamedColumn read_column(const ArrowSchema& field, const Chunks& chunks, const std::string& name) {
    auto column = column_of(field, chunks, name);
    if (!column) throw InvalidArgument("Frame: column " + in_quotes(name) + " is " + type_name(field));
    ColumnSpec spec;
    spec.name = name;
    spec.kind = column->kind();
    if (spec.kind == ColumnKind::time) spec.role = Role::time;
    const std::string_view format = field.format;
    if (field.dictionary == nullptr && format.starts_with("ts")) spec.time_zone = format.substr(4);
    return {std::move(spec), std::move(*column)};
}

}  // namespace plantwright::detail
