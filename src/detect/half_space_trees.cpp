// SPDX-License-Identifier: MIT
#include "plantwright/detect/half_space_trees.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "detect/checks.hpp"
#include "detect/sensor_detector_impl.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright {
namespace {

using Mass = HalfSpaceTrees::Mass;

constexpr const char* kWho = "HalfSpaceTrees";
constexpr double kFarthest = 1e6;             // training ranges
constexpr double kFew = 0.1;                  // of the reference: so few are not looked into further
constexpr Index kMostNodes = Index{1} << 25;  // 256 MB a stream
constexpr double kLogOf2 = 0.6931471805599453;

double log2(double x) { return elementary::log(x) / kLogOf2; }

bool is_in(Index value, Index least, Index most) { return value >= least && value <= most; }

bool are_good(const HalfSpaceTreesOptions& o) {
    return is_in(o.n_trees, 1, 1000) && is_in(o.depth, 1, 20) && is_in(o.window, 2, 65535) &&
           o.n_trees << (o.depth + 1) <= kMostNodes;
}

void require_options(const HalfSpaceTreesOptions& o) {
    detect::require(is_in(o.n_trees, 1, 1000), kWho, "n_trees", o.n_trees, "in [1, 1000]");
    detect::require(is_in(o.depth, 1, 20), kWho, "depth", o.depth, "in [1, 20]");
    detect::require(is_in(o.window, 2, 65535), kWho, "window", o.window, "in [2, 65535]");
    detect::require(are_good(o), kWho, "n_trees 2^(depth + 1)", o.n_trees << (o.depth + 1), "at most 2^25");
}

Index reference_of(const Mass& mass, std::uint32_t window) {
    if (mass.window == window) return mass.reference;
    return window - mass.window == 1 ? mass.latest : 0;
}

/// Brings a node from the window in which it was last passed to the one that is passing.
void renew(Mass& mass, std::uint32_t window) {
    if (mass.window == window) return;
    mass = {static_cast<std::uint16_t>(reference_of(mass, window)), 0, window};
}

/// The child of `node` where the row goes; without a reading where more of the reference went.
template <class Half>
Index child_of(const Half& half, Index node, const HalfSpaceTrees::State& state, const Mass* mass) {
    const Index left = 2 * node + 1;
    const double x = state.reading[half.sensor];
    if (!std::isnan(x)) return x < half.middle ? left : left + 1;
    const Index in_left = reference_of(mass[left], state.window), in_right = reference_of(mass[left + 1], state.window);
    return in_left >= in_right ? left : left + 1;
}

/// Draws the halvings of one tree over its work space: each sensor's interval s -+ 2 max(s, 1 - s), s in [0, 1).
template <class Half>
class Halving {
public:
    Halving(RandomStream random, Index n_sensors, Half* halves, Index n_halves)
        : random_(random), low_(n_sensors), high_(n_sensors), halves_(halves), n_halves_(n_halves) {
        for (Index j = 0; j < n_sensors; ++j) {
            const double s = random_.uniform(), reach = 2 * std::max(s, 1 - s);
            low_[j] = s - reach;
            high_[j] = s + reach;
        }
    }

    void halve(Index node) {
        if (node >= n_halves_) return;
        const auto j = static_cast<Index>(random_.below(static_cast<std::uint64_t>(low_.size())));
        const double low = low_[j], high = high_[j], middle = low + (high - low) / 2;
        halves_[node] = {middle, static_cast<std::int32_t>(j)};
        high_[j] = middle;
        halve(2 * node + 1);
        high_[j] = high;
        low_[j] = middle;
        halve(2 * node + 2);
        low_[j] = low;
    }

private:
    RandomStream random_;
    Vector low_, high_;
    Half* halves_;
    Index n_halves_;
};

}  // namespace

void HalfSpaceTrees::learn(ConstMatrixView rows, RunBegins /*runs*/) {
    require_options(options_);
    learn_range(rows);
    keep_reference(rows);
    grow();
}

void HalfSpaceTrees::learn_range(ConstMatrixView rows) {
    lowest_ = highest_ = sensors_.mean();
    for (Index i = 0; i < rows.rows(); ++i) {
        for (Index j = 0; j < rows.cols(); ++j) {
            lowest_[j] = std::fmin(lowest_[j], rows(i, j));
            highest_[j] = std::fmax(highest_[j], rows(i, j));
        }
    }
}

