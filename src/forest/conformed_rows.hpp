// SPDX-License-Identifier: MIT
/// A frame given to a fitted forest: checked against its schema, put in order, encoded.
#pragma once

#include "forest/feature_rows.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {

/// A frame as the model expects it, and its features.
class ConformedRows {
public:
    ConformedRows(const ForestModel& model, const Frame& frame)
        : frame_(checked(model, frame)), rows_(encode(model.encoder(), frame_)) {}
    operator const FeatureRows&() const { return rows_; }

private:
    static Frame checked(const ForestModel& model, const Frame& frame) {
        if (model.n_trees() == 0) throw NotFitted("random forest: predict needs a fitted or loaded forest");
        if (model.encoder().schema.size() == 0) {
            throw SchemaMismatch(
                "random forest: this forest was fitted on a plain array without a schema; predict needs an array too");
        }
        return conform(frame, model.encoder().schema);
    }

    Frame frame_;
    FeatureRows rows_;
};

}  // namespace plantwright
