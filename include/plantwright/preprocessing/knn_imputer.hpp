// SPDX-License-Identifier: MIT
/// `KNNImputer`: for a missing number the mean of that column over the nearest training rows that have it.
///
///     d(x, y)^2 = n_columns / n_both  sum over columns present in both of (x - y)^2
///
/// (Troyanskaya et al., "Missing value estimation methods for DNA microarrays", Bioinformatics 17, 2001), with
/// scikit-learn's parameters and results. With weights "distance" a donor counts as 1 / d, and those at distance 0
/// alone where there are any. Of donors equally near the earlier training row goes first. Where no donor shares a
/// present column with the row, the value is the column's mean; a column that was fitted without values stays missing.
/// All training rows are kept, and saved. Scale the columns first: distances are in their units. O(n_training
/// n_columns) a row with gaps; rows without are left alone.
#pragma once

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

enum class NeighborWeights { uniform, distance };
template <>
inline constexpr std::array<std::string_view, 2> kWords<NeighborWeights>{"uniform", "distance"};

struct KNNImputerOptions {
    static constexpr std::string_view kStepType = "KNNImputer";
    std::int64_t n_neighbors = 5;
    NeighborWeights weights = NeighborWeights::uniform;
    bool add_indicator = false;
    StepColumns columns{};  ///< numbers

    static void fields(auto& self, auto&& field) {
        field("n_neighbors", self.n_neighbors);
        field("weights", self.weights);
        field("add_indicator", self.add_indicator);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API KNNImputer final : public Step {
public:
    using Options = KNNImputerOptions;

    KNNImputer() = default;
    /// Throws InvalidArgument on a frame without rows, on an infinity, and on n_neighbors below 1.
    static KNNImputer fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    std::unique_ptr<StepState> start() const override;  ///< room for distances
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, training_, means_, indicated_);
        io::validate_after_load(archive, *this);
        if constexpr (Archive::is_loading::value) lay_out_tiles();
    }

protected:
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const override;

private:
    Index n_columns() const { return std::ssize(reads_); }
    void lay_out_tiles();

    Options options_;
    Matrix training_;                 // (n_rows, n_columns)
    Vector means_;                    // of its columns
    Buffer<std::int64_t> indicated_;  // columns whose gaps are told
    Buffer<double> tiles_;            // training_ in tiles of rows, see nan_distance_kernel.hpp
};

}  // namespace plantwright