void HalfSpaceTrees::keep_reference(ConstMatrixView rows) {
    std::vector<Index> latest;
    Vector scaled(n_sensors());
    for (Index i = rows.rows(); i-- > 0 && std::ssize(latest) < options_.window;) {
        if (scale(rows.row(i), scaled.data())) latest.push_back(i);
    }
    reference_ = Matrix(std::ssize(latest), n_sensors());
    for (Index r = 0; r < reference_.rows(); ++r)
        scale(rows.row(latest[latest.size() - 1 - static_cast<std::size_t>(r)]), reference_.data() + r * n_sensors());
}

/// From the seed the trees, from the reference rows their masses.
void HalfSpaceTrees::grow() {
    halves_ = Buffer<Half>(options_.n_trees * n_halves());
    mass_ = Buffer<Mass>(options_.n_trees * n_nodes());
    for (Index t = 0; t < options_.n_trees; ++t) {
        const auto seed = static_cast<std::uint64_t>(options_.random_state);
        const RandomStream random(seed, static_cast<std::uint64_t>(t), Purpose::split);
        Halving<Half>(random, n_sensors(), halves_.data() + t * n_halves(), n_halves()).halve(0);
    }
    State state = start();
    for (Index i = 0; i < reference_.rows(); ++i) {
        state.reading =
            Vector(std::span<const double>(reference_.data() + i * n_sensors(), static_cast<std::size_t>(n_sensors())));
        for (Index t = 0; t < options_.n_trees; ++t) pass(state, t);
    }
    for (Mass& mass : state.mass) mass = {mass.latest, 0, 0};
    mass_ = std::move(state.mass);
}

HalfSpaceTrees::State HalfSpaceTrees::start() const {
    return {Vector(n_sensors(), kNaN), mass_, 0, reference_.rows(), 0, kNaN, {}};
}

HalfSpaceTrees::PassedNodes HalfSpaceTrees::State::passed_nodes() const {
    const auto passed = [&](const Mass& node) {
        return reference_of(node, window) > 0 || (node.window == window && node.latest > 0);
    };
    const auto n = static_cast<Index>(std::count_if(mass.begin(), mass.end(), passed));
    PassedNodes nodes{Buffer<std::uint32_t>(n), Buffer<std::uint16_t>(n), Buffer<std::uint16_t>(n)};
    for (Index i = 0, k = 0; k < n; ++i) {
        if (!passed(mass[i])) continue;
        nodes.place[k] = static_cast<std::uint32_t>(i);
        nodes.reference[k] = static_cast<std::uint16_t>(reference_of(mass[i], window));
        nodes.latest[k++] = mass[i].window == window ? mass[i].latest : std::uint16_t{0};
    }
    return nodes;
}

/// Whether more rows passed a node's parent than the node, as they must.
bool HalfSpaceTrees::holds_child(const State& state, Index place) const {
    const Index tree = place / n_nodes() * n_nodes(), node = place - tree;
    const Mass& mass = state.mass[place];
    const Mass& parent = node == 0 ? Mass{static_cast<std::uint16_t>(state.reference_rows),
                                          static_cast<std::uint16_t>(state.latest_rows), 0}
                                   : state.mass[tree + (node - 1) / 2];
    return mass.reference <= parent.reference && mass.latest <= parent.latest;
}

void HalfSpaceTrees::restore(State& state) const {
    const auto& [place, reference, latest] = state.loaded;
    const Index n = place.size(), n_all = options_.n_trees * n_nodes();
    bool good = state.reading.size() == n_sensors() && reference.size() == n && latest.size() == n &&
                is_in(state.reference_rows, 1, options_.window) && is_in(state.latest_rows, 0, options_.window) &&
                (std::isnan(state.statistic) || (state.statistic >= 0 && std::isfinite(state.statistic)));
    for (const double x : state.reading) good = good && !(std::fabs(x) > kFarthest);
    for (Index k = 0; good && k < n; ++k) good = place[k] < n_all && (k == 0 || place[k - 1] < place[k]);
    if (good) state.mass = Buffer<Mass>(n_all);
    for (Index k = 0; good && k < n; ++k) state.mass[place[k]] = {reference[k], latest[k], state.window};
    for (Index k = 0; good && k < n; ++k) good = holds_child(state, place[k]);
    if (!good) throw CorruptModel("HalfSpaceTrees: the saved state does not fit its trees");
    state.loaded = {};
}

