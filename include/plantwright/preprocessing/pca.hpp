// SPDX-License-Identifier: MIT
/// `PCA`: numbers give way to their principal components, `pca__0`, `pca__1`, ...
///
///     z = W (x - mean),   rows of W the eigenvectors of the covariance sum (x - mean)(x - mean)' / (n - 1)
///
/// by falling variance (Jolliffe, "Principal Component Analysis", 2nd ed., 2002). Of each eigenvector the loading that
/// is largest in absolute value is positive, as in scikit-learn. Rows with a missing value do not count when fitting,
/// and have missing components. From the covariance, whose rounding hides components below 1e-8 of the first one's
/// deviation. O(n d^2 + d^3); a row O(d) a component, summed in the order of the columns.
#pragma once

#include "plantwright/preprocessing/step.hpp"

namespace plantwright {

struct PcaOptions {
    static constexpr std::string_view kStepType = "PCA";
    /// How many; or as many as explain more than that share of the variance, in (0, 1); null: all there are
    io::Json n_components{};
    bool whiten = false;  ///< components in units of their standard deviation; of a component without any, as it is
    std::string name = "pca";  ///< of the columns, before "__"
    StepColumns columns{};     ///< numbers

    static void fields(auto& self, auto&& field) {
        field("n_components", self.n_components);
        field("whiten", self.whiten);
        field("name", self.name);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API Pca final : public Step {
public:
    using Options = PcaOptions;

    Pca() = default;
    /// Throws InvalidArgument on fewer than two complete rows, an infinity, and on n_components out of range.
    static Pca fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    const Vector& mean() const { return mean_; }
    const Matrix& components() const { return components_; }  ///< W, `(n_components, n_columns)`
    const Vector& explained_variance() const { return variance_; }

    /// The columns that it read, in place of the components. Throws SchemaMismatch.
    Frame inverse_transform(const Frame& frame) const;

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override;
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, mean_, components_, variance_, ratio_, scale_);
        io::validate_after_load(archive, *this);
    }

protected:
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const override;

private:
    Options options_;
    Vector mean_;
    Matrix components_;
    Vector variance_, ratio_, scale_;  // of each component; scale is what it is divided by
};

}  // namespace plantwright
