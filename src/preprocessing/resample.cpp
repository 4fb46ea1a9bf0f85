// SPDX-License-Identifier: MIT
#include "plantwright/preprocessing/resample.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>

#include "plantwright/core/error.hpp"
#include "plantwright/frame/calendar.hpp"
#include "preprocessing/order_statistics.hpp"

namespace plantwright {
namespace {

constexpr const char* kWho = "resample";
using Statistic = double (*)(std::span<const double> present);

double mean_of(std::span<const double> x) {
    double sum = 0, rest = 0;
    for (const double v : x) sum += v;
    const double mean = sum / static_cast<double>(x.size());
    for (const double v : x) rest += v - mean;
    return mean + rest / static_cast<double>(x.size());
}

double deviation_of(std::span<const double> x) {
    if (x.size() < 2) return kNaN;
    const double mean = mean_of(x);
    double squares = 0;
    for (const double v : x) squares += (v - mean) * (v - mean);
    return std::sqrt(squares / static_cast<double>(x.size() - 1));
}

double median_of_copy(std::span<const double> x) {
    std::vector<double> copy(x.begin(), x.end());
    return median_of(copy);
}

const std::map<std::string, Statistic, std::less<>>& statistics() {
    static const std::map<std::string, Statistic, std::less<>> all = {
        {"mean", mean_of},
        {"sum", [](std::span<const double> x) { return std::accumulate(x.begin(), x.end(), 0.0); }},
        {"min", [](std::span<const double> x) { return *std::min_element(x.begin(), x.end()); }},
        {"max", [](std::span<const double> x) { return *std::max_element(x.begin(), x.end()); }},
        {"std", deviation_of},
        {"median", median_of_copy},
        {"count", [](std::span<const double> x) { return static_cast<double>(x.size()); }},
        {"first", [](std::span<const double> x) { return x.front(); }},
        {"last", [](std::span<const double> x) { return x.back(); }},
    };
    return all;
}

void check(const ResampleOptions& options) {
    if (!options.every.by_time()) {
        throw InvalidArgument(std::string(kWho) + ": every must be a duration such as \"1d\", got " +
                              std::to_string(options.every.rows) + " rows");
    }
    if (options.min_count < 1)
        throw InvalidArgument(std::string(kWho) + ": min_count must be at least 1, got " +
                              std::to_string(options.min_count));
    std::string known;
    for (const auto& [name, statistic] : statistics()) known += known.empty() ? name : ", " + name;
    if (options.statistics.empty()) throw InvalidArgument(std::string(kWho) + ": statistics must not be empty");
    for (const std::string& name : options.statistics) {
        if (!statistics().contains(name))
            throw InvalidArgument(std::string(kWho) + ": statistics must be of " + known + ", got '" + name + "'");
    }
}

/// The rows of one interval and group, in their order.
struct Bucket {
    std::int64_t begin;  // nanoseconds UTC
    std::int32_t group;
    std::span<const Index> rows;
};

class Resampler {
public:
    Resampler(const Frame& frame, const ResampleOptions& options) : frame_(frame), options_(options) {
        check(options);
        const auto time = options.time ? options.time : frame.schema().name_of(Role::time);
        if (!time) throw InvalidArgument(std::string(kWho) + ": the table must have a column of role time, got none");
        time_ = *time;
        if (frame.column(time_).kind() != ColumnKind::time)
            throw InvalidArgument(std::string(kWho) + ": time must be a time column, got '" + time_ + "' of kind " +
                                  std::string(to_string(frame.column(time_).kind())));
        if (options.by && frame.column(*options.by).kind() != ColumnKind::category)
            throw InvalidArgument(std::string(kWho) + ": by must be a category column, got '" + *options.by +
                                  "' of kind " + std::string(to_string(frame.column(*options.by).kind())));
        fill_buckets();
    }

    Frame run() {
        add_time();
        if (options_.by) add_group();
        for (const ColumnSpec& spec : wanted()) {
            if (spec.kind == ColumnKind::number)
                add_numbers(spec);
            else
                add_mode(spec);
        }
        return Frame(Schema(std::move(specs_)), std::move(columns_));
    }

private:
    std::vector<ColumnSpec> wanted() const {
        if (!options_.columns.names.empty() || !options_.columns.roles.empty() || !options_.columns.kinds.empty())
            return select_columns(kWho, frame_.schema(), options_.columns, {ColumnKind::number, ColumnKind::category});
        std::vector<ColumnSpec> columns;
        for (const ColumnSpec& spec : frame_.schema().columns()) {
            const bool other = spec.role == Role::ignored || spec.role == Role::group || spec.name == options_.by;
            if (!other && spec.kind != ColumnKind::time) columns.push_back(spec);
        }
        return columns;
    }

