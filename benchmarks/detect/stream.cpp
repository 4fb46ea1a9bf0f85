// SPDX-License-Identifier: MIT
/// Rows a second and core through a StreamingDetector of 8 sensors: the default ensemble, the one with an isolation
/// forest, members alone, and the parts of a row's time. Fitted on the simulated thermal plant's normal rows and
/// streamed over later ones. Verdicts are compared with the whole table's bits first, and no row may allocate outside
/// events. Of several rounds the best: other work of the machine only adds.
#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

#include "counting/allocations.hpp"
#include "plantwright/detect/ensemble_detector.hpp"
#include "plantwright/detect/streaming_detector.hpp"
#include "plantwright/simulate/thermal_plant.hpp"

namespace {

using namespace plantwright;
using testing::n_allocations;

constexpr Index kFitRows = 30 * 1440, kRows = 50'000;
constexpr int kRounds = 7;

Matrix plant_rows(Index n_rows, std::uint64_t seed) {
    const ThermalPlant plant({.rows = n_rows,
                              .seed = seed,
                              .faults_per_week = 0,
                              .trips_per_year = 0,
                              .missing_fraction = 0,
                              .lost_fraction = 0,
                              .truth = false});
    const Frame frame = plant.run();
    return sensor_rows(frame, sensor_names("stream", frame));
}

using Shared = std::shared_ptr<const EnsembleDetector>;

Shared fitted(const Matrix& rows, std::vector<MemberOptions> members) {
    EnsembleOptions options{.members = std::move(members), .alarms_per_day = 1, .period_s = 60};
    return std::make_shared<const EnsembleDetector>(EnsembleDetector::fit(rows, options));
}

[[noreturn]] void fail(const char* what, Index row) {
    std::printf("wrong: %s, row %td\n", what, row);
    std::exit(1);
}

void require_same_bits(const Shared& detector, const Matrix& rows) {
    const VerdictTable batch = detector->verdicts(rows);
    StreamingDetector stream(detector);
    for (Index i = 0; i < rows.rows(); ++i) {
        const double severity = stream.update(rows.row(i)).severity;
        if (std::bit_cast<std::uint64_t>(severity) != std::bit_cast<std::uint64_t>(batch.severity[i])) {
            fail("the table has another severity", i);
        }
    }
}

/// Outside events, whose blame takes memory, and where no member alone has crossed the level.
void require_no_allocation(const Shared& detector, const Matrix& rows) {
    StreamingDetector stream(detector);
    for (Index i = 0; i < rows.rows(); ++i) {
        const long before = n_allocations;
        const Verdict& verdict = stream.update(rows.row(i));
        const bool quiet = verdict.blame.empty() && stream.state().lead_member < 0;
        if (quiet && n_allocations != before) fail("a quiet row allocates", i);
    }
}

/// Nanoseconds a row, the least of the rounds.
template <class Run>
double best(Index n_rows, const Run& run) {
    double least = 1e99;
    for (int round = 0; round < kRounds; ++round) {
        const std::clock_t start = std::clock();
        run();
        least = std::min(least, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC * 1e9);
    }
    return least / static_cast<double>(n_rows);
}

double stream_ns(const Shared& detector, const Matrix& rows) {
    return best(rows.rows(), [&] {
        StreamingDetector stream(detector);
        for (Index i = 0; i < rows.rows(); ++i) stream.update(rows.row(i));
    });
}

void measure(const char* name, const Shared& detector, const Matrix& rows) {
    require_same_bits(detector, rows);
    require_no_allocation(detector, rows);
    const double in_stream = stream_ns(detector, rows);
    const double in_batch = best(rows.rows(), [&] { detector->verdicts(rows); });
    std::printf("%-34s %8.0f %14.0f %8.0f\n", name, in_stream, 1e9 / in_stream, in_batch);
}

volatile double sink = 0;

void measure_parts(const EnsembleDetector& detector, const Matrix& rows) {
    std::vector<double> statistics;
    for (std::size_t m = 0; m < detector.n_members(); ++m) {
        const EnsembleMember& member = detector.members()[m];
        const double ns = best(rows.rows(), [&] {
            MemberState state = member.start();
            statistics.clear();
            for (Index i = 0; i < rows.rows(); ++i) statistics.push_back(member.update(state, rows.row(i)));
        });
        const double tail_ns = best(rows.rows(), [&] {
            double sum = 0;
            for (const double statistic : statistics) sum += detector.tails()[m].severity(statistic);
            sink = sum;
        });
        std::printf("  update of %-22s %8.0f    its tail %.0f\n", detector.member_names()[m].c_str(), ns, tail_ns);
    }
}

}  // namespace

int main() {
    const Matrix normal = plant_rows(kFitRows, 1), rows = plant_rows(kRows, 2);
    const Shared ensemble = fitted(normal, EnsembleOptions{}.members);
    std::printf("%-34s %8s %14s %8s\n", "8 sensors, one core", "ns a row", "rows a second", "in batch");
    measure("default", ensemble, rows);
    measure("MEWMA, dynamic PCA, forest",
            fitted(normal, {MewmaOptions{}, DynamicPcaOptions{}, IsolationForestOptions{}}), rows);
    measure("MEWMA", fitted(normal, {MewmaOptions{}}), rows);
    measure("dynamic PCA, 3 lags", fitted(normal, {DynamicPcaOptions{}}), rows);
    measure("Mahalanobis", fitted(normal, {MahalanobisOptions{}}), rows);
    measure("range rules", fitted(normal, {RangeRulesOptions{}}), rows);
    measure("isolation forest", fitted(normal, {IsolationForestOptions{}}), rows);
    std::printf("ns a row within the first:\n");
    measure_parts(*ensemble, rows);
}
