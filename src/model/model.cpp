// SPDX-License-Identifier: MIT
#include "plantwright/model/model.hpp"

#include <algorithm>
#include <bit>
#include <set>

#include "plantwright/core/error.hpp"
#include "plantwright/core/version.hpp"
#include "plantwright/io/checksum.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

const FeatureEncoder& encoder_of(const Estimator& estimator) {
    return std::visit(
        [](const auto& fitted) -> const FeatureEncoder& {
            if constexpr (requires { fitted.encoder(); })
                return fitted.encoder();
            else
                return fitted.model().encoder();
        },
        estimator);
}

std::uint64_t hash_of(const Column& column) {
    std::vector<std::uint64_t> cells;
    for (Index i = 0; i < column.size(); ++i) {
        switch (column.kind()) {
            case ColumnKind::number: {
                const double x = column.number(i);
                cells.push_back(std::bit_cast<std::uint64_t>(x == x ? x : kNaN));
                break;
            }
            case ColumnKind::category: cells.push_back(static_cast<std::uint64_t>(column.codes()[i])); break;
            case ColumnKind::time: cells.push_back(static_cast<std::uint64_t>(column.times()[i])); break;
        }
    }
    return io::checksum(std::as_bytes(std::span(cells)));
}

/// {"first": ..., "last": ...} in nanoseconds; null without present times.
io::Json time_range(const Column& column) {
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = kMissingTime;
    for (Index i = 0; i < column.size(); ++i) {
        const std::int64_t t = column.times()[i];
        if (t == kMissingTime) continue;
        first = std::min(first, t);
        last = std::max(last, t);
    }
    if (last == kMissingTime) return {};
    io::Json json = io::Json::object();
    json["first_ns"] = first;
    json["last_ns"] = last;
    return json;
}

std::string hex(std::uint64_t x) {
    std::string text(16, '0');
    for (int i = 15; i >= 0; --i, x >>= 4) text[static_cast<std::size_t>(i)] = "0123456789abcdef"[x & 15];
    return text;
}

}  // namespace

Model::Model(Pipeline pipeline, Estimator estimator, io::Json provenance)
    : pipeline_(std::move(pipeline)), estimator_(std::move(estimator)), provenance_(std::move(provenance)) {
    check();
}

/// Every column that the estimator reads comes out of the pipeline.
void Model::check() const {
    const FeatureEncoder& encoder = encoder_of(estimator_);
    if (encoder.inputs.empty() || encoder.schema.size() == 0)
        throw InvalidArgument("Model: the estimator must be fitted on a frame, got one fitted on plain arrays");
    const Schema ready = pipeline_.transform(pipeline_.input_schema());
    for (const std::string& name : encoder.inputs) {
        const ColumnSpec& given = ready.at(name);
        if (given.kind != encoder.schema.at(name).kind) {
            throw SchemaMismatch("Model: the estimator reads '" + name + "' of kind " +
                                 std::string(to_string(encoder.schema.at(name).kind)) + ", but the steps give " +
                                 std::string(to_string(given.kind)));
        }
    }
}

std::string Model::target_of(const Frame& frame) {
    const auto target = frame.schema().name_of(Role::target);
    if (!target) throw InvalidArgument("Model: the table must have a column of role target, got none");
    return *target;
}

io::Json Model::provenance_of(const Frame& frame) {
    io::Json json = io::Json::object();
    json["rows"] = frame.rows();
    std::vector<std::uint64_t> hashes;
    for (Index j = 0; j < frame.cols(); ++j) {
        hashes.push_back(hash_of(frame.column(j)));
        if (frame.schema()[j].role == Role::time && frame.schema()[j].kind == ColumnKind::time)
            json["times"] = time_range(frame.column(j));
    }
    json["data_checksum"] = hex(io::checksum(std::as_bytes(std::span(hashes))));
    return json;
}

/// Columns that prediction does not need may be absent, and others may be there.
Frame Model::prepare(const Frame& frame) const {
    std::vector<std::string> wanted;
    std::set<std::string_view> read;
    for (const auto& step : pipeline_.steps()) {
        for (const ColumnSpec& spec : step->reads()) read.insert(spec.name);
    }
    for (const std::string& name : encoder_of(estimator_).inputs) read.insert(name);
    Frame current = frame;
    for (const ColumnSpec& spec : schema().columns()) {
        const bool present = current.schema().find(spec.name).has_value();
        if (!present && spec.derivation && current.schema().find(spec.derivation->source)) {
            const std::string functions[] = {spec.derivation->function};
            current = with_calendar(current, spec.derivation->source, functions);
        } else if (!present && read.contains(spec.name)) {
            throw SchemaMismatch("Model: the table has no column '" + spec.name + "'");
        } else if (!present) {
            continue;
        }
        wanted.push_back(spec.name);
    }
    return current.select(wanted);
}

Frame Model::transform(const Frame& frame, std::optional<int> n_jobs) const {
    const Frame ready = pipeline_.transform(prepare(frame), n_jobs);
    return ready.select(encoder_of(estimator_).inputs);
}

Vector Model::predict(const Frame& frame, std::optional<int> n_jobs) const {
    const Frame ready = transform(frame, n_jobs);
    return std::visit(
        [&](const auto& fitted) {
            const auto values = fitted.predict(ready, n_jobs);
            Vector numbers(values.size());
            for (Index i = 0; i < values.size(); ++i) numbers[i] = static_cast<double>(values[i]);
            return numbers;
        },
        estimator_);
}