/// Whether there is any reading.
bool HalfSpaceTrees::scale(ConstVectorView row, double* reading) const {
    bool any = false;
    for (Index j = 0; j < row.size(); ++j) {
        const double range = highest_[j] - lowest_[j], unit = range > 0 ? range : sensors_.deviation()[j];
        const double x = (row[j] - lowest_[j]) / unit;
        reading[j] = std::isfinite(row[j]) ? std::clamp(x, -kFarthest, kFarthest) : kNaN;
        any = any || std::isfinite(row[j]);
    }
    return any;
}

/// Counts the row on its whole path; r 2^k of the node where its score ends.
double HalfSpaceTrees::pass(State& state, Index tree) const {
    Mass* mass = state.mass.data() + tree * n_nodes();
    const Half* halves = halves_.data() + tree * n_halves();
    const double few = kFew * static_cast<double>(state.reference_rows);
    double score = 0, scale = 1;
    bool ended = false;
    for (Index node = 0;; scale *= 2) {
        renew(mass[node], state.window);
        const bool bottom = node >= n_halves();
        const double r = mass[node].reference;
        if (!ended && (bottom || r <= few)) {
            score = r * scale;
            ended = true;
        }
        ++mass[node].latest;
        if (bottom) return score;
        node = child_of(halves[node], node, state, mass);
    }
}

double HalfSpaceTrees::update(State& state, ConstVectorView row) const {
    require_row(row);
    state.statistic = kNaN;
    if (!scale(row, state.reading.data())) return kNaN;
    if (state.latest_rows == options_.window) {
        ++state.window;
        state.reference_rows = options_.window;
        state.latest_rows = 0;
    }
    double mass = 0;
    for (Index t = 0; t < options_.n_trees; ++t) mass += pass(state, t);
    ++state.latest_rows;
    const auto trees = static_cast<double>(options_.n_trees), window = static_cast<double>(options_.window);
    const double least = 1 / (trees * window), most = static_cast<double>(Index{1} << options_.depth);
    const double s = mass / (trees * static_cast<double>(state.reference_rows));
    return state.statistic = log2((most + least) / (s + least));
}

void HalfSpaceTrees::share_bits(const State& state, Index tree, double* bits) const {
    const Mass* mass = state.mass.data() + tree * n_nodes();
    const Half* halves = halves_.data() + tree * n_halves();
    const double few = kFew * static_cast<double>(state.reference_rows);
    for (Index node = 0; node < n_halves();) {
        const auto r = static_cast<double>(reference_of(mass[node], state.window));
        if (r <= few) return;
        const Half& half = halves[node];
        node = child_of(half, node, state, mass);
        if (std::isnan(state.reading[half.sensor])) continue;  // nothing was seen of it
        const auto kept = static_cast<double>(reference_of(mass[node], state.window));
        bits[half.sensor] += log2((r + 0.5) / (kept + 0.5));
    }
}

Vector HalfSpaceTrees::contributions(const State& state) const {
    Vector shares(n_sensors(), std::isnan(state.statistic) ? kNaN : 0);
    if (std::isnan(state.statistic)) return shares;
    for (Index t = 0; t < options_.n_trees; ++t) share_bits(state, t, shares.data());
    double sum = 0;
    for (const double bits : shares) sum += bits;
    for (double& bits : shares) bits = state.statistic * (sum > 0 ? bits / sum : 1 / static_cast<double>(n_sensors()));
    return shares;
}

void HalfSpaceTrees::describe_options(io::Json& json) const {
    json["n_trees"] = options_.n_trees;
    json["depth"] = options_.depth;
    json["window"] = options_.window;
}

void HalfSpaceTrees::validate() const {
    sensors_.validate();
    const Index d = n_sensors();
    bool good = are_good(options_) && lowest_.size() == d && highest_.size() == d && reference_.cols() == d &&
                is_in(reference_.rows(), 1, options_.window);
    for (Index j = 0; good && j < d; ++j) good = std::isfinite(highest_[j] - lowest_[j]) && lowest_[j] <= highest_[j];
    if (!good) throw CorruptModel("HalfSpaceTrees: its options, ranges and rows do not fit its sensors");
}

template class SensorDetector<HalfSpaceTrees, HalfSpaceTreesOptions>;

}  // namespace plantwright
