// SPDX-License-Identifier: MIT
#include "plantwright/neural/autoencoder_stream.hpp"

#include <algorithm>
#include <cmath>

#include "neural/runs.hpp"
#include "neural/window_scores.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright {

AutoencoderStream::AutoencoderStream(LSTMAutoencoder model) : model_(std::move(model)) {
    if (model_.window() == 0) throw NotFitted("AutoencoderStream: it needs a fitted or loaded model");
    if (model_.scoring() == WindowScoring::point) {
        throw InvalidArgument(
            "AutoencoderStream: scoring by point needs rows that come later; use with_scoring(window) or last");
    }
    take_up({});
}

/// Begins anew, with these standardized rows behind it.
void AutoencoderStream::take_up(const Table<float>& rows) {
    if (model_.window() == 0) return;
    if (rows.rows() > model_.window() || (rows.rows() > 0 && rows.cols() != model_.n_features()))
        throw CorruptModel("AutoencoderStream: its rows do not fit the model");
    sliding_.clear();
    sliding_.emplace_back(model_.network());
    row_ = Buffer<float>(model_.n_features());
    shares_ = Vector(model_.n_features(), kNaN);
    for (Index i = 0; i < rows.rows(); ++i)
        sliding_.front().update({rows.data() + i * rows.cols(), static_cast<std::size_t>(rows.cols())});
}

Table<float> AutoencoderStream::held_rows() const {
    if (sliding_.empty()) return {};
    const ConstMatrixViewF rows = sliding_.front().rows();
    Table<float> held(rows.rows(), rows.cols());
    for (Index i = 0; i < rows.rows(); ++i)
        for (Index j = 0; j < rows.cols(); ++j) held(i, j) = rows(i, j);
    return held;
}

void AutoencoderStream::restart() {
    for (SlidingReconstruction& sliding : sliding_) sliding.restart();
    std::fill(shares_.begin(), shares_.end(), kNaN);
    last_time_ = kMissingTime;
}

bool AutoencoderStream::follows(std::optional<std::int64_t> time, std::string_view group) const {
    if (n_rows() == 0) return true;
    const bool in_time = !time || neural::follows_in_time(last_time_, *time, model_.input().longest_step);
    return in_time && group == group_;
}

double AutoencoderStream::update(std::span<const double> row, std::optional<std::int64_t> time,
                                 std::string_view group) {
    if (sliding_.empty()) throw NotFitted("AutoencoderStream: update needs a fitted or loaded model");
    model_.input().standardize(row, row_);
    if (!follows(time, group)) restart();
    last_time_ = time.value_or(kMissingTime);
    if (group != group_) group_ = group;
    const ConstMatrixViewF reconstruction = sliding_.front().update({row_.data(), row.size()});
    std::fill(shares_.begin(), shares_.end(), kNaN);
    if (reconstruction.rows() == 0) return kNaN;
    const WindowScoring scoring = model_.scoring();
    return -neural::error_shares(neural::scored_part(sliding_.front().rows(), scoring),
                                 neural::scored_part(reconstruction, scoring), shares_);
}

void AutoencoderStream::validate() const {
    model_.validate();
    if (model_.scoring() == WindowScoring::point) throw CorruptModel("AutoencoderStream: it cannot score by point");
}

io::Json AutoencoderStream::describe() const {
    io::Json json = model_.describe();
    json["rows_held"] = n_rows();
    return json;
}

void AutoencoderStream::save(const std::filesystem::path& path, const io::Json& extra) const {
    io::save(path, *this, extra);
}
AutoencoderStream AutoencoderStream::load(const std::filesystem::path& path, io::LoadBy by) {
    return io::load<AutoencoderStream>(path, by);
}

}  // namespace plantwright
