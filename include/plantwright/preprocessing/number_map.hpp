// SPDX-License-Identifier: MIT
/// `NumberMap`: steps that replace each number by a function of it alone: scalers, clippers, fixed imputers.
#pragma once

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

class PLANTWRIGHT_API NumberMap : public Step {
public:
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const final;

    virtual bool is_invertible() const { return false; }
    /// Columns written back to what they were. Throws InvalidArgument where the step has no inverse, SchemaMismatch.
    Frame inverse_transform(const Frame& frame, std::optional<int> n_jobs = {}) const;

protected:
    /// out[i] = f_k(in[i]) of the k-th column, each from in[i] alone; `in` and `out` may be the same.
    virtual void map(Index k, std::span<const double> in, double* out) const = 0;
    virtual void unmap(Index k, std::span<const double> in, double* out) const;

    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const final;

    /// For `keep_columns` (step_types.hpp): forgets the other columns, and what was learned of them.
    void keep(std::span<const Index> kept, StepColumns& columns, std::initializer_list<Vector*> one_each);
};

/// The present numbers of each of the columns, for fitting. Throws InvalidArgument on an infinity, naming the column.
PLANTWRIGHT_API std::vector<Buffer<double>> present_numbers(std::string_view who, const Frame& frame,
                                                            std::span<const ColumnSpec> columns, int n_jobs);

}  // namespace plantwright
