// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <string>

#include "neural/autoencoder_fit.hpp"
#include "neural/sensor_table.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

constexpr double kDefaultShare = 0.01;  // of the fitted rows below the offset, where no contamination is given
constexpr Index kMostEvaluated = 8192;  // windows that the report's errors are measured on

using neural::by_network;
using neural::by_pca;
using neural::Reconstruct;
using neural::TrainingData;

AutoencoderShape shape_of(const LSTMAutoencoderOptions& options, Index n_sensors) {
    return {.n_sensors = n_sensors,
            .window = options.window,
            .encoder = options.encoder,
            .bottleneck = options.bottleneck,
            .decoder = options.decoder,
            .activation = options.activation};
}

TrainerOptions trainer_options_of(const LSTMAutoencoderOptions& options) {
    return {.loss = options.loss,
            .huber_delta = options.huber_delta,
            .input_dropout = options.input_dropout,
            .dropout = options.dropout,
            .weight_decay = options.weight_decay,
            .clip_norm = options.clip_norm,
            .random_state = options.random_state,
            .n_jobs = options.n_jobs};
}

[[noreturn]] void refuse_few_rows(const neural::SensorTable& table, Index window) {
    Index longest = 0;
    for (std::size_t r = 0; r + 1 < table.run_starts.size(); ++r)
        longest = std::max(longest, table.run_starts[r + 1] - table.run_starts[r]);
    throw InvalidArgument("LSTMAutoencoder: a window has " + std::to_string(window) +
                          " rows, but the longest run without a gap has " + std::to_string(longest) + " (n_samples = " +
                          std::to_string(table.n_rows) + "); take a shorter window, or a larger max_gap");
}

void require_readings(const TrainingData& data, Index window) {
    for (const Index start : data.split.training) {
        const float* z = data.rows.data() + start * data.rows.cols();
        if (!std::all_of(z, z + window * data.rows.cols(), [](float v) { return std::isnan(v); })) return;
    }
    throw InvalidArgument("LSTMAutoencoder: every training window is without readings; there is nothing to learn from");
}

/// Mean, scale and time step of the training rows.
SensorInput input_of(const neural::SensorTable& table, const TrainingData& data,
                     const LSTMAutoencoderOptions& options) {
    SensorInput input{.window = options.window,
                      .mean = Vector(table.n_sensors(), 0.0),
                      .scale = Vector(table.n_sensors(), 1.0),
                      .longest_step = table.longest_step,
                      .schema = table.schema};
    if (options.standardize) neural::fit_scale(input, table, data.split.training);
    return input;
}

/// Reconstructs every reading as its sensor's mean.
void reconstruct_as_mean(const Windows& windows, Index window, const AutoencoderNetwork::Visit& visit) {
    const Table<float> zeros(window, windows.rows.cols());
    for (Index k = 0; k < std::ssize(windows.starts); ++k) visit(k, zeros.view(), {});
}

}  // namespace

/// One fit, step by step.
class AutoencoderFitting {
public:
    AutoencoderFitting(const SensorRows& rows, const LSTMAutoencoderOptions& options, const LSTMAutoencoder* start)
        : given_(rows), options_(options), start_(start) {}

    LSTMAutoencoder run() {
        prepare();
        AutoencoderNetwork untrained =
            start_ ? start_->network_ : AutoencoderNetwork(shape_of(options_, n_sensors()), options_.random_state);
        AutoencoderTrainer trainer(untrained, trainer_options_of(options_));
        if (start_ && !start_->training_.moments.empty()) trainer.set_state(start_->training_);
        const Index before = start_ && !start_->report_.epochs.empty() ? start_->report_.epochs.back().number : 0;
        const auto improved = [&](const neural::Trained& trained) { save_checkpoint(trained); };
        neural::Trained trained = neural::train(std::move(trainer), data_, options_, before, improved);
        const bool interrupted = trained.interrupted;
        take(model_, std::move(trained));
        set_offset();
        report_errors(untrained);
        if (options_.pca_twin && !interrupted) fit_twin();
        return std::move(model_);
    }

private:
    Index n_sensors() const { return data_.rows.cols(); }
    SensorInput& input() { return model_.detection_.input; }

