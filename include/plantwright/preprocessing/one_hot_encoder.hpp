// SPDX-License-Identifier: MIT
/// `OneHotEncoder`: a column `grade__A` of 0 and 1 for each level A of a column `grade`, which gives way to them.
///
/// A missing value is a level of its own, `grade__missing`, if there was one when fitting; else it is an unknown level.
/// Levels with fewer rows than `min_frequency` share `grade__infrequent`. Columns are float32. O(n) and the writing.
#pragma once

#include "plantwright/preprocessing/level_map.hpp"

namespace plantwright {

enum class OneHotUnknown { error, ignore, infrequent };
template <>
inline constexpr std::array<std::string_view, 3> kWords<OneHotUnknown>{"error", "ignore", "infrequent"};
enum class OneHotDrop { first, if_binary };
template <>
inline constexpr std::array<std::string_view, 2> kWords<OneHotDrop>{"first", "if_binary"};

struct OneHotEncoderOptions {
    static constexpr std::string_view kStepType = "OneHotEncoder";
    /// Of a level not fitted: an error, all zeros, or as infrequent (all zeros where no level is)
    OneHotUnknown handle_unknown = OneHotUnknown::error;
    io::Json min_frequency{};          ///< rows (a whole number), or a share of the rows in (0, 1)
    std::optional<OneHotDrop> drop{};  ///< the first column of each, or of those with two
    StepColumns columns{};             ///< categories; numbers where there are none or they are named

    static void fields(auto& self, auto&& field) {
        field("handle_unknown", self.handle_unknown);
        field("min_frequency", self.min_frequency);
        field("drop", self.drop);
        field("columns", self.columns);
    }
};

class PLANTWRIGHT_API OneHotEncoder final : public Step {
public:
    using Options = OneHotEncoderOptions;
    static constexpr Index kMaxLevels = 10'000;  ///< of a column

    OneHotEncoder() = default;
    /// Throws InvalidArgument on a frame without rows, and on a column of more than kMaxLevels levels.
    static OneHotEncoder fit(const Frame& frame, const Options& options = {}, std::optional<int> n_jobs = {});

    std::string_view type() const override { return Options::kStepType; }
    io::Json options() const override { return options_to_json(options_); }
    void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const override;
    void validate() const override;

    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        serialize_step(archive, options_);
        io::members(archive, maps_, slots_);
        io::validate_after_load(archive, *this);
    }

protected:
    std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const override;

private:
    static constexpr std::int32_t kNoColumn = -1, kRefused = -2;
    void learn_column(const Frame& frame, const ColumnSpec& spec, std::vector<Written>& writes);
    std::int32_t slot(std::size_t k, std::int32_t level) const;
    [[noreturn]] void fail_unknown(std::size_t k) const;

    Options options_;
    std::vector<LevelMap> maps_;
    /// Of each level, of a missing value and of an unknown level: the column written that is 1
    std::vector<Buffer<std::int32_t>> slots_;
};

}  // namespace plantwright
