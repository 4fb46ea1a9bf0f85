// SPDX-License-Identifier: MIT
/// Many windows through the network: in parts of some rows, with shared projections where windows overlap.
#include <algorithm>
#include <cstring>

#include "core/flush_to_zero_kernel.hpp"
#include "neural/network_access.hpp"
#include "neural/network_pass.hpp"
#include "plantwright/core/threads.hpp"

namespace plantwright {
namespace {

using neural::NetworkAccess;
using neural::NetworkPass;
using neural::PackedNetwork;
using neural::Projections;

constexpr Index kPartWindows = 48;  // under way at once: a multiple of the tiles' rows
constexpr Index kTaskWindows = 192;

/// The distance of starts that are evenly spaced, else 0.
Index common_step(std::span<const Index> starts) {
    if (starts.size() < 2) return 0;
    const Index step = starts[1] - starts[0];
    for (std::size_t k = 2; k < starts.size(); ++k) {
        if (starts[k] - starts[k - 1] != step) return 0;
    }
    return std::max<Index>(step, 0);
}

/// What one thread needs for its blocks of windows.
class BlockRunner {
public:
    BlockRunner(const PackedNetwork& network, Index most_windows)
        : network_(network), pass_(network, std::min(most_windows, kPartWindows), false),
          n_sensors_(network.shape().n_sensors), window_(network.shape().window),
          n_codes_(network.shape().code_size()) {
        const Index most = std::min(most_windows, kPartWindows);
        reconstruction_ = Buffer<float>(most * window_ * n_sensors_);
        codes_ = Buffer<float>(most * n_codes_);
    }

    void run(const Windows& windows, Index first, Index last, const AutoencoderNetwork::Visit& visit) {
        const auto starts =
            windows.starts.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
        const Index step = common_step(starts);
        const bool shared = step > 0 && 2 * step <= window_;
        if (shared) project(windows.rows, starts.front(), starts.back() + window_);
        for (Index at = first; at < last; at += kPartWindows) {
            const Index n = std::min(kPartWindows, last - at);
            const auto part = windows.starts.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(n));
            if (shared) {
                pass_.begin(n);
                pass_.forward(Projections{projections_.data() + (part.front() - starts.front()) * gates(), step});
            } else {
                pass_.read(windows.rows, part);
                pass_.forward();
            }
            hand_over(at, n, visit);
        }
    }

private:
    Index gates() const { return network_.layout().encoder.front().gates(); }

    void project(ConstMatrixViewF rows, Index first, Index last) {
        const Index n = last - first;
        if (projections_.size() < n * gates()) {
            projections_ = Buffer<float>::uninitialized(n * gates());
            clean_ = Buffer<float>::uninitialized(n * n_sensors_);
        }
        neural::project_rows(network_, rows, first, n, clean_.data(), projections_.data());
    }

    void hand_over(Index first, Index n, const AutoencoderNetwork::Visit& visit) {
        const Index width = network_.layout().output.width();
        for (Index r = 0; r < n; ++r) {
            for (Index t = 0; t < window_; ++t) {
                std::copy_n(pass_.reconstruction() + (t * n + r) * width, n_sensors_,
                            reconstruction_.data() + (r * window_ + t) * n_sensors_);
            }
            std::copy_n(pass_.codes() + r * pass_.code_stride(), n_codes_, codes_.data() + r * n_codes_);
        }
        visit(first, {reconstruction_.data(), n * window_, n_sensors_}, {codes_.data(), n, n_codes_});
    }

    const PackedNetwork& network_;
    NetworkPass pass_;
    Index n_sensors_, window_, n_codes_;
    Buffer<float> projections_, clean_, reconstruction_, codes_;
};

}  // namespace

void AutoencoderNetwork::reconstruct(const Windows& windows, const Visit& visit, std::optional<int> n_jobs,
                                     ProgressMonitor* monitor) const {
    if (!packed_) throw NotFitted("LSTMAutoencoder: the network has no weights yet");
    neural::require_windows(shape_, windows);
    const Index n = std::ssize(windows.starts), n_tasks = (n + kTaskWindows - 1) / kTaskWindows;
    const int n_threads = static_cast<int>(std::min<Index>(resolve_n_jobs(n_jobs), std::max<Index>(n_tasks, 1)));
    std::vector<std::unique_ptr<BlockRunner>> runners(static_cast<std::size_t>(n_threads));
    parallel_for(
        n_tasks, n_threads,
        [&](Index task, int thread) {
            const FlushToZero flush;
            auto& runner = runners[static_cast<std::size_t>(thread)];
            if (!runner) runner = std::make_unique<BlockRunner>(*packed_, n);
            runner->run(windows, task * kTaskWindows, std::min(n, (task + 1) * kTaskWindows), visit);
        },
        monitor);
}

