// SPDX-License-Identifier: MIT
/// What one value may become another as, class versions, nesting, and forged structure streams.
#include "plantwright/io/archive.hpp"

#include <gtest/gtest.h>

#include <boost/serialization/binary_object.hpp>
#include <boost/serialization/split_member.hpp>
#include <cmath>
#include <map>

#include "io/forge.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright::io::testing {
namespace {

/// Saves as one type and loads as another: a file and a class that do not agree.
template <class T>
struct Holder {
    static constexpr std::string_view kTypeName = "Holder";
    T value{};

    Json describe() const { return Json::object(); }
    void validate() const {}
    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        members(archive, value);
        validate_after_load(archive, *this);
    }
};

template <class To, class From>
To reinterpreted(const From& value) {
    return from_bytes<Holder<To>>(to_bytes(Holder<From>{value})).value;
}

TEST(Archive, WidensIntegersAndRefusesOnesThatExceedTheirType) {
    EXPECT_EQ(reinterpreted<std::int8_t>(std::int64_t{-128}), -128);
    EXPECT_THROW(reinterpreted<std::int8_t>(std::int64_t{-129}), CorruptModel);
    EXPECT_EQ(reinterpreted<std::uint16_t>(std::uint64_t{65535}), 65535);
    EXPECT_THROW(reinterpreted<std::uint16_t>(std::uint64_t{65536}), CorruptModel);
    EXPECT_EQ(reinterpreted<std::uint64_t>(~std::uint32_t{0}), 0xFFFFFFFFu);
}

TEST(Archive, RefusesAValueOfAnotherKind) {
    EXPECT_THROW(reinterpreted<std::uint64_t>(std::int64_t{1}), CorruptModel);
    EXPECT_THROW(reinterpreted<float>(1.0), CorruptModel);
    EXPECT_THROW(reinterpreted<double>(std::int64_t{1}), CorruptModel);
    EXPECT_THROW(reinterpreted<std::string>(1.0), CorruptModel);
    EXPECT_THROW(reinterpreted<bool>(1), CorruptModel);
    EXPECT_THROW(reinterpreted<std::vector<int>>(std::vector<double>{1}), CorruptModel);
    EXPECT_THROW(reinterpreted<Vector>(Buffer<float>{1, 2}), CorruptModel);
    EXPECT_THROW(reinterpreted<Buffer<bool>>(Buffer<std::uint8_t>{1}), CorruptModel);
    EXPECT_THROW(reinterpreted<Holder<int>>(1), CorruptModel);
}

TEST(Archive, RefusesAModelThatHoldsLessOrMoreThanItsClass) {
    using Pair = std::pair<int, int>;
    EXPECT_THROW(reinterpreted<Pair>(1), CorruptModel);
    EXPECT_THROW(reinterpreted<int>(Pair{1, 2}), CorruptModel);
    EXPECT_THROW((reinterpreted<Vector>(std::pair<Vector, Vector>({1}, {2}))), CorruptModel);
    EXPECT_THROW((reinterpreted<std::pair<Vector, Vector>>(Vector{1})), CorruptModel);
}

TEST(Archive, RefusesAnUnknownAlternativeOfAVariant) {
    using Three = std::variant<int, double, std::string>;
    using Two = std::variant<int, double>;
    EXPECT_EQ(std::get<double>(reinterpreted<Two>(Three(0.5))), 0.5);
    EXPECT_THROW(reinterpreted<Two>(Three("x")), CorruptModel);
}

TEST(Archive, ReplacesWhatAMemberHeldBefore) {
    const auto bytes = to_bytes(Holder<std::vector<std::optional<double>>>{{std::nullopt, 2.0}});
    const ContainerView contents = read_container(bytes);
    InputArchive archive(contents);
    Holder<std::vector<std::optional<double>>> holder{{1.0, 2.0, 3.0}};
    archive >> holder;
    EXPECT_EQ(holder.value, (std::vector<std::optional<double>>{std::nullopt, 2.0}));
}

TEST(Archive, KeepsAMapAndRefusesADoubledKey) {
    const std::map<int, double> weights = {{-1, 0.5}, {2, kNaN}};
    const auto same = reinterpreted<std::map<int, double>>(weights);
    EXPECT_EQ(same.at(-1), 0.5);
    EXPECT_TRUE(std::isnan(same.at(2)));
    using Entries = std::vector<std::pair<int, double>>;
    EXPECT_THROW((reinterpreted<std::map<int, double>>(Entries{{1, 0.5}, {1, 0.5}})), CorruptModel);
}

/// The parts of Boost's archive concept that `members` does not use.
struct ByHand {
    std::int32_t number = 0;
    std::string text;
    std::array<char, 3> raw{};

