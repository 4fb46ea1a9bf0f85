// SPDX-License-Identifier: MIT
/// `Model`: raw table in, prediction out, in one file: schema, fitted steps, estimator, calibration, provenance.
///
///     const Model model = Model::fit<RandomForestRegressor>(frame, {StandardScalerOptions{}}, {.n_estimators = 300});
///     model.save("energy.plw");
///     const Vector energy = Model::load("energy.plw").predict(new_frame);
///     ModelStream stream = model.stream();              // row by row, the same bits
///
/// The target is the frame's column of role `target`; isolation forests need none. Immutable; may be shared by threads,
/// each of which has streams of its own. The same input gives the same file, byte for byte.
#pragma once

#include <initializer_list>
#include <optional>
#include <variant>

#include "plantwright/evaluate/calibration.hpp"
#include "plantwright/forest/isolation_forest.hpp"
#include "plantwright/forest/random_forest.hpp"
#include "plantwright/preprocessing/serialize_pipeline.hpp"

namespace plantwright {

using Estimator = std::variant<RandomForestRegressor, RandomForestClassifier, IsolationForest>;

class ModelStream;

/// How a classifier's probabilities are calibrated: on rows in the order of time, each predicted by a model fitted on
/// those before (evaluate::time_split).
struct CalibrationOptions {
    evaluate::CalibrationMethod method = evaluate::CalibrationMethod::sigmoid;
    Index n_splits = 5;
};

/// What a step, or the estimator, costs on a table.
struct PlanLine {
    std::string what;  ///< "RollingFeatures"
    Index columns_read = 0;
    Index columns_written = 0;  ///< of the estimator its outputs
    Index columns_after = 0;    ///< of the table that goes on
    double seconds = 0;
    std::int64_t bytes = 0;  ///< of what is written
};

class PLANTWRIGHT_API Model {
public:
    static constexpr std::string_view kTypeName = "Model";

    Model() = default;
    /// Of parts that were fitted one after the other. Throws InvalidArgument where the estimator was fitted on plain
    /// arrays, SchemaMismatch where it reads a column that the pipeline does not give. `provenance` is an object.
    Model(Pipeline pipeline, Estimator estimator, io::Json provenance = io::Json::object());

    /// Fits the steps, then the estimator on what they give. Throws what those throw.
    template <class Fitted, class Options>
    static Model fit(const Frame& frame, std::span<const StepSpec> steps, const Options& options) {
        auto [pipeline, ready] = Pipeline::fit_transform(frame, steps, options.n_jobs);
        return Model(std::move(pipeline), fit_estimator<Fitted>(ready, options), provenance_of(frame));
    }
    template <class Fitted>
    static Model fit(const Frame& frame, std::initializer_list<StepSpec> steps, const RandomForestOptions& options = {})
        requires(!std::same_as<Fitted, IsolationForest>)
    {
        return fit<Fitted>(frame, std::span(steps.begin(), steps.size()), options);
    }
    template <class Fitted>
    static Model fit(const Frame& frame, std::initializer_list<StepSpec> steps,
                     const IsolationForestOptions& options = {})
        requires(std::same_as<Fitted, IsolationForest>)
    {
        return fit<Fitted>(frame, std::span(steps.begin(), steps.size()), options);
    }

    /// A classifier that says probabilities which happen as often as they say; see CalibrationOptions. The final model
    /// learns from all rows. Throws InvalidArgument also where no fold tests two classes.
    static Model fit_calibrated(const Frame& frame, std::span<const StepSpec> steps,
                                const RandomForestOptions& options = {}, const CalibrationOptions& calibration = {});
    /// This classifier's shares through curves fitted elsewhere. Throws InvalidArgument where it is no classifier of
    /// one output with as many classes.
    Model with_calibration(evaluate::Calibration calibration) const;

    /// A number; of a classifier the class number, of an isolation forest -1 or 1. Throws SchemaMismatch,
    /// InvalidArgument where the estimator has several outputs.
    Vector predict(const Frame& frame, std::optional<int> n_jobs = {}) const;
    /// `(rows, n_outputs)`: the outputs of a regressor, probabilities of a classifier, score_samples.
    Matrix outputs(const Frame& frame, std::optional<int> n_jobs = {}) const;
    Index n_outputs() const;
    ModelStream stream() const;

