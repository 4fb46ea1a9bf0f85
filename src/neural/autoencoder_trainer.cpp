// SPDX-License-Identifier: MIT
#include "plantwright/neural/autoencoder_trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/flush_to_zero_kernel.hpp"
#include "neural/network_access.hpp"
#include "neural/training_pass.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

using neural::Dropout;
using neural::NetworkAccess;
using neural::PackedNetwork;
using neural::PartLoss;
using neural::TrainingPass;
using neural::TransposedNetwork;

constexpr Index kPartWindows = 16;  // better than 32 by 3-5 % and than 128 by 10 % (benchmarks/neural/training.py)
constexpr Index kPartsAtOnce = 16;  // gradients that are kept until they are added

[[noreturn]] void fail(const char* name, const char* allowed, double value) {
    throw InvalidArgument("LSTMAutoencoder: " + std::string(name) + " must be " + allowed + ", got " +
                          std::to_string(value));
}

void require_share(const char* name, double value) {
    if (!(value >= 0 && value < 1)) fail(name, "in [0, 1)", value);
}

void require_valid(const TrainerOptions& options) {
    require_share("dropout", options.dropout);
    require_share("input_dropout", options.input_dropout);
    require_share("beta1", options.beta1);
    require_share("beta2", options.beta2);
    if (!(options.epsilon > 0 && std::isfinite(options.epsilon))) fail("epsilon", "positive", options.epsilon);
    if (!(options.huber_delta > 0 && std::isfinite(options.huber_delta)))
        fail("huber_delta", "positive", options.huber_delta);
    if (!(options.weight_decay >= 0 && std::isfinite(options.weight_decay)))
        fail("weight_decay", "0 or more", options.weight_decay);
    if (!(options.clip_norm >= 0 && std::isfinite(options.clip_norm)))
        fail("clip_norm", "0 or more", options.clip_norm);
}

