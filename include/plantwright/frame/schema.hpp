// SPDX-License-Identifier: MIT
/// What a table's columns mean: name, kind, unit, role, and how a raw file's time is read. Saved with every model.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/export.hpp"
#include "plantwright/io/json.hpp"

namespace plantwright {

enum class ColumnKind { number, category, time };

/// What a column is in the plant. `feature` is the default; features, levers, disturbances and responses are inputs.
enum class Role { feature, lever, disturbance, response, target, time, group, ignored };

/// A column computed from another: the calendar functions `hour`, `weekday` (Monday = 0), `month`, ... of a time
/// column.
struct Derivation {
    std::string source{};
    std::string function{};
    bool operator==(const Derivation&) const = default;
};

struct ColumnSpec {
    std::string name{};
    ColumnKind kind = ColumnKind::number;
    Role role = Role::feature;
    std::string unit{};
    std::string description{};
    std::string source{};            ///< where its values come from: a tag of the historian, a laboratory
    std::optional<double> lowest{};  ///< what a sound reading can be, in the column's unit
    std::optional<double> highest{};
    bool known_at_prediction = true;    ///< false: measured too late to be an input
    std::string time_zone{};            ///< of a time column: IANA name or "+08:00"; empty = the plant's local clock
    std::vector<std::string> levels{};  ///< of a category column, in code order
    std::optional<Derivation> derivation{};  ///< absent for a column of the raw table

    /// Whether an estimator takes it: an input role, no time (its calendar columns are), and known when a prediction is
    /// made.
    PLANTWRIGHT_API bool is_input() const;
    bool operator==(const ColumnSpec&) const = default;
};

/// How a raw file's time columns become one: one column of text or several of numbers (year, month, day, hour, ...).
struct TimeRule {
    std::vector<std::string> columns{};  ///< e.g. {"date"} or {"year", "month", "day", "hour"}; empty: no time
    std::string name{};                  ///< of the resulting column: the column itself, or "time" for several
    bool day_first = false;              ///< 31/12/2018 rather than 12/31/2018
    bool midnight_ends_day = false;      ///< 00:00 is written under the date of the day that it ends
    bool operator==(const TimeRule&) const = default;
};

/// Ordered, with unique names.
class PLANTWRIGHT_API Schema {
public:
    Schema() = default;
    /// Throws InvalidArgument on an empty or doubled name.
    explicit Schema(std::vector<ColumnSpec> columns, TimeRule time_rule = {});

    const std::vector<ColumnSpec>& columns() const { return columns_; }
    Index size() const { return static_cast<Index>(columns_.size()); }
    const ColumnSpec& operator[](Index i) const { return columns_[static_cast<std::size_t>(i)]; }
    const ColumnSpec& at(std::string_view name) const;  ///< throws SchemaMismatch that lists the names there are
    std::optional<Index> find(std::string_view name) const;
    std::vector<std::string> names() const;
    std::vector<std::string> input_names() const;         ///< of the columns an estimator takes, in order
    std::optional<std::string> name_of(Role role) const;  ///< the first column with that role

    const TimeRule& time_rule() const { return time_rule_; }
    Schema with_time_rule(TimeRule rule) const;
    Schema with_role(std::string_view name, Role role) const;
    Schema with(ColumnSpec column) const;  ///< replaced by name, or appended

    /// For the header of a model file, and for people. Of a category's levels only their number and the first five
    /// stand in it (`n_levels`, `first_levels`): `serialize` holds them all.
    io::Json to_json() const;
    /// What `to_json` wrote, without levels; a member `levels`, written by hand, is read. Throws InvalidArgument.
    static Schema from_json(const io::Json& json);

    bool operator==(const Schema&) const = default;

    /// Throws CorruptModel on an empty or doubled name, an unknown kind or role, and doubled levels.
    void validate() const;
    template <class Archive>
    void serialize(Archive& archive, unsigned version);  // in frame/serialize_schema.hpp

private:
    std::vector<ColumnSpec> columns_;
    TimeRule time_rule_;
};

PLANTWRIGHT_API std::string_view to_string(ColumnKind kind);
PLANTWRIGHT_API std::string_view to_string(Role role);
PLANTWRIGHT_API ColumnKind column_kind_from(std::string_view text);  ///< throws InvalidArgument with the allowed words
PLANTWRIGHT_API Role role_from(std::string_view text);               ///< throws InvalidArgument with the allowed words

}  // namespace plantwright
