// SPDX-License-Identifier: MIT
#include "plantwright/model/model.hpp"

#include <algorithm>
#include <bit>
#include <set>

#include "model/estimators.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/io/checksum.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

std::uint64_t hash_of(std::string_view text) { return io::checksum(std::as_bytes(std::span(text))); }

std::uint64_t hash_of(const ColumnSpec& spec, const Column& column) {
    std::vector<std::uint64_t> cells = {hash_of(spec.name)};
    if (column.kind() == ColumnKind::category) {
        for (const std::string& level : column.levels()) cells.push_back(hash_of(level));
    }
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

Vector most_likely(const Matrix& probability) {
    Vector best(probability.rows());
    for (Index i = 0; i < best.size(); ++i) {
        const auto row = probability.row(i);
        Index k = 0;
        for (Index j = 1; j < row.size(); ++j) k = row[j] > row[k] ? j : k;
        best[i] = static_cast<double>(k);
    }
    return best;
}

std::string hex(std::uint64_t x) {
    std::string text(16, '0');
    for (int i = 15; i >= 0; --i, x >>= 4) text[static_cast<std::size_t>(i)] = "0123456789abcdef"[x & 15];
    return text;
}

bool fits(const evaluate::Calibration& calibration, const Estimator& estimator) {
    const auto* classifier = std::get_if<RandomForestClassifier>(&estimator);
    return classifier && classifier->n_outputs() == 1 && calibration.n_classes() == std::ssize(classifier->classes());
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

Model Model::with_calibration(evaluate::Calibration calibration) const {
    if (!fits(calibration, estimator_)) {
        throw InvalidArgument("Model: a calibration of " + std::to_string(calibration.n_classes()) +
                              " classes needs a classifier of one output with as many, got " +
                              std::string(estimator_type()) + " of " + std::to_string(n_outputs()) + " outputs");
    }
    Model model = *this;
    model.calibration_ = std::move(calibration);
    return model;
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
        hashes.push_back(hash_of(frame.schema()[j], frame.column(j)));
        if (frame.schema()[j].role == Role::time && frame.schema()[j].kind == ColumnKind::time)
            json["times"] = time_range(frame.column(j));
    }
    json["data_checksum"] = hex(io::checksum(std::as_bytes(std::span(hashes))));
    return json;
}

/// What steps and estimator read must be there; of what else the raw table had, what is there goes on.
Frame Model::prepare(const Frame& frame) const {
    std::set<std::string_view> read;
    for (const auto& step : pipeline_.steps()) {
        for (const ColumnSpec& spec : step->reads()) read.insert(spec.name);
    }
    for (const std::string& name : feature_names()) read.insert(name);
    std::vector<ColumnSpec> expected;
    std::set<std::string> wanted;
    const auto is_there = [&](const std::string& name) { return frame.schema().find(name).has_value(); };
    for (const ColumnSpec& spec : schema().columns()) {
        if (!is_there(spec.name) && !read.contains(spec.name)) continue;
        expected.push_back(spec);
        if (is_there(spec.name)) wanted.insert(spec.name);
        if (spec.derivation && is_there(spec.derivation->source)) wanted.insert(spec.derivation->source);
    }
    const std::vector<std::string> names(wanted.begin(), wanted.end());
    return conform(frame.select(names), Schema(std::move(expected), schema().time_rule()), UnseenLevels::keep);
}

Frame Model::transform(const Frame& frame, std::optional<int> n_jobs) const {
    const Frame ready = pipeline_.transform(prepare(frame), n_jobs);
    return ready.select(encoder_of(estimator_).inputs);
}

Vector Model::predict(const Frame& frame, std::optional<int> n_jobs) const {
    if (calibration_) return most_likely(outputs(frame, n_jobs));
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
    Matrix out = std::visit([&](const auto& fitted) { return outputs_of(fitted, ready, n_jobs); }, estimator_);
    return calibration_ ? calibration_->apply(out) : out;
}

Index Model::n_outputs() const {
    return std::visit([](const auto& fitted) { return n_outputs_of(fitted); }, estimator_);
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
    if (calibration_) json["calibration"] = calibration_->describe();
    json["provenance"] = provenance_;
    return json;
}

void Model::validate() const {
    if (!provenance_.is_object()) throw CorruptModel("Model: its provenance is no object");
    check();
    if (calibration_ && !fits(*calibration_, estimator_))
        throw CorruptModel("Model: its calibration does not fit the classes");
}

}  // namespace plantwright
