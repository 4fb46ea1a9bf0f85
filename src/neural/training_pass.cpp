// SPDX-License-Identifier: MIT
#include "neural/training_pass.hpp"

#include <algorithm>
#include <cmath>

#include "plantwright/core/isa.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright::neural {
namespace {

const NeuralKernels& kernels() { return PLANTWRIGHT_KERNELS(kNeuralKernels); }

WeightPanel panel_from_row(const MatrixLayout& matrix, Index first_row, Buffer<float>& gradient) {
    WeightPanel panel = matrix.panel(gradient.data());
    panel.data += first_row * matrix.per_block * kGroup;
    return panel;
}

/// sums(:) += the rows of `values`, one after the other.
void add_rows(const float* values, Index n_rows, Index width, float* sums) {
    for (Index r = 0; r < n_rows; ++r) {
        for (Index j = 0; j < width; ++j) sums[j] += values[r * width + j];
    }
}

}  // namespace

/// A stack of layers, and what is above the top one.
struct TrainingPass::Stack {
    const std::vector<LstmLayout>* layers;
    std::vector<LstmState>* states;
    std::vector<LayerGradient>* gradients;
};

TrainingPass::LayerGradient TrainingPass::gradient_of(const LstmLayout& layer, Index most_rows) {
    return {Buffer<float>(most_rows * layer.padded_units()), Buffer<float>(2 * kChunk * most_rows * layer.gates()),
            Buffer<float>(kChunk * most_rows * layer.padded_units())};
}

TrainingPass::TrainingPass(const PackedNetwork& network, Index most_rows) : pass_(network, most_rows, true) {
    const NetworkLayout& layout = network.layout();
    for (const LstmLayout& layer : layout.encoder) encoder_.push_back(gradient_of(layer, most_rows));
    for (const LstmLayout& layer : layout.decoder) decoder_.push_back(gradient_of(layer, most_rows));
    const Index window = network.shape().window;
    target_ = Buffer<float>(window * most_rows * layout.output.width());
    repeated_ = Buffer<float>(most_rows * layout.decoder.front().gates());
    code_ = Buffer<float>(most_rows * layout.code_width());
    last_state_ = Buffer<float>(most_rows * layout.encoder.back().padded_units());
    scratch_ = Buffer<float>(kGroup * 2 * kGroup);
    kept_inputs_ = Buffer<std::uint16_t>(window * most_rows * groups_of(network.shape().n_sensors));
}

std::int64_t TrainingPass::read_target(const Windows& windows) {
    const Index n_sensors = windows.rows.cols(), width = pass_.layout().output.width();
    constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
    std::int64_t n_there = 0;
    float* target = target_.data();
    for (Index t = 0; t < pass_.window(); ++t) {
        for (const Index start : windows.starts) {
            const float* row = windows.rows.data() + (start + t) * windows.rows.row_stride();
            for (Index j = 0; j < n_sensors; ++j) {
                target[j] = row[j];
                n_there += std::isnan(row[j]) ? 0 : 1;
            }
            std::fill(target + n_sensors, target + width, kMissing);
            target += width;
        }
    }
    return n_there;
}

PartLoss TrainingPass::loss(const Windows& windows, const LossOptions& options) {
    pass_.read(windows.rows, windows.starts);
    pass_.forward();
    const std::int64_t n = read_target(windows);
    const double sum =
        kernels().loss({target_.data(), pass_.output(), pass_.window() * pass_.n_rows(), pass_.layout().output.width(),
                        static_cast<int>(options.kind), options.huber_delta, 1.0F});
    return {sum, n};
}

/// A hidden reading enters as 0, the others are scaled up.
void TrainingPass::hide_inputs(const Dropout& dropout, std::uint64_t key) {
    if (dropout.drop == 0) return;
    const LstmLayout& layer = pass_.layout().encoder.front();
    const Index n = pass_.window() * pass_.n_rows(), groups = groups_of(layer.inputs);
    kernels().draw_kept(RandomStream::mix(~key), n * groups, dropout.drop, kept_inputs_.data());
    float* x = pass_.encoder().front().panel.data();
    for (Index i = 0; i < n; ++i, x += layer.panel_width()) {
        for (Index j = 0; j < layer.inputs; ++j) {
            const bool kept = (kept_inputs_[i * groups + j / kGroup] >> (j % kGroup)) & 1;
            x[j] = kept ? x[j] * dropout.scale : 0.0F;
        }
    }
}

