// SPDX-License-Identifier: MIT
/// An LSTM autoencoder that watches sensors: what it reconstructs badly is unlike the rows it was trained on
/// (Malhotra et al., "LSTM-based encoder-decoder for multi-sensor anomaly detection", ICML workshop, 2016).
///
///     z = (x - mean) / scale,    share_j = sum over the window's rows of (z_j - z^_j)^2 / readings of the window
///     score = -(share_1 + ... + share_n)
///
/// with sums over the readings that are there, in double and in that order, so that the shares make the error exactly.
/// A row's score is that of the window which ends there (`WindowScoring`); rows without a full window since the last
/// break (see sensor_rows.hpp), and windows without any reading, score NaN, which counts as normal. Network and
/// training: autoencoder_network.hpp, autoencoder_trainer.hpp.
///
/// `fit` keeps the last block of windows for validation, with a gap of one window before it, stops when its loss no
/// longer falls and restores the best weights. Beside the network it fits a PCA of the same windows with a code of the
/// same length, and reports the errors of both, of the network before training and of the mean (`report`). The same
/// seed gives the same bits for any number of threads at one instruction-set level. Fitted models are immutable and may
/// be shared by threads; each stream has a state of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "plantwright/io/file.hpp"
#include "plantwright/io/model_file.hpp"
#include "plantwright/neural/autoencoder_network.hpp"
#include "plantwright/neural/autoencoder_report.hpp"
#include "plantwright/neural/autoencoder_trainer.hpp"
#include "plantwright/neural/sensor_rows.hpp"
#include "plantwright/neural/window_pca.hpp"

namespace plantwright {

/// What a row's score is: the mean over the readings of the window that ends there, the error of its last row alone, or
/// the row's mean error over all windows that cover it, which needs rows that come later.
enum class WindowScoring { window, last, point };

struct LSTMAutoencoderOptions {
    Index window = 60;  ///< rows
    Index stride = 1;   ///< rows from one training window to the next; scoring takes every row
    std::vector<Index> encoder{64, 32};
    Index bottleneck = 32;  ///< length of the code; 0: the encoder's last state itself
    std::vector<Index> decoder{32, 64};
    CellActivation activation = CellActivation::tanh;
    double dropout = 0.0;        ///< between layers, in [0, 1)
    double input_dropout = 0.0;  ///< share of the readings hidden from the encoder, in [0, 1)
    ReconstructionLoss loss = ReconstructionLoss::mse;
    double huber_delta = 1.0;
    int max_epochs = 100;
    Index batch_size = 32;
    double learning_rate = 1e-3;
    double weight_decay = 0.0;
    double clip_norm = 1.0;            ///< 0: gradients as they come
    double validation_fraction = 0.1;  ///< of the windows, the last ones, in [0, 0.5]; 0: none
    int patience = 10;                 ///< epochs without a lower loss before the training ends
    double lr_factor = 0.5;            ///< what the learning rate is multiplied by ...
    int lr_patience = 5;               ///< ... after as many epochs without a lower loss
    double min_learning_rate = 1e-5;
    bool standardize = true;                   ///< by mean and standard deviation of the training rows
    double max_gap = 3.0;                      ///< longest step of time within a window, in median steps
    std::optional<double> contamination = {};  ///< share of the fitted rows below `offset`; absent: 0.01 of them
    WindowScoring scoring = WindowScoring::window;
    bool pca_twin = true;  ///< fit it
    std::uint64_t random_state = 0;
    std::optional<int> n_jobs = {};  ///< absent: 1; -1: all processors. Never changes the result
    ProgressCallback progress = {};
    /// Called after each epoch; false ends the training, and the best weights so far are the model's.
    std::function<bool(const Epoch&)> on_epoch = {};
    /// A stop by `progress` after the first epoch ends the training likewise instead of throwing Stopped.
    bool keep_when_stopped = false;
    /// Where the best weights so far are saved as a model (without twin or report on it) whenever they improve.
    std::filesystem::path checkpoint = {};
};

/// What scores of windows need besides a reconstruction.
struct WindowDetection {
    SensorInput input;
    WindowScoring scoring = WindowScoring::window;
    double offset = 0;  ///< scores below it are anomalies

    void validate() const;  ///< throws CorruptModel
    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, input, scoring, offset);
    }
};

