// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "forest/golden_problem.hpp"
#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/forest/isolation_forest.hpp"
#include "plantwright/io/file.hpp"

namespace plantwright {
namespace {

using testing::golden_frame;
using testing::make_problem;
using testing::message_of;

const std::filesystem::path kGolden = std::filesystem::path(PLANTWRIGHT_TESTS_DIR) / "golden";

IsolationForest fitted(int ndim, Index rows = 300, int n_estimators = 5) {
    return IsolationForest::fit(make_problem({.rows = rows, .cols = 4, .missing = 0.1}).X.view(),
                                {.n_estimators = n_estimators, .contamination = 0.1, .ndim = ndim, .random_state = 1});
}

TEST(SavedIsolationForest, ComesBackBitForBit) {
    const Matrix X = make_problem({.rows = 300, .cols = 4, .missing = 0.1}).X;
    for (const int ndim : {1, 3}) {
        const auto forest = fitted(ndim);
        const auto bytes = forest.to_bytes();
        const auto again = IsolationForest::from_bytes(bytes);
        EXPECT_EQ(again.score_samples(X.view()), forest.score_samples(X.view()));
        EXPECT_EQ(again.offset(), forest.offset());
        EXPECT_EQ(again.max_samples(), 256);
        EXPECT_EQ(again.ndim(), ndim);
        EXPECT_EQ(again.to_bytes(), bytes);
    }
}

TEST(SavedIsolationForest, GoesThroughAnApplicationsBoostArchive) {
    for (const int ndim : {1, 2}) {
        const auto forest = fitted(ndim);
        std::stringstream stream;
        boost::archive::text_oarchive(stream) << forest;
        IsolationForest same;
        boost::archive::text_iarchive(stream) >> same;
        EXPECT_EQ(same.to_bytes(), forest.to_bytes());
    }
}

TEST(SavedIsolationForest, SaysOfItselfWhatItIs) {
    const io::Json json = fitted(2).describe();
    EXPECT_EQ(json.at("n_estimators").as_integer(), 5);
    EXPECT_EQ(json.at("max_samples").as_integer(), 256);
    EXPECT_EQ(json.at("ndim").as_integer(), 2);
}

TEST(SavedIsolationForest, OfAnotherTypeIsRefused) {
    EXPECT_THROW(RandomForestRegressor::from_bytes(fitted(1).to_bytes()), InvalidArgument);
}

io::Json golden_scores() {
    const Buffer<std::byte> text = io::read_file(kGolden / "isolation_v1.json");
    return io::Json::parse({reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(text.size())});
}

TEST(GoldenIsolationForest, LoadsAndScoresWhatItDidWhenItWasSaved) {
    for (const char* name : {"isolation_v1", "isolation_planes_v1"}) {
        const auto forest = IsolationForest::load(kGolden / (std::string(name) + ".plw"));
        const Vector score = forest.score_samples(golden_frame());
        const io::Json expected = golden_scores().at(name);
        ASSERT_EQ(std::ssize(expected.as_array()), score.size());
        for (Index i = 0; i < score.size(); ++i) {
            const std::string& text = expected.as_array()[static_cast<std::size_t>(i)].as_string();
            EXPECT_EQ(score[i], std::strtod(text.c_str(), nullptr));
        }
    }
}

TEST(HostileIsolationForest, EveryFlippedByteIsAnErrorOfOursOrAValidForest) {
    const Matrix X = make_problem({.rows = 8, .cols = 4, .missing = 0.2}).X;
    for (const int ndim : {1, 2}) {
        const auto bytes = fitted(ndim, 8, 1).to_bytes();
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            for (const std::byte flip : {std::byte{1}, std::byte{0x80}, std::byte{0xFF}}) {
                auto bad = bytes;
                bad[i] ^= flip;
                try {
                    IsolationForest::from_bytes(bad).score_samples(X.view());
                } catch (const Error&) {
                }
            }
        }
        for (std::size_t n = 0; n < bytes.size(); ++n)
            EXPECT_THROW(IsolationForest::from_bytes(std::span(bytes).first(n)), std::exception);
    }
}

/// Damage behind valid checksums.
class HostilePlanes : public ::testing::Test {
protected:
    std::string complaint() const {
        return message_of<CorruptModel>([&] { planes_.validate(); });
    }
    template <class T>
    static void set(SharedArray<T>& array, Index i, std::type_identity_t<T> value) {
        Buffer<T> changed{std::span<const T>(array)};
        changed[i] = value;
        array = std::move(changed);
    }
    Index leaf() const {
        Index i = 0;
        while (planes_.nodes[i] >> 32) ++i;
        return i;
    }
    HyperplaneForest planes_ = fitted(2).planes();
};

TEST_F(HostilePlanes, ANodeWhoseChildrenAreNotItsOwnIsFound) {
    for (const std::uint64_t distance : {2u, 3u, 0xFFFFFFFFu}) {
        set(planes_.nodes, 0, distance << 32);
        EXPECT_EQ(complaint(), "forest of hyperplanes: a node's children are not the next ones of its level");
    }
    planes_ = fitted(2, 2, 1).planes();  // one plane
    set(planes_.nodes, 0, 0);
    EXPECT_EQ(complaint(), "forest of hyperplanes: a node is not reached from the root");
}
TEST_F(HostilePlanes, APlaneOfAnotherNodeIsFound) {
    set(planes_.nodes, 0, planes_.nodes[0] + 1);
    EXPECT_EQ(complaint(), "forest of hyperplanes: a node's plane is not its own");
}
TEST_F(HostilePlanes, AFeatureOutOfRangeIsFound) {
    for (const int feature : {-1, 4}) {
        set(planes_.feature, 1, feature);
        EXPECT_EQ(complaint(), "forest of hyperplanes: a plane's feature is out of range");
    }
}
TEST_F(HostilePlanes, NumbersThatAreNotFiniteAreFound) {
    const HyperplaneForest good = planes_;
    set(planes_.threshold, 0, kNaN);
    EXPECT_EQ(complaint(), "forest of hyperplanes: a plane is not finite");
    planes_ = good;
    set(planes_.coefficient, 0, HUGE_VALF);
    EXPECT_EQ(complaint(), "forest of hyperplanes: a plane is not finite");
    planes_ = good;
    set(planes_.nodes, leaf(), 0x7F800000u);
    EXPECT_EQ(complaint(), "forest of hyperplanes: a value is not finite");
}
TEST_F(HostilePlanes, SizesThatDoNotFitAreFound) {
    const HyperplaneForest good = planes_;
    planes_.threshold = Vector(3);
    EXPECT_EQ(complaint(), "forest of hyperplanes: planes do not fit the nodes");
    planes_ = good;
    planes_.mean = Buffer<float>(1);
    EXPECT_EQ(complaint(), "forest of hyperplanes: terms do not fit the planes");
    planes_ = good;
    set(planes_.tree_begin, 1, good.tree_begin[1] + 1);
    EXPECT_EQ(complaint(), "forest of hyperplanes: a tree's size is out of range");
    planes_ = good;
    planes_.ndim = 5;
    EXPECT_EQ(complaint(), "forest of hyperplanes: the number of terms is out of range");
    planes_ = good;
    set(planes_.n_node_samples, 0, 0);
    EXPECT_EQ(complaint(), "forest of hyperplanes: a node holds no rows, or too many");
}

TEST(ImportedIsolationForest, IsCheckedBeforeItIsBelieved) {
    const Forest good = fitted(1).forest();
    const auto complaint = [](const Forest& forest, Index max_samples = 256, double offset = -0.5) {
        return message_of<InvalidArgument>([&] { IsolationForest::from_forest(forest, max_samples, offset); });
    };
    EXPECT_EQ(complaint(good), "");
    EXPECT_NE(complaint(good, 0).find("max_samples must be in [1, 2^31), got 0"), std::string::npos);
    EXPECT_NE(complaint(good, 256, 0.5).find("offset must be in [-1, 0], got 0.5"), std::string::npos);
    Forest bad = good;
    bad.feature[0] = 9;
    EXPECT_EQ(complaint(bad), "IsolationForest: forest: a split's feature is out of range");
    const Matrix X = make_problem({.rows = 100, .cols = 4, .missing = 0.1}).X;
    EXPECT_EQ(IsolationForest::from_forest(good, 256).score_samples(X.view()), fitted(1).score_samples(X.view()));
}

}  // namespace
}  // namespace plantwright
