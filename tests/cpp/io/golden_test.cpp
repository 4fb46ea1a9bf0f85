// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "io/sample_model.hpp"

namespace plantwright::io {
namespace {

const std::filesystem::path kGoldenFile = std::filesystem::path(PLANTWRIGHT_TESTS_DIR) / "golden/io_sample.plw";

TEST(GoldenFile, LoadsAsTheModelThatWasSaved) {
    EXPECT_EQ(load<testing::SampleModel>(kGoldenFile), testing::golden_model());
    EXPECT_EQ(read_header(kGoldenFile).at("note").as_string(), "golden file of the io area");
}

TEST(GoldenFile, IsWhatSavingWritesTodayTheHeaderApart) {
    const Buffer<std::byte> file = read_file(kGoldenFile);
    const std::vector<std::byte> bytes = to_bytes(testing::golden_model());
    const ContainerView then = read_container(file), now = read_container(bytes);
    EXPECT_TRUE(std::ranges::equal(then.structure, now.structure));
    ASSERT_EQ(then.arrays.size(), now.arrays.size());
    for (std::size_t i = 0; i < now.arrays.size(); ++i)
        EXPECT_TRUE(std::ranges::equal(then.arrays[i].bytes, now.arrays[i].bytes));
}

}  // namespace
}  // namespace plantwright::io
