// SPDX-License-Identifier: MIT
/// `OrdinalEncoder` and `FrequencyEncoder`: one number for each level of a column, in its place.
///
/// Ordinal: 0, 1, ... in the order of the column's levels (texts: byte order), or of the numbers. Levels without a row
/// when fitting are unknown. A missing value stays missing, or becomes `encoded_missing_value`.
///
/// Frequency: the share of the level among the present values fitted, or their number. An unknown level has 0; a
/// missing value stays missing.
///
/// O(n), and a search among the levels where the column is of numbers.
#pragma once

#include "plantwright/preprocessing/level_numbers.hpp"

namespace plantwright {

enum class UnknownLevel { error, use_encoded_value };
template <>
inline constexpr std::array<std::string_view, 2> kWords<UnknownLevel>{"error", "use_encoded_value"};

struct OrdinalEncoderOptions {
    static constexpr std::string_view kStepType = "OrdinalEncoder";
    UnknownLevel handle_unknown = UnknownLevel::error;
    std::optional<double> unknown_value{};          ///< for use_encoded_value; none: missing
    std::optional<double> encoded_missing_value{};  ///< none: missing
    StepColumns columns{};                          ///< categories; numbers where there are none or they are named

    static void fields(auto& self, auto&& field) {
        field("handle_unknown", self.handle_unknown);
        field("unknown_value", self.unknown_value);
        field("encoded_missing_value", self.encoded_missing_value);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API OrdinalEncoder final : public LevelNumbers {
public:
    using Options = OrdinalEncoderOptions;

    OrdinalEncoder() = default;
    /// Throws InvalidArgument on a frame without rows.
    static OrdinalEncoder fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        serialize_levels(archive);
        io::validate_after_load(archive, *this);
    }

protected:
    bool refuses_unknown() const override { return options_.handle_unknown == UnknownLevel::error; }

private:
    Options options_;
};

struct FrequencyEncoderOptions {
    static constexpr std::string_view kStepType = "FrequencyEncoder";
    bool normalize = true;  ///< shares rather than counts
    StepColumns columns{};  ///< categories; numbers where there are none or they are named

    static void fields(auto& self, auto&& field) {
        field("normalize", self.normalize);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API FrequencyEncoder final : public LevelNumbers {
public:
    using Options = FrequencyEncoderOptions;

    FrequencyEncoder() = default;
    /// Throws InvalidArgument on a frame without rows.
    static FrequencyEncoder fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        serialize_levels(archive);
        io::validate_after_load(archive, *this);
    }

private:
    Options options_;
};

}  // namespace plantwright