    template <class Archive>
    void save(Archive& archive, unsigned) const {
        archive << number << boost::serialization::make_nvp("text", text);
        archive << boost::serialization::make_binary_object(raw.data(), raw.size());
    }
    template <class Archive>
    void load(Archive& archive, unsigned) {
        archive >> number >> boost::serialization::make_nvp("text", text);
        archive >> boost::serialization::make_binary_object(raw.data(), raw.size());
    }
    BOOST_SERIALIZATION_SPLIT_MEMBER()
};

TEST(Archive, TakesAClassThatWasWrittenForBoostAlone) {
    const ByHand same = reinterpreted<ByHand>(ByHand{-7, "text", {'a', '\0', 'c'}});
    EXPECT_EQ(same.number, -7);
    EXPECT_EQ(same.text, "text");
    EXPECT_EQ(same.raw, (std::array<char, 3>{'a', '\0', 'c'}));
}

struct OldPart {
    int a = 1;
    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        EXPECT_EQ(version, 1u);
        members(archive, a);
    }
};
struct NewPart {
    int a = 0, b = 42;
    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        members(archive, a);
        if (version >= 2) members(archive, b);
    }
};

}  // namespace
}  // namespace plantwright::io::testing

BOOST_CLASS_VERSION(plantwright::io::testing::OldPart, 1)
BOOST_CLASS_VERSION(plantwright::io::testing::NewPart, 2)

