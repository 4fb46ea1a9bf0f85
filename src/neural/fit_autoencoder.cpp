// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <string>

#include "neural/autoencoder_fit.hpp"
#include "neural/sensor_table.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace neural {
namespace {

constexpr double kDefaultShare = 0.01;  // of the fitted rows below the offset, where no contamination is given
constexpr Index kMostEvaluated = 8192;  // windows that the report's errors are measured on

}  // namespace

WindowSplit split_windows(const std::vector<Index>& starts, Index window, double fraction) {
    WindowSplit split;
    const auto n = std::ssize(starts);
    const auto n_last = static_cast<Index>(std::floor(fraction * static_cast<double>(n)));
    if (n_last > 0) {
        split.validation.assign(starts.end() - n_last, starts.end());
        const Index end = split.validation.front() - window;  // rows before it are for training
        for (const Index start : starts) {
            if (start + window <= end) split.training.push_back(start);
        }
    }
    if (split.training.empty()) return {starts, {}};
    return split;
}

double offset_of(const Vector& scores, double share) {
    std::vector<double> finite;
    for (const double score : scores) {
        if (std::isfinite(score)) finite.push_back(score);
    }
    if (finite.empty())
        throw InvalidArgument("LSTMAutoencoder: every window is without readings; there is nothing to learn from");
    std::sort(finite.begin(), finite.end());
    const double at = share * static_cast<double>(finite.size() - 1);  // numpy.quantile's linear rule
    const auto below = static_cast<std::size_t>(at);
    const double next = finite[std::min(below + 1, finite.size() - 1)];
    return finite[below] + (at - static_cast<double>(below)) * (next - finite[below]);
}

namespace {

std::vector<Index> evenly(std::span<const Index> starts, Index n_most) {
    const Index n = std::ssize(starts), n_taken = std::min(n, n_most);
    std::vector<Index> taken;
    for (Index k = 0; k < n_taken; ++k) taken.push_back(starts[static_cast<std::size_t>(k * n / n_taken)]);
    return taken;
}

/// Reconstructs every reading as its sensor's mean.
void reconstruct_as_mean(const Windows& windows, Index window, const AutoencoderNetwork::Visit& visit) {
    const Table<float> zeros(window, windows.rows.cols());
    for (Index k = 0; k < std::ssize(windows.starts); ++k) visit(k, zeros.view(), {});
}

}  // namespace
}  // namespace neural

namespace {

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
                          " rows, but the longest run of the " + std::to_string(table.n_rows) +
                          " rows without a gap has " + std::to_string(longest) +
                          "; take a shorter window, or a larger max_gap");
}

void require_readings(const TrainingData& data, Index window) {
    for (const Index start : data.split.training) {
        const float* z = data.rows.data() + start * data.rows.cols();
        if (!std::all_of(z, z + window * data.rows.cols(), [](float v) { return std::isnan(v); })) return;
    }
    throw InvalidArgument("LSTMAutoencoder: every training window is without readings; there is nothing to learn from");
}

/// Mean, scale and time step of the training rows, or those of the model that is gone on with.
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

}  // namespace

