// SPDX-License-Identifier: MIT
#include "neural/network_pass.hpp"

#include <algorithm>
#include <cmath>

#include "core/huge_pages.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright::neural {
namespace {

const NeuralKernels& kernels() { return PLANTWRIGHT_KERNELS(kNeuralKernels); }

Buffer<float> zeros(Index n) {
    Buffer<float> buffer = Buffer<float>::uninitialized(n);
    advise_huge_pages(buffer.data(), static_cast<std::size_t>(n) * sizeof(float));
    std::fill(buffer.begin(), buffer.end(), 0.0F);
    return buffer;
}

LstmState state_of(const LstmLayout& layer, Index window, Index rows, bool training) {
    LstmState state;
    state.panel = zeros((window + 1) * rows * layer.panel_width());
    state.cell = zeros(rows * layer.padded_units());
    if (!training) return state;
    state.factors = zeros(window * rows * layer.blocks() * kFactors * kGroup);
    state.kept = Buffer<std::uint16_t>(window * rows * layer.blocks());
    return state;
}

/// h[0] = 0 and c = 0.
void clear_start(const LstmLayout& layer, LstmState& state, Index n_rows) {
    const Index width = layer.panel_width(), units = layer.padded_units();
    for (Index r = 0; r < n_rows; ++r) std::fill_n(state.panel.data() + (r + 1) * width - units, units, 0.0F);
    std::fill_n(state.cell.data(), n_rows * units, 0.0F);
}

}  // namespace

Dropout Dropout::of(double share) {
    return {static_cast<std::uint32_t>(std::llround(share * 0x1p32)), static_cast<float>(1 / (1 - share))};
}

NetworkPass::NetworkPass(const PackedNetwork& network, Index most_rows, bool training)
    : network_(&network), training_(training) {
    const Index steps = window();
    for (const LstmLayout& layer : layout().encoder) encoder_.push_back(state_of(layer, steps, most_rows, training));
    for (const LstmLayout& layer : layout().decoder) decoder_.push_back(state_of(layer, steps, most_rows, training));
    code_buffer_ = zeros(most_rows * layout().code_width());
    repeated_ = zeros(most_rows * layout().decoder.front().gates());
    handed_on_ = zeros(steps * most_rows * layout().decoder.back().padded_units());
    output_ = zeros(steps * most_rows * layout().output.width());
    scratch_ = zeros(kGroup * 4 * kGroup);
}

const float* NetworkPass::last_state() const {
    const LstmLayout& last = layout().encoder.back();
    return encoder_.back().panel.data() + window() * n_rows_ * last.panel_width() + last.width;
}

void NetworkPass::begin(Index n_rows) {
    n_rows_ = n_rows;
    for (std::size_t k = 0; k < encoder_.size(); ++k) clear_start(layout().encoder[k], encoder_[k], n_rows);
    for (std::size_t k = 0; k < decoder_.size(); ++k) clear_start(layout().decoder[k], decoder_[k], n_rows);
}

void NetworkPass::read(ConstMatrixViewF rows, std::span<const Index> starts) {
    begin(static_cast<Index>(starts.size()));
    const LstmLayout& first = layout().encoder.front();
    float* x = encoder_.front().panel.data();
    for (Index t = 0; t < window(); ++t) {
        for (const Index start : starts) {
            const float* row = rows.data() + (start + t) * rows.row_stride();
            for (Index j = 0; j < first.inputs; ++j) x[j] = std::isnan(row[j]) ? 0.0F : row[j];
            x += first.panel_width();
        }
    }
}

void NetworkPass::draw(const Dropout& dropout, std::uint64_t key) {
    if (dropout.drop == 0) return;
    const auto draw_layer = [&](const LstmLayout& layer, LstmState& state) {
        key = RandomStream::mix(key + 1);
        kernels().draw_kept(key, window() * n_rows_ * layer.blocks(), dropout.drop, state.kept.data());
    };
    for (std::size_t k = 0; k + 1 < encoder_.size(); ++k) draw_layer(layout().encoder[k], encoder_[k]);
    for (std::size_t k = 0; k < decoder_.size(); ++k) draw_layer(layout().decoder[k], decoder_[k]);
}

void NetworkPass::forward(const Projections& projections, const Dropout& dropout, std::uint64_t key) {
    draw(dropout, key);
    encode(projections, dropout);
    make_code();
    decode(dropout);
}