/// The sum of squares, in eight sums side by side of a fixed order.
double squared_length(const Buffer<float>& values) {
    double sums[8] = {};
    for (Index k = 0; k + 8 <= values.size(); k += 8) {
        for (Index lane = 0; lane < 8; ++lane) sums[lane] += static_cast<double>(values[k + lane]) * values[k + lane];
    }
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace

struct AutoencoderTrainer::Work {
    Work(AutoencoderNetwork from, const TrainerOptions& given)
        : network(std::move(from)), options(given), packed(network.shape()), transposed(packed.layout()),
          weights(NetworkAccess::weights(network)), sum(weights.size()), mean(weights.size()), square(weights.size()),
          n_threads(resolve_n_jobs(given.n_jobs)) {
        inputs = given.input_dropout > 0 ? Dropout::of(given.input_dropout) : Dropout{};
        between = given.dropout > 0 ? Dropout::of(given.dropout) : Dropout{};
    }

    neural::LossOptions loss_options() const { return {options.loss, static_cast<float>(options.huber_delta)}; }

    TrainingPass& pass_of(int thread) {
        auto& pass = passes[static_cast<std::size_t>(thread)];
        if (!pass) pass = std::make_unique<TrainingPass>(packed, kPartWindows);
        return *pass;
    }

    void pack() {
        if (!weights_moved) return;
        packed.pack(weights);
        transposed.pack(packed.layout(), weights);
        weights_moved = false;
    }

    static Index parts_of(const Windows& windows) {
        return (std::ssize(windows.starts) + kPartWindows - 1) / kPartWindows;
    }
    static Windows part_of(const Windows& windows, Index part) {
        const Index first = part * kPartWindows, n = std::ssize(windows.starts);
        return {windows.rows, windows.starts.subspan(static_cast<std::size_t>(first),
                                                     static_cast<std::size_t>(std::min(kPartWindows, n - first)))};
    }

    /// Loss, and the gradient's sum over all parts in their order, into `sum`.
    PartLoss gradient(const Windows& batch);
    void add_up(Index n_parts);
    bool adam(double learning_rate, double n_readings);
    PartLoss loss(const Windows& windows);

    AutoencoderNetwork network;  // made anew from the weights when asked for
    bool network_is_old = false;
    bool weights_moved = true;  // since they were packed
    TrainerOptions options;
    PackedNetwork packed;
    TransposedNetwork transposed;
    Buffer<float> weights, sum, mean, square;
    std::int64_t n_steps = 0, n_batches = 0, n_readings = 0;
    Dropout inputs, between;
    int n_threads;
    std::vector<std::unique_ptr<TrainingPass>> passes =
        std::vector<std::unique_ptr<TrainingPass>>(static_cast<std::size_t>(n_threads));
    std::vector<Buffer<float>> part_gradients;
    std::vector<PartLoss> part_losses;
};

PartLoss AutoencoderTrainer::Work::gradient(const Windows& batch) {
    pack();
    const Index n_parts = parts_of(batch);
    const Index at_once = std::min(n_threads == 1 ? 1 : kPartsAtOnce, n_parts);
    while (std::ssize(part_gradients) < at_once) part_gradients.emplace_back(weights.size());
    part_losses.resize(static_cast<std::size_t>(std::max(std::ssize(part_losses), at_once)));
    std::fill(sum.begin(), sum.end(), 0.0F);
    const std::uint64_t key =
        RandomStream(options.random_state, static_cast<std::uint64_t>(n_batches), Purpose::bootstrap).next();
    PartLoss total;
    for (Index first = 0; first < n_parts; first += at_once) {
        const Index n = std::min(at_once, n_parts - first);
        const auto run = [&](Index k, int thread) {
            const FlushToZero flush;
            const auto slot = static_cast<std::size_t>(k);
            part_losses[slot] = pass_of(thread).gradient(part_of(batch, first + k), loss_options(), inputs, between,
                                                         RandomStream::mix(key + static_cast<std::uint64_t>(first + k)),
                                                         transposed, part_gradients[slot]);
        };
        if (n_threads == 1 || n == 1)
            for (Index k = 0; k < n; ++k) run(k, 0);
        else
            parallel_for(n, n_threads, run);
        add_up(n);
        for (Index k = 0; k < n; ++k) {
            total.sum += part_losses[static_cast<std::size_t>(k)].sum;
            total.n += part_losses[static_cast<std::size_t>(k)].n;
        }
    }
    return total;
}

void AutoencoderTrainer::Work::add_up(Index n_parts) {
    for (Index part = 0; part < n_parts; ++part) {
        const float* gradient = part_gradients[static_cast<std::size_t>(part)].data();
        for (Index k = 0; k < sum.size(); ++k) sum[k] += gradient[k];
    }
}

/// False, and nothing done, where the gradient is not finite.
bool AutoencoderTrainer::Work::adam(double learning_rate, double readings) {
    const double length = std::sqrt(squared_length(sum)) / readings;
    if (!std::isfinite(length)) return false;
    const double clip = options.clip_norm > 0 && length > options.clip_norm ? options.clip_norm / length : 1;
    const auto step = static_cast<double>(++n_steps);
    AdamWork work{};
    work.gradient_scale = static_cast<float>(clip / readings);
    work.rate = static_cast<float>(learning_rate / (1 - std::pow(options.beta1, step)));
    work.square_scale = static_cast<float>(1 / (1 - std::pow(options.beta2, step)));
    work.beta1 = static_cast<float>(options.beta1), work.one_minus_beta1 = static_cast<float>(1 - options.beta1);
    work.beta2 = static_cast<float>(options.beta2), work.one_minus_beta2 = static_cast<float>(1 - options.beta2);
    work.epsilon = static_cast<float>(options.epsilon);
    const auto decay = static_cast<float>(1 - learning_rate * options.weight_decay);
    const auto update = [&](Index first, Index n, float kept) {
        work.weights = weights.data() + first, work.gradient = sum.data() + first;
        work.mean = mean.data() + first, work.square = square.data() + first;
        work.n = n, work.decay = kept;
        PLANTWRIGHT_KERNELS(kNeuralKernels).adam(work);
    };
    for (const auto& [matrix, bias, width] : packed.layout().parameters) {
        update(matrix.offset, matrix.size(), decay);
        update(bias, width, 1);
    }
    weights_moved = network_is_old = true;
    return true;
}

PartLoss AutoencoderTrainer::Work::loss(const Windows& windows) {
    pack();
    const Index n_parts = parts_of(windows);
    std::vector<PartLoss> losses(static_cast<std::size_t>(n_parts));
    parallel_for(n_parts, n_threads, [&](Index k, int thread) {
        const FlushToZero flush;
        losses[static_cast<std::size_t>(k)] = pass_of(thread).loss(part_of(windows, k), loss_options());
    });
    PartLoss total;
    for (const PartLoss& part : losses) total.sum += part.sum, total.n += part.n;
    return total;
}

AutoencoderTrainer::AutoencoderTrainer(AutoencoderNetwork network, const TrainerOptions& options) {
    require_valid(options);
    network.tensors();  // throws NotFitted without weights
    work_ = std::make_unique<Work>(std::move(network), options);
}
AutoencoderTrainer::AutoencoderTrainer(AutoencoderTrainer&& other) noexcept = default;
AutoencoderTrainer& AutoencoderTrainer::operator=(AutoencoderTrainer&& other) noexcept = default;
AutoencoderTrainer::~AutoencoderTrainer() = default;

double AutoencoderTrainer::step(const Windows& batch, double learning_rate) {
    if (!(learning_rate > 0 && std::isfinite(learning_rate))) fail("learning_rate", "positive", learning_rate);
    neural::require_windows(work_->network.shape(), batch);
    const FlushToZero flush;
    const PartLoss loss = work_->gradient(batch);
    ++work_->n_batches;
    work_->n_readings = loss.n;
    if (loss.n == 0) return kNaN;
    if (!std::isfinite(loss.sum) || !work_->adam(learning_rate, static_cast<double>(loss.n)))
        return std::numeric_limits<double>::infinity();
    return loss.sum / static_cast<double>(loss.n);
}

double AutoencoderTrainer::loss(const Windows& windows) const {
    neural::require_windows(work_->network.shape(), windows);
    const PartLoss loss = work_->loss(windows);
    return loss.n == 0 ? kNaN : loss.sum / static_cast<double>(loss.n);
}

const AutoencoderNetwork& AutoencoderTrainer::network() const {
    if (std::exchange(work_->network_is_old, false)) NetworkAccess::set_weights(work_->network, work_->weights);
    return work_->network;
}

void AutoencoderTrainer::set_network(const AutoencoderNetwork& network) {
    if (network.shape() != work_->network.shape())
        throw InvalidArgument("LSTMAutoencoder: the network has another shape than the one that is trained");
    work_->network = network;
    work_->weights = NetworkAccess::weights(network);
    work_->network_is_old = false;
    work_->weights_moved = true;
}

std::int64_t AutoencoderTrainer::n_steps() const { return work_->n_steps; }

Table<float> AutoencoderTrainer::gradient(std::string_view tensor) const {
    for (const neural::TensorPlace& place : work_->packed.layout().tensors()) {
        if (place.tensor.name != tensor) continue;
        Table<float> values(place.tensor.rows, place.tensor.cols);
        const auto n = static_cast<float>(work_->n_readings);
        for (Index i = 0; i < values.rows(); ++i) {
            for (Index j = 0; j < values.cols(); ++j) values(i, j) = work_->sum[place.at(i, j)] / n;
        }
        return values;
    }
    throw InvalidArgument("LSTMAutoencoder: there is no tensor '" + std::string(tensor) + "'");
}

AutoencoderTrainer::State AutoencoderTrainer::state() const {
    const Index n = work_->mean.size();
    State state{work_->n_steps, work_->n_batches, Buffer<float>(2 * n)};
    std::copy(work_->mean.begin(), work_->mean.end(), state.moments.begin());
    std::copy(work_->square.begin(), work_->square.end(), state.moments.begin() + n);
    return state;
}

void AutoencoderTrainer::set_state(const State& state) {
    const Index n = work_->mean.size();
    if (state.moments.size() != 2 * n || state.n_steps < 0 || state.n_batches < 0)
        throw InvalidArgument("LSTMAutoencoder: the optimizer's state is of another network");
    work_->n_steps = state.n_steps, work_->n_batches = state.n_batches;
    std::copy_n(state.moments.begin(), n, work_->mean.begin());
    std::copy_n(state.moments.begin() + n, n, work_->square.begin());
}

}  // namespace plantwright
