// SPDX-License-Identifier: MIT
/// Rows one by one through an LSTM autoencoder, to the bits that whole tables give.
///
/// Each row's input projection is computed once and shared by the windows that hold it; a row costs one window's
/// recurrences. Nothing is allocated in `update`. A stream can be saved between two rows and goes on where it was.
/// It belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/neural/lstm_autoencoder.hpp"

namespace plantwright {

class PLANTWRIGHT_API AutoencoderStream {
public:
    static constexpr std::string_view kTypeName = "AutoencoderStream";

    AutoencoderStream() = default;
    /// Throws NotFitted, and InvalidArgument where the model scores by point, which needs rows that come later.
    explicit AutoencoderStream(LSTMAutoencoder model);

    /// The score of the window that ends with this row, readings in the order of the sensors, NaN where missing; NaN
    /// before there is a full window. A stamp (nanoseconds; kMissingTime) that does not follow the last one within the
    /// model's longest step, and another group, begin a new window; without a stamp the row follows the one before.
    /// Throws InvalidArgument on an infinite reading and another number of them; the stream is then as it was.
    double update(std::span<const double> row, std::optional<std::int64_t> time = {}, std::string_view group = {});
    std::span<const double> attribution() const { return shares_; }  ///< of the last row, NaN without a score
    void restart();                                                  ///< forgets all rows

    const LSTMAutoencoder& model() const { return model_; }
    Index n_rows() const { return sliding_.empty() ? 0 : sliding_.front().rows().rows(); }  ///< in the window so far

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static AutoencoderStream load(const std::filesystem::path& path, io::LoadBy by = io::LoadBy::copy);
    io::Json describe() const;
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        Table<float> rows = held_rows();
        io::members(archive, model_, rows, last_time_, group_);
        if constexpr (Archive::is_loading::value) take_up(rows);
        io::validate_after_load(archive, *this);
    }

private:
    Table<float> held_rows() const;
    void take_up(const Table<float>& rows);  ///< throws CorruptModel
    bool follows(std::optional<std::int64_t> time, std::string_view group) const;

    LSTMAutoencoder model_;
    std::vector<SlidingReconstruction> sliding_;  // one, or none before there is a model
    std::int64_t last_time_ = kMissingTime;
    std::string group_;
    Buffer<float> row_;  // the last one, standardized
    Vector shares_;
};

}  // namespace plantwright
