// SPDX-License-Identifier: MIT
/// `Stream`: a chain of fitted steps, row by row, to the bits that whole frames give.
///
/// Where each value goes is settled once: a row is a handful of copies and the steps' own work, and allocates nothing
/// once the steps' windows are full. A stream serves one thread; copies go on apart.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

class PLANTWRIGHT_API Stream {
public:
    using Steps = std::vector<std::shared_ptr<const Step>>;

    /// Of rows as `raw` has them. Throws SchemaMismatch as `Step::transform` does.
    Stream(Steps steps, const Schema& raw);
    Stream(const Stream& other);
    Stream(Stream&&) = default;
    Stream& operator=(Stream&&) = default;

    const Schema& input_schema() const { return raw_; }
    const Schema& schema() const { return out_schema_; }  ///< of the rows that come out

    /// One row, its cells in the order of `input_schema()`; the result is valid until the next call. Throws
    /// InvalidArgument on another number of cells.
    std::span<const Cell> update(std::span<const Cell> row);
    void restart();  ///< forgets all rows

private:
    struct Read {
        std::size_t slot;
        std::vector<std::int32_t> translation;  // of codes to the step's levels; empty: they are the same
    };
    struct Stage {
        std::vector<Read> reads;
        std::size_t first_written;  // slots of the cells written, one after the other
        bool is_run;                // the cells read stand one after the other, too
        std::unique_ptr<StepState> state;
    };

    Steps steps_;
    Schema raw_, out_schema_;
    std::vector<Stage> stages_;
    std::vector<Cell> slots_, scratch_, out_;  // every value of a row, raw and computed
    std::vector<std::size_t> out_slots_;
    bool out_is_all_ = false;  // what comes out are the slots as they stand
};

}  // namespace plantwright