    /// Without what the estimator does not use: features by which no tree splits, the columns and steps that only they
    /// need, and the raw columns that nothing reads any more. Predictions keep their bits. Steps that treat columns
    /// together stay whole.
    [[nodiscard]] Model prune() const;
    /// A line a step and one for the estimator, as measured on this table.
    std::vector<PlanLine> explain_plan(const Frame& frame, std::optional<int> n_jobs = {}) const;

    /// The raw frame as the steps take it: derived columns computed, those that nothing reads left away.
    Frame prepare(const Frame& frame) const;
    Frame transform(const Frame& frame, std::optional<int> n_jobs = {}) const;  ///< what the estimator sees

    const Schema& schema() const { return pipeline_.input_schema(); }  ///< of the raw table
    const Pipeline& pipeline() const { return pipeline_; }
    const Estimator& estimator() const { return estimator_; }
    std::string_view estimator_type() const;
    const std::vector<std::string>& feature_names() const;  ///< of the estimator
    const io::Json& provenance() const { return provenance_; }
    const std::optional<evaluate::Calibration>& calibration() const { return calibration_; }

    /// The way from raw columns to a column of the table that the estimator sees: one line a step, the raw columns
    /// first: "flow [t/h]", "flow__rolling_mean_60 = RollingFeatures(flow)". Throws SchemaMismatch.
    std::vector<std::string> lineage(std::string_view feature) const;

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static Model load(const std::filesystem::path& path);
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static Model from_bytes(std::span<const std::byte> bytes);

    io::Json describe() const;
    void validate() const;
    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        std::string provenance = provenance_.dump();
        io::members(archive, pipeline_, estimator_, provenance);
        if constexpr (Archive::is_loading::value) {
            provenance_ = io::Json::parse(provenance);
            calibration_.reset();
        }
        if (version >= 1) serialize_calibration(archive);
        io::validate_after_load(archive, *this);
    }

    /// Rows, range of times and a checksum of the table's cells.
    static io::Json provenance_of(const Frame& frame);

private:
    template <class Fitted, class Options>
    static Fitted fit_estimator(const Frame& ready, const Options& options) {
        if constexpr (std::same_as<Fitted, IsolationForest>)
            return Fitted::fit(ready, options);
        else
            return Fitted::fit(ready, target_of(ready), options);
    }
    static std::string target_of(const Frame& frame);
    template <class Archive>
    void serialize_calibration(Archive& archive) {
        bool is_there = calibration_.has_value();
        io::members(archive, is_there);
        if (!is_there) return;
        if constexpr (Archive::is_loading::value) calibration_.emplace();
        io::members(archive, *calibration_);
    }
    void check() const;

    Pipeline pipeline_;
    Estimator estimator_;
    io::Json provenance_ = io::Json::object();
    std::optional<evaluate::Calibration> calibration_;
};

/// A model row by row. Serves one thread; a copy goes on apart. Allocates nothing once the steps' windows are full.
class PLANTWRIGHT_API ModelStream {
public:
    explicit ModelStream(std::shared_ptr<const Model> model);

    const Schema& schema() const { return stream_.input_schema(); }
    /// Cells in the order of `schema()`, those of columns that no input reads are ignored. `(n_outputs,)`, valid until
    /// the next call; the bits of `Model::outputs`.
    std::span<const double> update(std::span<const Cell> row);
    void restart() { stream_.restart(); }

private:
    struct Feature {
        std::size_t cell;
        ColumnKind kind;
        const Buffer<float>* ranks;
        std::vector<std::int32_t> translation;  // of codes to the estimator's levels
    };
    const FeatureEncoder& encoder() const;

    std::shared_ptr<const Model> model_;
    Stream stream_;
    std::vector<Feature> features_;
    std::vector<float> row_;
    std::vector<double> outputs_;
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::Model, 1)
