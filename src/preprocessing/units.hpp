// SPDX-License-Identifier: MIT
/// Units as a schema's texts name them ("kWh", "t/h", "ug/m3"), and what becomes of them in products and powers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plantwright {

/// A product of powers of names; of nothing ("1") for a pure number. No name is converted into another: MWh is not kWh.
class Unit {
public:
    /// "kg m/s2", "kg*m/s^2", "W/(m2 K)": a slash divides by the next name or parenthesis. A text that is nothing of
    /// the kind is one name.
    static Unit parse(std::string_view text);

    static Unit of_name(std::string_view name);  ///< "1" and "-" are pure

    bool is_pure() const { return powers_.empty(); }
    Unit times(const Unit& other, double power = 1) const;
    Unit to(double power) const { return Unit().times(*this, power); }
    std::string text() const;  ///< "kWh/unit"
    bool operator==(const Unit& other) const;

private:
    void multiply(const std::string& name, double power);

    std::vector<std::pair<std::string, double>> powers_;  // as they came; none is 0
};

}  // namespace plantwright