PartLoss TrainingPass::gradient(const Windows& windows, const LossOptions& options, const Dropout& inputs,
                                const Dropout& between, std::uint64_t key, const TransposedNetwork& transposed,
                                Buffer<float>& gradient) {
    pass_.read(windows.rows, windows.starts);
    hide_inputs(inputs, key);
    pass_.forward({}, between, key);
    const std::int64_t n = read_target(windows);
    const double sum =
        kernels().loss({target_.data(), pass_.output(), pass_.window() * pass_.n_rows(), pass_.layout().output.width(),
                        static_cast<int>(options.kind), options.huber_delta, 1.0F});
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    output_gradient(gradient);
    decoder_gradient(between, transposed, gradient);
    code_gradient(transposed, gradient);
    encoder_gradient(between, transposed, gradient);
    return {sum, n};
}

void TrainingPass::output_gradient(Buffer<float>& gradient) {
    const DenseLayout& dense = pass_.layout().output;
    const Index n = pass_.window() * pass_.n_rows(), inputs = dense.weights.rows;
    constexpr Index kRows = 128;  // of which both sides stay in the first cache
    for (Index row = 0; row < n; row += kRows) {
        kernels().add_outer({pass_.handed_on() + row * inputs, inputs, pass_.output() + row * dense.width(),
                             dense.width(), std::min(kRows, n - row), inputs, dense.weights.panel(gradient.data())});
    }
    add_rows(pass_.output(), n, dense.width(), gradient.data() + dense.bias);
}

float* TrainingPass::gates_of(LayerGradient& layer, const LstmLayout& layout, Index t) {
    const Index step = pass_.n_rows() * layout.gates();
    return layer.gates.data() + (t / kChunk % 2 * kChunk + t % kChunk) * step;
}

/// Steps [first, last) of layer k backwards. `above`: dL/dh from above of the steps from `above_from` on.
void TrainingPass::layer_steps(const Stack& stack, std::size_t k, Index first_step, Index last_step, const float* above,
                               Index above_from, const TransposedNetwork& transposed, Buffer<float>& gradient) {
    const LstmLayout& layer = (*stack.layers)[k];
    LayerGradient& own = (*stack.gradients)[k];
    const Index n = pass_.n_rows(), units = layer.padded_units(), gates = layer.gates();
    BackwardWork work{};
    work.from_next = {nullptr, gates, n, 0, gates, transposed.recurrent(layer), nullptr, units, scratch_.data(), 0};
    work.cell_gradient = own.cell.data();
    work.bias_gradient = gradient.data() + layer.bias;
    for (Index t = last_step - 1; t >= first_step; --t) {
        const bool last_of_all = t + 1 == pass_.window();
        work.from_next.a = last_of_all ? nullptr : gates_of(own, layer, t + 1);
        work.from_next.depth = last_of_all ? 0 : gates;
        work.from_next.init = above && t >= above_from ? above + (t - above_from) * n * units : nullptr;
        work.factors = (*stack.states)[k].factors.data() + t * n * layer.blocks() * kFactors * kGroup;
        work.gates_gradient = gates_of(own, layer, t);
        kernels().backward_step(work);
    }
}

void TrainingPass::weights_gradient(const Stack& stack, std::size_t k, Index first_step, Index n_steps,
                                    Buffer<float>& gradient) {
    const LstmLayout& layer = (*stack.layers)[k];
    const Index n = pass_.n_rows(), width = layer.panel_width();
    kernels().add_outer({(*stack.states)[k].panel.data() + first_step * n * width, width,
                         gates_of((*stack.gradients)[k], layer, first_step), layer.gates(), n_steps * n, width,
                         panel_from_row(layer.weights, layer.repeated ? layer.width : 0, gradient)});
}

/// One chunk through all layers, from the top; the top's dL/dh is in its `hidden`.
void TrainingPass::stack_gradient(const Stack& stack, Index first_step, Index last_step, const Dropout& between,
                                  const TransposedNetwork& transposed, Buffer<float>& gradient) {
    const Index n = pass_.n_rows(), n_steps = last_step - first_step;
    for (std::size_t k = stack.layers->size(); k-- > 0;) {
        const LstmLayout& layer = (*stack.layers)[k];
        const bool encoder_top = stack.layers == &pass_.layout().encoder && k + 1 == stack.layers->size();
        if (encoder_top)
            layer_steps(stack, k, first_step, last_step, last_state_.data(), pass_.window() - 1, transposed, gradient);
        else
            layer_steps(stack, k, first_step, last_step, (*stack.gradients)[k].hidden.data(), first_step, transposed,
                        gradient);
        if (k > 0) {
            const LstmLayout& below = (*stack.layers)[k - 1];
            float* hidden = (*stack.gradients)[k - 1].hidden.data();
            kernels().product({gates_of((*stack.gradients)[k], layer, first_step), layer.gates(), n_steps * n, 0,
                               layer.gates(), transposed.input(layer), nullptr, 0, hidden, below.padded_units()});
            drop(below, (*stack.states)[k - 1], first_step, n_steps, between, hidden);
        }
        weights_gradient(stack, k, first_step, n_steps, gradient);
    }
}

