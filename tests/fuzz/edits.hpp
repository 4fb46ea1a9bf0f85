// SPDX-License-Identifier: MIT
/// Edits of a good model file's arrays and small values, which lead past the container to what `validate` checks.
#pragma once

#include <algorithm>
#include <cstring>

#include "fuzz.hpp"
#include "io/forge.hpp"

namespace plantwright::fuzz {

using io::testing::Bytes;

struct Section {
    io::ArrayView view;  // its kind and element size; the bytes are below
    Bytes bytes;
};

inline Bytes bytes_of(std::span<const std::byte> all) { return {all.begin(), all.end()}; }

/// Twelve bytes of the input.
struct Edit {
    std::uint8_t section;   // 0: the small values; else an array
    std::uint8_t action;    // 0: set an element; 1: copy one from elsewhere; 2: set the number of elements
    std::uint16_t element;  // or the number
    std::uint64_t value;    // or the element that is copied
};

inline Edit edit_at(Input input, std::size_t at) {
    Edit edit;
    std::memcpy(&edit.section, input.data() + at, 1);
    std::memcpy(&edit.action, input.data() + at + 1, 1);
    std::memcpy(&edit.element, input.data() + at + 2, 2);
    std::memcpy(&edit.value, input.data() + at + 4, 8);
    return edit;
}

inline void apply(const Edit& edit, Section& section) {
    const std::size_t size = std::min<std::size_t>(std::max<std::size_t>(section.view.element_size, 1), 8);
    if (edit.action % 3 == 2) section.bytes.resize((edit.element % 512) * size);
    const std::size_t n = section.bytes.size() / size;
    if (n == 0) return;
    std::byte* to = section.bytes.data() + edit.element % n * size;
    if (edit.action % 3 == 0) std::memcpy(to, &edit.value, size);
    if (edit.action % 3 == 1) std::memmove(to, section.bytes.data() + edit.value % n * size, size);
}

/// The good file under the edits of `input`, twelve bytes each, with right offsets and checksums.
inline Bytes edited(Input good, Input input) {
    const io::ContainerView parts = io::read_container(good);
    std::vector<Section> sections = {{{}, bytes_of(parts.structure)}};
    for (const io::ArrayView& array : parts.arrays) sections.push_back({array, bytes_of(array.bytes)});
    for (std::size_t at = 0; at + 12 <= input.size(); at += 12) {
        const Edit edit = edit_at(input, at);
        apply(edit, sections[edit.section % sections.size()]);
    }
    io::ContainerView changed{.header = parts.header, .structure = sections[0].bytes, .arrays = {}};
    for (std::size_t k = 1; k < sections.size(); ++k) {
        changed.arrays.push_back({sections[k].view.kind, sections[k].view.element_size, sections[k].bytes});
    }
    return io::testing::container(changed);
}

}  // namespace plantwright::fuzz
