// SPDX-License-Identifier: MIT
/// The same bits at every instruction-set level: this program runs itself with PLANTWRIGHT_ISA set and compares what it
/// prints.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "forest_testing.hpp"
#include "plantwright/core/isa.hpp"

namespace plantwright {
namespace {

std::uint64_t digest(std::span<const std::byte> bytes) {
    std::uint64_t hash = 14695981039346656037ull;  // FNV-1a
    for (const std::byte b : bytes) hash = (hash ^ static_cast<std::uint64_t>(b)) * 1099511628211ull;
    return hash;
}

TEST(IsaDigest, OfAForestAndItsPredictions) {
    const testing::Problem p = testing::make_problem({.rows = 1500, .missing = 0.05, .whole_targets = false});
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 3});
    const Vector prediction = forest.predict(p.X.view());
    std::printf("digest %016llx %016llx\n", static_cast<unsigned long long>(digest(forest.to_bytes())),
                static_cast<unsigned long long>(digest(std::as_bytes(std::span<const double>(prediction)))));
}

std::string digest_at(std::string_view level) {
    const std::string program = std::filesystem::read_symlink("/proc/self/exe");
    const std::string command =
        "PLANTWRIGHT_ISA=" + std::string(level) + " '" + program + "' --gtest_filter=IsaDigest.*";
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) return "";
    std::string found;
    char line[256];
    while (std::fgets(line, sizeof line, pipe)) {
        if (std::string_view(line).starts_with("digest")) found = line;
    }
    return pclose(pipe) == 0 ? found : "";
}

TEST(IsaLevels, GiveTheSameForestAndPredictions) {
    const IsaLevel best = best_isa_level();
    if (best < IsaLevel::v3) GTEST_SKIP() << "only one level above the baseline here";
    const std::string v2 = digest_at("v2");
    ASSERT_NE(v2, "");
    EXPECT_EQ(digest_at("v3"), v2);
    if (best >= IsaLevel::v4) {
        EXPECT_EQ(digest_at("v4"), v2);
    }
}

}  // namespace
}  // namespace plantwright
