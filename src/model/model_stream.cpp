// SPDX-License-Identifier: MIT
#include <algorithm>

#include "model/estimators.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {

const FeatureEncoder& ModelStream::encoder() const { return encoder_of(model_->estimator()); }

ModelStream::ModelStream(std::shared_ptr<const Model> model)
    : model_(std::move(model)), stream_(model_->pipeline().stream()),
      outputs_(static_cast<std::size_t>(model_->n_outputs())) {
    const FeatureEncoder& e = encoder();
    for (std::size_t j = 0; j < e.inputs.size(); ++j) {
        const auto cell = static_cast<std::size_t>(*stream_.schema().find(e.inputs[j]));
        const ColumnSpec& given = stream_.schema()[static_cast<Index>(cell)];
        Feature feature{cell, given.kind, &e.level_ranks[j], {}};
        const std::vector<std::string>& known = e.schema.at(e.inputs[j]).levels;
        for (const std::string& level : given.levels)
            feature.translation.push_back(
                static_cast<std::int32_t>(std::find(known.begin(), known.end(), level) - known.begin()));
        features_.push_back(std::move(feature));
    }
    row_.resize(features_.size());
}

std::span<const double> ModelStream::update(std::span<const Cell> row) {
    const auto cells = stream_.update(row);
    for (std::size_t j = 0; j < features_.size(); ++j) {
        const Feature& feature = features_[j];
        const Cell cell = cells[feature.cell];
        if (feature.kind == ColumnKind::number) {
            row_[j] = static_cast<float>(cell.number);
        } else if (cell.code == kMissingCode) {
            row_[j] = static_cast<float>(kNaN);
        } else {
            const std::int32_t code =
                cell.code < 0 ? cell.code : feature.translation[static_cast<std::size_t>(cell.code)];
            if (code < 0 || code >= feature.ranks->size()) {
                throw SchemaMismatch("Model: column '" + encoder().inputs[j] +
                                     "' holds a category that the estimator was not fitted on");
            }
            row_[j] = (*feature.ranks)[code];
        }
    }
    std::visit([&](const auto& fitted) { outputs_of(fitted, std::span<const float>(row_), outputs_); },
               model_->estimator());
    if (model_->calibration()) model_->calibration()->apply(outputs_);
    return outputs_;
}

}  // namespace plantwright