    void prepare() {
        const neural::SensorTable table = start_ ? neural::scored_table(given_, start_->input())
                                                 : neural::training_table(given_, options_.window, options_.max_gap);
        const auto starts = neural::window_starts(table, options_.window, options_.stride);
        if (starts.empty()) refuse_few_rows(table, options_.window);
        data_.split = neural::split_windows(starts, options_.window, options_.validation_fraction);
        model_.detection_ =
            start_
                ? start_->detection_
                : WindowDetection{.input = input_of(table, data_, options_), .scoring = options_.scoring, .offset = 0};
        rows_ = neural::standardized(table, input());
        data_.rows = rows_.view();
        require_readings(data_, options_.window);
    }

    void take(LSTMAutoencoder& model, neural::Trained trained) const {
        model.network_ = std::move(trained.network);
        model.training_ = std::move(trained.state);
        model.report_ = std::move(trained.report);
        model.report_.n_weights = model.network_.n_weights();
        model.report_.n_training_windows = std::ssize(data_.split.training);
        model.report_.n_validation_windows = std::ssize(data_.split.validation);
    }

    double share_below() const { return options_.contamination.value_or(kDefaultShare); }

    void set_offset() {
        ProgressMonitor monitor(options_.progress, "score", std::ssize(data_.split.training));
        // who wants what was learnt even when stopped does not lose it here
        ProgressMonitor* watch = options_.keep_when_stopped ? nullptr : &monitor;
        const auto reconstruct = by_network(model_.network_, options_.n_jobs, watch);
        const Vector scores = neural::scores_of(model_.detection_, given_, reconstruct);
        model_.detection_.offset = neural::offset_of(scores, share_below());
    }

    /// The best so far as a model of its own, its offset from a part of the windows.
    void save_checkpoint(const neural::Trained& trained) {
        if (options_.checkpoint.empty()) return;
        LSTMAutoencoder saved = model_;
        take(saved, trained);
        const auto starts = neural::evenly(data_.split.training, 1024);
        saved.detection_.offset = neural::offset_of(window_scores(saved, starts), share_below());
        saved.save(options_.checkpoint);
    }

    Vector window_scores(const LSTMAutoencoder& model, const std::vector<Index>& starts) const {
        Vector scores(std::ssize(starts));
        const Index window = options_.window;
        model.network_.reconstruct(
            {data_.rows, starts},
            [&](Index first, ConstMatrixViewF block, ConstMatrixViewF) {
                std::vector<double> shares(static_cast<std::size_t>(block.cols()));
                for (Index k = 0; k * window < block.rows(); ++k) {
                    const Index start = starts[static_cast<std::size_t>(first + k)];
                    scores[first + k] = -neural::error_shares(
                        neural::scored_part(data_.rows.rows_between(start, start + window), model.scoring()),
                        neural::scored_part(block.rows_between(k * window, (k + 1) * window), model.scoring()), shares);
                }
            },
            options_.n_jobs);
        return scores;
    }

    double mean_square_error(const Reconstruct& reconstruct) const {
        const std::vector<Index> starts = neural::evenly(data_.evaluated().starts, kMostEvaluated);
        return neural::squared_error({data_.rows, starts}, options_.window, reconstruct).mean();
    }

    void report_errors(const AutoencoderNetwork& untrained) {
        AutoencoderReport& report = model_.report_;
        report.lstm_error = mean_square_error(by_network(model_.network_, options_.n_jobs));
        report.mean_error = mean_square_error([&](const Windows& windows, const AutoencoderNetwork::Visit& visit) {
            reconstruct_as_mean(windows, options_.window, visit);
        });
        if (!start_) report.untrained_error = mean_square_error(by_network(untrained, options_.n_jobs));
    }

    void fit_twin() {
        model_.pca_ = WindowPca::fit(data_.training(), options_.window, model_.network_.shape().code_size(),
                                     options_.random_state, options_.n_jobs);
        model_.report_.n_components = model_.pca_.n_components();
        model_.report_.pca_error = mean_square_error(by_pca(model_.pca_, options_.n_jobs));
        const Vector scores = model_.pca_twin().score_samples(given_, options_.n_jobs);
        model_.pca_offset_ = neural::offset_of(scores, share_below());
    }

    const SensorRows& given_;
    const LSTMAutoencoderOptions& options_;
    const LSTMAutoencoder* start_;
    Table<float> rows_;
    TrainingData data_;
    LSTMAutoencoder model_;
};

LSTMAutoencoder fit_autoencoder(const SensorRows& rows, const LSTMAutoencoderOptions& options,
                                const LSTMAutoencoder* start) {
    check_autoencoder_options(options);
    return AutoencoderFitting(rows, options, start).run();
}

}  // namespace plantwright
