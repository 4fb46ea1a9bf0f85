// SPDX-License-Identifier: MIT
#include "preprocessing/units.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace plantwright {
namespace {

constexpr int kDeepest = 8;
constexpr std::string_view kDot = "\xC2\xB7";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string number_text(double x) {
    char text[32];
    const auto [end, error] = std::to_chars(text, text + sizeof text, x);
    return {text, end};
}

/// A product of names, powers and parentheses; none where the text is no such thing.
class UnitParser {
public:
    explicit UnitParser(std::string_view text) : text_(text) {}

    std::optional<Unit> all() {
        auto unit = product(0);
        if (at_ != text_.size()) return {};
        return unit;
    }

private:
    std::optional<Unit> product(int depth) {
        if (depth > kDeepest) return {};
        Unit result;
        double sign = 1;
        while (skip_spaces(), at_ < text_.size() && text_[at_] != ')') {
            if (take("*") || take(kDot)) continue;
            if (take("/")) {
                if (sign < 0) return {};
                sign = -1;
                continue;
            }
            const std::optional<Unit> next = factor(depth);
            if (!next) return {};
            result = result.times(*next, sign);
            sign = 1;
        }
        if (sign < 0) return {};
        return result;
    }

    std::optional<Unit> factor(int depth) {
        if (take("(")) {
            std::optional<Unit> inner = product(depth + 1);
            if (!inner || !take(")")) return {};
            return inner->to(take("^") ? number() : 1);
        }
        const std::size_t begin = at_;
        while (at_ < text_.size() && std::string_view(" */()^").find(text_[at_]) == std::string_view::npos &&
               text_.substr(at_, kDot.size()) != kDot)
            ++at_;
        std::string_view name = text_.substr(begin, at_ - begin);
        if (name.empty()) return {};
        if (take("^")) return named(name).to(number());
        std::size_t end = name.size();  // of the letters before digits that are an exponent: m3, s-1
        while (end > 0 && is_digit(name[end - 1])) --end;
        const std::string_view digits = name.substr(end);
        if (end > 1 && name[end - 1] == '-') --end;
        const bool has_exponent = end > 0 && !digits.empty() && digits.size() <= 2 &&
                                  std::none_of(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(end), is_digit);
        if (!has_exponent) return named(name);
        const double power = end + digits.size() < name.size() ? -1 : 1;
        double exponent = 0;
        for (const char c : digits) exponent = 10 * exponent + (c - '0');
        return named(name.substr(0, end)).to(power * exponent);
    }

    static Unit named(std::string_view name) { return Unit::of_name(name); }

    /// NaN where there is none.
    double number() {
        double value = std::nan("");
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
        at_ = static_cast<std::size_t>(end - text_.data());
        return value;
    }
    void skip_spaces() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(std::string_view token) {
        if (text_.substr(at_, token.size()) != token) return false;
        at_ += token.size();
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

Unit Unit::of_name(std::string_view name) {
    Unit unit;
    if (name != "1" && name != "-") unit.multiply(std::string(name), 1);
    return unit;
}

Unit Unit::parse(std::string_view text) {
    const std::optional<Unit> unit = UnitParser(text).all();
    const bool ok = unit && std::all_of(unit->powers_.begin(), unit->powers_.end(),
                                        [](const auto& power) { return std::isfinite(power.second); });
    return ok ? *unit : of_name(text);
}

void Unit::multiply(const std::string& name, double power) {
    const auto found = std::find_if(powers_.begin(), powers_.end(), [&](const auto& own) { return own.first == name; });
    if (found == powers_.end()) {
        if (power != 0) powers_.emplace_back(name, power);
        return;
    }
    found->second += power;
    if (found->second == 0) powers_.erase(found);
}

Unit Unit::times(const Unit& other, double power) const {
    Unit result = *this;
    for (const auto& [name, exponent] : other.powers_) result.multiply(name, exponent * power);
    return result;
}

std::string Unit::text() const {
    std::string above, below;
    for (const auto& [name, power] : powers_) {
        const double size = std::abs(power);
        const bool whole = size == std::floor(size) && size < 100;
        std::string factor = name;
        if (size != 1) factor.append(whole ? "" : "^").append(number_text(size));
        if (power > 0)
            above.append(above.empty() ? "" : " ").append(factor);
        else
            below.append("/").append(factor);
    }
    return (above.empty() ? "1" : above) + below;
}

bool Unit::operator==(const Unit& other) const {
    const Unit quotient = times(other, -1);
    return std::all_of(quotient.powers_.begin(), quotient.powers_.end(),
                       [](const auto& power) { return std::abs(power.second) < 1e-9; });
}

}  // namespace plantwright
