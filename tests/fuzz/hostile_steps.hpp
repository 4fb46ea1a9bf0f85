// SPDX-License-Identifier: MIT
/// Good files of every type of step and of a model, for edits; and what is done with a file that loads.
#pragma once

#include "edits.hpp"
#include "plantwright/model/model.hpp"
#include "preprocessing/preprocessing_testing.hpp"

namespace plantwright::fuzz {

inline const Frame& rows_for_steps() {
    static const Frame frame = plantwright::testing::plant_table(40);
    return frame;
}

/// Rows without a gap, numbers alone beside the target, which is a class where the type balances classes.
inline Frame plain_rows(const std::string& type, const Frame& frame) {
    const bool balances = type.starts_with("Random") || type.starts_with("Smote");
    std::vector<Index> rows;
    for (Index i = 0; i < frame.rows(); ++i) {
        bool complete = frame.column("grade").codes()[i] != kMissingCode;
        for (const char* name : {"steam_t", "flow", "fuel"}) complete &= !std::isnan(frame.column(name).number(i));
        if (complete) rows.push_back(i);
    }
    const Frame plain = frame.without("time").without("line").without(balances ? "energy_kWh" : "grade").take(rows);
    return balances ? plain.with_schema(plain.schema().with_role("grade", Role::target)) : plain;
}

/// The table that a type is fitted on: with gaps, unless it refuses them.
inline Frame usual_rows(const std::string& type, const Frame& frame, const StepSpec& spec) {
    try {
        Pipeline::fit(frame, std::span(&spec, 1));
        return frame;
    } catch (const InvalidArgument&) {
        return plain_rows(type, frame);
    }
}

struct GoodFile {
    std::string name;
    std::vector<std::byte> bytes;
};

/// Options without which a step cannot be fitted.
inline io::Json needed_options(const std::string& type) {
    io::Json options;
    if (type == "Formula") options["formulas"]["x"] = "flow / max(steam_t, 1)";
    return options;
}

inline const std::vector<GoodFile>& good_pipelines() {
    static const std::vector<GoodFile> files = [] {
        std::vector<GoodFile> made;
        for (const std::string& type : step_types()) {
            const StepSpec spec(type, needed_options(type));
            const Frame rows = usual_rows(type, rows_for_steps(), spec);
            made.push_back({type, Pipeline::fit(rows, std::span(&spec, 1)).to_bytes()});
        }
        return made;
    }();
    return files;
}

inline const GoodFile& good_model() {
    static const GoodFile file = {
        "Model",
        Model::fit<RandomForestRegressor>(rows_for_steps(), {StandardScalerOptions{}}, {.n_estimators = 2}).to_bytes()};
    return file;
}

template <class MakeStream>
void stream_rows(const MakeStream& make_stream, const Schema& schema) {
    auto stream = make_stream();
    for (Index i = 0; i < rows_for_steps().rows(); ++i) {
        std::vector<Cell> row;
        for (const ColumnSpec& spec : schema.columns()) {
            const auto at = rows_for_steps().schema().find(spec.name);
            const bool fits = at && rows_for_steps().schema()[*at].kind == spec.kind;
            row.push_back(fits ? plantwright::testing::cell_of(rows_for_steps().column(*at), i)
                               : Cell::missing(spec.kind));
        }
        stream.update(row);
    }
}

/// What loads does its work, or fails by an error of ours.
inline void load_and_use_pipeline(Input bytes) {
    tolerating_our_errors([&] {
        const Pipeline pipeline = Pipeline::from_bytes(bytes);
        tolerating_our_errors([&] { pipeline.transform(rows_for_steps()); });
        tolerating_our_errors([&] { stream_rows([&] { return pipeline.stream(); }, pipeline.input_schema()); });
    });
}

inline void load_and_use_model(Input bytes) {
    tolerating_our_errors([&] {
        const Model model = Model::from_bytes(bytes);
        tolerating_our_errors([&] { model.outputs(rows_for_steps()); });
        tolerating_our_errors([&] { model.lineage(model.feature_names().front()); });
        tolerating_our_errors([&] { stream_rows([&] { return model.stream(); }, model.schema()); });
    });
}

}  // namespace plantwright::fuzz