/// dL/dh of what was handed on with dropout: of steps [first, first + n_steps).
void TrainingPass::drop(const LstmLayout& layer, const LstmState& state, Index first_step, Index n_steps,
                        const Dropout& between, float* hidden) const {
    if (between.drop == 0) return;
    const Index n = pass_.n_rows();
    for (Index k = 0; k < n_steps; ++k) {
        kernels().apply_kept(state.kept.data() + (first_step + k) * n * layer.blocks(), n, between.scale, n,
                             layer.blocks(), hidden + k * n * layer.padded_units());
    }
}

void TrainingPass::decoder_gradient(const Dropout& between, const TransposedNetwork& transposed,
                                    Buffer<float>& gradient) {
    const auto& layers = pass_.layout().decoder;
    const Stack stack{&layers, &pass_.decoder(), &decoder_};
    const DenseLayout& dense = pass_.layout().output;
    const Index n = pass_.n_rows();
    for (LayerGradient& layer : decoder_) std::fill(layer.cell.begin(), layer.cell.end(), 0.0F);
    std::fill(repeated_.begin(), repeated_.end(), 0.0F);
    for (Index last = pass_.window(); last > 0;) {
        const Index first = (last - 1) / kChunk * kChunk, n_steps = last - first;
        float* hidden = decoder_.back().hidden.data();
        kernels().product({pass_.output() + first * n * dense.width(), dense.width(), n_steps * n, 0, dense.width(),
                           transposed.dense(dense), nullptr, 0, hidden, layers.back().padded_units()});
        drop(layers.back(), pass_.decoder().back(), first, n_steps, between, hidden);
        stack_gradient(stack, first, last, between, transposed, gradient);
        for (Index t = last - 1; t >= first; --t) {
            const float* gates = gates_of(decoder_.front(), layers.front(), t);
            for (Index i = 0; i < n * layers.front().gates(); ++i) repeated_[i] += gates[i];
        }
        last = first;
    }
}

/// From the code's projection to the code, and through the bottleneck to the encoder's last state.
void TrainingPass::code_gradient(const TransposedNetwork& transposed, Buffer<float>& gradient) {
    const LstmLayout& first = pass_.layout().decoder.front();
    const Index n = pass_.n_rows(), width = first.width, units = pass_.layout().encoder.back().padded_units();
    kernels().add_outer({pass_.codes(), pass_.code_stride(), repeated_.data(), first.gates(), n, width,
                         first.weights.panel(gradient.data())});
    float* code = pass_.layout().has_bottleneck() ? code_.data() : last_state_.data();
    kernels().product(
        {repeated_.data(), first.gates(), n, 0, first.gates(), transposed.input(first), nullptr, 0, code, width});
    if (!pass_.layout().has_bottleneck()) return;
    const DenseLayout& dense = pass_.layout().bottleneck;
    kernels().add_outer({pass_.last_state(), pass_.last_state_stride(), code, width, n, dense.weights.rows,
                         dense.weights.panel(gradient.data())});
    add_rows(code, n, width, gradient.data() + dense.bias);
    kernels().product({code, width, n, 0, width, transposed.dense(dense), nullptr, 0, last_state_.data(), units});
}

void TrainingPass::encoder_gradient(const Dropout& between, const TransposedNetwork& transposed,
                                    Buffer<float>& gradient) {
    const Stack stack{&pass_.layout().encoder, &pass_.encoder(), &encoder_};
    for (LayerGradient& layer : encoder_) std::fill(layer.cell.begin(), layer.cell.end(), 0.0F);
    for (Index last = pass_.window(); last > 0;) {
        const Index first = (last - 1) / kChunk * kChunk;
        stack_gradient(stack, first, last, between, transposed, gradient);
        last = first;
    }
}

}  // namespace plantwright::neural
