// SPDX-License-Identifier: MIT
/// A fitted forest inside a Boost archive of the application's own, with the checks of every load.
#include <gtest/gtest.h>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>
#include <sstream>

#include "forest_testing.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

template <class Output, class Model>
std::string written(const Model& model) {
    std::ostringstream stream;
    {
        Output archive(stream);
        const int after = 7;  // the application's own
        archive << model << after;
    }
    return stream.str();
}

template <class Input, class Model>
Model read(const std::string& bytes) {
    std::istringstream stream(bytes);
    Input archive(stream);
    Model model;
    int after = 0;
    archive >> model >> after;
    EXPECT_EQ(after, 7);
    return model;
}

template <class Output, class Input>
void expect_the_same_forests() {
    const testing::Problem p = testing::make_problem({.rows = 200, .missing = 0.1, .whole_targets = false});
    const auto regressor = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 4, .oob_score = true});
    const auto same = read<Input, RandomForestRegressor>(written<Output>(regressor));
    EXPECT_EQ(same.to_bytes(), regressor.to_bytes());  // out-of-bag NaN and infinite thresholds included
    EXPECT_EQ(same.predict(p.X.view()), regressor.predict(p.X.view()));
    const auto quantiles = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 4, .quantiles = true});
    EXPECT_EQ((read<Input, RandomForestRegressor>(written<Output>(quantiles))).to_bytes(), quantiles.to_bytes());
    const auto classifier = RandomForestClassifier::fit(p.X.view(), p.label, {.n_estimators = 4});
    EXPECT_EQ((read<Input, RandomForestClassifier>(written<Output>(classifier))).to_bytes(), classifier.to_bytes());
}

TEST(ForestInABoostArchive, ComesBackBitForBitAsText) {
    expect_the_same_forests<boost::archive::text_oarchive, boost::archive::text_iarchive>();
}

TEST(ForestInABoostArchive, ComesBackBitForBitAsBinary) {
    expect_the_same_forests<boost::archive::binary_oarchive, boost::archive::binary_iarchive>();
}

TEST(ForestInABoostArchive, IsCheckedWhenItIsRead) {
    const testing::Problem p = testing::make_problem({.rows = 50});
    const auto forest = RandomForestRegressor::fit(p.X.view(), p.y, {.n_estimators = 1});
    std::string bytes = written<boost::archive::binary_oarchive>(forest);
    const auto words = forest.model().compact().nodes;
    const std::string nodes(reinterpret_cast<const char*>(words.data()), static_cast<std::size_t>(words.size()) * 8);
    const std::size_t at = bytes.find(nodes);
    ASSERT_NE(at, std::string::npos);
    bytes[at + 15] = '\x7F';  // the root's left child lies far beyond the tree
    EXPECT_THROW((read<boost::archive::binary_iarchive, RandomForestRegressor>(bytes)), CorruptModel);
}

}  // namespace
}  // namespace plantwright
