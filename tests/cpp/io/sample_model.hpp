// SPDX-License-Identifier: MIT
/// A small class with every kind of member that can be saved; shared by the io tests, the fuzz target and the golden
/// file.
#pragma once

#include <array>
#include <boost/serialization/nvp.hpp>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plantwright/core/types.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright::io::testing {

enum class Colour : std::uint8_t { red, green, blue };

struct Node {
    float threshold = 0;
    std::uint32_t child = 0;
    bool operator==(const Node&) const = default;
};

/// A nested class with a version of its own.
struct Part {
    std::string name;
    double weight = 0;
    std::optional<double> limit;
    bool operator==(const Part&) const = default;

    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        members(archive, name, weight);
        if (version >= 2) members(archive, limit);
    }
};

class SampleModel {
public:
    static constexpr std::string_view kTypeName = "SampleModel";

    bool flag = true;
    std::int8_t small = -5;
    std::int64_t big = -1;
    std::uint64_t huge = ~std::uint64_t{0};
    float single = 0.1f;
    double number = 0.1;
    Colour colour = Colour::blue;
    std::string text = "t\xc3\xa4xt";
    std::vector<std::string> levels = {"low", "", "high"};
    std::vector<bool> mask = {true, false, true};
    std::vector<double> doubles;
    std::array<int, 2> shape = {2, 3};
    std::pair<std::string, int> pair = {"first", 2};
    std::variant<std::monostate, int, double, std::string> choice = 0.5;
    std::vector<Part> parts = {{"a", 1.5, std::nullopt}, {"b", -0.0, 2.5}};
    Buffer<double> values;
    Buffer<Node> nodes = {{0.5f, 1}, {1.5f, 0}};
    Buffer<bool> bits = {true, false};
    Table<float> table = Table<float>(2, 3, 0.25f);

    bool operator==(const SampleModel&) const = default;

    Json describe() const {
        Json json;
        json["text"] = text;
        json["n_parts"] = parts.size();
        return json;
    }

    void validate() const {
        if (colour > Colour::blue) throw CorruptModel("SampleModel: unknown colour");
        for (const Node& node : nodes) {
            if (static_cast<Index>(node.child) >= nodes.size()) throw CorruptModel("SampleModel: child out of range");
        }
    }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        members(archive, flag, small, big, huge, single, number, colour, text, levels, mask, doubles, shape, pair,
                choice);
        auto wrapped = exact(parts);
        archive& boost::serialization::make_nvp("parts", wrapped);
        archive & values & nodes & bits & table;
        validate_after_load(archive, *this);
    }
};

/// What tests/golden/io_sample.plw holds.
inline SampleModel golden_model() {
    SampleModel model;
    model.number = -std::numeric_limits<double>::infinity();
    model.doubles = {0.1, 5e-324, std::numeric_limits<double>::max()};
    model.values = {std::numeric_limits<double>::infinity(), 1.0 / 3, -0.0};
    model.choice = std::string("third");
    model.table = Table<float>(0, 4);
    return model;
}

}  // namespace plantwright::io::testing

template <>
inline constexpr bool plantwright::io::is_record<plantwright::io::testing::Node> = true;
BOOST_CLASS_VERSION(plantwright::io::testing::Part, 2)