/// The PCA beside the network, as a detector with the same windows, scores and signs.
class PLANTWRIGHT_API PcaTwin {
public:
    PcaTwin(WindowDetection detection, WindowPca pca) : detection_(std::move(detection)), pca_(std::move(pca)) {}

    Vector score_samples(const SensorRows& rows, std::optional<int> n_jobs = {}) const;
    Matrix attribution(const SensorRows& rows, std::optional<int> n_jobs = {}) const;
    Buffer<std::int32_t> predict(const SensorRows& rows, std::optional<int> n_jobs = {}) const;
    Matrix reconstruct(const SensorRows& rows, std::optional<int> n_jobs = {}) const;
    double offset() const { return detection_.offset; }
    const WindowPca& pca() const { return pca_; }

private:
    WindowDetection detection_;
    WindowPca pca_;
};

class AutoencoderStream;

/// See the head of this file. `fit` throws InvalidArgument on options out of range, an infinite reading (naming row and
/// column), no run of rows as long as a window, and where nothing but missing values is there to learn from.
class PLANTWRIGHT_API LSTMAutoencoder {
public:
    static constexpr std::string_view kTypeName = "LSTMAutoencoder";

    LSTMAutoencoder() = default;
    static LSTMAutoencoder fit(const SensorRows& rows, const LSTMAutoencoderOptions& options = {});
    /// Goes on from this model, its Adam moments and its standardization on `rows`. Shape, scoring and max_gap stay as
    /// they are, whatever `options` say; the offset, the report and the twin are of these rows.
    LSTMAutoencoder fit_further(const SensorRows& rows, const LSTMAutoencoderOptions& options = {}) const;
    /// A network that was trained elsewhere, on readings standardized by `mean` and `scale` (1 a sensor each).
    static LSTMAutoencoder from_network(AutoencoderNetwork network, ConstVectorView mean, ConstVectorView scale,
                                        double offset, WindowScoring scoring = WindowScoring::window);

    /// One a row of a table, or one a window of windows that stand apart.
    Vector score_samples(const SensorRows& rows, std::optional<int> n_jobs = {}) const;
    Vector decision_function(const SensorRows& rows, std::optional<int> n_jobs = {}) const;      ///< less offset()
    Buffer<std::int32_t> predict(const SensorRows& rows, std::optional<int> n_jobs = {}) const;  ///< -1: anomaly, or 1
    /// Each sensor's share of the error, `(results, n_sensors)`: a row sums to -score_samples.
    Matrix attribution(const SensorRows& rows, std::optional<int> n_jobs = {}) const;
    Table<float> transform(const SensorRows& rows, std::optional<int> n_jobs = {}) const;  ///< codes, NaN where none
    /// In the sensors' units: of a table, `(n_rows, n_sensors)`, each row's mean over the windows that cover it; of
    /// windows that stand apart `(n_windows * window, n_sensors)`.
    Matrix reconstruct(const SensorRows& rows, std::optional<int> n_jobs = {}) const;
    AutoencoderStream stream() const;

    LSTMAutoencoder with_offset(double offset) const;
    LSTMAutoencoder with_scoring(WindowScoring scoring) const;  ///< the offset stays
    double offset() const { return detection_.offset; }
    WindowScoring scoring() const { return detection_.scoring; }
    const SensorInput& input() const { return detection_.input; }
    Index window() const { return input().window; }
    Index n_features() const { return input().n_sensors(); }
    const Schema& schema() const { return input().schema; }
    const AutoencoderNetwork& network() const { return network_; }
    const AutoencoderReport& report() const { return report_; }
    bool has_pca_twin() const { return pca_.n_components() > 0; }
    PcaTwin pca_twin() const;  ///< throws NotFitted where there is none

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static LSTMAutoencoder load(const std::filesystem::path& path, io::LoadBy by = io::LoadBy::copy);
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static LSTMAutoencoder from_bytes(std::span<const std::byte> bytes);
    io::Json describe() const;
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, detection_, network_, training_, pca_, pca_offset_, report_);
        io::validate_after_load(archive, *this);
    }

private:
    friend class AutoencoderFitting;
    void require_fitted(std::string_view method) const;

    WindowDetection detection_;
    AutoencoderNetwork network_;
    AutoencoderTrainer::State training_;
    WindowPca pca_;
    double pca_offset_ = 0;
    AutoencoderReport report_;
};

}  // namespace plantwright