namespace plantwright::io::testing {
namespace {

TEST(ClassVersion, OfTheFileIsGivenToEveryObject) {
    const auto parts = reinterpreted<std::vector<NewPart>>(std::vector<OldPart>{{7}, {8}});
    EXPECT_EQ(parts[0].a, 7);
    EXPECT_EQ(parts[1].a, 8);
    EXPECT_EQ(parts[1].b, 42);
}

TEST(ClassVersion, NewerThanTheClassIsUnsupported) {
    EXPECT_THROW(reinterpreted<OldPart>(NewPart{1, 2}), UnsupportedVersion);
}

struct Forgetful {
    static constexpr std::string_view kTypeName = "Forgetful";
    Json describe() const { return Json::object(); }
    void validate() const {}
    void serialize(OutputArchive&, unsigned) {}
    void serialize(InputArchive&, unsigned) {}
};

TEST(Validation, ThatAClassForgetsIsAnErrorOfItsAuthor) {
    EXPECT_THROW(from_bytes<Forgetful>(to_bytes(Forgetful{})), std::logic_error);
}

struct Strict {
    static constexpr std::string_view kTypeName = "Strict";
    Json describe() const { return Json::object(); }
    void validate() const { throw InvalidArgument("Strict: smoothing must be in (0, 1], got 7"); }
    void serialize(OutputArchive&, unsigned) {}
    void serialize(InputArchive& archive, unsigned) { validate_after_load(archive, *this); }
};

TEST(Validation, TurnsAnyErrorOfOursIntoCorruptModel) {
    try {
        from_bytes<Strict>(to_bytes(Strict{}));
        FAIL() << "accepted";
    } catch (const CorruptModel& error) {
        EXPECT_STREQ(error.what(), "Strict: smoothing must be in (0, 1], got 7");
    }
}

struct Other {
    static constexpr std::string_view kTypeName = "Other";
    Json describe() const { return Json::object(); }
    void validate() const {}
    void serialize(OutputArchive&, unsigned) {}
    void serialize(InputArchive&, unsigned) {}
};

/// Builds itself while it is loaded, by a constructor that refuses.
struct Building {
    static constexpr std::string_view kTypeName = "Building";
    Json describe() const { return Json::object(); }
    void validate() const {}
    void serialize(OutputArchive&, unsigned) {}
    void serialize(InputArchive&, unsigned) { throw InvalidArgument("Building: two columns are named 'a'"); }
};

TEST(Validation, CoversWhatASerialiseFunctionRefuses) {
    EXPECT_THROW(from_bytes<Building>(to_bytes(Building{})), CorruptModel);
}

TEST(ModelFile, OfAnotherTypeIsRefusedWithBothNames) {
    try {
        from_bytes<Other>(to_bytes(Holder<int>{}));
        FAIL() << "accepted";
    } catch (const InvalidArgument& error) {
        EXPECT_STREQ(error.what(), "load: the file holds a Holder, not a Other");
    }
}

/// A class that holds itself: what bounds the recursion is the archive.
struct Tree {
    std::vector<Tree> children;
    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        members(archive, children);
    }
};

Tree chain(int depth) {
    Tree tree;
    for (int i = 1; i < depth; ++i) {
        Tree parent;
        parent.children.push_back(std::move(tree));
        tree = std::move(parent);
    }
    return tree;
}

TEST(Nesting, BeyondTheLimitIsRefusedWhenSaved) {
    EXPECT_NO_THROW((from_bytes<Holder<Tree>>(to_bytes(Holder<Tree>{chain(kMaxObjectDepth - 1)}))));
    EXPECT_THROW(to_bytes(Holder<Tree>{chain(kMaxObjectDepth)}), InvalidArgument);
}

// Structure streams written by hand, as docs/io.md has them.
void append(Bytes& bytes, std::initializer_list<int> values) {
    for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
}

const std::string kHolderHeader = R"({"type":"Holder"})";
const std::initializer_list<int> kFirstObject = {10, 0, 0, 0, 0};  // with version 0
const std::initializer_list<int> kObject = {9};

TEST(Nesting, BeyondTheLimitIsRefusedWhenLoaded) {
    Bytes stream;
    append(stream, kFirstObject);
    append(stream, kFirstObject);
    for (int i = 0; i < 100000; ++i) {
        append(stream, {7, 1, 0, 0, 0, 0, 0, 0, 0});  // one child
        append(stream, kObject);
    }
    const Bytes bytes = container({kHolderHeader, stream, {}});
    EXPECT_THROW(from_bytes<Holder<Tree>>(bytes), CorruptModel);
}

template <class T>
void expect_corrupt(std::initializer_list<int> tail) {
    Bytes stream;
    append(stream, kFirstObject);
    append(stream, tail);
    EXPECT_THROW(from_bytes<Holder<T>>(container({kHolderHeader, stream, {}})), CorruptModel);
}

TEST(ForgedStructure, OfLengthsBeyondTheFileIsRefusedBeforeAnythingIsAllocated) {
    expect_corrupt<std::string>({6, 255, 255, 255, 255, 255, 255, 255, 255});
    expect_corrupt<std::string>({6, 2, 0, 0, 0, 0, 0, 0, 0, 'x'});
    expect_corrupt<std::vector<std::string>>({7, 255, 255, 255, 255, 255, 255, 255, 127});
    expect_corrupt<std::vector<bool>>({7, 3, 0, 0, 0, 0, 0, 0, 0, 1, 1});
}

TEST(ForgedStructure, OfATruthValueThatIsNeitherZeroNorOneIsRefused) { expect_corrupt<bool>({1, 2}); }

TEST(ForgedStructure, ThatRefersToAnArrayThatIsNotThereIsRefused) {
    expect_corrupt<Vector>({8, 0, 0, 0, 0, 0, 0, 0, 0});
    expect_corrupt<Vector>({8, 255, 255, 255, 255, 255, 255, 255, 255});
}

TEST(ForgedStructure, ThatReadsAnArrayTwiceIsRefused) {
    const auto good = to_bytes(Holder<std::pair<Vector, Vector>>{{{1.0}, {2.0}}});
    const ContainerView contents = read_container(good);
    Bytes stream(contents.structure.begin(), contents.structure.end());
    EXPECT_NO_THROW(
        (from_bytes<Holder<std::pair<Vector, Vector>>>(container({contents.header, stream, contents.arrays}))));
    stream[stream.size() - 8] = std::byte{0};  // the second reference, from 1 to 0
    EXPECT_THROW((from_bytes<Holder<std::pair<Vector, Vector>>>(container({contents.header, stream, contents.arrays}))),
                 CorruptModel);
}

TEST(ForgedStructure, ThatStatesATypesVersionTwiceIsRefused) {
    Bytes stream;
    append(stream, kFirstObject);
    append(stream, {7, 2, 0, 0, 0, 0, 0, 0, 0});
    for (int i = 0; i < 2; ++i) {
        append(stream, {10, 1, 0, 0, 0});
        append(stream, {2, 0, 0, 0, 0, 0, 0, 0, 0});
    }
    EXPECT_THROW(from_bytes<Holder<std::vector<OldPart>>>(container({kHolderHeader, stream, {}})), CorruptModel);
}

TEST(ForgedStructure, WithAnArrayOfBadTruthValuesIsRefused) {
    const auto good = to_bytes(Holder<Buffer<bool>>{{true, false}});
    ContainerView contents = read_container(good);
    const Bytes two = {std::byte{1}, std::byte{2}};
    contents.arrays[0].bytes = two;
    EXPECT_THROW(from_bytes<Holder<Buffer<bool>>>(container(contents)), CorruptModel);
}

TEST(ForgedHeader, IsCorrupt) {
    const auto good = to_bytes(Holder<int>{});
    for (const std::string header :
         {"", "[]", "{}", R"({"type":1})", "{\"type\":\"Holder\",\"type\":\"Holder\"}", "\xff"}) {
        ContainerView contents = read_container(good);
        contents.header = header;
        const Bytes bytes = container(contents);
        EXPECT_THROW(from_bytes<Holder<int>>(bytes), CorruptModel) << header;
        EXPECT_THROW(read_header(bytes), CorruptModel) << header;
    }
}

}  // namespace
}  // namespace plantwright::io::testing
