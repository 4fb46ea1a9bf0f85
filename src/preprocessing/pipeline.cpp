// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/pipeline.hpp"

#include <algorithm>

#include "plantwright/core/error.hpp"
#include "plantwright/preprocessing/serialize_pipeline.hpp"

namespace plantwright {
namespace {

[[noreturn]] void fail_type(const std::string& type) {
    std::string known;
    for (const std::string& name : step_types()) known.append(known.empty() ? "" : ", ").append(name);
    throw InvalidArgument("Pipeline: there is no step '" + type + "'; allowed are " + known);
}

}  // namespace

std::vector<std::string> step_types() {
    std::vector<std::string> names;
    StepTypes::any([&]<class T>() {
        names.emplace_back(T::Options::kStepType);
        return false;
    });
    return names;
}

std::shared_ptr<const Step> fit_step(const StepSpec& spec, const Frame& frame, std::optional<int> n_jobs,
                                     Frame* training) {
    std::shared_ptr<const Step> step;
    StepTypes::any([&]<class T>() {
        if (spec.type != T::Options::kStepType) return false;
        const auto options = options_from_json<typename T::Options>(spec.type, spec.options);
        if constexpr (requires { T::fit_transform(frame, options, n_jobs); }) {
            if (training) {
                auto [fitted, table] = T::fit_transform(frame, options, n_jobs);
                step = std::make_shared<T>(std::move(fitted));
                *training = std::move(table);
                return true;
            }
        }
        step = std::make_shared<T>(T::fit(frame, options, n_jobs));
        if (training) *training = step->transform(frame, n_jobs);
        return true;
    });
    if (!step) fail_type(spec.type);
    return step;
}

io::Json complete_options(const StepSpec& spec) {
    io::Json options;
    const bool known = StepTypes::any([&]<class T>() {
        if (spec.type != T::Options::kStepType) return false;
        options = options_to_json(options_from_json<typename T::Options>(spec.type, spec.options));
        return true;
    });
    if (!known) fail_type(spec.type);
    return options;
}

std::shared_ptr<const Step> narrowed(const std::shared_ptr<const Step>& step, const std::set<std::string>& wanted) {
    std::set<std::string> sources;
    bool writes_wanted = false;
    for (const Step::Written& written : step->writes()) {
        if (!wanted.contains(written.spec.name)) continue;
        sources.insert(written.sources.begin(), written.sources.end());
        writes_wanted = true;
    }
    if (!writes_wanted) return nullptr;
    std::vector<Index> kept;
    Index n_numbers = 0;
    for (Index k = 0; k < std::ssize(step->reads()); ++k) {
        const ColumnSpec& read = step->reads()[static_cast<std::size_t>(k)];
        if (read.kind != ColumnKind::number) continue;
        ++n_numbers;
        if (sources.contains(read.name)) kept.push_back(k);
    }
    std::shared_ptr<const Step> result = step;
    if (kept.empty() || std::ssize(kept) == n_numbers) return result;
    StepTypes::any([&]<class T>() {
        if constexpr (ColumnwiseStep<T>) {
            if (const T* own = dynamic_cast<const T*>(step.get())) {
                auto fewer = std::make_shared<T>(*own);
                fewer->keep_columns(kept);
                result = std::move(fewer);
            }
        }
        return result != step;
    });
    return result;
}

Pipeline Pipeline::fit(const Frame& frame, std::span<const StepSpec> specs, std::optional<int> n_jobs) {
    Stream::Steps steps;
    Frame current = frame;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        Frame training;
        const bool is_last = i + 1 == specs.size();
        steps.push_back(fit_step(specs[i], current, n_jobs, is_last ? nullptr : &training));
        current = std::move(training);
    }
    return Pipeline(frame.schema(), std::move(steps));
}

std::pair<Pipeline, Frame> Pipeline::fit_transform(const Frame& frame, std::span<const StepSpec> specs,
                                                   std::optional<int> n_jobs) {
    Stream::Steps steps;
    Frame current = frame;
    for (const StepSpec& spec : specs) {
        Frame training;
        steps.push_back(fit_step(spec, current, n_jobs, &training));
        current = std::move(training);
    }
    return {Pipeline(frame.schema(), std::move(steps)), std::move(current)};
}

Frame Pipeline::transform(const Frame& frame, std::optional<int> n_jobs) const {
    Frame current = frame;
    for (const auto& step : steps_) current = step->transform(current, n_jobs);
    return current;
}

Schema Pipeline::transform(const Schema& schema) const {
    Schema current = schema;
    for (const auto& step : steps_) current = step->transform(current);
    return current;
}

Pipeline Pipeline::narrowed_to(std::set<std::string> wanted) const {
    Stream::Steps steps;
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
        const std::shared_ptr<const Step> fewer = narrowed(*step, wanted);
        if (!fewer) continue;
        for (const Step::Written& written : fewer->writes()) wanted.erase(written.spec.name);
        for (const ColumnSpec& read : fewer->reads()) wanted.insert(read.name);
        steps.insert(steps.begin(), fewer);
    }
    std::vector<ColumnSpec> columns;
    for (const ColumnSpec& spec : raw_.columns()) {
        const bool is_source = std::any_of(raw_.columns().begin(), raw_.columns().end(), [&](const ColumnSpec& other) {
            return other.derivation && other.derivation->source == spec.name && wanted.contains(other.name);
        });
        if (wanted.contains(spec.name) || is_source || spec.role == Role::time || spec.role == Role::target)
            columns.push_back(spec);
    }
    return Pipeline(Schema(std::move(columns), raw_.time_rule()), std::move(steps));
}

void Pipeline::save(const std::filesystem::path& path, const io::Json& extra) const { io::save(path, *this, extra); }
Pipeline Pipeline::load(const std::filesystem::path& path) { return io::load<Pipeline>(path); }
std::vector<std::byte> Pipeline::to_bytes(const io::Json& extra) const { return io::to_bytes(*this, extra); }
Pipeline Pipeline::from_bytes(std::span<const std::byte> bytes) { return io::from_bytes<Pipeline>(bytes); }

io::Json Pipeline::describe() const {
    io::Json json = io::Json::object();
    json["schema"] = raw_.to_json();
    json["steps"] = io::Json::array();
    for (const auto& step : steps_) json["steps"].push_back(step->describe());
    return json;
}

void Pipeline::validate() const {
    for (const auto& step : steps_) {
        if (!step) throw CorruptModel("Pipeline: a step is missing");
    }
}

}  // namespace plantwright
