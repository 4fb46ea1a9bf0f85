// SPDX-License-Identifier: MIT
#include "frame/csv_text.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "plantwright/core/error.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright::csv {

const CsvKernels& kernels() { return PLANTWRIGHT_KERNELS(csv_kernels); }

namespace {

constexpr std::size_t kReadAhead = std::size_t{1} << 20;

class File {
public:
    explicit File(const std::filesystem::path& path)
        : name_(path.string()), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor_ < 0) fail("open");
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    /// A guess: 0 for a pipe.
    std::size_t size() const {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0) fail("look at");
        if (S_ISDIR(status.st_mode)) throw IoError("read_csv: '" + name_ + "' is a directory, not a file", EISDIR);
        return S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
    }

    /// Returns 0 at the end.
    std::size_t read(char* out, std::size_t size) const {
        for (;;) {
            const ssize_t n = ::read(descriptor_, out, size);
            if (n >= 0) return static_cast<std::size_t>(n);
            if (errno != EINTR) fail("read");
        }
    }

private:
    [[noreturn]] void fail(const char* verb) const {
        const int error = errno;
        throw IoError(std::string("read_csv: cannot ") + verb + " '" + name_ + "': " + std::strerror(error), error);
    }

    std::string name_;
    int descriptor_;
};

Buffer<char> resized(const Buffer<char>& bytes, std::size_t used, std::size_t size) {
    auto result = Buffer<char>::uninitialized(static_cast<Index>(size));
    prefer_huge_pages(result.data(), size);
    std::copy_n(bytes.data(), std::min(used, size), result.data());
    return result;
}

/// Files that users hand over in good faith, by their first bytes, and what to do about them. PAR1 alone may name a
/// sensor.
struct Foreign {
    std::string_view magic;
    const char* what;
};

constexpr std::array<Foreign, 13> kForeign{{
    {{"\xFF\xFE", 2}, "UTF-16 text; save it as UTF-8"},
    {{"\xFE\xFF", 2}, "UTF-16 text; save it as UTF-8"},
    {{"\x1F\x8B", 2}, "compressed with gzip; unpack it first"},
    {{"PK\x03\x04", 4}, "a zip archive or an Excel workbook; unpack it, or save the sheet as CSV (UTF-8)"},
    {{"\xD0\xCF\x11\xE0", 4}, "an old Excel workbook; save the sheet as CSV (UTF-8)"},
    {{"PAR1\x15", 5}, "a Parquet file; read it with polars or pyarrow and pass the table"},
    {{"ARROW1\0", 7}, "an Arrow file; read it with polars or pyarrow and pass the table"},
    {{"\x28\xB5\x2F\xFD", 4}, "compressed with zstd; unpack it first"},
    {{"BZh91AY&SY", 10}, "compressed with bzip2; unpack it first"},
    {{"\3757zXZ", 5}, "compressed with xz; unpack it first"},
    {{"7z\xBC\xAF", 4}, "a 7z archive; unpack it first"},
    {{"\x89HDF", 4}, "an HDF5 file; this reads text tables only"},
    {{"%PDF-", 5}, "a PDF document; this reads text tables only"},
}};

/// Length of the well-formed UTF-8 sequence at `at` (Unicode, table 3-7), or 0.
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
    };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
    const unsigned lead = byte(0);
    if (lead < 0x80) return lead != 0 ? 1 : 0;
    if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool in_range = lead == 0xE0 ? byte(1) >= 0xA0 : lead == 0xED ? byte(1) < 0xA0 : true;
        return continues(1) && continues(2) && in_range ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool in_range = lead == 0xF0 ? byte(1) >= 0x90 : lead == 0xF4 ? byte(1) < 0x90 : true;
        return continues(1) && continues(2) && continues(3) && in_range ? 4 : 0;
    }
    return 0;
}

}  // namespace

void prefer_huge_pages(void* memory, std::size_t bytes) {
    constexpr std::size_t kHugePage = std::size_t{1} << 21;
#ifdef MADV_HUGEPAGE
    void* begin = memory;
    std::size_t room = bytes;
    if (bytes < 2 * kHugePage || std::align(kHugePage, kHugePage, begin, room) == nullptr) return;
    ::madvise(begin, room / kHugePage * kHugePage, MADV_HUGEPAGE);  // a wish: a refusal does no harm
#endif
}

Index Source::line_of(const char* place) const {
    return 1 + static_cast<Index>(kernels().count(text.data(), static_cast<std::size_t>(place - text.data()), newline));
}

void Source::fail(const char* place, Index column, const std::string& what) const {
    std::string message = "read_csv: " + name + ", line " + std::to_string(line_of(place));
    if (column > 0) message += ", column " + std::to_string(column);
    throw ParseError(message + ": " + what);
}

Bytes read_bytes(const std::filesystem::path& path) {
    const File file(path);
    // One byte more than the size says, so that the end is seen without growing.
    auto bytes = Buffer<char>::uninitialized(static_cast<Index>(std::max(file.size() + 1, kReadAhead)));
    prefer_huge_pages(bytes.data(), static_cast<std::size_t>(bytes.size()));
    std::size_t used = 0;
    for (;;) {
        const std::size_t n = file.read(bytes.data() + used, static_cast<std::size_t>(bytes.size()) - used);
        used += n;
        if (n == 0) break;
        if (used == static_cast<std::size_t>(bytes.size())) bytes = resized(bytes, used, 2 * used);
    }
    return Bytes{std::move(bytes), used};
}

std::string_view text_of(const std::string& name, std::string_view bytes) {
    for (const auto& foreign : kForeign) {
        if (bytes.starts_with(foreign.magic)) throw ParseError("read_csv: " + name + " is " + foreign.what);
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const auto head = bytes.substr(0, 4);
    if (head.size() == 4 && std::count(head.begin(), head.end(), '\0') >= 2) {
        throw ParseError("read_csv: " + name + " is binary or UTF-16 text; save it as UTF-8");
    }
    return bytes;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (is_blank(text.back()) || text.back() == '\r')) text.remove_suffix(1);
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    return text;
}

std::optional<std::size_t> invalid_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequence_length(text, at);
        if (length == 0) return at;
        at += length;
    }
    return std::nullopt;
}

std::string shown(std::string_view text) {
    constexpr std::size_t kAtMost = 40;
    constexpr char kHex[] = "0123456789ABCDEF";
    const bool is_utf8 = !invalid_utf8(text);
    std::size_t keep = std::min(text.size(), kAtMost);
    while (is_utf8 && keep < text.size() && keep > 0 && (static_cast<unsigned char>(text[keep]) & 0xC0u) == 0x80u)
        --keep;
    std::string result = "'";
    for (const char c : text.substr(0, keep)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7F && (byte < 0x80 || is_utf8)) {
            result += c;
        } else {
            result.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
        }
    }
    result += keep < text.size() ? "...'" : "'";
    return result;
}

std::string_view value_of(std::string_view field, std::string& scratch) {
    auto value = trimmed(field);
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return value;
    value = value.substr(1, value.size() - 2);
    if (value.find('"') == std::string_view::npos) return value;
    scratch.clear();
    for (std::size_t i = 0; i < value.size(); ++i) {
        scratch += value[i];
        if (value[i] == '"') ++i;  // the row was split: quotes inside come in pairs
    }
    return scratch;
}

}  // namespace plantwright::csv
