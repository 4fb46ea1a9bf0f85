// SPDX-License-Identifier: MIT
/// `TargetEncoder`: the mean of the target in each level of a column, drawn towards the overall mean, in its place.
///
///     e = (s m + sum of y in the level) / (s + rows in the level)           smooth = s, m the mean of y
///     e = l mean in the level + (1 - l) m,  l = t^2 n / (t^2 n + v)         smooth = "auto"
///
/// with n rows and variance v in the level and t^2 the variance of y: the empirical Bayes estimate (Micci-Barreca, "A
/// preprocessing scheme for high-cardinality categorical attributes", SIGKDD Explorations 3, 2001). The target is the
/// table's column of that role; rows without it are left out. Of a target with more than two classes, one column
/// `grade__class` a class, the share of that class in the level. An unknown level has the overall mean, as has a
/// missing value if there was none when fitting; else that is a level of its own.
///
/// `fit_transform` crosses: each fold of the training rows is encoded by the others, so that a row's own target is not
/// told to what learns from it. It looks at targets of later rows, as all fitting does; with shuffle = false the folds
/// are blocks of time. Deviation: folds are not stratified by class. O(n) a fold.
#pragma once

#include "plantwright/preprocessing/level_numbers.hpp"

namespace plantwright {

enum class TargetType { automatic, continuous, binary, multiclass };
template <>
inline constexpr std::array<std::string_view, 4> kWords<TargetType>{"auto", "continuous", "binary", "multiclass"};

struct TargetEncoderOptions {
    static constexpr std::string_view kStepType = "TargetEncoder";
    /// auto: continuous for numbers; for categories binary or multiclass
    TargetType target_type = TargetType::automatic;
    io::Json smooth = "auto";  ///< or s, at least 0
    std::int64_t cv = 5;       ///< folds of fit_transform
    bool shuffle = true;
    std::int64_t random_state = 0;
    StepColumns columns{};  ///< categories; numbers where there are none or they are named

    static void fields(auto& self, auto&& field) {
        field("target_type", self.target_type);
        field("smooth", self.smooth);
        field("cv", self.cv);
        field("shuffle", self.shuffle);
        field("random_state", self.random_state);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API TargetEncoder final : public LevelNumbers {
public:
    using Options = TargetEncoderOptions;

    TargetEncoder() = default;
    /// Throws InvalidArgument on a frame without a target or its values, and on options out of range.
    static TargetEncoder fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});
    /// And the training rows, crossed. Throws InvalidArgument also on fewer rows than folds.
    static std::pair<TargetEncoder, Frame> fit_transform(const Frame& frame, const Options& options = {},
                                                         std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    Fitted fitted() const override { return {{"target_mean_", target_mean_}}; }
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        serialize_levels(archive);
        io::members(archive, target_mean_);
        io::validate_after_load(archive, *this);
    }

private:
    Options options_;
    Vector target_mean_;  // of each output
};

}  // namespace plantwright