void check_autoencoder_options(const LSTMAutoencoderOptions& o) {
    const auto require = [](bool ok, const char* name, const char* allowed, double got) {
        if (ok) return;
        char text[40];
        std::snprintf(text, sizeof text, "%g", got);
        throw InvalidArgument(std::string("LSTMAutoencoder: ") + name + " must be " + allowed + ", got " + text);
    };
    require(o.window >= 1, "window", "at least 1", static_cast<double>(o.window));
    require(o.stride >= 1, "stride", "at least 1", static_cast<double>(o.stride));
    require(o.max_epochs >= 0, "max_epochs", "at least 0", o.max_epochs);
    require(o.batch_size >= 1, "batch_size", "at least 1", static_cast<double>(o.batch_size));
    require(o.learning_rate > 0 && o.learning_rate <= 1, "learning_rate", "in (0, 1]", o.learning_rate);
    require(o.min_learning_rate >= 0 && o.min_learning_rate <= 1, "min_learning_rate", "in [0, 1]",
            o.min_learning_rate);
    require(o.validation_fraction >= 0 && o.validation_fraction <= 0.5, "validation_fraction", "in [0, 0.5]",
            o.validation_fraction);
    require(o.patience >= 1, "patience", "at least 1", o.patience);
    require(o.lr_patience >= 1, "lr_patience", "at least 1", o.lr_patience);
    require(o.lr_factor > 0 && o.lr_factor <= 1, "lr_factor", "in (0, 1]", o.lr_factor);
    require(o.max_gap >= 1, "max_gap", "at least 1", o.max_gap);
    const double contamination = o.contamination.value_or(0.5);
    require(contamination > 0 && contamination <= 0.5, "contamination", "in (0, 0.5]", contamination);
}

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
        if (start_) trainer.set_state(start_->training_);
        const Index before = start_ && !start_->report_.epochs.empty() ? start_->report_.epochs.back().number : 0;
        const auto improved = [&](const neural::Trained& trained) { save_checkpoint(trained); };
        take(neural::train(std::move(trainer), data_, options_, before, improved));
        set_offset();
        report_errors(untrained);
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

    void take(neural::Trained trained) {
        model_.network_ = std::move(trained.network);
        model_.training_ = std::move(trained.state);
        model_.report_ = std::move(trained.report);
        model_.report_.n_weights = model_.network_.n_weights();
        model_.report_.n_training_windows = std::ssize(data_.split.training);
        model_.report_.n_validation_windows = std::ssize(data_.split.validation);
    }

    double share_below() const { return options_.contamination.value_or(neural::kDefaultShare); }

    void set_offset() {
        ProgressMonitor monitor(options_.progress, "score", std::ssize(data_.split.training));
        ProgressMonitor* watch =
            model_.report_.stopped ? nullptr : &monitor;  // who has stopped it once is not asked again
        const auto reconstruct = by_network(model_.network_, options_.n_jobs, watch);
        const Vector scores = neural::scores_of(model_.detection_, given_, reconstruct);
        model_.detection_.offset = neural::offset_of(scores, share_below());
    }

    /// The best so far as a model of its own, its offset from a part of the windows.
    void save_checkpoint(const neural::Trained& trained) {
        if (options_.checkpoint.empty()) return;
        LSTMAutoencoder saved = model_;
        std::swap(saved, model_);
        take(trained);
        std::swap(saved, model_);
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
                    scores[first + k] = -neural::error_shares(data_.rows.rows_between(start, start + window),
                                                              block.rows_between(k * window, (k + 1) * window), shares);
                }
            },
            options_.n_jobs);
        return scores;
    }

    void report_errors(const AutoencoderNetwork& untrained) {
        const std::vector<Index> starts = neural::evenly(data_.evaluated().starts, neural::kMostEvaluated);
        const auto error = [&](const Reconstruct& reconstruct) {
            return neural::squared_error({data_.rows, starts}, options_.window, reconstruct).mean();
        };
        AutoencoderReport& report = model_.report_;
        report.lstm_error = error(by_network(model_.network_, options_.n_jobs));
        report.mean_error = error([&](const Windows& windows, const AutoencoderNetwork::Visit& visit) {
            neural::reconstruct_as_mean(windows, options_.window, visit);
        });
        if (!start_) report.untrained_error = error(by_network(untrained, options_.n_jobs));
        if (!options_.pca_twin || report.stopped) return;
        model_.pca_ = WindowPca::fit(data_.training(), options_.window, model_.network_.shape().code_size(),
                                     options_.random_state, options_.n_jobs);
        report.n_components = model_.pca_.n_components();
        report.pca_error = error(by_pca(model_.pca_, options_.n_jobs));
        model_.pca_offset_ = neural::offset_of(model_.pca_twin().score_samples(given_, options_.n_jobs), share_below());
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
