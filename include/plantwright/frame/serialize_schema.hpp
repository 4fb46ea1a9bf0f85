// SPDX-License-Identifier: MIT
/// How a schema is saved inside a model. Include it where a class with a Schema member is serialised.
#pragma once

#include <cmath>

#include "plantwright/frame/schema.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

namespace detail {

/// NaN stands for none.
template <class Archive>
void serialize_limit(Archive& archive, std::optional<double>& limit) {
    double value = limit.value_or(kNaN);
    io::members(archive, value);
    if (Archive::is_loading::value && !std::isnan(value)) limit = value;
}

}  // namespace detail

template <class Archive>
void serialize(Archive& archive, ColumnSpec& spec, unsigned version) {
    Derivation derivation = spec.derivation.value_or(Derivation{});  // a raw column has an empty source
    io::members(archive, spec.name, spec.kind, spec.role, spec.unit, spec.description, spec.known_at_prediction,
                spec.time_zone, spec.levels, derivation.source, derivation.function);
    if (Archive::is_loading::value && !derivation.source.empty()) spec.derivation = std::move(derivation);
    if (version >= 1) {
        io::members(archive, spec.source);
        detail::serialize_limit(archive, spec.lowest);
        detail::serialize_limit(archive, spec.highest);
    }
}

template <class Archive>
void serialize(Archive& archive, TimeRule& rule, unsigned /*version*/) {
    io::members(archive, rule.columns, rule.name, rule.day_first, rule.midnight_ends_day);
}

template <class Archive>
void Schema::serialize(Archive& archive, unsigned /*version*/) {
    io::members(archive, columns_, time_rule_);
    io::validate_after_load(archive, *this);
}

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::ColumnSpec, 1)
