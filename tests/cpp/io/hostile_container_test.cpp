// SPDX-License-Identifier: MIT
/// Damaged and forged containers: each must end in one of our errors, whatever the bytes.
#include <gtest/gtest.h>

#include <functional>

#include "io/forge.hpp"
#include "io/sample_model.hpp"

namespace plantwright::io::testing {
namespace {

Bytes sample() { return to_bytes(golden_model()); }

/// Whether loading ends in an error of ours; any other exception leaves and fails the test.
bool refused(std::span<const std::byte> bytes) {
    try {
        from_bytes<SampleModel>(bytes);
        return false;
    } catch (const Error&) {
        return true;
    }
}

TEST(Checksum, IsXxh64) {
    const auto sum = [](std::string_view text) { return checksum(std::as_bytes(std::span(text))); };
    EXPECT_EQ(sum(""), 0xEF46DB3751D8E999u);
    EXPECT_EQ(sum("a"), 0xD24EC4F1A98C6E5Bu);
    EXPECT_EQ(sum("abc"), 0x44BC2CF5AD770999u);
    EXPECT_EQ(sum("Nobody inspects the spammish repetition"), 0xFBCEA83C8A378BF1u);  // more than a stripe of 32
}

TEST(Container, IsRefusedWhenCutOffAtAnyByte) {
    const Bytes bytes = sample();
    for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_TRUE(refused(std::span(bytes).first(n))) << n;
}

TEST(Container, IsRefusedWithAnySingleByteDamaged) {
    Bytes bytes = sample();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (const int mask : {0x01, 0x80, 0xFF}) {
            bytes[i] ^= static_cast<std::byte>(mask);
            EXPECT_TRUE(refused(bytes)) << "byte " << i << " mask " << mask;
            bytes[i] ^= static_cast<std::byte>(mask);
        }
    }
    EXPECT_FALSE(refused(bytes));
}

TEST(Container, IsRefusedWithBytesAppended) {
    Bytes bytes = sample();
    bytes.push_back(std::byte{0});
    EXPECT_THROW(from_bytes<SampleModel>(bytes), CorruptModel);
    put(bytes, kSizeAt, std::uint64_t{bytes.size()});
    reseal(bytes);
    EXPECT_THROW(from_bytes<SampleModel>(bytes), CorruptModel);
}

TEST(Container, NeverDoesHarmWithAnySingleByteForged) {
    const Bytes good = sample();
    int survived = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const int value : {0, 1, 2, 10, 0x7F, 0x80, 0xFF}) {
            Bytes bytes = good;
            bytes[i] = static_cast<std::byte>(value);
            reseal(bytes);
            survived += refused(bytes) ? 0 : 1;  // a changed number is as good a model as before
        }
    }
    EXPECT_GT(survived, 0);
}

struct Forgery {
    const char* name;
    std::function<void(Bytes&)> change;
};

class ForgedContainer : public ::testing::TestWithParam<Forgery> {};

TEST_P(ForgedContainer, IsCorrupt) {
    Bytes bytes = sample();
    GetParam().change(bytes);
    reseal(bytes);
    EXPECT_THROW(from_bytes<SampleModel>(bytes), CorruptModel);
}

constexpr std::uint64_t kHuge = ~std::uint64_t{0};

