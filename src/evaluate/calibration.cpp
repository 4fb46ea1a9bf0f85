// SPDX-License-Identifier: MIT
#include "plantwright/evaluate/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluate/checks.hpp"
#include "evaluate/summation.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"

namespace plantwright::evaluate {
namespace {

constexpr const char* kWho = "Calibration";
constexpr double kLeastShare = 1e-3;

double log_odds(double share) {
    const double q = std::clamp(share, kLeastShare, 1 - kLeastShare);
    return elementary::log(q / (1 - q));
}

double logistic(double x) { return 1 / (1 + elementary::exp(-x)); }

/// The curve 1 / (1 + exp(-(slope z + intercept))) of the highest likelihood, by Newton's method with halved steps.
class LogisticFit {
public:
    LogisticFit(Vector z, Vector target, ConstVectorView weight)
        : z_(std::move(z)), target_(std::move(target)), weight_(weight) {}

    void run() {
        double loss = loss_at(slope, intercept);
        for (int round = 0; round < 100; ++round) {
            const Step step = newton_step();
            double size = 1, next = loss_at(slope - step.slope, intercept - step.intercept);
            while (!(next <= loss) && size > 1e-10) {
                size /= 2;
                next = loss_at(slope - size * step.slope, intercept - size * step.intercept);
            }
            if (!(next <= loss)) return;
            slope -= size * step.slope;
            intercept -= size * step.intercept;
            if (loss - next <= 1e-14 * std::abs(loss)) return;
            loss = next;
        }
    }

    double slope = 1, intercept = 0;

private:
    struct Step {
        double slope, intercept;
    };

    template <class Term>
    double sum(const Term& term) const {
        return weighted_sum(z_.size(), weight_, term);
    }
    double loss_at(double a, double b) const {
        return sum([&](Index i) {
            const double x = a * z_[i] + b;  // -log of the likelihood, without overflow
            return std::max(x, 0.0) - target_[i] * x + elementary::log(1 + elementary::exp(-std::abs(x)));
        });
    }
    Step newton_step() const {
        Vector error(z_.size()), curvature(z_.size());
        for (Index i = 0; i < z_.size(); ++i) {
            const double p = logistic(slope * z_[i] + intercept);
            error[i] = p - target_[i];
            curvature[i] = p * (1 - p);
        }
        const double g_slope = sum([&](Index i) { return error[i] * z_[i]; });
        const double g_intercept = sum([&](Index i) { return error[i]; });
        const double total = sum([&](Index i) { return curvature[i]; });
        const double mean = total > 0 ? sum([&](Index i) { return curvature[i] * z_[i]; }) / total : 0;
        const double spread = sum([&](Index i) { return curvature[i] * (z_[i] - mean) * (z_[i] - mean); });
        // in the coordinates (slope, intercept + mean slope) the second derivatives are a diagonal
        const double by_slope = spread > 0 ? (g_slope - mean * g_intercept) / spread : 0;
        const double by_level = total > 0 ? g_intercept / total : 0;
        return {by_slope, by_level - mean * by_slope};
    }