struct SlidingReconstruction::Work {
    explicit Work(const AutoencoderNetwork& of)
        : network(NetworkAccess::shared(of)), pass(*network, 1, false), shape(of.shape()),
          projections(2 * shape.window * gates()), clean(shape.n_sensors), rows(2 * shape.window, shape.n_sensors),
          reconstruction(shape.window, shape.n_sensors) {}
    Work(const Work& other)
        : network(other.network), pass(*network, 1, false), shape(other.shape), projections(other.projections),
          clean(other.clean), rows(other.rows), reconstruction(other.reconstruction), first(other.first),
          last(other.last) {}

    Index gates() const { return network->layout().encoder.front().gates(); }

    /// Rows [first, last) are the window; once the buffer is full the window moves to its begin.
    void take(std::span<const float> row) {
        if (last - first == shape.window) ++first;
        if (last == rows.rows()) {
            std::copy(rows.data() + first * shape.n_sensors, rows.data() + last * shape.n_sensors, rows.data());
            std::copy(projections.data() + first * gates(), projections.data() + last * gates(), projections.data());
            last -= first, first = 0;
        }
        std::copy(row.begin(), row.end(), rows.data() + last * shape.n_sensors);
        neural::project_rows(*network, rows.view(), last, 1, clean.data(), projections.data() + last * gates());
        ++last;
    }

    void run() {
        const Index width = network->layout().output.width();
        pass.begin(1);
        pass.forward(Projections{projections.data() + first * gates(), 0});
        for (Index t = 0; t < shape.window; ++t)
            std::copy_n(pass.reconstruction() + t * width, shape.n_sensors, &reconstruction(t, 0));
    }

    std::shared_ptr<const PackedNetwork> network;
    NetworkPass pass;
    AutoencoderShape shape;
    Buffer<float> projections;  // (2 window, gates)
    Buffer<float> clean;
    Table<float> rows;  // (2 window, n_sensors)
    Table<float> reconstruction;
    Index first = 0, last = 0;
};

namespace {

const AutoencoderNetwork& with_weights(const AutoencoderNetwork& network) {
    if (!NetworkAccess::shared(network)) throw NotFitted("LSTMAutoencoder: the network has no weights yet");
    return network;
}

}  // namespace

SlidingReconstruction::SlidingReconstruction(const AutoencoderNetwork& network)
    : work_(std::make_unique<Work>(with_weights(network))) {}
SlidingReconstruction::SlidingReconstruction(const SlidingReconstruction& other)
    : work_(std::make_unique<Work>(*other.work_)) {}
SlidingReconstruction::SlidingReconstruction(SlidingReconstruction&& other) noexcept = default;
SlidingReconstruction& SlidingReconstruction::operator=(SlidingReconstruction other) noexcept {
    work_.swap(other.work_);
    return *this;
}
SlidingReconstruction::~SlidingReconstruction() = default;

void SlidingReconstruction::restart() { work_->first = work_->last = 0; }

ConstMatrixViewF SlidingReconstruction::update(std::span<const float> row) {
    const AutoencoderShape& shape = work_->shape;
    if (std::ssize(row) != shape.n_sensors) {
        throw InvalidArgument("LSTMAutoencoder: a row must have " + std::to_string(shape.n_sensors) + " sensors, got " +
                              std::to_string(row.size()));
    }
    const FlushToZero flush;
    work_->take(row);
    if (work_->last - work_->first < shape.window) return {nullptr, 0, shape.n_sensors};
    work_->run();
    return work_->reconstruction.view();
}

std::span<const float> SlidingReconstruction::code() const {
    return {work_->pass.codes(), static_cast<std::size_t>(work_->shape.code_size())};
}

ConstMatrixViewF SlidingReconstruction::rows() const {
    return std::as_const(work_->rows).view().rows_between(work_->first, work_->last);
}

}  // namespace plantwright
