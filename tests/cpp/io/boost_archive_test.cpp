// SPDX-License-Identifier: MIT
/// A model inside a Boost archive of the application's own.
#include <gtest/gtest.h>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>
#include <cmath>
#include <sstream>

#include "io/sample_model.hpp"

namespace plantwright::io {
namespace {

using testing::Colour;
using testing::SampleModel;

SampleModel awkward_model() {
    SampleModel model;
    model.number = -INFINITY;
    model.single = INFINITY;
    model.values = {INFINITY, 5e-324, -0.0};
    model.doubles = {0.1, -INFINITY};
    model.text = "two words\n\"quoted\" \x01";
    model.parts[0].limit = -INFINITY;
    model.choice = std::string("third");
    return model;
}

struct Text {
    using Output = boost::archive::text_oarchive;
    using Input = boost::archive::text_iarchive;
};
struct Binary {
    using Output = boost::archive::binary_oarchive;
    using Input = boost::archive::binary_iarchive;
};

template <class Kind>
class BoostArchive : public ::testing::Test {
protected:
    static std::string written(const SampleModel& model) {
        std::ostringstream stream;
        {
            typename Kind::Output archive(stream);
            const int before = 1, after = 2;  // the application's own
            archive << before << model << after;
        }
        return stream.str();
    }
    static SampleModel read(const std::string& text) {
        std::istringstream stream(text);
        typename Kind::Input archive(stream);
        int before = 0, after = 0;
        SampleModel model;
        archive >> before >> model >> after;
        EXPECT_EQ(before, 1);
        EXPECT_EQ(after, 2);
        return model;
    }
};
using Kinds = ::testing::Types<Text, Binary>;
TYPED_TEST_SUITE(BoostArchive, Kinds);

TYPED_TEST(BoostArchive, GivesBackEveryMemberInfinityIncluded) {
    EXPECT_EQ(TestFixture::read(TestFixture::written(awkward_model())), awkward_model());
}

TYPED_TEST(BoostArchive, KeepsTheBitsOfANaN) {
    SampleModel model;
    const double nan = std::bit_cast<double>(std::uint64_t{0xFFF8'0000'DEAD'BEEF});
    model.number = nan;
    model.values = {nan};
    model.doubles = {nan};
    const SampleModel same = TestFixture::read(TestFixture::written(model));
    for (const double value : {same.number, same.values[0], same.doubles[0]}) {
        EXPECT_EQ(std::bit_cast<std::uint64_t>(value), std::bit_cast<std::uint64_t>(nan));
    }
}

TYPED_TEST(BoostArchive, RunsTheSameValidationAsOurFiles) {
    SampleModel model;
    model.nodes[1].child = 7;
    EXPECT_THROW(TestFixture::read(TestFixture::written(model)), CorruptModel);
    EXPECT_THROW(from_bytes<SampleModel>(to_bytes(model)), CorruptModel);
    model = SampleModel();
    model.colour = static_cast<Colour>(200);
    EXPECT_THROW(TestFixture::read(TestFixture::written(model)), CorruptModel);
    EXPECT_THROW(from_bytes<SampleModel>(to_bytes(model)), CorruptModel);
}

TYPED_TEST(BoostArchive, GivesBackAnEmptyTableAndEmptyLists) {
    SampleModel model;
    model.table = {};
    model.nodes = {};
    model.levels = {};
    model.choice = std::monostate();
    EXPECT_EQ(TestFixture::read(TestFixture::written(model)), model);
}

/// Replaces one number of a text archive, which a hostile author can do as well.
std::string with_number_replaced(const std::string& text, const std::string& number, const std::string& by) {
    const auto at = text.find(" " + number + " ");
    EXPECT_NE(at, std::string::npos);
    return text.substr(0, at + 1) + by + text.substr(at + 1 + number.size());
}

std::string text_of(const SampleModel& model) {
    std::ostringstream stream;
    boost::archive::text_oarchive archive(stream);
    archive << model;
    return stream.str();
}

void read_text(const std::string& text) {
    std::istringstream stream(text);
    boost::archive::text_iarchive archive(stream);
    SampleModel model;
    archive >> model;
}

TEST(TextArchive, RefusesAnIntegerThatExceedsItsMember) {
    SampleModel model;
    model.small = -123;
    EXPECT_NO_THROW(read_text(text_of(model)));
    EXPECT_THROW(read_text(with_number_replaced(text_of(model), "-123", "-129")), CorruptModel);
}

TEST(TextArchive, RefusesATableWhoseShapeDoesNotFitItsValues) {
    SampleModel model;
    model.table = Table<float>(17, 1, 0.5f);
    const std::string text = text_of(model);
    EXPECT_THROW(read_text(with_number_replaced(text, "17 1 17", "1 18446744073709551615 17")), std::exception);
    EXPECT_THROW(read_text(with_number_replaced(text, "17 1 17", "16 1 17")), CorruptModel);
    EXPECT_THROW(read_text(with_number_replaced(text, "17 1 17", "4611686018427387904 4 17")), CorruptModel);
}

TEST(TextArchive, DoesNotAllocateForACountThatTheStreamDoesNotHold) {
    SampleModel model;
    model.values = Vector(4321, 0.5);
    EXPECT_THROW(read_text(with_number_replaced(text_of(model), "4321", "9223372036854775807")), std::exception);
}

}  // namespace
}  // namespace plantwright::io
