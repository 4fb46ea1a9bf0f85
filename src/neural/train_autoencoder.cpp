// SPDX-License-Identifier: MIT
/// The epochs of a training: shuffled batches, early stopping, a learning rate that falls on a plateau.
#include <algorithm>
#include <cmath>
#include <utility>

#include "neural/autoencoder_fit.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright::neural {
namespace {

/// Counts epochs without a lower loss: for the learning rate, and for the end.
class Plateau {
public:
    explicit Plateau(const LSTMAutoencoderOptions& options) : options_(options), rate_(options.learning_rate) {}

    double learning_rate() const { return rate_; }
    bool over() const { return since_best_ >= options_.patience; }
    /// Whether the loss is the lowest so far.
    bool take(double loss) {
        if (loss < lowest_) {
            lowest_ = loss;
            since_best_ = since_change_ = 0;
            return true;
        }
        ++since_best_;
        if (++since_change_ >= options_.lr_patience) {
            since_change_ = 0;
            rate_ = std::max(rate_ * options_.lr_factor, std::min(rate_, options_.min_learning_rate));
        }
        return false;
    }

private:
    const LSTMAutoencoderOptions& options_;
    double rate_;
    double lowest_ = std::numeric_limits<double>::infinity();
    int since_best_ = 0;
    int since_change_ = 0;
};

class Training {
public:
    Training(AutoencoderTrainer trainer, const TrainingData& data, const LSTMAutoencoderOptions& options, Index before)
        : trainer_(std::move(trainer)), data_(data), options_(options), before_(before), order_(data.split.training),
          plateau_(options), monitor_(options.progress, "fit", options.max_epochs * n_batches()) {
        best_.network = trainer_.network();
        best_.state = trainer_.state();
    }

    Trained run(const std::function<void(const Trained&)>& improved) {
        for (int e = 0; e < options_.max_epochs && !plateau_.over() && !report().stopped; ++e) {
            if (!complete_epoch()) break;
            if (plateau_.take(watched_loss())) keep(improved);
            if (options_.on_epoch && !options_.on_epoch(report().epochs.back())) report().stopped = true;
        }
        if (!report().stopped) monitor_.finish();
        return std::move(best_);
    }

private:
    AutoencoderReport& report() { return best_.report; }
    Index n_batches() const { return (std::ssize(order_) + options_.batch_size - 1) / options_.batch_size; }

    double watched_loss() {
        const Epoch& epoch = report().epochs.back();
        return data_.split.validation.empty() ? epoch.loss : epoch.validation_loss;
    }

    void keep(const std::function<void(const Trained&)>& improved) {
        best_.network = trainer_.network();
        best_.state = trainer_.state();
        report().best_epoch = report().epochs.back().number;
        if (improved) improved(best_);
    }

    /// False where a callback stopped it and what was learnt before shall be kept.
    bool complete_epoch() {
        try {
            run_epoch();
            return true;
        } catch (const Stopped&) {
            if (!options_.keep_when_stopped || report().epochs.empty()) throw;
            report().stopped = true;
            return false;
        }
    }

    void run_epoch() {
        Epoch epoch{.number = before_ + std::ssize(report().epochs) + 1, .learning_rate = plateau_.learning_rate()};
        order_ = data_.split.training;  // so that an epoch's order depends on its number alone
        RandomStream(options_.random_state, static_cast<std::uint64_t>(epoch.number), Purpose::permutation)
            .shuffle(std::span(order_));
        epoch.loss = run_batches(epoch.learning_rate);
        if (std::isinf(epoch.loss) && report().epochs.empty()) {
            throw InvalidArgument(
                "LSTMAutoencoder: no step had a finite loss; lower learning_rate, or standardize the readings");
        }
        if (!data_.split.validation.empty()) epoch.validation_loss = trainer_.loss(data_.validation());
        report().epochs.push_back(epoch);
    }

    /// The mean loss of the steps that were taken, by their windows; infinite where none could be.
    double run_batches(double learning_rate) {
        double sum = 0, n = 0;
        const Index size = std::ssize(order_);
        for (Index first = 0; first < size; first += options_.batch_size) {
            monitor_.poll();
            const Index n_own = std::min(options_.batch_size, size - first);
            const std::span<const Index> batch(order_.data() + first, static_cast<std::size_t>(n_own));
            const double loss = trainer_.step({data_.rows, batch}, learning_rate);
            if (std::isfinite(loss)) {
                sum += loss * static_cast<double>(n_own);
                n += static_cast<double>(n_own);
            } else if (!std::isnan(loss)) {
                ++report().n_skipped_steps;
            }
            monitor_.advance();
        }
        return n > 0 ? sum / n : std::numeric_limits<double>::infinity();
    }

    AutoencoderTrainer trainer_;
    const TrainingData& data_;
    const LSTMAutoencoderOptions& options_;
    Index before_;
    std::vector<Index> order_;
    Plateau plateau_;
    ProgressMonitor monitor_;
    Trained best_;
};

}  // namespace

Trained train(AutoencoderTrainer trainer, const TrainingData& data, const LSTMAutoencoderOptions& options,
              Index epochs_before, const std::function<void(const Trained&)>& improved) {
    return Training(std::move(trainer), data, options, epochs_before).run(improved);
}

}  // namespace plantwright::neural
