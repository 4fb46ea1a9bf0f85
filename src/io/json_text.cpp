// SPDX-License-Identifier: MIT
/// JSON as text: nlohmann/json splits it into tokens and checks the UTF-8; the value that is built is ours.
#include <charconv>
#include <cmath>
#define JSON_ASSERT(condition) static_cast<void>(0)  // the parser's assertions would end the process
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "plantwright/core/error.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright::io {
namespace {

using Text = nlohmann::json;

/// Receives the tokens (the names are nlohmann's) and builds the value; every limit is checked here.
class Builder {
public:
    using string_t = Text::string_t;
    using binary_t = Text::binary_t;

    bool null() { return place(Json()); }
    bool boolean(bool value) { return place(Json(value)); }
    bool number_integer(Text::number_integer_t value) { return place(Json(value)); }
    bool number_unsigned(Text::number_unsigned_t value) { return place(Json(value)); }
    bool number_float(Text::number_float_t value, const string_t&) { return place(Json(value)); }
    bool string(string_t& value) { return place(Json(std::move(value))); }
    bool binary(binary_t&) { return false; }  // never in text

    bool start_object(std::size_t) { return open(Json::object()); }
    bool start_array(std::size_t) { return open(Json::array()); }
    bool key(string_t& name) {
        if (!levels_.back().names.insert(name).second) throw ParseError("Json: member '" + name + "' stands twice");
        levels_.back().name = std::move(name);
        return true;
    }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool parse_error(std::size_t position, const std::string&, const Text::exception& reason) {
        const std::string text = reason.what();
        const auto after_code = text.find("] ");  // "[json.exception.parse_error.101] parse error at line 1, ..."
        throw ParseError("Json: at byte " + std::to_string(position) + ": " +
                         (after_code == std::string::npos ? text : text.substr(after_code + 2)));
    }

    Json take() { return std::move(root_); }

private:
    struct Level {
        Json value;
        std::string name;  // of the member being read
        std::unordered_set<std::string> names;
    };

    bool place(Json value) {
        if (levels_.empty()) {
            root_ = std::move(value);
        } else if (Level& level = levels_.back(); level.value.is_array()) {
            level.value.push_back(std::move(value));
        } else {
            append_member(level, std::move(value));
        }
        return true;
    }

    /// Not by operator[], whose search would make a hostile object of many members quadratic.
    static void append_member(Level& level, Json value) {
        const_cast<Json::Object&>(level.value.as_object()).emplace_back(std::move(level.name), std::move(value));
    }

    bool open(Json value) {
        if (static_cast<int>(levels_.size()) == Json::kMaxDepth) {
            throw ParseError("Json: nested deeper than " + std::to_string(Json::kMaxDepth));
        }
        levels_.push_back({std::move(value), {}, {}});
        return true;
    }

    bool close() {
        Json value = std::move(levels_.back().value);
        levels_.pop_back();
        return place(std::move(value));
    }

    std::vector<Level> levels_;
    Json root_;
};

class Printer {
public:
    explicit Printer(int indent) : indent_(indent) {}

    void print(const Json& value, int depth = 0) {
        if (depth > Json::kMaxDepth) throw InvalidArgument("Json.dump: nested deeper than 64");
        if (value.is_array()) return print_array(value.as_array(), depth);
        if (value.is_object()) return print_object(value.as_object(), depth);
        if (value.is_string()) return print_string(value.as_string());
        if (value.is_integer()) {
            text_ += std::to_string(value.as_integer());
        } else if (value.is_number()) {
            print_double(value.as_double());
        } else {
            text_ += value.is_null() ? "null" : value.as_bool() ? "true" : "false";
        }
    }

    std::string take() { return std::move(text_); }

private:
    void print_double(double value) {
        if (!std::isfinite(value)) {
            text_ += "null";
            return;
        }
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
        const std::string_view shortest(digits, static_cast<std::size_t>(end - digits));
        text_ += shortest;
        if (shortest.find_first_of(".e") == std::string_view::npos) text_ += ".0";  // reads back as a double
    }

    void print_string(const std::string& value) {
        try {
            text_ += Text(value).dump();
        } catch (const Text::type_error&) {
            throw InvalidArgument("Json.dump: a string is not valid UTF-8");
        }
    }

    void print_array(const Json::Array& values, int depth) {
        print_list('[', ']', values, depth, [&](const Json& value) { print(value, depth + 1); });
    }

    void print_object(const Json::Object& members, int depth) {
        print_list('{', '}', members, depth, [&](const Json::Member& member) {
            print_string(member.first);
            text_ += indent_ < 0 ? ":" : ": ";
            print(member.second, depth + 1);
        });
    }

    template <class List, class PrintItem>
    void print_list(char open, char close, const List& items, int depth, PrintItem print_item) {
        text_ += open;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0) text_ += ',';
            new_line(depth + 1);
            print_item(items[i]);
        }
        if (!items.empty()) new_line(depth);
        text_ += close;
    }

    void new_line(int depth) {
        if (indent_ < 0) return;
        text_ += '\n';
        text_.append(static_cast<std::size_t>(indent_) * static_cast<std::size_t>(depth), ' ');
    }

    int indent_;
    std::string text_;
};

}  // namespace

std::string Json::dump(int indent) const {
    Printer printer(indent);
    printer.print(*this);
    return printer.take();
}

Json Json::parse(std::string_view text) {
    // The tokenizer would take a NUL for the end of the text and ignore what follows.
    if (text.find('\0') != std::string_view::npos) throw ParseError("Json: the text holds a NUL byte");
    Builder builder;
    Text::sax_parse(text.begin(), text.end(), &builder);
    return builder.take();
}

}  // namespace plantwright::io
