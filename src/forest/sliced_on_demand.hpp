// SPDX-License-Identifier: MIT
/// Slices a forest once so many rows have been predicted that it pays.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "plantwright/forest/compact_forest.hpp"

namespace plantwright {

/// `Sliced` has `make`, which may give null, `pays` and `kRowsWorthSlicing`. May be shared by threads.
template <class Sliced>
class SlicedOnDemand {
public:
    /// Null while, or where, it does not pay.
    const Sliced* get(const CompactForest& forest, Index rows) const {
        if (rows_so_far_.fetch_add(rows, std::memory_order_relaxed) + rows < Sliced::kRowsWorthSlicing) return nullptr;
        std::call_once(once_, [&] {
            sliced_ = Sliced::make(forest);
            if (sliced_ && !sliced_->pays()) sliced_.reset();
        });
        return sliced_.get();
    }

private:
    mutable std::atomic<Index> rows_so_far_{0};
    mutable std::once_flag once_;
    mutable std::unique_ptr<const Sliced> sliced_;
};

}  // namespace plantwright
