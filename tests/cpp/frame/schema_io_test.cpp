// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>

#include "check.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/frame/frame.hpp"
#include "plantwright/frame/serialize_schema.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

/// The smallest model that holds a schema.
struct Holder {
    static constexpr std::string_view kTypeName = "Holder";
    Schema schema;
    io::Json describe() const { return io::Json::object(); }
    void validate() const { schema.validate(); }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        archive & schema;
        io::validate_after_load(archive, *this);
    }
};

Schema rich() {
    std::vector<std::string> levels;
    for (int i = 0; i < 3000; ++i) levels.push_back("level \"" + std::to_string(i) + "\" \xc3\xa9");
    ColumnSpec hour{.name = "at_hour"};
    hour.derivation = Derivation{"at", "hour"};
    return Schema({{.name = "steam_t", .role = Role::lever, .unit = "t/h", .description = "to the still"},
                   {.name = "grade", .kind = ColumnKind::category, .levels = levels},
                   {.name = "at", .kind = ColumnKind::time, .role = Role::time, .time_zone = "Europe/Berlin"},
                   {.name = "lab", .known_at_prediction = false},
                   hour},
                  {.columns = {"date", "clock"}, .name = "at", .day_first = true, .midnight_ends_day = true});
}

TEST(SchemaIo, AModelFileGivesTheSchemaBackWithAllItsLevels) {
    const auto bytes = io::to_bytes(Holder{rich()});
    EXPECT_EQ(io::from_bytes<Holder>(bytes).schema, rich());
}

Schema with_levels(std::vector<std::string> levels) {
    return Schema({{.name = "c", .kind = ColumnKind::category, .levels = std::move(levels)}});
}

/// A schema as no file of ours has it: saving does not check, loading must.
std::string refusal(const Schema& schema) {
    return message_of<CorruptModel>([&] { io::from_bytes<Holder>(io::to_bytes(Holder{schema})); });
}

TEST(SchemaIo, LoadingRefusesKindsAndRolesThatDoNotExist) {
    EXPECT_TRUE(
        has(refusal(Schema({{.name = "x", .kind = static_cast<ColumnKind>(7)}})), "'x' has an unknown kind or role"));
    EXPECT_TRUE(
        has(refusal(Schema({{.name = "x", .role = static_cast<Role>(-1)}})), "'x' has an unknown kind or role"));
}

TEST(SchemaIo, LoadingRefusesDoubledLevels) {
    EXPECT_TRUE(has(refusal(with_levels({"a", "b", "a"})), "level 'a' of column 'c' stands twice"));
}

TEST(SchemaIo, JsonReadsBackButForTheLevels) {
    Schema expected = rich();
    ColumnSpec grade = expected.at("grade");
    grade.levels.clear();
    EXPECT_EQ(Schema::from_json(io::Json::parse(rich().to_json().dump())), expected.with(grade));
}

TEST(SchemaIo, JsonShowsTheNumberOfLevelsAndTheFirstFive) {
    const io::Json column = rich().to_json().at("columns").as_array()[1];
    EXPECT_EQ(column.at("n_levels").as_integer(), 3000);
    EXPECT_EQ(column.at("first_levels").as_array().size(), 5u);
    EXPECT_EQ(column.find("levels"), nullptr);
    EXPECT_LT(rich().to_json().dump().size(), 1000u);
}

TEST(SchemaIo, JsonLevelsWrittenByHandAreRead) {
    const auto schema = Schema::from_json(
        io::Json::parse(R"({"columns": [{"name": "c", "kind": "category", "levels": ["lo", "hi"]}]})"));
    EXPECT_EQ(schema.at("c").levels, (std::vector<std::string>{"lo", "hi"}));
}

TEST(SchemaIo, JsonThatIsNoSchemaIsRefused) {
    for (const char* text :
         {"[]", "{}", R"({"columns": 3})", R"({"columns": [{}]})", R"({"columns": [{"name": "x", "kind": "?"}]})",
          R"({"columns": [{"name": "x", "kind": "number", "role": 4}]})",
          R"({"columns": [{"name": "x", "kind": "number"}, {"name": "x", "kind": "number"}]})",
          R"({"columns": [{"name": "x", "kind": "number", "derivation": {}}]})"}) {
        EXPECT_THROW(Schema::from_json(io::Json::parse(text)), InvalidArgument) << text;
    }
}

}  // namespace
}  // namespace plantwright
