// SPDX-License-Identifier: MIT
/// Isolation forests as sets of trees, and as files.
#include <algorithm>
#include <string>
#include <vector>

#include "forest/compact_tree.hpp"
#include "forest/fit_isolation.hpp"
#include "forest/merge.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

void require_alike(const IsolationForest& a, const IsolationForest& b) {
    const auto refuse = [](const char* what, Index first, Index second) {
        throw InvalidArgument(std::string("IsolationForest: forests must have the same ") + what + ", got " +
                              std::to_string(first) + " and " + std::to_string(second));
    };
    if (b.n_trees() == 0) throw NotFitted("IsolationForest: merge needs fitted or loaded forests");
    if (a.n_features() != b.n_features()) refuse("number of features", a.n_features(), b.n_features());
    if (a.max_samples() != b.max_samples()) refuse("max_samples", a.max_samples(), b.max_samples());
    if (a.ndim() != b.ndim()) refuse("ndim", a.ndim(), b.ndim());
    require_same_inputs(IsolationForest::kTypeName.data(), a.encoder(), b.encoder());
}

ForestModel checked_model(Forest forest, Schema schema) {
    try {
        forest.validate();
        FeatureEncoder encoder =
            number_encoder(IsolationForest::kTypeName.data(), std::move(schema), static_cast<Index>(forest.n_features));
        forest.inner_statistics = InnerStatistics::squared_error;
        return ForestModel(CompactForest(forest), std::move(encoder), {});
    } catch (const CorruptModel& error) {
        throw InvalidArgument(std::string(IsolationForest::kTypeName) + ": " + error.message());
    }
}

}  // namespace

IsolationForest IsolationForest::merge(std::span<const IsolationForest> forests) {
    std::vector<const IsolationForest*> all;
    for (const IsolationForest& forest : forests) all.push_back(&forest);
    return merge(std::span<const IsolationForest* const>(all));
}

IsolationForest IsolationForest::merge(std::span<const IsolationForest* const> forests) {
    if (forests.empty()) throw InvalidArgument("IsolationForest: merge needs at least one forest, got none");
    const IsolationForest& first = *forests.front();
    std::vector<const CompactForest*> parts;
    std::vector<const HyperplaneForest*> planes;
    double offset = first.offset();
    for (const IsolationForest* forest : forests) {
        require_alike(first, *forest);
        parts.push_back(&forest->model_.compact());
        planes.push_back(&forest->planes_);
        if (forest->offset() != offset) offset = kAutoOffset;
    }
    if (first.has_planes()) return {first.max_samples(), offset, HyperplaneForest::merge(planes), first.encoder()};
    return {first.max_samples(), offset, ForestModel(merged(parts), first.encoder(), {})};
}

IsolationForest IsolationForest::subset(Index first, Index last) const {
    if (has_planes()) return {max_samples_, offset_, planes_.subset(first, last), plane_encoder_};
    return {max_samples_, offset_, ForestModel(trees_between(model_.compact(), first, last), model_.encoder(), {})};
}

IsolationForest IsolationForest::from_forest(Forest forest, Index max_samples, double offset, Schema schema) {
    if (max_samples < 1 || max_samples >= (Index{1} << 31)) {
        throw InvalidArgument("IsolationForest: max_samples must be in [1, 2^31), got " + std::to_string(max_samples));
    }
    if (forest.n_outputs != 1)
        throw InvalidArgument("IsolationForest: trees must have one output, got " + std::to_string(forest.n_outputs));
    return IsolationForest(max_samples, kAutoOffset, checked_model(std::move(forest), std::move(schema)))
        .with_offset(offset);
}

IsolationForest IsolationForest::with_offset(double offset) const {
    if (!(offset >= -1 && offset <= 0))
        throw InvalidArgument("IsolationForest: offset must be in [-1, 0], got " + std::to_string(offset));
    IsolationForest other = *this;
    other.offset_ = offset;
    return other;
}

void IsolationForest::save(const std::filesystem::path& path, const io::Json& extra) const {
    io::save(path, *this, extra);
}
IsolationForest IsolationForest::load(const std::filesystem::path& path, io::LoadBy by) {
    return io::load<IsolationForest>(path, by);
}
std::vector<std::byte> IsolationForest::to_bytes(const io::Json& extra) const { return io::to_bytes(*this, extra); }
IsolationForest IsolationForest::from_bytes(std::span<const std::byte> bytes) {
    return io::from_bytes<IsolationForest>(bytes);
}

io::Json IsolationForest::describe() const {
    io::Json json = io::Json::object();
    json["n_estimators"] = static_cast<std::int64_t>(n_trees());
    json["n_features"] = static_cast<std::int64_t>(n_features());
    json["n_nodes"] = static_cast<std::int64_t>(n_nodes());
    json["max_samples"] = max_samples_;
    json["ndim"] = ndim_;
    json["offset"] = offset_;
    if (schema().size() > 0) json["schema"] = schema().to_json();
    return json;
}

}  // namespace plantwright
