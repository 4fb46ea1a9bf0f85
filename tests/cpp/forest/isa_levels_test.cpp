// SPDX-License-Identifier: MIT
/// The same bits at every instruction-set level: this program runs itself with PLANTWRIGHT_ISA set and compares what it
/// prints.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "forest/predictor.hpp"
#include "forest/sliced_forest.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/forest/isolation_forest.hpp"

namespace plantwright {
namespace {

std::uint64_t digest(std::span<const std::byte> bytes) {
    std::uint64_t hash = 14695981039346656037ull;  // FNV-1a
    for (const std::byte b : bytes) hash = (hash ^ static_cast<std::uint64_t>(b)) * 1099511628211ull;
    return hash;
}

/// Forests of every kernel: regression, two classes, seven by gini and by entropy, many classes, several outputs, many
/// features, and more than eight drawn of few, some and many; few values; isolation.
std::vector<std::vector<std::byte>> forests_of_every_kernel() {
    testing::Problem p = testing::make_problem({.rows = 1500, .missing = 0.05, .whole_targets = false});
    const testing::Problem wide =
        testing::make_problem({.rows = 600, .cols = 140, .missing = 0.02, .whole_targets = false});
    std::vector<std::vector<std::byte>> bytes = {
        RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 3}).to_bytes(),
        RandomForestRegressor::fit(wide.X.view(), wide.y, {.n_estimators = 2, .max_features = MaxFeatures::count(20)})
            .to_bytes()};
    for (const Index cols : {12, 31, 50, 90}) {  // as many as the pickers of codes tell apart
        const testing::Problem some =
            testing::make_problem({.rows = 500, .cols = cols, .missing = 0.03, .whole_targets = false});
        const RandomForestOptions options{.n_estimators = 2, .max_features = MaxFeatures::count(11)};
        bytes.push_back(RandomForestRegressor::fit(some.X.view(), some.y, options).to_bytes());
        bytes.push_back(RandomForestClassifier::fit(some.X.view(), some.label, options).to_bytes());
    }
    for (const int n_values : {2, 8, 9, 16}) {
        const testing::Problem few =
            testing::make_problem({.rows = 1500, .cols = 20, .n_values = n_values, .whole_targets = false});
        for (const Index drawn : {3, 13}) {
            const RandomForestOptions options{.n_estimators = 2, .max_features = MaxFeatures::count(drawn)};
            bytes.push_back(RandomForestRegressor::fit(few.X.view(), few.y, options).to_bytes());
        }
    }
    for (const Index n_outputs : {2, 3, 6}) {
        Matrix Y(p.y.size(), n_outputs);
        for (Index i = 0; i < p.y.size(); ++i) {
            for (Index k = 0; k < n_outputs; ++k) Y(i, k) = p.y[i] * static_cast<double>(k % 2) + p.X(i, k % 6) * 3;
            for (Index k = 0; k < n_outputs; ++k) Y(i, k) = std::isnan(Y(i, k)) ? 0 : Y(i, k);
        }
        bytes.push_back(RandomForestRegressor::fit_outputs(p.X.view(), Y.view(), {.n_estimators = 2}).to_bytes());
    }
    for (const int n_classes : {2, 3, 7, 30}) {
        for (Index i = 0; i < p.y.size(); ++i) p.label[i] = static_cast<std::int32_t>(std::abs(p.y[i] * 4)) % n_classes;
        for (const Criterion criterion : {Criterion::gini, Criterion::entropy}) {
            bytes.push_back(
                RandomForestClassifier::fit(p.X.view(), p.label, {.n_estimators = 2, .criterion = criterion})
                    .to_bytes());
        }
    }
    for (const testing::Problem* table : {static_cast<const testing::Problem*>(&p), &wide}) {
        for (const int ndim : {1, 2})
            bytes.push_back(IsolationForest::fit(table->X.view(), {.n_estimators = 5, .ndim = ndim}).to_bytes());
    }
    return bytes;
}

/// Class shares by trees whose top is sliced.
Matrix means_of_shallow_trees(const testing::Problem& p) {
    const RandomForestOptions options{.n_estimators = 20, .max_depth = 8};
    const CompactForest forest = RandomForestClassifier::fit(p.X.view(), p.label, options).model().compact();
    return Predictor(forest).mean_by_heaps(*SlicedHeaps::make(forest), ConstMatrixView(p.X.view()), 1);
}

TEST(IsaDigest, OfAForestAndItsPredictions) {
    const testing::Problem p = testing::make_problem({.rows = 1500, .missing = 0.05, .whole_targets = false});
    const Vector prediction = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 3}).predict(p.X.view());
    const auto isolation = IsolationForest::fit(p.X.view(), {.n_estimators = 20});
    const auto sliced = SlicedForest::make(isolation.model().compact());
    SlicedForest::Scratch scratch(*sliced);
    Vector lengths(p.y.size());
    sliced->add(p.X.view(), 0, p.y.size(), scratch, lengths.data());
    const Matrix shallow = means_of_shallow_trees(p);
    std::printf("digest");
    for (const auto& bytes : forests_of_every_kernel())
        std::printf(" %016llx", static_cast<unsigned long long>(digest(bytes)));
    for (const Vector* values : std::initializer_list<const Vector*>{&prediction, &lengths})
        std::printf(" %016llx",
                    static_cast<unsigned long long>(digest(std::as_bytes(std::span<const double>(*values)))));
    const std::span<const double> means(shallow.data(), static_cast<std::size_t>(shallow.rows() * shallow.cols()));
    std::printf(" %016llx", static_cast<unsigned long long>(digest(std::as_bytes(means))));
    std::printf("\n");
}

std::string digest_at(std::string_view level) {
    const std::string program = std::filesystem::read_symlink("/proc/self/exe");
    const std::string command =
        "PLANTWRIGHT_ISA=" + std::string(level) + " '" + program + "' --gtest_filter=IsaDigest.*";
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) return "";
    std::string found;
    char line[2048];
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
