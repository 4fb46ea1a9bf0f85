// SPDX-License-Identifier: MIT
/// `Calibration`: shares of votes to probabilities that happen as often as they say.
///
///     sigmoid    p = 1 / (1 + exp(-(a log(q / (1 - q)) + b)))       (Platt, "Probabilistic outputs for support vector
///                machines", 1999), with his targets (n1 + 1) / (n1 + 2) and 1 / (n0 + 2) in the place of 1 and 0
///     isotonic   the non-decreasing function of q nearest to the truth in squares, by pooling adjacent violators
///                (Ayer et al., Annals of Mathematical Statistics 26, 1955), linear between its points
///
/// Deviation from Platt: q is a share, so that its log-odds take the place of the margin; shares are held within
/// [1/1000, 999/1000] for it, since a forest says 0 and 1. Two classes have one curve, of the second one; more have one
/// each, against the rest, and what they give is divided by its sum. Fit it on rows that no tree has seen. O(n log n).
/// Immutable; may be shared by threads.
#pragma once

#include <span>
#include <vector>

#include "plantwright/evaluate/classification_metrics.hpp"
#include "plantwright/io/json.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright::evaluate {

enum class CalibrationMethod { sigmoid, isotonic };

PLANTWRIGHT_API std::string_view to_string(CalibrationMethod method);
PLANTWRIGHT_API CalibrationMethod calibration_method_from(std::string_view text);  ///< throws InvalidArgument

class PLANTWRIGHT_API Calibration {
public:
    Calibration() = default;
    /// `shares (n_rows, n_classes)`, as a classifier gives them. Throws InvalidArgument on shares outside [0, 1], fewer
    /// than two classes, and where the rows are all of one class.
    static Calibration fit(ConstMatrixView shares, ConstLabelView y, CalibrationMethod method,
                           ConstVectorView sample_weight = {});

    void apply(std::span<double> shares) const;  ///< of one row, `(n_classes,)`, in place; allocates nothing
    Matrix apply(ConstMatrixView shares) const;  ///< throws InvalidArgument on another number of classes
    Index n_classes() const { return curves_.size() == 1 ? 2 : std::ssize(curves_); }
    CalibrationMethod method() const { return method_; }

    io::Json describe() const;
    void validate() const;  ///< throws CorruptModel

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        io::members(archive, method_, curves_);
        io::validate_after_load(archive, *this);
    }

private:
    struct Curve {
        double slope = 1, intercept = 0;  // of the log-odds
        Vector share, probability;        // points of an isotonic curve, both ascending

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            io::members(archive, slope, intercept, share, probability);
        }
    };
    static Curve fit_sigmoid(ConstVectorView share, ConstLabelView y, Index positive, ConstVectorView weight);
    static Curve fit_isotonic(ConstVectorView share, ConstLabelView y, Index positive, ConstVectorView weight);
    double at(const Curve& curve, double share) const;

    CalibrationMethod method_ = CalibrationMethod::sigmoid;
    std::vector<Curve> curves_;
};

}  // namespace plantwright::evaluate
