// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>
#include <utility>

#include "frame/csv_columns.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::csv {
namespace {

constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ull;

std::uint64_t mixed(std::uint64_t h) {
    h ^= h >> 32;
    h *= kMultiplier;
    return h ^ (h >> 29);
}

/// Never 0. Eight bytes a step; short names take one.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t h = text.size() + kMultiplier;
    for (; text.size() >= 8; text.remove_prefix(8)) {
        std::uint64_t bytes;
        std::memcpy(&bytes, text.data(), 8);
        h = mixed(h ^ bytes);
    }
    std::uint64_t rest = 0;
    std::memcpy(&rest, text.data(), text.size());
    return mixed(h ^ rest) | 1;
}

}  // namespace

LevelTable::Slot& LevelTable::find(std::string_view raw, std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = (hash >> 1) & mask;
    while (slots_[i].hash != 0 && (slots_[i].hash != hash || slots_[i].raw != raw)) i = (i + 1) & mask;
    return slots_[i];
}

std::int32_t LevelTable::code_of(std::string_view raw, Index column) {
    const std::uint64_t hash = hash_of(raw);
    if (const Slot& slot = find(raw, hash); slot.hash != 0) return slot.code;
    const std::int32_t code = new_code(raw, column);
    if (2 * ++n_used_ > slots_.size()) grow();
    find(raw, hash) = Slot{raw, hash, code};
    return code;
}

void LevelTable::grow() {
    auto old = std::exchange(slots_, std::vector<Slot>(2 * slots_.size()));
    for (const Slot& slot : old) {
        if (slot.hash != 0) find(slot.raw, slot.hash) = slot;
    }
}

/// A spelling seen for the first time: `NW`, ` NW` and `"NW"` are one level. A quoted `"NA"` is a text, not a gap;
/// writers that quote texts leave their gaps unquoted.
std::int32_t LevelTable::new_code(std::string_view raw, Index column) {
    const auto value = value_of(raw, scratch_);
    const bool is_quoted_text = !value.empty() && trimmed(raw).front() == '"';
    if (!is_quoted_text && rules_.missing.contains(value)) return kMissingCode;
    if (const auto bad = invalid_utf8(value)) {
        const char* what = value[*bad] == '\0' ? "a NUL byte in the text" : "text is not UTF-8; save the file as UTF-8";
        rules_.source.fail(raw.data(), column, std::string(what) + ": " + shown(value));
    }
    const auto next = static_cast<std::int32_t>(codes_by_level_.size());
    return codes_by_level_.try_emplace(std::string(value), next).first->second;
}

/// Sorted by bytes, so that levels do not depend on the order of the rows; the codes follow.
std::vector<std::string> LevelTable::take_sorted_levels(Buffer<std::int32_t>& codes) {
    std::vector<std::pair<std::string, std::int32_t>> sorted(codes_by_level_.begin(), codes_by_level_.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::int32_t> rank(sorted.size());
    std::vector<std::string> levels;
    for (auto& [level, code] : sorted) {
        rank[static_cast<std::size_t>(code)] = static_cast<std::int32_t>(levels.size());
        levels.push_back(std::move(level));
    }
    for (std::int32_t& code : codes) code = code == kMissingCode ? code : rank[static_cast<std::size_t>(code)];
    return levels;
}

}  // namespace plantwright::csv
