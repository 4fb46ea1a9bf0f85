// SPDX-License-Identifier: MIT
/// Saving and loading random forests.
#include "plantwright/forest/random_forest.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

io::Json describe_model(const ForestModel& model, Criterion criterion) {
    io::Json json = io::Json::object();
    json["criterion"] = to_string(criterion);
    json["n_estimators"] = static_cast<std::int64_t>(model.n_trees());
    json["n_features"] = static_cast<std::int64_t>(model.n_features());
    json["n_nodes"] = static_cast<std::int64_t>(model.n_nodes());
    if (model.encoder().schema.size() > 0) json["schema"] = model.encoder().schema.to_json();
    return json;
}

}  // namespace

void RandomForestRegressor::save(const std::filesystem::path& path, const io::Json& extra) const {
    io::save(path, *this, extra);
}
RandomForestRegressor RandomForestRegressor::load(const std::filesystem::path& path, io::LoadBy by) {
    return io::load<RandomForestRegressor>(path, by);
}
std::vector<std::byte> RandomForestRegressor::to_bytes(const io::Json& extra) const {
    return io::to_bytes(*this, extra);
}
RandomForestRegressor RandomForestRegressor::from_bytes(std::span<const std::byte> bytes) {
    return io::from_bytes<RandomForestRegressor>(bytes);
}
io::Json RandomForestRegressor::describe() const {
    io::Json json = describe_model(model_, criterion_);
    json["n_outputs"] = static_cast<std::int64_t>(model_.n_outputs());
    return json;
}

void RandomForestClassifier::save(const std::filesystem::path& path, const io::Json& extra) const {
    io::save(path, *this, extra);
}
RandomForestClassifier RandomForestClassifier::load(const std::filesystem::path& path, io::LoadBy by) {
    return io::load<RandomForestClassifier>(path, by);
}
std::vector<std::byte> RandomForestClassifier::to_bytes(const io::Json& extra) const {
    return io::to_bytes(*this, extra);
}
RandomForestClassifier RandomForestClassifier::from_bytes(std::span<const std::byte> bytes) {
    return io::from_bytes<RandomForestClassifier>(bytes);
}
io::Json RandomForestClassifier::describe() const {
    io::Json json = describe_model(model_, criterion_);
    json["n_classes"] = static_cast<std::int64_t>(classes_.size());
    if (n_outputs() > 1) json["n_outputs"] = static_cast<std::int64_t>(n_outputs());
    return json;
}

}  // namespace plantwright
