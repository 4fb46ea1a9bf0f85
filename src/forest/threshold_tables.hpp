// SPDX-License-Identifier: MIT
/// One feature's thresholds as heaps_kernel.hpp looks values up in them.
#pragma once

#include <span>

#include "forest/heaps_kernel.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright {

/// Memory of both tables.
class ThresholdTables {
public:
    /// Of distinct keys in their order, at least one.
    explicit ThresholdTables(std::span<const std::uint32_t> keys);

    std::uint32_t levels() const { return levels_; }
    const std::uint32_t* heap() const { return heap_.data(); }
    const ThresholdParts& parts() const { return parts_; }

private:
    void make_heap(std::span<const std::uint32_t> keys);
    void make_parts(std::span<const std::uint32_t> keys);
    std::size_t part_of(std::uint32_t key) const;

    std::uint32_t levels_;
    Buffer<std::uint32_t> heap_;
    ThresholdParts parts_{};
    Buffer<std::uint16_t> n_below_;
    Buffer<std::int32_t> keys_;
};

}  // namespace plantwright