/// `init` (+ t * init_step) is what the gates start from; where the input's part is in it, the panel's x is not read.
void NetworkPass::run_layer(const LstmLayout& layer, LstmState& state, const float* init, Index init_stride,
                            Index init_step, bool input_in_init, float* next, Index next_stride,
                            const Dropout& dropout) {
    const Index width = layer.panel_width(), units = layer.padded_units(), x_width = width - units;
    const Index panel_step = n_rows_ * width, skipped = input_in_init ? layer.width : 0;
    ForwardWork work{};
    work.gates = {state.panel.data() + (input_in_init ? x_width : 0),
                  width,
                  n_rows_,
                  skipped,
                  layer.width + units - skipped,
                  network_->panel(layer.weights),
                  init,
                  init_stride,
                  scratch_.data(),
                  4 * kGroup};
    work.cell = state.cell.data();
    work.factors = training_ ? state.factors.data() : nullptr;
    work.hidden = state.panel.data() + panel_step + x_width;
    work.hidden_stride = width;
    work.handed_on = next;
    work.handed_on_stride = next_stride;
    work.kept = next && dropout.drop > 0 ? state.kept.data() : nullptr;
    work.kept_scale = dropout.scale;
    work.relu = network_->shape().activation == CellActivation::relu;
    for (Index t = 0; t < window(); ++t) {
        kernels().forward_step(work);
        work.gates.a += panel_step;
        work.gates.init += init_step;
        work.hidden += panel_step;
        if (work.factors) work.factors += n_rows_ * layer.blocks() * kFactors * kGroup;
        if (work.handed_on) work.handed_on += n_rows_ * next_stride;
        if (work.kept) work.kept += n_rows_ * layer.blocks();
    }
}

void NetworkPass::encode(const Projections& projections, const Dropout& dropout) {
    const auto& layers = layout().encoder;
    for (std::size_t k = 0; k < layers.size(); ++k) {
        const bool projected = k == 0 && projections.first, last = k + 1 == layers.size();
        const Index gates = layers[k].gates();
        const float* init = projected ? projections.first : network_->bias(layers[k].bias);
        run_layer(layers[k], encoder_[k], init, projected ? projections.step * gates : 0, projected ? gates : 0,
                  projected, last ? nullptr : encoder_[k + 1].panel.data(), last ? 0 : layers[k + 1].panel_width(),
                  dropout);
    }
}

/// The code, and its projection for all steps of the first decoder layer at once.
void NetworkPass::make_code() {
    code_ = last_state(), code_stride_ = last_state_stride();
    if (layout().has_bottleneck()) {
        const DenseLayout& dense = layout().bottleneck;
        kernels().product({code_, code_stride_, n_rows_, 0, dense.weights.rows, network_->panel(dense.weights),
                           network_->bias(dense.bias), 0, code_buffer_.data(), dense.width()});
        code_ = code_buffer_.data(), code_stride_ = dense.width();
    }
    const LstmLayout& first = layout().decoder.front();
    kernels().product({code_, code_stride_, n_rows_, 0, first.width, network_->panel(first.weights),
                       network_->bias(first.bias), 0, repeated_.data(), first.gates()});
}

void NetworkPass::decode(const Dropout& dropout) {
    const auto& layers = layout().decoder;
    const Index out_width = layers.back().padded_units();
    for (std::size_t k = 0; k < layers.size(); ++k) {
        const bool last = k + 1 == layers.size();
        const float* init = k == 0 ? repeated_.data() : network_->bias(layers[k].bias);
        run_layer(layers[k], decoder_[k], init, k == 0 ? layers[k].gates() : 0, 0, k == 0,
                  last ? handed_on_.data() : decoder_[k + 1].panel.data(),
                  last ? out_width : layers[k + 1].panel_width(), dropout);
    }
    const DenseLayout& dense = layout().output;
    kernels().product({handed_on_.data(), out_width, window() * n_rows_, 0, dense.weights.rows,
                       network_->panel(dense.weights), network_->bias(dense.bias), 0, output_.data(), dense.width()});
}

void project_rows(const PackedNetwork& network, ConstMatrixViewF rows, Index first, Index n, float* clean,
                  float* projections) {
    const LstmLayout& layer = network.layout().encoder.front();
    for (Index i = 0; i < n; ++i) {
        const float* row = rows.data() + (first + i) * rows.row_stride();
        for (Index j = 0; j < layer.inputs; ++j) clean[i * layer.inputs + j] = std::isnan(row[j]) ? 0.0F : row[j];
    }
    kernels().product({clean, layer.inputs, n, 0, layer.width, network.panel(layer.weights), network.bias(layer.bias),
                       0, projections, layer.gates()});
}

}  // namespace plantwright::neural
