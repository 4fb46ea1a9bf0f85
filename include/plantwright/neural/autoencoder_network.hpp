// SPDX-License-Identifier: MIT
/// The network of an LSTM autoencoder: its weights, and how it reconstructs windows of sensor readings.
///
///     encoder LSTMs -> last state -> dense bottleneck (the code) -> repeated -> decoder LSTMs -> dense output
///
/// One LSTM step (Hochreiter & Schmidhuber, "Long short-term memory", Neural Computation 9, 1997; with the forget gate
/// of Gers, Schmidhuber & Cummins, 2000), with s the logistic function and a the cell's activation:
///
///     i = s(Wi x + Ui h + bi),  f = s(Wf x + Uf h + bf),  g = a(Wg x + Ug h + bg),  o = s(Wo x + Uo h + bo)
///     c = f c + i g,            h = o a(c)
///
/// Every layer has one bias (PyTorch's two, added). A missing reading (NaN) enters as 0, which is the sensor's mean
/// where rows are standardized. All arithmetic is float32, each sum in the order of its terms: the same bits for any
/// number of threads and any batch at one instruction-set level, about 1e-5 apart between levels. A reconstruction
/// costs 2 x weights x window operations; benchmarks/neural shows what that takes. Networks may be read by many threads
/// at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/progress.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

enum class CellActivation { tanh, relu };

struct AutoencoderShape {
    Index n_sensors = 1;
    Index window = 60;                   ///< rows
    std::vector<Index> encoder{64, 32};  ///< units of each layer, from the input on
    Index bottleneck = 32;               ///< length of the code; 0: the encoder's last state itself
    std::vector<Index> decoder{32, 64};  ///< units of each layer, towards the output
    CellActivation activation = CellActivation::tanh;

    Index code_size() const { return bottleneck > 0 ? bottleneck : encoder.back(); }
    void validate() const;  ///< throws InvalidArgument
    bool operator==(const AutoencoderShape&) const = default;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, n_sensors, window, encoder, bottleneck, decoder, activation);
    }
};

/// Windows of a table: window k is rows [starts[k], starts[k] + window). NaN: missing.
struct Windows {
    ConstMatrixViewF rows;          ///< (n_rows, n_sensors), dense and row-major
    std::span<const Index> starts;  ///< (n_windows,)
};

struct WeightTensor {
    std::string name;  ///< "encoder.0.input", "encoder.0.recurrent", "encoder.0.bias", "bottleneck.weight", ...
    Index rows;        ///< inputs of the layer, or its units for "recurrent", or 1 for "bias"
    Index cols;        ///< 4 x units, gates in the order i, f, g, o; outputs for a dense layer
};

namespace neural {
class PackedNetwork;
struct NetworkAccess;
}  // namespace neural

class PLANTWRIGHT_API AutoencoderNetwork {
public:
    AutoencoderNetwork();  ///< holds nothing
    /// Input weights by Glorot & Bengio (2010), recurrent ones orthogonal (Saxe et al., 2014), biases 0 but the forget
    /// gate's, which are 1 (Jozefowicz et al., 2015). Throws InvalidArgument where the shape is wrong.
    AutoencoderNetwork(AutoencoderShape shape, std::uint64_t random_state);
    AutoencoderNetwork(const AutoencoderNetwork& other);
    AutoencoderNetwork(AutoencoderNetwork&& other) noexcept;
    AutoencoderNetwork& operator=(AutoencoderNetwork other) noexcept;
    ~AutoencoderNetwork();

    const AutoencoderShape& shape() const { return shape_; }
    Index n_weights() const;  ///< without padding
    std::vector<WeightTensor> tensors() const;
    Table<float> tensor(std::string_view name) const;                 ///< throws InvalidArgument
    void set_tensor(std::string_view name, ConstMatrixViewF values);  ///< throws InvalidArgument; finite values

    /// Gets a block of windows: windows [first, first + n) as `(n * window, n_sensors)` and their codes `(n, code)`.
    using Visit = std::function<void(Index first, ConstMatrixViewF reconstruction, ConstMatrixViewF codes)>;
    /// Blocks come in any order, from any of the threads. Where windows overlap, the rows are projected once for all.
    void reconstruct(const Windows& windows, const Visit& visit, std::optional<int> n_jobs = {},
                     ProgressMonitor* monitor = nullptr) const;

    void validate() const;  ///< throws CorruptModel
    bool operator==(const AutoencoderNetwork& other) const;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, shape_, weights_);
        if constexpr (Archive::is_loading::value) after_load();
    }

private:
    friend struct neural::NetworkAccess;
    void after_load();  ///< checks, and packs
    void pack();

    AutoencoderShape shape_;
    Buffer<float> weights_;                                // in the kernels' panels, see src/neural/network_layout.hpp
    std::shared_ptr<const neural::PackedNetwork> packed_;  // the same, as the forward kernels read them
};

/// Reconstructs the last `window` rows at each new row: the bits of `AutoencoderNetwork::reconstruct`. A row's
/// projection is computed once, when it comes. Allocates nothing after it is made. A value: its state goes with it.
class PLANTWRIGHT_API SlidingReconstruction {
public:
    explicit SlidingReconstruction(const AutoencoderNetwork& network);
    SlidingReconstruction(const SlidingReconstruction& other);
    SlidingReconstruction(SlidingReconstruction&& other) noexcept;
    SlidingReconstruction& operator=(SlidingReconstruction other) noexcept;
    ~SlidingReconstruction();

    void restart();  ///< forgets all rows: after a gap
    /// `(window, n_sensors)`, valid until the next call; empty before there are `window` rows.
    ConstMatrixViewF update(std::span<const float> row);
    std::span<const float> code() const;  ///< of the last reconstruction
    ConstMatrixViewF rows() const;        ///< the rows seen, oldest first, at most `window` of them; for saving

private:
    struct Work;
    std::unique_ptr<Work> work_;
};

}  // namespace plantwright