Matrix Model::outputs(const Frame& frame, std::optional<int> n_jobs) const {
    const Frame ready = transform(frame, n_jobs);
    if (const auto* forest = std::get_if<RandomForestRegressor>(&estimator_))
        return forest->predict_outputs(ready, n_jobs);
    if (const auto* forest = std::get_if<RandomForestClassifier>(&estimator_))
        return forest->predict_proba(ready, n_jobs);
    const Vector scores = std::get<IsolationForest>(estimator_).score_samples(ready, n_jobs);
    Matrix out(scores.size(), 1);
    std::copy(scores.begin(), scores.end(), out.data());
    return out;
}

Index Model::n_outputs() const {
    if (const auto* forest = std::get_if<RandomForestRegressor>(&estimator_)) return forest->n_outputs();
    if (const auto* forest = std::get_if<RandomForestClassifier>(&estimator_)) return std::ssize(forest->classes());
    return 1;
}

ModelStream Model::stream() const { return ModelStream(std::make_shared<const Model>(*this)); }

std::string_view Model::estimator_type() const {
    return std::visit([](const auto& fitted) { return std::string_view(fitted.kTypeName); }, estimator_);
}

const std::vector<std::string>& Model::feature_names() const { return encoder_of(estimator_).inputs; }

std::vector<std::string> Model::lineage(std::string_view feature) const {
    std::set<std::string> wanted = {std::string(feature)};
    std::vector<std::string> lines;
    pipeline_.transform(schema()).at(feature);
    for (auto step = pipeline_.steps().rbegin(); step != pipeline_.steps().rend(); ++step) {
        for (const Step::Written& written : (*step)->writes()) {
            if (wanted.erase(written.spec.name) == 0) continue;
            std::string line = written.spec.name + " = " + std::string((*step)->type()) + "(";
            for (std::size_t k = 0; k < written.sources.size(); ++k) {
                line.append(k > 0 ? ", " : "").append(written.sources[k]);
                wanted.insert(written.sources[k]);
            }
            lines.push_back(line + ")");
        }
    }
    for (auto name = wanted.rbegin(); name != wanted.rend(); ++name) {
        const std::string& unit = schema().at(*name).unit;
        lines.push_back(unit.empty() ? *name : *name + " [" + unit + "]");
    }
    std::reverse(lines.begin(), lines.end());
    return lines;
}

void Model::save(const std::filesystem::path& path, const io::Json& extra) const { io::save(path, *this, extra); }
Model Model::load(const std::filesystem::path& path) { return io::load<Model>(path); }
std::vector<std::byte> Model::to_bytes(const io::Json& extra) const { return io::to_bytes(*this, extra); }
Model Model::from_bytes(std::span<const std::byte> bytes) { return io::from_bytes<Model>(bytes); }

io::Json Model::describe() const {
    io::Json json = io::Json::object();
    json["schema"] = schema().to_json();
    json["steps"] = pipeline_.describe().at("steps");
    json["estimator"] = std::visit([](const auto& fitted) { return fitted.describe(); }, estimator_);
    json["estimator"]["type"] = estimator_type();
    json["provenance"] = provenance_;
    return json;
}

void Model::validate() const {
    if (!provenance_.is_object()) throw CorruptModel("Model: its provenance is no object");
    check();
}

// ---- streams

const FeatureEncoder& ModelStream::encoder() const { return encoder_of(model_->estimator()); }

ModelStream::ModelStream(std::shared_ptr<const Model> model)
    : model_(std::move(model)), stream_(model_->pipeline().stream()),
      outputs_(static_cast<std::size_t>(model_->n_outputs())) {
    const FeatureEncoder& e = encoder();
    for (std::size_t j = 0; j < e.inputs.size(); ++j) {
        const auto cell = static_cast<std::size_t>(*stream_.schema().find(e.inputs[j]));
        const ColumnSpec& given = stream_.schema()[static_cast<Index>(cell)];
        Feature feature{cell, given.kind, &e.level_ranks[j], {}};
        const std::vector<std::string>& known = e.schema.at(e.inputs[j]).levels;
        for (const std::string& level : given.levels)
            feature.translation.push_back(
                static_cast<std::int32_t>(std::find(known.begin(), known.end(), level) - known.begin()));
        features_.push_back(std::move(feature));
    }
    row_.resize(features_.size());
}

std::span<const double> ModelStream::update(std::span<const Cell> row) {
    const auto cells = stream_.update(row);
    for (std::size_t j = 0; j < features_.size(); ++j) {
        const Feature& feature = features_[j];
        const Cell cell = cells[feature.cell];
        if (feature.kind == ColumnKind::number) {
            row_[j] = static_cast<float>(cell.number);
        } else if (cell.code == kMissingCode) {
            row_[j] = static_cast<float>(kNaN);
        } else {
            const std::int32_t code =
                cell.code < 0 ? cell.code : feature.translation[static_cast<std::size_t>(cell.code)];
            if (code < 0 || code >= feature.ranks->size()) {
                throw SchemaMismatch("Model: column '" + encoder().inputs[j] +
                                     "' holds a category that the estimator was not fitted on");
            }
            row_[j] = (*feature.ranks)[code];
        }
    }
    if (const auto* forest = std::get_if<IsolationForest>(&model_->estimator()))
        outputs_[0] = forest->score_of_features(row_);
    else if (const auto* regressor = std::get_if<RandomForestRegressor>(&model_->estimator()))
        regressor->model().mean_of_features(row_, outputs_);
    else
        std::get<RandomForestClassifier>(model_->estimator()).model().mean_of_features(row_, outputs_);
    return outputs_;
}

}  // namespace plantwright