INSTANTIATE_TEST_SUITE_P(
    Table, ForgedContainer,
    ::testing::Values(
        Forgery{"Magic", [](Bytes& b) { put(b, 0, 'P'); }},
        Forgery{"VersionZero", [](Bytes& b) { put(b, kVersionAt, std::uint32_t{0}); }},
        Forgery{"NoSections", [](Bytes& b) { put(b, kCountAt, std::uint32_t{0}); }},
        Forgery{"HugeCount", [](Bytes& b) { put(b, kCountAt, ~std::uint32_t{0}); }},
        Forgery{"OneSectionLess", [](Bytes& b) { put(b, kCountAt, get<std::uint32_t>(b, kCountAt) - 1); }},
        Forgery{"OneSectionMore", [](Bytes& b) { put(b, kCountAt, get<std::uint32_t>(b, kCountAt) + 1); }},
        Forgery{"HugeSize", [](Bytes& b) { put(b, kSizeAt, kHuge); }},
        Forgery{"ReservedPreamble", [](Bytes& b) { put(b, 40, std::uint8_t{1}); }},
        Forgery{"ReservedRow", [](Bytes& b) { put(b, row(1) + kReserved, std::uint8_t{1}); }},
        Forgery{"UnknownFlag", [](Bytes& b) { put(b, row(2) + kFlags, std::uint16_t{3}); }},
        Forgery{"HugeOffset", [](Bytes& b) { put(b, row(3) + kOffset, kHuge); }},
        Forgery{"HugeLength", [](Bytes& b) { put(b, row(3) + kLength, kHuge); }},
        Forgery{"LengthThatWrapsAround", [](Bytes& b) { put(b, row(2) + kLength, kHuge - 200); }},
        Forgery{"Misaligned", [](Bytes& b) { put(b, row(3) + kOffset, get<std::uint64_t>(b, row(3) + kOffset) + 8); }},
        Forgery{"Overlap", [](Bytes& b) { put(b, row(3) + kOffset, get<std::uint64_t>(b, row(2) + kOffset)); }},
        Forgery{"Gap", [](Bytes& b) { put(b, row(3) + kOffset, get<std::uint64_t>(b, row(3) + kOffset) + 64); }},
        Forgery{"Padding", [](Bytes& b) { put(b, get<std::uint64_t>(b, row(2) + kOffset) - 1, std::uint8_t{1}); }},
        Forgery{"HeaderTwice", [](Bytes& b) { put(b, row(2) + kKind, std::uint16_t{1}); }},
        Forgery{"StructureTwice", [](Bytes& b) { put(b, row(2) + kKind, std::uint16_t{2}); }},
        Forgery{"NoHeader", [](Bytes& b) { put(b, row(0) + kKind, std::uint16_t{3}); }},
        Forgery{"NoStructure", [](Bytes& b) { put(b, row(1) + kKind, std::uint16_t{3}); }},
        Forgery{"ElementsOfNoSize", [](Bytes& b) { put(b, row(2) + kElementSize, std::uint16_t{0}); }},
        Forgery{"PartsOfElements", [](Bytes& b) { put(b, row(2) + kElementSize, std::uint16_t{7}); }},
        Forgery{"ElementsOfAnotherSize", [](Bytes& b) { put(b, row(2) + kElementSize, std::uint16_t{4}); }},
        Forgery{"HeaderIsNoJson", [](Bytes& b) { put(b, get<std::uint64_t>(b, row(0) + kOffset), '['); }}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Container, OfANewerFormatIsUnsupported) {
    Bytes bytes = sample();
    put(bytes, kVersionAt, std::uint32_t{2});
    EXPECT_THROW(from_bytes<SampleModel>(bytes), UnsupportedVersion);
    EXPECT_THROW(read_header(bytes), UnsupportedVersion);
}

/// The sample with one more section, of a kind that this library does not know.
Bytes with_unknown_section(std::uint16_t flags) {
    const Bytes good = sample();
    ContainerView contents = read_container(good);
    contents.arrays.push_back(contents.arrays[0]);
    Bytes bytes = container(contents);
    const std::size_t last = row(get<std::uint32_t>(bytes, kCountAt) - 1);
    put(bytes, last + kKind, std::uint16_t{77});
    put(bytes, last + kFlags, flags);
    reseal(bytes);
    return bytes;
}

TEST(Container, SkipsAnUnknownSectionThatIsOptional) {
    EXPECT_EQ(from_bytes<SampleModel>(with_unknown_section(0)), golden_model());
}

TEST(Container, WithAnUnknownRequiredSectionIsUnsupported) {
    EXPECT_THROW(from_bytes<SampleModel>(with_unknown_section(1)), UnsupportedVersion);
}

TEST(Container, ChecksTheChecksumOfAnUnknownSectionToo) {
    Bytes bytes = with_unknown_section(0);
    bytes.back() ^= std::byte{1};
    EXPECT_THROW(from_bytes<SampleModel>(bytes), CorruptModel);
}

TEST(Container, HoldsTensOfThousandsOfArrays) {
    const Bytes good = sample();
    ContainerView contents = read_container(good);
    contents.arrays.assign(50000, contents.arrays[0]);
    const Bytes bytes = container(contents);
    EXPECT_EQ(read_container(bytes).arrays.size(), 50000u);
    EXPECT_THROW(from_bytes<SampleModel>(bytes), CorruptModel);
}

TEST(Container, RefusesAHeaderOfMoreThanOneMebibyteWhenItIsWritten) {
    Json extra;
    extra["long"] = std::string(kMaxHeaderBytes, 'x');
    EXPECT_THROW(to_bytes(golden_model(), extra), InvalidArgument);
}

}  // namespace
}  // namespace plantwright::io::testing
