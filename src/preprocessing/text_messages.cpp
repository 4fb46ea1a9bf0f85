// SPDX-License-Identifier: MIT
#include "preprocessing/text_messages.hpp"

#include <algorithm>
#include <numeric>

namespace plantwright {
namespace {

constexpr std::size_t kLongestName = 200;  // bytes: beyond, none is near
constexpr std::size_t kMostListed = 10;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Levenshtein's distance, letters of either case alike.
std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (lower(a[i]) != lower(b[j]) ? 1 : 0);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j + 1] + 1, row[j] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string did_you_mean(const std::string& name, const std::vector<std::string>& names) {
    std::size_t least = name.size() / 3 + 2;  // so far and farther is another name
    const std::string* nearest = nullptr;
    for (const std::string& other : names) {
        if (name.size() > kLongestName || other.size() > kLongestName) continue;
        const std::size_t d = distance(name, other);
        if (d >= least) continue;
        least = d;
        nearest = &other;
    }
    if (nearest) return "; did you mean '" + *nearest + "'?";
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < kMostListed; ++i)
        text.append(text.empty() ? "; there are " : ", ").append(names[i]);
    return text + (names.size() > kMostListed ? ", ..." : "");
}

std::string shown_at(std::string_view text, std::size_t position) {
    constexpr std::size_t kAround = 50;  // bytes
    const auto continues = [&](std::size_t i) { return (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80; };
    position = std::min(position, text.size());
    std::size_t begin = position > kAround ? position - kAround : 0, end = std::min(text.size(), position + kAround);
    while (begin < position && continues(begin)) ++begin;
    while (end < text.size() && continues(end)) ++end;
    std::string line = begin > 0 ? "  ... " : "  ", caret(line.size(), ' ');
    for (std::size_t i = begin; i < end; ++i) {
        const bool is_control = static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7F;
        line += is_control ? ' ' : text[i];
        if (i < position && !continues(i)) caret += ' ';
    }
    return line + (end < text.size() ? " ..." : "") + "\n" + caret + "^";
}

}  // namespace plantwright
