// SPDX-License-Identifier: MIT
#include "plantwright/forest/boosted_trees.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "forest/compact_tree.hpp"
#include "forest/conformed_rows.hpp"
#include "forest/merge.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/threads.hpp"
#include "plantwright/io/model_file.hpp"

namespace plantwright {
namespace {

constexpr std::array<std::string_view, 6> kLinks = {"identity",    "logistic",        "softmax",
                                                    "exponential", "one_versus_rest", "signed_square"};
constexpr Index kLeavesAtOnce = Index{1} << 20;  // 4 MB of leaf numbers: they stay in the cache until they are summed
constexpr Index kBlock = 256;

double logistic(double x) { return 1 / (1 + elementary::exp(-x)); }

void softmax(const double* raw, Index n, double* out) {
    const double largest = *std::max_element(raw, raw + n);
    double sum = 0;
    for (Index k = 0; k < n; ++k) sum += out[k] = elementary::exp(raw[k] - largest);
    for (Index k = 0; k < n; ++k) out[k] /= sum;
}

double of_number(Link link, double x) {
    if (link == Link::exponential) return elementary::exp(x);
    if (link == Link::signed_square) return x * std::abs(x);
    return x;
}

/// How many raw outputs a link needs for that many classes (0: a number is predicted).
Index raw_outputs(Link link, Index n_classes) {
    if (n_classes == 0) return 1;
    return link == Link::logistic ? 1 : n_classes;
}

bool fits(Link link, Index n_classes) {
    if (link == Link::logistic) return n_classes == 0 || n_classes == 2;
    const bool of_classes = link == Link::softmax || link == Link::one_versus_rest;
    return of_classes ? n_classes >= 2 : n_classes == 0;
}

void require(bool ok, const char* what) {
    if (!ok) throw CorruptModel(std::string("boosted trees: ") + what);
}

/// Adds the value of the leaf that row i reaches in each tree; a tree's nodes stand at `tree_begin[t] - t` in `value`.
template <class T>
void add_leaves(const CompactForest& forest, const Vector& value, const Table<std::int32_t>& leaves, Index i,
                const Buffer<std::int32_t>& output, T* sum) {
    for (Index t = 0; t < forest.n_trees(); ++t)
        sum[output[t]] += static_cast<T>(value[static_cast<Index>(forest.tree_begin[t]) - t + leaves(i, t)]);
}

/// Appends the leaves' values of `from` in the order of the nodes of `to`, the same tree with other numbers.
void append_leaf_values(const TreeView& from, const TreeView& to, std::vector<double>& values) {
    std::vector<Index> origin(to.feature.size());
    for (std::size_t k = 0; k < to.feature.size(); ++k) {
        const auto node = static_cast<std::size_t>(origin[k]);
        if (to.is_leaf(static_cast<Index>(k))) {
            values.push_back(from.value(origin[k], 0));
            continue;
        }
        origin[static_cast<std::size_t>(to.children_left[k])] = from.children_left[node];
        origin[static_cast<std::size_t>(to.children_right[k])] = from.children_right[node];
    }
}

/// The leaves' values as given, where the compact ones are not.
Vector leaf_values(const Forest& given, const CompactForest& compact) {
    std::vector<double> as_given, as_kept;
    for (Index t = 0; t < given.n_trees(); ++t) {
        const TreeView tree = compact.tree(t);
        append_leaf_values(given.tree(t), tree, as_given);
        append_leaf_values(tree, tree, as_kept);
    }
    return as_given == as_kept ? Vector() : Vector(std::span<const double>(as_given));
}

}  // namespace

std::string_view to_string(Link link) { return kLinks.at(static_cast<std::size_t>(link)); }

Link link_from(std::string_view text) {
    const auto found = std::find(kLinks.begin(), kLinks.end(), text);
    if (found == kLinks.end()) {
        throw InvalidArgument(
            "link must be identity, logistic, softmax, exponential, one_versus_rest or signed_square, got '" +
            std::string(text) + "'");
    }
    return static_cast<Link>(found - kLinks.begin());
}

BoostedTrees BoostedTrees::from_parts(BoostedTreesParts parts) {
    BoostedTrees made;
    try {
        parts.forest.validate();
        if (parts.forest.n_outputs != 1) throw CorruptModel("boosted trees: trees must have one output each");
        FeatureEncoder encoder = number_encoder(kTypeName.data(), std::move(parts.schema), parts.forest.n_features);
        choose_base_of_leaves(parts.forest);
        made.model_ = ForestModel(CompactForest(parts.forest), std::move(encoder), {});
        made.leaf_value_ = leaf_values(parts.forest, made.model_.compact());
        made.tree_output_ = std::move(parts.tree_output);
        made.base_ = std::move(parts.base);
        made.link_ = parts.link;
        made.link_scale_ = parts.link_scale;
        made.mean_ = parts.mean;
        made.sum_as_float32_ = parts.sum_as_float32;
        made.classes_ = std::move(parts.classes);
        made.origin_ = std::move(parts.origin);
        made.validate();
        made.prepare();
    } catch (const CorruptModel& error) {
        throw InvalidArgument(std::string(kTypeName) + ": " + error.message());
    }
    return made;
}

void BoostedTrees::prepare() {
    const Forest kept = model_.forest();
    value_ = kept.value;
    Index leaf = 0;
    for (Index k = 0; k < kept.n_nodes() && !leaf_value_.empty(); ++k) {
        if (kept.children_left[k] == kNoChild) value_[k] = leaf_value_[leaf++];
    }
}

TreeView BoostedTrees::tree(Index i) const {
    TreeView tree = model_.tree(i);
    const std::span<const double> own(value_.data() + first_node(i), static_cast<std::size_t>(tree.n_nodes()));
    auto owners = std::make_shared<std::pair<std::shared_ptr<const void>, Vector>>(std::move(tree.owner), Vector(own));
    tree.value = ConstMatrixView(owners->second.data(), tree.n_nodes(), 1);
    tree.owner = std::move(owners);
    return tree;
}

Forest BoostedTrees::forest() const {
    Forest all = model_.forest();
    all.value = value_;
    return all;
}

void BoostedTrees::require_columns(Index n) const {
    if (n_trees() == 0) throw NotFitted("BoostedTrees: predict needs imported or loaded trees");
    if (n == n_features()) return;
    throw InvalidArgument("BoostedTrees: X must have " + std::to_string(n_features()) + " features, got " +
                          std::to_string(n));
}

/// Block by block, so that the leaf numbers of all trees stay few.
Matrix BoostedTrees::raw(const FeatureRows& rows, std::optional<int> n_jobs) const {
    require_columns(rows.cols());
    Matrix sum(rows.rows(), n_raw());
    const Index step = std::max(kBlock, kLeavesAtOnce / n_trees());
    std::vector<float> copy;
    for (Index begin = 0; begin < rows.rows(); begin += step) {
        const Index end = std::min(rows.rows(), begin + step);
        const float* dense = rows.dense_rows(begin);
        if (!dense) {
            copy.resize(static_cast<std::size_t>((end - begin) * rows.cols()));
            rows.read_rows(begin, end, copy.data());
            dense = copy.data();
        }
        add_block(dense, begin, end, n_jobs, sum);
    }
    return sum;
}

/// Sums from the base, in the order of the trees: in float32 the bits are the origin's.
void BoostedTrees::add_block(const float* rows, Index begin, Index end, std::optional<int> n_jobs, Matrix& sum) const {
    const Table<std::int32_t> leaves = model_.apply(ConstMatrixViewF(rows, end - begin, n_features()), n_jobs);
    const Index n = n_raw();
    const double divisor = mean_ ? static_cast<double>(n_trees() / n) : 1;
    parallel_for((end - begin + kBlock - 1) / kBlock, resolve_n_jobs(n_jobs), [&](Index block, int) {
        std::vector<float> of_row(static_cast<std::size_t>(n));
        for (Index i = block * kBlock; i < std::min(end - begin, (block + 1) * kBlock); ++i) {
            double* out = sum.data() + (begin + i) * n;
            if (sum_as_float32_) {
                for (Index k = 0; k < n; ++k) of_row[static_cast<std::size_t>(k)] = static_cast<float>(base_[k]);
                add_leaves(model_.compact(), value_, leaves, i, tree_output_, of_row.data());
                std::copy(of_row.begin(), of_row.end(), out);
            } else {
                std::copy(base_.begin(), base_.end(), out);
                add_leaves(model_.compact(), value_, leaves, i, tree_output_, out);
            }
            for (Index k = 0; k < n; ++k) out[k] /= divisor;
        }
    });
}

Matrix BoostedTrees::linked(const Matrix& raw) const {
    const Index n_out = classes_.empty() ? 1 : static_cast<Index>(classes_.size());
    Matrix out(raw.rows(), n_out);
    for (Index i = 0; i < raw.rows(); ++i) {
        const double* r = raw.data() + i * raw.cols();
        double* o = out.data() + i * n_out;
        if (link_ == Link::softmax) {
            softmax(r, n_out, o);
        } else if (link_ == Link::one_versus_rest) {
            for (Index k = 0; k < n_out; ++k) o[k] = logistic(link_scale_ * r[k]);
        } else if (link_ == Link::logistic) {
            o[n_out - 1] = logistic(link_scale_ * r[0]);
            if (n_out == 2) o[0] = 1 - o[1];
        } else {
            o[0] = of_number(link_, r[0]);
        }
    }
    return out;
}

Matrix BoostedTrees::predict_raw(ConstMatrixView X, std::optional<int> n_jobs) const { return raw(X, n_jobs); }
Matrix BoostedTrees::predict_raw(ConstMatrixViewF X, std::optional<int> n_jobs) const { return raw(X, n_jobs); }
Matrix BoostedTrees::predict_raw(const Frame& frame, std::optional<int> n_jobs) const {
    return raw(ConformedRows(model_, frame), n_jobs);
}
Matrix BoostedTrees::predict(ConstMatrixView X, std::optional<int> n_jobs) const {
    return linked(predict_raw(X, n_jobs));
}
Matrix BoostedTrees::predict(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return linked(predict_raw(X, n_jobs));
}
Matrix BoostedTrees::predict(const Frame& frame, std::optional<int> n_jobs) const {
    return linked(predict_raw(frame, n_jobs));
}
Table<std::int32_t> BoostedTrees::apply(ConstMatrixView X, std::optional<int> n_jobs) const {
    return model_.apply(X, n_jobs);
}
Table<std::int32_t> BoostedTrees::apply(ConstMatrixViewF X, std::optional<int> n_jobs) const {
    return model_.apply(X, n_jobs);
}
Table<std::int32_t> BoostedTrees::apply(const Frame& frame, std::optional<int> n_jobs) const {
    return model_.apply(ConformedRows(model_, frame), n_jobs);
}

void BoostedTrees::validate() const {
    model_.validate();
    require(model_.n_outputs() == 1, "trees must have one output each");
    require(leaf_value_.empty() || leaf_value_.size() == model_.compact().n_leaves(), "values do not fit the leaves");
    require(std::all_of(leaf_value_.begin(), leaf_value_.end(), [](double v) { return std::isfinite(v); }),
            "a leaf's value is not finite");
    const int link = static_cast<int>(link_);
    require(link >= 0 && link < static_cast<int>(kLinks.size()), "unknown link");
    const auto n_classes = static_cast<Index>(classes_.size());
    require(fits(link_, n_classes), "the link does not fit the number of classes");
    require(base_.size() == raw_outputs(link_, n_classes), "the base does not fit the link and the classes");
    require(std::all_of(base_.begin(), base_.end(), [](double b) { return std::isfinite(b); }),
            "the base is not finite");
    require(std::isfinite(link_scale_) && link_scale_ > 0, "the link's scale is not positive and finite");
    require(tree_output_.size() == n_trees(), "tree outputs do not fit the trees");
    for (const std::int32_t k : tree_output_) require(k >= 0 && k < n_raw(), "a tree's output is out of range");
    require(!mean_ || n_trees() % n_raw() == 0, "a mean needs as many trees for each output");
}

void BoostedTrees::save(const std::filesystem::path& path, const io::Json& extra) const {
    io::save(path, *this, extra);
}
BoostedTrees BoostedTrees::load(const std::filesystem::path& path) { return io::load<BoostedTrees>(path); }
std::vector<std::byte> BoostedTrees::to_bytes(const io::Json& extra) const { return io::to_bytes(*this, extra); }
BoostedTrees BoostedTrees::from_bytes(std::span<const std::byte> bytes) { return io::from_bytes<BoostedTrees>(bytes); }

io::Json BoostedTrees::describe() const {
    io::Json json = io::Json::object();
    json["origin"] = origin_;
    json["link"] = to_string(link_);
    json["n_estimators"] = static_cast<std::int64_t>(n_trees());
    json["n_features"] = static_cast<std::int64_t>(n_features());
    json["n_nodes"] = static_cast<std::int64_t>(n_nodes());
    json["n_classes"] = static_cast<std::int64_t>(classes_.size());
    if (schema().size() > 0) json["schema"] = schema().to_json();
    return json;
}

}  // namespace plantwright
