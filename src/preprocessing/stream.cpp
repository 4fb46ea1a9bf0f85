// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/stream.hpp"

#include <algorithm>
#include <utility>

#include "plantwright/core/error.hpp"
#include "preprocessing/translate_codes.hpp"

namespace plantwright {

Stream::Stream(Steps steps, const Schema& raw) : steps_(std::move(steps)), raw_(raw), out_schema_(raw) {
    std::vector<std::size_t> slot_of(static_cast<std::size_t>(raw.size()));
    for (std::size_t i = 0; i < slot_of.size(); ++i) slot_of[i] = i;
    std::size_t n_slots = slot_of.size(), n_scratch = 0;
    for (const auto& step : steps_) {
        const StepLayout layout(*step, out_schema_);
        Stage stage{{}, n_slots, false, step->start()};
        for (const ColumnSpec& spec : step->reads()) {
            const auto i = static_cast<std::size_t>(*out_schema_.find(spec.name));
            const ColumnSpec& given = out_schema_[static_cast<Index>(i)];
            if (given.kind != spec.kind) {
                throw SchemaMismatch(std::string(step->type()) + ": column '" + spec.name + "' must be of kind " +
                                     std::string(to_string(spec.kind)) + ", got " + std::string(to_string(given.kind)));
            }
            stage.reads.push_back({slot_of[i], given.levels == spec.levels
                                                   ? std::vector<std::int32_t>()
                                                   : code_translation(given.levels, spec.levels)});
        }
        stage.is_run = true;
        for (std::size_t k = 0; k < stage.reads.size(); ++k)
            stage.is_run &= stage.reads[k].translation.empty() && stage.reads[k].slot == stage.reads[0].slot + k;
        n_slots += step->writes().size();
        n_scratch = std::max(n_scratch, stage.reads.size());
        std::vector<std::size_t> next;
        for (const Index source : layout.source)
            next.push_back(source >= 0 ? slot_of[static_cast<std::size_t>(source)]
                                       : stage.first_written + static_cast<std::size_t>(-1 - source));
        slot_of = std::move(next);
        out_schema_ = layout.schema;
        stages_.push_back(std::move(stage));
    }
    slots_.resize(n_slots);
    scratch_.resize(n_scratch);
    out_.resize(slot_of.size());
    out_slots_ = std::move(slot_of);
    out_is_all_ = out_slots_.size() == n_slots;
    for (std::size_t i = 0; i < out_slots_.size(); ++i) out_is_all_ &= out_slots_[i] == i;
}

Stream::Stream(const Stream& other)
    : steps_(other.steps_), raw_(other.raw_), out_schema_(other.out_schema_), slots_(other.slots_),
      scratch_(other.scratch_), out_(other.out_), out_slots_(other.out_slots_), out_is_all_(other.out_is_all_) {
    for (const Stage& stage : other.stages_)
        stages_.push_back(
            {stage.reads, stage.first_written, stage.is_run, stage.state ? stage.state->clone() : nullptr});
}

std::span<const Cell> Stream::update(std::span<const Cell> row) {
    if (std::ssize(row) != raw_.size()) {
        throw InvalidArgument("Stream: a row must have " + std::to_string(raw_.size()) + " cells, got " +
                              std::to_string(row.size()));
    }
    std::copy(row.begin(), row.end(), slots_.begin());
    for (std::size_t s = 0; s < stages_.size(); ++s) {
        const Stage& stage = stages_[s];
        const bool copies = !stage.is_run || stage.reads.empty();
        for (std::size_t k = 0; copies && k < stage.reads.size(); ++k) {
            const Read& read = stage.reads[k];
            scratch_[k] = slots_[read.slot];
            if (!read.translation.empty() && scratch_[k].code >= 0)
                scratch_[k].code = read.translation[static_cast<std::size_t>(scratch_[k].code)];
        }
        const Cell* const read = copies ? scratch_.data() : slots_.data() + stage.reads[0].slot;
        steps_[s]->update(stage.state.get(), {read, stage.reads.size()},
                          {slots_.data() + stage.first_written, steps_[s]->writes().size()});
    }
    if (out_is_all_) return slots_;
    for (std::size_t i = 0; i < out_.size(); ++i) out_[i] = slots_[out_slots_[i]];
    return out_;
}

void Stream::restart() {
    for (std::size_t s = 0; s < stages_.size(); ++s) stages_[s].state = steps_[s]->start();
}

}  // namespace plantwright
