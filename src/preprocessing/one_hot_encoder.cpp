// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/one_hot_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plantwright/core/threads.hpp"
#include "plantwright/preprocessing/level_numbers.hpp"
#include "preprocessing/fitting.hpp"
#include "preprocessing/fresh_buffer.hpp"

namespace plantwright {
namespace {

/// Rows that a level must have.
double least_count(const io::Json& min_frequency, Index n_rows) {
    if (min_frequency.is_null()) return 0;
    if (min_frequency.is_integer() && min_frequency.as_integer() >= 1) return min_frequency.as_double();
    const bool is_share = !min_frequency.is_integer() && min_frequency.is_number() && min_frequency.as_double() > 0 &&
                          min_frequency.as_double() < 1;
    if (is_share) return min_frequency.as_double() * static_cast<double>(n_rows);
    throw InvalidArgument(
        "OneHotEncoder: min_frequency must be a number of rows from 1 on, or a share in (0, 1), got " +
        min_frequency.dump());
}

/// The name, with underscores behind it until no level has it.
std::string free_name(std::string name, const std::vector<std::string>& taken) {
    while (std::find(taken.begin(), taken.end(), name) != taken.end()) name += "_";
    return name;
}

}  // namespace

void OneHotEncoder::learn_column(const Frame& frame, const ColumnSpec& spec, std::vector<Written>& writes) {
    const LevelMap map(spec, frame.column(spec.name));
    if (map.size() > kMaxLevels) {
        throw InvalidArgument("OneHotEncoder: a column must have at most " + std::to_string(kMaxLevels) +
                              " levels, got '" + spec.name + "' with " + std::to_string(map.size()));
    }
    const Index n = map.size();
    std::vector<double> counts(static_cast<std::size_t>(n + 1), 0.0);
    for (const std::int32_t level : map.indices(StepInput(spec, frame.column(spec.name))))
        ++counts[static_cast<std::size_t>(number_row(level, n))];
    const bool has_missing = counts.back() > 0;
    std::vector<std::string> names = map.names(spec);
    names.push_back(free_name("missing", names));

    const double least = least_count(options_.min_frequency, frame.rows());
    std::vector<std::string> outputs;
    Buffer<std::int32_t> slots(n + 2, kNoColumn);
    constexpr std::int32_t kInfrequent = -3;
    bool has_infrequent = false;
    for (Index level = 0; level < n + (has_missing ? 1 : 0); ++level) {
        const auto i = static_cast<std::size_t>(level);
        const bool infrequent = counts[i] < least;
        slots[level] = infrequent ? kInfrequent : static_cast<std::int32_t>(outputs.size());
        if (!infrequent) outputs.push_back(names[i]);
        has_infrequent = has_infrequent || infrequent;
    }
    const auto infrequent_slot = has_infrequent ? static_cast<std::int32_t>(outputs.size()) : kNoColumn;
    if (has_infrequent) outputs.push_back(free_name("infrequent", names));
    std::replace(slots.begin(), slots.end(), kInfrequent, infrequent_slot);
    const std::int32_t unknown = options_.handle_unknown == OneHotUnknown::error        ? kRefused
                                 : options_.handle_unknown == OneHotUnknown::infrequent ? infrequent_slot
                                                                                        : kNoColumn;
    if (!has_missing) slots[n] = unknown;
    slots[n + 1] = unknown;
    const bool drops =
        options_.drop == OneHotDrop::first || (options_.drop == OneHotDrop::if_binary && outputs.size() == 2);
    if (drops && !outputs.empty()) outputs.erase(outputs.begin());
    const auto first = static_cast<std::int32_t>(writes.size());
    for (std::int32_t& slot : slots) {
        if (slot >= 0) slot = drops ? (slot == 0 ? kNoColumn : first + slot - 1) : first + slot;
    }
    for (const std::string& output : outputs) {
        ColumnSpec column;
        column.name = spec.name + "__" + output;
        column.role = spec.role;
        writes.push_back({std::move(column), {spec.name}});
    }
    maps_.push_back(map);
    slots_.push_back(std::move(slots));
}

OneHotEncoder OneHotEncoder::fit(const Frame& frame, const Options& options, std::optional<int> /*n_jobs*/) {
    require_rows(Options::kStepType, frame);
    OneHotEncoder step;
    step.options_ = options;
    step.reads_ = select_levels(Options::kStepType, frame.schema(), options.columns);
    std::vector<Written> writes;
    for (const ColumnSpec& spec : step.reads_) {
        step.learn_column(frame, spec, writes);
        step.drops_.push_back(spec.name);
    }
    step.set_writes(std::move(writes));
    return step;
}

void OneHotEncoder::fail_unknown(std::size_t k) const {
    throw InvalidArgument("OneHotEncoder: column '" + reads_[k].name +
                          "' has a level that was not there when fitting; allowed are " +
                          std::to_string(maps_[k].size()) + " levels, or handle_unknown \"ignore\" or \"infrequent\"");
}

std::int32_t OneHotEncoder::slot(std::size_t k, std::int32_t level) const {
    const std::int32_t at = slots_[k][number_row(level, maps_[k].size())];
    if (at == kRefused) fail_unknown(k);
    return at;
}

void OneHotEncoder::update(StepState* /*state*/, std::span<const Cell> read, std::span<Cell> written) const {
    std::fill(written.begin(), written.end(), Cell::of_number(0));
    for (std::size_t k = 0; k < read.size(); ++k) {
        const std::int32_t at = slot(k, maps_[k].index(reads_[k].kind, read[k]));
        if (at >= 0) written[static_cast<std::size_t>(at)] = Cell::of_number(1);
    }
}

std::vector<Column> OneHotEncoder::compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const {
    std::vector<Buffer<float>> out(writes().size());
    parallel_for(std::ssize(inputs), n_jobs, [&](Index c, int) {
        const auto k = static_cast<std::size_t>(c);
        for (const std::int32_t at : slots_[k]) {
            if (at < 0 || out[static_cast<std::size_t>(at)].size() == n_rows) continue;
            auto& zeros = out[static_cast<std::size_t>(at)] = fresh_buffer<float>(n_rows);
            std::fill(zeros.begin(), zeros.end(), 0.0F);
        }
        for (Index i = 0; i < n_rows; ++i) {
            const std::int32_t at = slot(k, maps_[k].index(inputs[k].kind(), inputs[k].cell(i)));
            if (at >= 0) out[static_cast<std::size_t>(at)][i] = 1.0F;
        }
    });
    std::vector<Column> columns;
    for (Buffer<float>& values : out) columns.push_back(Column::numbers(std::move(values)));
    return columns;
}

void OneHotEncoder::validate() const {
    Step::validate();
    bool ok = maps_.size() == reads_.size() && slots_.size() == reads_.size();
    std::vector<std::size_t> owner(writes().size(), reads_.size());  // a column is written for one that is read
    for (std::size_t k = 0; ok && k < reads_.size(); ++k) {
        maps_[k].require_of(reads_[k]);
        ok = slots_[k].size() == maps_[k].size() + 2;
        for (const std::int32_t at : slots_[k]) {
            ok = ok && at >= kRefused && at < std::ssize(writes());
            if (!ok || at < 0) continue;
            std::size_t& own = owner[static_cast<std::size_t>(at)];
            ok = own == reads_.size() || own == k;
            own = k;
        }
    }
    for (std::size_t w = 0; ok && w < writes().size(); ++w)
        ok = writes()[w].spec.kind == ColumnKind::number && owner[w] < reads_.size();
    if (!ok) throw CorruptModel("OneHotEncoder: its columns do not fit its levels");
}

}  // namespace plantwright
