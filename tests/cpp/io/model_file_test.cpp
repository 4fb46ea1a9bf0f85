// SPDX-License-Identifier: MIT
#include "plantwright/io/model_file.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "io/sample_model.hpp"

namespace plantwright::io {
namespace {

using testing::SampleModel;

SampleModel filled_model() {
    SampleModel model;
    model.doubles = {1, 2.5, 1e300};
    model.values = {0.0, 1.0 / 3, -7};
    return model;
}

TEST(ModelFile, GivesBackEveryMember) {
    const SampleModel model = filled_model();
    EXPECT_EQ(from_bytes<SampleModel>(to_bytes(model)), model);
}

TEST(ModelFile, KeepsNaNInfinityAndNegativeZero) {
    SampleModel model;
    model.number = kNaN;
    model.single = -INFINITY;
    model.values = {INFINITY, kNaN, -0.0};
    const auto same = from_bytes<SampleModel>(to_bytes(model));
    EXPECT_TRUE(std::isnan(same.number));
    EXPECT_EQ(same.single, -INFINITY);
    EXPECT_EQ(same.values[0], INFINITY);
    EXPECT_TRUE(std::isnan(same.values[1]));
    EXPECT_TRUE(std::signbit(same.values[2]));
}

TEST(ModelFile, HasTheSameBytesEachTime) { EXPECT_EQ(to_bytes(filled_model()), to_bytes(filled_model())); }

TEST(ModelFile, HeaderHoldsTypeVersionDescriptionAndExtraMembers) {
    Json extra;
    extra["metrics"] = Json::Array{0.5};
    const Json header = read_header(to_bytes(filled_model(), extra));
    EXPECT_EQ(header.at("type").as_string(), "SampleModel");
    EXPECT_EQ(header.at("n_parts").as_integer(), 2);
    EXPECT_EQ(header.at("metrics"), extra.at("metrics"));
    EXPECT_NE(header.find("library_version"), nullptr);
}

}  // namespace
}  // namespace plantwright::io
