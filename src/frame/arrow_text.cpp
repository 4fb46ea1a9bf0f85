// SPDX-License-Identifier: MIT
#include "frame/arrow_text.hpp"

#include "frame/load.hpp"

namespace plantwright::detail {
namespace {

template <class Offset>
std::string_view between_offsets(const ArrowArray& array, std::int64_t i) {
    const auto begin = load<Offset>(array.buffers[1], i);
    const auto end = load<Offset>(array.buffers[1], i + 1);
    if (begin == end) return {};  // the data buffer may be absent
    return {static_cast<const char*>(array.buffers[2]) + begin, static_cast<std::size_t>(end - begin)};
}

/// 16 bytes a row: the length, then up to 12 bytes of text, or its first 4, a buffer's number and an offset.
std::string_view inline_or_elsewhere(const ArrowArray& array, std::int64_t i) {
    constexpr std::int32_t kInlined = 12;
    const char* view = static_cast<const char*>(array.buffers[1]) + 16 * i;
    const auto length = load<std::int32_t>(view, 0);
    if (length <= kInlined) return {view + 4, static_cast<std::size_t>(length)};
    const auto* data = static_cast<const char*>(array.buffers[2 + load<std::int32_t>(view, 2)]);
    return {data + load<std::int32_t>(view, 3), static_cast<std::size_t>(length)};
}

}  // namespace

bool is_text_format(std::string_view format) { return format == "u" || format == "U" || format == "vu"; }

std::string_view text_at(const ArrowChunk& chunk, std::string_view format, std::int64_t row) {
    const std::int64_t i = chunk.begin + row;
    if (format == "u") return between_offsets<std::int32_t>(*chunk.array, i);
    if (format == "U") return between_offsets<std::int64_t>(*chunk.array, i);
    return inline_or_elsewhere(*chunk.array, i);
}

}  // namespace plantwright::detail
