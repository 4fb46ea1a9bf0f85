// SPDX-License-Identifier: MIT
/// Files of random and isolation forests: as they come, with their checksums made right, and as a list of edits of a
/// good file's arrays and small values, which leads the fuzzer past the container to what `validate` checks. What loads
/// predicts.
#include "edits.hpp"
#include "forest/golden_problem.hpp"
#include "fuzz.hpp"
#include "plantwright/forest/isolation_forest.hpp"

namespace {

using namespace plantwright;
using fuzz::bytes_of;
using fuzz::edited;
using io::testing::Bytes;

constexpr Index kMostFeatures = 64;  // a file may claim 2^31 features; then a row is larger than the fuzzer's memory

Matrix some_rows(Index n_rows, Index n_features) {
    const double values[] = {50, kNaN, 1, -1e30, 0, 1e30, 0.5};
    Matrix rows(n_rows, n_features);
    for (Index i = 0; i < n_rows * n_features; ++i) rows.data()[i] = values[i % std::ssize(values)];
    return rows;
}

Index predictions(const RandomForestClassifier& model, const Matrix& rows) { return model.predict(rows).size(); }

Index predictions(const RandomForestRegressor& model, const Matrix& rows) {
    if (!model.model().targets().empty()) {
        const Matrix found = model.predict_quantiles(rows, Vector{0, 0.3, 1});
        for (Index i = 0; i < rows.rows(); ++i)
            fuzz::require(found(i, 0) <= found(i, 1) && found(i, 1) <= found(i, 2), "forest: quantiles out of order");
    }
    return model.predict_outputs(rows).rows();
}

template <class Model>
void predict(const Model& model) {
    if (model.n_features() > kMostFeatures) return;
    model.feature_importances();
    for (const Index n_rows : {1, 9}) {  // few rows and many take different ways
        const Matrix rows = some_rows(n_rows, model.n_features());
        const auto leaves = model.apply(rows);
        for (Index i = 0; i < n_rows; ++i) {
            for (Index t = 0; t < model.n_trees(); ++t) {
                fuzz::require(model.tree(t).is_leaf(leaves(i, t)), "forest: a row ends in a node that is no leaf");
            }
        }
        fuzz::require(predictions(model, rows) == n_rows, "forest: predictions and rows differ in number");
        fuzz::require(model.decision_path(rows).row_offsets.size() == n_rows + 1, "forest: a row has no path");
    }
    fuzz::tolerating_our_errors([&] { model.predict(testing::golden_frame()); });
}

void predict(const IsolationForest& model) {
    if (model.n_features() > kMostFeatures) return;
    for (const Index n_rows : {1, 9}) {
        const Matrix rows = some_rows(n_rows, model.n_features());
        fuzz::require(model.score_samples(rows).size() == n_rows, "isolation: scores and rows differ in number");
        fuzz::require(model.apply(rows).rows() == n_rows, "isolation: leaves and rows differ in number");
        if (model.ndim() > 1 || n_rows > 1) continue;
        const auto leaves = model.apply(rows);
        for (Index t = 0; t < model.n_trees(); ++t)
            fuzz::require(model.tree(t).is_leaf(leaves(0, t)), "isolation: a row ends in a node that is no leaf");
    }
    fuzz::tolerating_our_errors([&] { model.predict(testing::golden_frame()); });
}

template <class Model>
void load_and_use(fuzz::Input bytes) {
    fuzz::tolerating_our_errors([&] {
        const Model model = Model::from_bytes(bytes);
        const auto saved = model.to_bytes();
        fuzz::require(Model::from_bytes(saved).to_bytes() == saved, "forest: what was loaded does not save to itself");
        predict(model);
    });
}

void load_and_use_any(fuzz::Input bytes) {
    load_and_use<RandomForestRegressor>(bytes);
    load_and_use<RandomForestClassifier>(bytes);
    load_and_use<IsolationForest>(bytes);
}

const RandomForestOptions kSmall = {.n_estimators = 3, .max_depth = 3, .oob_score = true, .random_state = 3};

fuzz::Input good_regressor() {
    static const auto bytes = RandomForestRegressor::fit(testing::golden_frame(), "energy_kWh", kSmall).to_bytes();
    return bytes;
}

fuzz::Input good_quantiles() {
    static const auto bytes = [] {
        RandomForestOptions options = kSmall;
        options.quantiles = true;
        return RandomForestRegressor::fit(testing::golden_frame(), "energy_kWh", options).to_bytes();
    }();
    return bytes;
}

fuzz::Input good_outputs() {
    static const auto bytes = [] {
        const Matrix rows = some_rows(20, 3);
        Matrix y(20, 2);
        for (Index i = 0; i < 20; ++i) {
            y(i, 0) = static_cast<double>(i % 3);
            y(i, 1) = static_cast<double>(i);
        }
        return RandomForestRegressor::fit_outputs(rows, y.view(), kSmall).to_bytes();
    }();
    return bytes;
}

fuzz::Input good_classifier() {
    static const auto bytes = [] {
        const Matrix rows = some_rows(20, 3);
        Buffer<std::int32_t> labels(20);
        for (Index i = 0; i < 20; ++i) labels[i] = static_cast<std::int32_t>(i % 3);
        return RandomForestClassifier::fit(rows, labels, kSmall).to_bytes();
    }();
    return bytes;
}

template <int ndim>
fuzz::Input good_isolation() {
    static const auto bytes =
        IsolationForest::fit(testing::golden_frame(), {.n_estimators = 3, .max_samples = RowCount(8), .ndim = ndim})
            .to_bytes();
    return bytes;
}

void fuzz_forest(fuzz::Input input) {
    load_and_use_any(input);
    Bytes forged = bytes_of(input);
    io::testing::reseal(forged);
    load_and_use_any(forged);
    for (const fuzz::Input good : {good_regressor(), good_quantiles(), good_outputs()})
        load_and_use<RandomForestRegressor>(edited(good, input));
    load_and_use<RandomForestClassifier>(edited(good_classifier(), input));
    load_and_use<IsolationForest>(edited(good_isolation<1>(), input));
    load_and_use<IsolationForest>(edited(good_isolation<2>(), input));
}

}  // namespace

PLANTWRIGHT_FUZZ_TARGET(forest, fuzz_forest)
