// SPDX-License-Identifier: MIT
/// Tables of references that `compare` was given, kept for the next time.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

#include "explain/interventional.hpp"
#include "plantwright/explain/tree_explainer.hpp"

namespace plantwright {

/// The trees of a model that go by tables, against one reference.
class ReferenceTables {
public:
    ReferenceTables(const ExplainedTrees& trees, const ForestPlan& plan, Precision precision,
                    const FeatureRows& reference, int n_threads);

    const Vector& expected() const;  ///< see InterventionalForest
    Index n_trees_by_tables() const;
    bool goes_by_tables(Index tree) const;
    Index table_bytes() const;
    Matrix values(const FeatureRows& rows, int n_threads, const ProgressCallback& progress) const;

private:
    using Engine = std::variant<InterventionalForest<float>, InterventionalForest<double>>;
    static Engine engine_of(const ExplainedTrees& trees, const ForestPlan& plan, Precision precision,
                            const FeatureRows& reference, int n_threads);
    Engine engine_;
};

/// The last few references, within kMostKeptBytes of tables. A reference is known by its values, all of them compared,
/// so that none is taken for another. May be used by several threads at once: two that ask for a new reference both
/// make its tables.
class ReferenceCache {
public:
    static constexpr Index kMostKeptBytes = Index{1} << 29;
    static constexpr std::size_t kMostKept = 4;

    using Tables = std::shared_ptr<const ReferenceTables>;
    template <class Make>
    Tables find_or_make(const FeatureRows& reference, Make&& make) {
        Values values = values_of(reference);
        if (Tables kept = find(values)) return kept;
        Tables made = make();
        keep(std::move(values), made);
        return made;
    }
    std::size_t size() const;

private:
    using Values = std::vector<float>;
    struct Entry {
        Values values;
        Tables tables;
        bool is_of(const Values& others) const;
    };

    static Values values_of(const FeatureRows& reference);
    Tables find(const Values& values);
    void keep(Values values, Tables tables);

    mutable std::mutex mutex_;
    std::deque<Entry> entries_;  // the last one used comes first
};

}  // namespace plantwright
