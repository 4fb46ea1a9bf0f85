// SPDX-License-Identifier: MIT
/// `Pipeline`: steps one after the other, fitted on one table, saved in one file.
///
///     const Pipeline pipeline = Pipeline::fit(frame, {StandardScalerOptions{}});
///     const Frame ready = pipeline.transform(frame);
///     Stream stream = pipeline.stream();
///
/// Immutable once fitted; may be shared by threads.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <set>

#include "plantwright/io/model_file.hpp"
#include "plantwright/preprocessing/stream.hpp"

namespace plantwright {

/// A step that is not fitted: its type and options, as a configuration file or an options struct gives them.
struct StepSpec {
    std::string type{};
    io::Json options{};

    StepSpec() = default;
    StepSpec(std::string name, io::Json given) : type(std::move(name)), options(std::move(given)) {}
    template <class Options>
        requires requires { Options::kStepType; }
    StepSpec(const Options& given) : type(Options::kStepType), options(options_to_json(given)) {}
};

/// Throws InvalidArgument on an unknown type or option, and what the step's own `fit` throws. `training` becomes the
/// table that trains what comes next: `T::fit_transform`'s where a type has one, else the transformed one.
PLANTWRIGHT_API std::shared_ptr<const Step> fit_step(const StepSpec& spec, const Frame& frame,
                                                     std::optional<int> n_jobs = {}, Frame* training = nullptr);
PLANTWRIGHT_API std::vector<std::string> step_types();
/// Options of a type with its defaults for those that are not given. Throws InvalidArgument.
PLANTWRIGHT_API io::Json complete_options(const StepSpec& spec);

/// The step for those alone of the columns it transforms from which a column named in `wanted` is computed; itself
/// where it treats columns together. Null where nothing that it writes is wanted.
PLANTWRIGHT_API std::shared_ptr<const Step> narrowed(const std::shared_ptr<const Step>& step,
                                                     const std::set<std::string>& wanted);

class PLANTWRIGHT_API Pipeline {
public:
    static constexpr std::string_view kTypeName = "Pipeline";

    Pipeline() = default;
    Pipeline(Schema raw, Stream::Steps steps) : raw_(std::move(raw)), steps_(std::move(steps)) {}
    static Pipeline fit(const Frame& frame, std::span<const StepSpec> steps, std::optional<int> n_jobs = {});
    /// And the table that trains what comes next: where a step treats training rows otherwise than later ones, the
    /// former.
    static std::pair<Pipeline, Frame> fit_transform(const Frame& frame, std::span<const StepSpec> steps,
                                                    std::optional<int> n_jobs = {});
    static Pipeline fit(const Frame& frame, std::initializer_list<StepSpec> steps) {
        return fit(frame, std::span(steps.begin(), steps.size()));
    }

    const Schema& input_schema() const { return raw_; }  ///< of the table it was fitted on
    const Stream::Steps& steps() const { return steps_; }
    Frame transform(const Frame& frame, std::optional<int> n_jobs = {}) const;
    Schema transform(const Schema& schema) const;
    /// Without the steps, and the columns within steps, that nothing in `wanted` is computed from; the columns wanted
    /// keep their bits. The raw table has those columns alone that the rest reads, and its times and target.
    Pipeline narrowed_to(std::set<std::string> wanted) const;
    Stream stream() const { return Stream(steps_, raw_); }
    Stream stream(const Schema& raw) const { return Stream(steps_, raw); }

    void save(const std::filesystem::path& path, const io::Json& extra = io::Json::object()) const;
    static Pipeline load(const std::filesystem::path& path);
    std::vector<std::byte> to_bytes(const io::Json& extra = io::Json::object()) const;
    static Pipeline from_bytes(std::span<const std::byte> bytes);

    io::Json describe() const;
    void validate() const;
    template <class Archive>
    void serialize(Archive& archive, unsigned version);  // in preprocessing/serialize_pipeline.hpp

private:
    Schema raw_;
    Stream::Steps steps_;
};

}  // namespace plantwright