    Vector z_, target_;
    Weights weight_;
};

/// A stretch of rows with one mean.
struct Pool {
    double first, last;  // shares
    double weight, sum;
    double mean() const { return sum / weight; }
};

void require_sound(ConstMatrixView shares, ConstLabelView y, ConstVectorView weight) {
    require_rows(kWho, shares.rows());
    if (shares.cols() < 2)
        throw InvalidArgument("Calibration: shares must be of at least 2 classes, got " +
                              std::to_string(shares.cols()));
    for (Index k = 0; k < shares.cols(); ++k) require_probabilities(kWho, shares.col(k));
    require_length(kWho, "y", y.size(), shares.rows());
    require_labels(kWho, "y", y, shares.cols());
    require_weights(kWho, weight, shares.rows());
    std::int32_t seen = -1;
    bool differ = false;
    for (Index i = 0; i < y.size(); ++i) {
        if (!weight.empty() && weight[i] == 0) continue;
        differ |= seen >= 0 && y[i] != seen;
        seen = y[i];
    }
    if (!differ) throw InvalidArgument("Calibration: y must hold at least 2 classes, got rows of one class alone");
}

bool ascends(const Vector& values) { return std::is_sorted(values.begin(), values.end()); }

}  // namespace

std::string_view to_string(CalibrationMethod method) {
    return method == CalibrationMethod::sigmoid ? "sigmoid" : "isotonic";
}

CalibrationMethod calibration_method_from(std::string_view text) {
    if (text == "sigmoid") return CalibrationMethod::sigmoid;
    if (text == "isotonic") return CalibrationMethod::isotonic;
    throw InvalidArgument("Calibration: method must be \"sigmoid\" or \"isotonic\", got \"" + std::string(text) + "\"");
}

Calibration::Curve Calibration::fit_sigmoid(ConstVectorView share, ConstLabelView y, Index positive,
                                            ConstVectorView weight) {
    const Weights w(weight);
    const Index n = y.size();
    const double n1 = weighted_sum(n, w, [&](Index i) { return y[i] == positive ? 1.0 : 0.0; });
    const double n0 = weighted_sum(n, w, [&](Index i) { return y[i] == positive ? 0.0 : 1.0; });
    Vector z(n), target(n);
    for (Index i = 0; i < n; ++i) {
        z[i] = log_odds(share[i]);
        target[i] = y[i] == positive ? (n1 + 1) / (n1 + 2) : 1 / (n0 + 2);
    }
    LogisticFit fit(std::move(z), std::move(target), weight);
    fit.run();
    return {.slope = fit.slope, .intercept = fit.intercept, .share = {}, .probability = {}};
}

Calibration::Curve Calibration::fit_isotonic(ConstVectorView share, ConstLabelView y, Index positive,
                                             ConstVectorView weight) {
    const Weights w(weight);
    std::vector<Index> order(static_cast<std::size_t>(y.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return share[a] < share[b]; });
    std::vector<Pool> points, pools;
    for (const Index i : order) {
        if (w[i] == 0) continue;
        if (points.empty() || points.back().last != share[i]) points.push_back({share[i], share[i], 0, 0});
        points.back().weight += w[i];
        points.back().sum += y[i] == positive ? w[i] : 0;
    }
    for (Pool next : points) {
        while (!pools.empty() && pools.back().mean() >= next.mean()) {
            const Pool& before = pools.back();
            next = {before.first, next.last, before.weight + next.weight, before.sum + next.sum};
            pools.pop_back();
        }
        pools.push_back(next);
    }
    std::vector<double> x, p;
    for (const Pool& pool : pools) {
        x.push_back(pool.first);
        p.push_back(pool.mean());
        if (pool.last == pool.first) continue;
        x.push_back(pool.last);
        p.push_back(pool.mean());
    }
    Curve curve{.share = Vector(std::ssize(x)), .probability = Vector(std::ssize(p))};
    std::copy(x.begin(), x.end(), curve.share.begin());
    std::copy(p.begin(), p.end(), curve.probability.begin());
    return curve;
}

Calibration Calibration::fit(ConstMatrixView shares, ConstLabelView y, CalibrationMethod method,
                             ConstVectorView sample_weight) {
    require_sound(shares, y, sample_weight);
    Calibration calibration;
    calibration.method_ = method;
    const auto fit_curve = method == CalibrationMethod::sigmoid ? &fit_sigmoid : &fit_isotonic;
    for (Index k = shares.cols() == 2 ? 1 : 0; k < shares.cols(); ++k)
        calibration.curves_.push_back(fit_curve(shares.col(k), y, k, sample_weight));
    return calibration;
}

double Calibration::at(const Curve& curve, double share) const {
    if (method_ == CalibrationMethod::sigmoid) return logistic(curve.slope * log_odds(share) + curve.intercept);
    const Vector& x = curve.share;
    const auto above = std::upper_bound(x.begin(), x.end(), share) - x.begin();
    if (above == 0) return curve.probability[0];
    if (above == x.size()) return curve.probability[above - 1];
    const double low = curve.probability[above - 1], high = curve.probability[above];
    return low + (high - low) * ((share - x[above - 1]) / (x[above] - x[above - 1]));
}

void Calibration::apply(std::span<double> shares) const {
    if (curves_.size() == 1) {
        shares[1] = at(curves_[0], shares[1]);
        shares[0] = 1 - shares[1];
        return;
    }
    double sum = 0;
    for (std::size_t k = 0; k < curves_.size(); ++k) sum += shares[k] = at(curves_[k], shares[k]);
    for (double& share : shares) share = sum > 0 ? share / sum : 1 / static_cast<double>(curves_.size());
}

Matrix Calibration::apply(ConstMatrixView shares) const {
    if (shares.cols() != n_classes()) {
        throw InvalidArgument("Calibration: shares must be of " + std::to_string(n_classes()) + " classes, got " +
                              std::to_string(shares.cols()));
    }
    Matrix out(shares.rows(), shares.cols());
    for (Index i = 0; i < shares.rows(); ++i) {
        for (Index k = 0; k < shares.cols(); ++k) out(i, k) = shares(i, k);
        apply(std::span(out.data() + i * shares.cols(), static_cast<std::size_t>(shares.cols())));
    }
    return out;
}

io::Json Calibration::describe() const {
    io::Json json = io::Json::object();
    json["method"] = to_string(method_);
    for (const Curve& curve : curves_) {
        io::Json one = io::Json::object();
        if (method_ == CalibrationMethod::sigmoid) {
            one["slope"] = curve.slope;
            one["intercept"] = curve.intercept;
        } else {
            one["n_points"] = curve.share.size();
        }
        json["curves"].push_back(std::move(one));
    }
    return json;
}

void Calibration::validate() const {
    const auto is_probability = [](double p) { return p >= 0 && p <= 1; };
    bool sound = !curves_.empty() && curves_.size() != 2 &&
                 (method_ == CalibrationMethod::sigmoid || method_ == CalibrationMethod::isotonic);
    for (const Curve& curve : curves_) {
        sound &= std::isfinite(curve.slope) && std::isfinite(curve.intercept);
        sound &= curve.share.size() == curve.probability.size();
        sound &= (method_ == CalibrationMethod::isotonic) == (curve.share.size() > 0);
        sound &= ascends(curve.share) && ascends(curve.probability);
        sound &= std::all_of(curve.share.begin(), curve.share.end(), is_probability);
        sound &= std::all_of(curve.probability.begin(), curve.probability.end(), is_probability);
    }
    if (!sound) throw CorruptModel("Calibration: its curves are none");
}

}  // namespace plantwright::evaluate