    /// Where the stamp's interval begins, by the plant's clock.
    std::int64_t begin_of(const TimeZone& zone, std::int64_t ns) const {
        const auto floored = [](std::int64_t a, std::int64_t b) { return a - ((a % b) + b) % b; };
        const std::int64_t seconds = floored(ns, kNanosecondsPerSecond) / kNanosecondsPerSecond;
        const std::int64_t local = ns + zone.offset_at(seconds) * kNanosecondsPerSecond;
        const std::int64_t begin = floored(local, options_.every.nanoseconds);
        const std::int64_t whole = floored(begin, kNanosecondsPerSecond) / kNanosecondsPerSecond;
        return zone.utc_from_local(whole) * kNanosecondsPerSecond + (begin - whole * kNanosecondsPerSecond);
    }

    void fill_buckets() {
        const auto stamps = frame_.column(time_).times();
        const TimeZone zone = TimeZone::find(frame_.schema().at(time_).time_zone);
        std::vector<std::pair<std::int64_t, std::int32_t>> key(static_cast<std::size_t>(frame_.rows()));
        for (Index i = 0; i < frame_.rows(); ++i) {
            const std::int32_t group = options_.by ? frame_.column(*options_.by).codes()[i] : 0;
            if (stamps[i] == kMissingTime || group == kMissingCode) continue;
            key[static_cast<std::size_t>(i)] = {begin_of(zone, stamps[i]), group};
            order_.push_back(i);
        }
        const auto key_of = [&](Index i) { return key[static_cast<std::size_t>(i)]; };
        std::stable_sort(order_.begin(), order_.end(), [&](Index a, Index b) { return key_of(a) < key_of(b); });
        for (std::size_t i = 0, end = 0; i < order_.size(); i = end) {
            while (end < order_.size() && key_of(order_[end]) == key_of(order_[i])) ++end;
            buckets_.push_back(
                {key_of(order_[i]).first, key_of(order_[i]).second, std::span(order_).subspan(i, end - i)});
        }
    }

    void add_time() {
        auto begins = Buffer<std::int64_t>::uninitialized(std::ssize(buckets_));
        for (std::size_t b = 0; b < buckets_.size(); ++b) begins[static_cast<Index>(b)] = buckets_[b].begin;
        add(frame_.schema().at(time_), Column::times(std::move(begins)));
    }

    void add_group() {
        auto codes = Buffer<std::int32_t>::uninitialized(std::ssize(buckets_));
        for (std::size_t b = 0; b < buckets_.size(); ++b) codes[static_cast<Index>(b)] = buckets_[b].group;
        add(frame_.schema().at(*options_.by),
            Column::categories(std::move(codes), frame_.column(*options_.by).levels()));
    }

    void add_numbers(const ColumnSpec& spec) {
        const Column& column = frame_.column(spec.name);
        std::vector<Buffer<double>> values(options_.statistics.size());
        for (auto& buffer : values) buffer = Buffer<double>(std::ssize(buckets_), kNaN);
        std::vector<double> present;
        for (std::size_t b = 0; b < buckets_.size(); ++b) {
            present.clear();
            for (const Index row : buckets_[b].rows) {
                if (!std::isnan(column.number(row))) present.push_back(column.number(row));
            }
            for (std::size_t s = 0; s < values.size(); ++s)
                values[s][static_cast<Index>(b)] = value_of(options_.statistics[s], present);
        }
        for (std::size_t s = 0; s < values.size(); ++s) {
            ColumnSpec named = spec;
            named.name += "__" + options_.statistics[s] + "_" + options_.every.text;
            if (options_.statistics[s] == "count") named.unit.clear();
            add(std::move(named), Column::numbers(std::move(values[s])));
        }
    }

    double value_of(const std::string& statistic, std::span<const double> present) const {
        if (statistic == "count") return static_cast<double>(present.size());
        return std::ssize(present) < options_.min_count ? kNaN : statistics().find(statistic)->second(present);
    }

    void add_mode(const ColumnSpec& spec) {
        const Column& column = frame_.column(spec.name);
        Buffer<std::int32_t> codes(std::ssize(buckets_), kMissingCode);
        for (std::size_t b = 0; b < buckets_.size(); ++b) {
            std::map<std::int32_t, Index> count;
            Index n_present = 0;
            for (const Index row : buckets_[b].rows) {
                const std::int32_t code = column.codes()[row];
                if (code == kMissingCode) continue;
                ++count[code];
                ++n_present;
            }
            if (n_present < options_.min_count) continue;
            const auto best = std::max_element(count.begin(), count.end(),
                                               [](const auto& a, const auto& c) { return a.second < c.second; });
            codes[static_cast<Index>(b)] = best->first;
        }
        ColumnSpec named = spec;
        named.name += "__mode_" + options_.every.text;
        add(std::move(named), Column::categories(std::move(codes), column.levels()));
    }

    void add(ColumnSpec spec, Column column) {
        spec.derivation.reset();
        specs_.push_back(std::move(spec));
        columns_.push_back(std::move(column));
    }

    const Frame& frame_;
    const ResampleOptions& options_;
    std::string time_;
    std::vector<Index> order_;
    std::vector<Bucket> buckets_;
    std::vector<ColumnSpec> specs_;
    std::vector<Column> columns_;
};

}  // namespace

Frame resample(const Frame& frame, const ResampleOptions& options) { return Resampler(frame, options).run(); }

}  // namespace plantwright
