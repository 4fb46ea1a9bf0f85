// SPDX-License-Identifier: MIT
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "frame/calendar_columns.hpp"
#include "frame/floor_divide.hpp"
#include "frame/names.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/frame/calendar.hpp"
#include "plantwright/frame/frame.hpp"

namespace plantwright {
namespace {

using detail::in_quotes;

/// Everything that does not fit, so that one message tells all of it.
struct Mismatches {
    std::vector<std::string> missing, extra, retyped, unseen;

    bool any() const { return !missing.empty() || !extra.empty() || !retyped.empty() || !unseen.empty(); }
};

std::string joined(const std::vector<std::string>& parts) {
    constexpr std::size_t kAtMost = 20;
    std::string text;
    for (std::size_t i = 0; i < parts.size() && i < kAtMost; ++i) text.append(i > 0 ? ", " : "").append(parts[i]);
    if (parts.size() > kAtMost) text += " and " + std::to_string(parts.size() - kAtMost) + " more";
    return text;
}

std::string message_of(const Mismatches& mismatches) {
    std::string text = "conform: the table does not fit the schema";
    const auto add = [&text](const char* what, const std::vector<std::string>& parts) {
        if (!parts.empty()) text.append("; ").append(what).append(": ").append(joined(parts));
    };
    add("missing", mismatches.missing);
    add("extra", mismatches.extra);
    add("retyped", mismatches.retyped);
    add("unseen categories", mismatches.unseen);
    return text;
}

struct Counted {
    std::vector<std::string> levels;
    Index rows = 0;
};

/// Codes of the schema's levels by name. A level that the schema does not know is appended to `levels`.
struct Translation {
    Buffer<std::int32_t> codes;
    std::vector<std::string> levels;
    Counted unseen;
};

std::vector<std::int32_t> codes_by_name(const std::vector<std::string>& given,
                                        const std::vector<std::string>& expected) {
    std::unordered_map<std::string_view, std::int32_t> code_of;
    for (std::size_t i = 0; i < expected.size(); ++i) code_of.emplace(expected[i], static_cast<std::int32_t>(i));
    std::vector<std::int32_t> codes;
    for (const auto& level : given) {
        const auto found = code_of.find(level);
        codes.push_back(found == code_of.end() ? kMissingCode : found->second);
    }
    return codes;
}

Translation translate(const Column& column, const std::vector<std::string>& expected) {
    const auto codes = column.codes();
    auto new_code = codes_by_name(column.levels(), expected);
    Translation result{Buffer<std::int32_t>::uninitialized(codes.size()), expected, {}};
    for (Index i = 0; i < codes.size(); ++i) {
        result.codes[i] = kMissingCode;
        if (codes[i] == kMissingCode) continue;
        std::int32_t& code = new_code[static_cast<std::size_t>(codes[i])];
        if (code == kMissingCode) {  // met for the first time
            code = static_cast<std::int32_t>(result.levels.size());
            result.levels.push_back(column.levels()[static_cast<std::size_t>(codes[i])]);
            result.unseen.levels.push_back(result.levels.back());
        }
        if (static_cast<std::size_t>(code) >= expected.size()) ++result.unseen.rows;
        result.codes[i] = code;
    }
    return result;
}

std::string unseen_text(const ColumnSpec& expected, const Counted& unseen) {
    const char* rows = unseen.rows == 1 ? " row" : " rows";
    return in_quotes(expected.name) + " has " + detail::list_of(unseen.levels, 5) + " in " +
           std::to_string(unseen.rows) + rows + " (known: " + detail::list_of(expected.levels, 5) + ")";
}

std::string found_text(const Column& column) {
    std::string text(to_string(column.kind()));
    if (column.kind() == ColumnKind::category) text += " (" + detail::list_of(column.levels(), 3) + ")";
    return text;
}

Column all_missing(ColumnKind kind, Index rows) {
    switch (kind) {
        case ColumnKind::category: return Column::categories(Buffer<std::int32_t>(rows, kMissingCode), {});
        case ColumnKind::time: return Column::times(Buffer<std::int64_t>(rows, kMissingTime));
        case ColumnKind::number: break;
    }
    return Column::numbers(Buffer<double>(rows, kNaN));
}

Column as_instants(const Column& local_clock, std::string_view zone_name) {
    const TimeZone zone = TimeZone::find(zone_name);
    const auto times = local_clock.times();
    auto result = Buffer<std::int64_t>::uninitialized(times.size());
    for (Index i = 0; i < times.size(); ++i) {
        const std::int64_t seconds = detail::floor_divide(times[i], kNanosecondsPerSecond);
        const std::int64_t shift = zone.utc_from_local(seconds) - seconds;
        result[i] = times[i] == kMissingTime ? kMissingTime : times[i] + shift * kNanosecondsPerSecond;
    }
    return Column::times(std::move(result));
}

class Conformer {
public:
    Conformer(const Frame& frame, const Schema& expected, UnseenLevels unseen_levels)
        : frame_(frame), expected_(expected), unseen_levels_(unseen_levels) {}

