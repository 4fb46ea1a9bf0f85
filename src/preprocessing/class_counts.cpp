// SPDX-License-Identifier: MIT
#include "preprocessing/class_counts.hpp"

#include <algorithm>
#include <string>

#include "plantwright/core/error.hpp"

namespace plantwright {
namespace {

/// Reads a strategy for given counts.
class Strategy {
public:
    Strategy(std::string_view who, const ClassCounts& classes, Sampling sampling)
        : who_(who), over_(sampling == Sampling::over), names_(classes.target.classes) {
        for (const auto& rows : classes.rows) counts_.push_back(std::ssize(rows));
        least_ = *std::min_element(counts_.begin(), counts_.end());
        most_ = *std::max_element(counts_.begin(), counts_.end());
    }

    std::vector<Index> wanted(const io::Json& given) const {
        if (given.is_string()) return by_word(given);
        if (given.is_number()) return by_share(given);
        if (given.is_object()) return by_class(given);
        fail_strategy(given);
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw InvalidArgument(std::string(who_) + ": sampling_strategy " + what);
    }
    [[noreturn]] void fail_strategy(const io::Json& given) const {
        fail(std::string("must be \"auto\", \"all\", \"not majority\", \"not minority\", ") +
             (over_ ? "\"minority\"" : "\"majority\"") + ", a share in (0, 1] or rows by class, got " + given.dump());
    }

    /// The first of the classes with that count.
    std::size_t class_with(Index count) const {
        return static_cast<std::size_t>(std::find(counts_.begin(), counts_.end(), count) - counts_.begin());
    }
    std::vector<Index> by_word(const io::Json& given) const {
        const std::string& word = given.as_string();
        const std::size_t minority = class_with(least_), majority = class_with(most_);
        const std::string meant = word == "auto" ? (over_ ? "not majority" : "not minority") : word;
        const auto is_meant = [&](std::size_t c) {
            if (meant == "minority" && over_) return c == minority;
            if (meant == "majority" && !over_) return c == majority;
            if (meant == "not majority") return c != majority;
            if (meant == "not minority") return c != minority;
            if (meant == "all") return true;
            fail_strategy(given);
        };
        std::vector<Index> counts = counts_;
        for (std::size_t c = 0; c < counts.size(); ++c) {
            if (is_meant(c)) counts[c] = over_ ? most_ : least_;
        }
        return counts;
    }
    std::vector<Index> by_share(const io::Json& given) const {
        const double share = given.as_double();
        if (!(share > 0 && share <= 1)) fail_strategy(given);
        if (counts_.size() != 2) fail("as a share takes 2 classes, got " + std::to_string(counts_.size()));
        const std::size_t minority = class_with(least_), majority = 1 - minority;
        std::vector<Index> counts = counts_;
        if (over_)
            counts[minority] = static_cast<Index>(share * static_cast<double>(most_));
        else
            counts[majority] = static_cast<Index>(static_cast<double>(least_) / share);
        require_reachable(counts);
        return counts;
    }
    std::vector<Index> by_class(const io::Json& given) const {
        std::vector<Index> counts = counts_;
        for (const auto& [name, count] : given.as_object()) {
            const auto at = std::find(names_.begin(), names_.end(), name);
            if (at == names_.end()) fail("names a class '" + name + "' that the target does not have");
            if (!count.is_integer()) fail("must give whole numbers of rows, got " + count.dump());
            counts[static_cast<std::size_t>(at - names_.begin())] = count.as_integer();
        }
        require_reachable(counts);
        return counts;
    }
    void require_reachable(const std::vector<Index>& counts) const {
        for (std::size_t c = 0; c < counts.size(); ++c) {
            const bool ok = over_ ? counts[c] >= counts_[c] : counts[c] <= counts_[c] && counts[c] >= 0;
            if (ok) continue;
            fail(std::string("must give ") + (over_ ? "at least" : "at most") + " the " + std::to_string(counts_[c]) +
                 " rows of class '" + names_[c] + "', got " + std::to_string(counts[c]));
        }
    }

    std::string_view who_;
    bool over_;
    const std::vector<std::string>& names_;
    std::vector<Index> counts_;
    Index least_ = 0, most_ = 0;
};

}  // namespace

Vector ClassCounts::counts() const {
    Vector result(std::ssize(rows));
    for (Index c = 0; c < result.size(); ++c) result[c] = static_cast<double>(rows[static_cast<std::size_t>(c)].size());
    return result;
}

Vector ClassCounts::wanted_counts() const {
    Vector result(std::ssize(wanted));
    for (Index c = 0; c < result.size(); ++c) result[c] = static_cast<double>(wanted[static_cast<std::size_t>(c)]);
    return result;
}

ClassCounts count_classes(std::string_view who, const Frame& frame, const io::Json& strategy, Sampling sampling) {
    ClassCounts classes{training_target(who, frame, TargetReading::classes), {}, {}};
    const TrainingTarget& target = classes.target;
    if (target.classes.size() < 2)
        throw InvalidArgument(std::string(who) + ": the target must have at least 2 classes, got 1 class");
    classes.rows.resize(target.classes.size());
    for (std::size_t i = 0; i < target.rows.size(); ++i)
        classes.rows[static_cast<std::size_t>(target.class_of[i])].push_back(target.rows[i]);
    classes.wanted = Strategy(who, classes, sampling).wanted(strategy);
    return classes;
}

}  // namespace plantwright
