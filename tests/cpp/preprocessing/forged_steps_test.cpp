// SPDX-License-Identifier: MIT
/// Steps in files whose parts do not fit together, as no fit writes them: each is refused before it runs.
#include <gtest/gtest.h>

#include <functional>

#include "plantwright/io/archive.hpp"
#include "plantwright/preprocessing/formula.hpp"
#include "plantwright/preprocessing/iterative_imputer.hpp"
#include "plantwright/preprocessing/knn_imputer.hpp"
#include "plantwright/preprocessing/sensor_quality.hpp"
#include "preprocessing_testing.hpp"

namespace plantwright {
namespace {

using testing::plant_table;

/// Writes in the place of a step what it is told to.
struct Forged {
    std::function<void(io::OutputArchive&)> write;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        if constexpr (Archive::is_saving::value) write(archive);
    }
};

/// What all steps write first.
struct Head {
    std::string options;
    std::vector<ColumnSpec> reads, written;
    std::vector<std::vector<std::string>> sources;
    std::vector<std::string> drops;

    explicit Head(const Step& step) : options(step.options().dump()), reads(step.reads()), drops(step.drops()) {
        for (const Step::Written& w : step.writes()) {
            written.push_back(w.spec);
            sources.push_back(w.sources);
        }
    }
};

/// Whether a step of head and members loads; throws where it does not.
template <class T, class... Members>
void load(Head head, Members... members) {
    Forged forged{[&](io::OutputArchive& archive) {
        io::members(archive, head.options, head.reads, head.written, head.sources, head.drops, members...);
    }};
    io::OutputArchive out;
    io::members(out, forged);
    const io::ContainerView contents = out.contents("{}");
    io::InputArchive in(contents);
    T step;
    io::members(in, step);
}

using Numbers = Buffer<std::int64_t>;

TEST(ForgedSteps, KNNImputerIsRefusedWhereItsRowsDoNotFit) {
    const Frame frame = plant_table(20);
    const auto step = KNNImputer::fit(frame, {.columns = {"flow", "fuel"}});
    const Head head(step);
    const Matrix rows(5, 2, 1.0);
    const Vector means(2, 1.0);
    EXPECT_NO_THROW((load<KNNImputer>(head, rows, means, Numbers())));
    EXPECT_THROW((load<KNNImputer>(head, Matrix(5, 3, 1.0), means, Numbers())), CorruptModel);
    EXPECT_THROW((load<KNNImputer>(head, Matrix(0, 2), means, Numbers())), CorruptModel);
    EXPECT_THROW((load<KNNImputer>(head, Matrix(5, 2, HUGE_VAL), means, Numbers())), CorruptModel);
    EXPECT_THROW((load<KNNImputer>(head, rows, Vector(1, 1.0), Numbers())), CorruptModel);
    EXPECT_THROW((load<KNNImputer>(head, rows, means, Numbers{2})), CorruptModel);
    EXPECT_THROW((load<KNNImputer>(head, rows, means, Numbers{-1})), CorruptModel);
    Head unread = head;
    unread.reads.pop_back();
    EXPECT_THROW((load<KNNImputer>(unread, rows, means, Numbers())), CorruptModel);
    Head retyped = head;
    retyped.written[0].kind = ColumnKind::category;
    EXPECT_THROW((load<KNNImputer>(retyped, rows, means, Numbers())), CorruptModel);
}

TEST(ForgedSteps, IterativeImputerIsRefusedWhereItsForestsDoNotFit) {
    const Frame frame = plant_table(40);
    const Head head(IterativeImputer::fit(frame, {.n_estimators = 1, .columns = {"flow", "fuel"}}));
    const auto forest_of = [](Index n_features) {
        const Matrix X(4, n_features, 1.0);
        return RandomForestRegressor::fit(X, Vector{1, 2, 3, 4}, {.n_estimators = 1});
    };
    using Forests = std::vector<RandomForestRegressor>;
    const Forests one{forest_of(1)}, none, wide{forest_of(2)};
    const Vector initial(2, 1.0);
    const std::int64_t rounds = 2;
    EXPECT_NO_THROW((load<IterativeImputer>(head, initial, rounds, Numbers{1}, one, one, Numbers())));
    EXPECT_THROW((load<IterativeImputer>(head, Vector(3, 1.0), rounds, Numbers{1}, one, one, Numbers())), CorruptModel);
    EXPECT_THROW((load<IterativeImputer>(head, initial, rounds, Numbers{2}, one, one, Numbers())), CorruptModel);
    EXPECT_THROW((load<IterativeImputer>(head, initial, rounds, Numbers{-1}, none, one, Numbers())), CorruptModel);
    EXPECT_THROW((load<IterativeImputer>(head, initial, rounds, Numbers{0, 1}, none, one, Numbers())), CorruptModel);
    EXPECT_THROW((load<IterativeImputer>(head, initial, rounds, Numbers{1}, none, wide, Numbers())), CorruptModel);
    EXPECT_THROW((load<IterativeImputer>(head, initial, rounds, Numbers{1}, wide, one, Numbers())), CorruptModel);
    EXPECT_THROW((load<IterativeImputer>(head, initial, rounds, Numbers(), one, none, Numbers())), CorruptModel);
    EXPECT_THROW((load<IterativeImputer>(head, initial, std::int64_t{1} << 60, Numbers{1}, none, one, Numbers())),
                 CorruptModel);
}

TEST(ForgedSteps, SensorQualityIsRefusedWhereItsLimitsDoNotFit) {
    const Frame frame = plant_table(40);
    const auto step = SensorQuality::fit(frame);
    const Head head(step);
    EXPECT_NO_THROW((load<SensorQuality>(head, step.limits())));
    QualityLimits shorter = step.limits();
    shorter.flat_after = Vector(1, 5.0);
    EXPECT_THROW((load<SensorQuality>(head, shorter)), CorruptModel);
    QualityLimits backward = step.limits();
    backward.max_time_step = -1;
    EXPECT_THROW((load<SensorQuality>(head, backward)), CorruptModel);
    Head fewer = head;
    fewer.written.pop_back();
    fewer.sources.pop_back();
    EXPECT_THROW((load<SensorQuality>(fewer, step.limits())), CorruptModel);
}

TEST(ForgedSteps, FormulaIsRefusedWhereItsTextsDoNotFit) {
    const Frame frame = plant_table(5);
    const Head head(Formula::fit(frame, {.formulas = NamedTexts{{"f", "flow / 2"}}}));
    EXPECT_NO_THROW((load<Formula>(head)));
    for (const std::string& text :
         {std::string("steam_t / 2"), std::string("flow +"), std::string(500, '(') + "flow", std::string()}) {
        Head other = head;
        other.options = R"({"formulas": {"f": ")" + text + "\"}}";
        EXPECT_THROW((load<Formula>(other)), CorruptModel) << text;
    }
    Head two = head;
    two.options = R"({"formulas": {"f": "flow", "g": "flow"}})";
    EXPECT_THROW((load<Formula>(two)), CorruptModel);
    Head times = head;
    times.reads[0].kind = ColumnKind::time;
    EXPECT_THROW((load<Formula>(times)), CorruptModel);
}

}  // namespace
}  // namespace plantwright