    Frame run() {
        for (const auto& spec : expected_.columns()) add(spec);
        for (const auto& name : frame_.schema().names()) note_if_extra(name);
        if (mismatches_.any()) throw SchemaMismatch(message_of(mismatches_));
        return Frame(Schema(std::move(specs_), expected_.time_rule()), std::move(columns_));
    }

private:
    void add(const ColumnSpec& spec) {
        const auto i = frame_.schema().find(spec.name);
        if (spec.derivation && source_of(spec) != nullptr) {
            keep(spec, derived(spec));
        } else if (i) {
            add_given(spec, *i);
        } else if (spec.is_input()) {
            mismatches_.missing.push_back(missing_text(spec));
        }
    }

    void add_given(const ColumnSpec& spec, Index i) {
        const Column& given = frame_.column(i);
        if (spec.role == Role::ignored) return keep(frame_.schema()[i], given, Role::ignored);
        if (given.kind() != spec.kind && given.n_missing() < given.size()) {
            const bool numbered = spec.kind == ColumnKind::category && given.kind() == ColumnKind::number;
            if (spec.role == Role::target && numbered) return;  // classes given as numbers; prediction needs no target
            mismatches_.retyped.push_back(in_quotes(spec.name) + " is " + found_text(given) + ", expected " +
                                          std::string(to_string(spec.kind)));
            return;
        }
        const Column column = given.kind() == spec.kind ? given : all_missing(spec.kind, given.size());
        if (spec.kind == ColumnKind::category) return add_category(spec, column);
        if (spec.kind == ColumnKind::time) return add_time(spec, frame_.schema()[i].time_zone, column);
        keep(spec, column);
    }

    /// Unseen levels are an error in an input. A target, a group or the like keeps them, behind those of the schema.
    void add_category(ColumnSpec spec, const Column& given) {
        if (given.levels() == spec.levels) return keep(std::move(spec), given);
        Translation translation = translate(given, spec.levels);
        if (translation.unseen.rows > 0 && spec.is_input() && unseen_levels_ == UnseenLevels::refuse) {
            mismatches_.unseen.push_back(unseen_text(spec, translation.unseen));
            return;
        }
        spec.levels = translation.levels;
        keep(std::move(spec), Column::categories(std::move(translation.codes), std::move(translation.levels)));
    }

    void add_time(const ColumnSpec& spec, const std::string& zone, const Column& given) {
        if (!zone.empty() && spec.time_zone.empty() && given.n_missing() < given.size()) {
            mismatches_.retyped.push_back(zone_text(spec.name, zone));
            return;
        }
        const bool local_clock = zone.empty() && !spec.time_zone.empty();
        keep(spec, local_clock ? as_instants(given, spec.time_zone) : given);
    }

    static std::string zone_text(const std::string& name, const std::string& zone) {
        return in_quotes(name) + " is time in zone " + in_quotes(zone) + ", expected time on the plant's local clock";
    }

    const Column* source_of(const ColumnSpec& spec) const {
        const auto i = frame_.schema().find(spec.derivation->source);
        if (!i || frame_.column(*i).kind() != ColumnKind::time) return nullptr;
        return &frame_.column(*i);
    }

    /// In the zone that the schema names for the source; where it names none, in the table's.
    Column derived(const ColumnSpec& spec) {
        const Derivation& derivation = *spec.derivation;
        const auto in_schema = expected_.find(derivation.source);
        const std::string& given_zone = frame_.schema().at(derivation.source).time_zone;
        const std::string& zone = in_schema ? expected_[*in_schema].time_zone : given_zone;
        const Column& source = *source_of(spec);
        // A clock without a zone already shows local time.
        return detail::calendar_column(source, given_zone.empty() ? given_zone : zone, derivation.function);
    }

    void note_if_extra(const std::string& name) {
        const auto is_source = [&name](const ColumnSpec& spec) {
            return spec.derivation && spec.derivation->source == name;
        };
        if (!expected_.find(name) && std::ranges::none_of(expected_.columns(), is_source)) {
            mismatches_.extra.push_back(in_quotes(name));
        }
    }

    std::string missing_text(const ColumnSpec& spec) const {
        if (!spec.derivation) return in_quotes(spec.name);
        const bool given = frame_.schema().find(spec.derivation->source).has_value();
        return in_quotes(spec.name) + " (the " + spec.derivation->function + " of " +
               in_quotes(spec.derivation->source) + (given ? ", which is no time)" : ", which is missing too)");
    }

    void keep(ColumnSpec spec, Column column) {
        specs_.push_back(std::move(spec));
        columns_.push_back(std::move(column));
    }
    void keep(ColumnSpec spec, Column column, Role role) {
        spec.role = role;
        keep(std::move(spec), std::move(column));
    }

    const Frame& frame_;
    const Schema& expected_;
    UnseenLevels unseen_levels_;
    Mismatches mismatches_;
    std::vector<ColumnSpec> specs_;
    std::vector<Column> columns_;
};

}  // namespace

Frame conform(const Frame& frame, const Schema& expected, UnseenLevels unseen_levels) {
    return Conformer(frame, expected, unseen_levels).run();
}

}  // namespace plantwright
