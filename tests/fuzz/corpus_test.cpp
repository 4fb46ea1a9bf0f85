// SPDX-License-Identifier: MIT
/// Every fuzz target over its seeds, in the ordinary tests.
#include <gtest/gtest.h>

#include <set>

#include "fuzz.hpp"
#include "plantwright/io/file.hpp"

namespace plantwright::fuzz {
namespace {

namespace fs = std::filesystem;

class FuzzCorpus : public testing::TestWithParam<Target> {};

TEST_P(FuzzCorpus, OfEveryTargetIsTakenWithoutHarm) {
    const fs::path folder = fs::path(PLANTWRIGHT_FUZZ_DIR) / "corpus" / GetParam().name;
    int n_seeds = 0;
    for (const auto& seed : fs::directory_iterator(folder)) {
        SCOPED_TRACE(seed.path().string());
        const Buffer<std::byte> bytes = io::read_file(seed.path());
        EXPECT_NO_THROW(GetParam().run(bytes));
        EXPECT_NO_THROW(GetParam().run(Input(bytes).first(static_cast<std::size_t>(bytes.size()) / 2)));
        ++n_seeds;
    }
    EXPECT_GT(n_seeds, 0) << folder;
}

TEST(FuzzTargets, AreRegisteredForEveryFolderOfSeeds) {
    std::set<std::string> names, folders;
    for (const Target& target : targets()) names.insert(target.name);
    for (const auto& folder : fs::directory_iterator(fs::path(PLANTWRIGHT_FUZZ_DIR) / "corpus")) {
        folders.insert(folder.path().filename().string());
    }
    EXPECT_EQ(names, folders);
}

INSTANTIATE_TEST_SUITE_P(, FuzzCorpus, testing::ValuesIn(targets()), [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace plantwright::fuzz
