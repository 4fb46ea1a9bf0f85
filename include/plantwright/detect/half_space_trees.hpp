// SPDX-License-Identifier: MIT
/// `HalfSpaceTrees`: how few of the latest rows stood where this one stands, learned on the go.
///
///     s = mean over trees of r 2^k / n,      statistic = log2((2^D + e) / (s + e)),      e = 1 / (n_trees window)
///
/// (Tan, Ting & Liu, "Fast anomaly detection for streaming data", IJCAI 2011): each tree halves the work space D times,
/// each time one sensor's interval, drawn without a look at the data; r of the n rows of the reference window passed
/// the node, k halvings deep, where a row's path ends: at the bottom or where no more than a tenth of n passed. A
/// window of rows is counted while it passes, and becomes the reference when it is full. So what stays becomes normal
/// after at most two windows.
///
/// Where we deviate: s is the paper's score over its window, and the statistic, in bits, falls with it alone, so that
/// rows stand in the paper's order with the worst on top; sensors are scaled to [0, 1] by their training range; the
/// first reference is the latest rows of training, fewer than a window where there are no more. A missing reading goes
/// where more of the reference went; a row without readings is neither scored nor counted.
///
/// Blame: a halving that keeps r' of r rows costs log2(r / r') bits to its sensor, one half added to each; the
/// statistic is shared by the bits of all trees.
///
/// Fit and a row O(n_trees D), whatever the number of sensors, without allocation: windows change by their number, not
/// by a pass through the nodes. Fitted objects are immutable and may be shared by threads; each stream owns its State,
/// 8 n_trees 2^(D+1) bytes (13 MB by default); saved are the nodes alone that the two windows passed, 8 bytes each and
/// at most n_trees (D+1) a row. The same bits everywhere from one seed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "plantwright/core/export.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/detect/sensor_detector.hpp"
#include "plantwright/io/serialize.hpp"

namespace plantwright {

struct PLANTWRIGHT_API HalfSpaceTreesOptions {
    Index n_trees = 25;             ///< in [1, 1000]
    Index depth = 15;               ///< D, in [1, 20]
    Index window = 250;             ///< rows, in [2, 65535]
    std::int64_t random_state = 0;  ///< seed
};

class PLANTWRIGHT_API HalfSpaceTrees : public SensorDetector<HalfSpaceTrees, HalfSpaceTreesOptions> {
public:
    static constexpr std::string_view kTypeName = "HalfSpaceTrees";

    /// Rows that passed a node in the reference and in the latest window, as of window number `window`.
    struct Mass {
        std::uint16_t reference = 0, latest = 0;
        std::uint32_t window = 0;
    };
    /// The nodes that any row of the two windows passed.
    struct PassedNodes {
        Buffer<std::uint32_t> place;  ///< in `mass`, rising
        Buffer<std::uint16_t> reference, latest;
    };
    struct State {
        Vector reading;     ///< the row, 0 to 1 in training, NaN where missing
        Buffer<Mass> mass;  ///< `(n_trees, 2^(D+1) - 1)`, the children of node i are 2 i + 1 and 2 i + 2
        std::uint32_t window = 0;
        Index reference_rows = 0, latest_rows = 0;
        double statistic = kNaN;  ///< of the latest row
        PassedNodes loaded;       ///< in place of `mass` after a load, until `restore`

        PassedNodes passed_nodes() const;

        template <class Archive>
        void serialize(Archive& archive, unsigned /*version*/) {
            if constexpr (Archive::is_saving::value) {
                PassedNodes nodes = passed_nodes();
                members(archive, nodes);
            } else {
                members(archive, loaded);
            }
        }

    private:
        template <class Archive>
        void members(Archive& archive, PassedNodes& nodes) {
            io::members(archive, reading, nodes.place, nodes.reference, nodes.latest, window, reference_rows,
                        latest_rows, statistic);
        }
    };

    /// Its `fit` throws InvalidArgument on an option out of range.
    HalfSpaceTrees() = default;

    State start() const;
    /// Bits, NaN where every reading is missing; then the row is counted.
    double update(State& state, ConstVectorView row) const;
    Vector contributions(const State& state) const;  ///< of each sensor to the statistic of the latest row
    using SensorDetector::contributions;
    void restore(State& state) const;  ///< makes a loaded state whole; throws CorruptModel where it is none of these

    Index warm_up_rows() const { return 0; }
    const Vector& lowest() const { return lowest_; }  ///< of training, in the sensors' units
    const Vector& highest() const { return highest_; }

    void validate() const;  ///< throws CorruptModel

    /// Trees and their masses are grown again from the seed and the rows of the reference.
    template <class Archive>
    void serialize(Archive& archive, unsigned version) {
        io::members(archive, options_.n_trees, options_.depth, options_.window, options_.random_state);
        io::members(archive, sensors_, lowest_, highest_, reference_);
        serialize_calibration(archive, version);
        io::validate_after_load(archive, *this);
        if constexpr (Archive::is_loading::value) grow();
    }

private:
    struct Half {
        double middle = 0;
        std::int32_t sensor = 0;
    };

    friend SensorDetector;
    void learn(ConstMatrixView rows, RunBegins runs);
    void describe_options(io::Json& json) const;
    void learn_range(ConstMatrixView rows);
    void keep_reference(ConstMatrixView rows);
    void grow();
    bool scale(ConstVectorView row, double* reading) const;
    double pass(State& state, Index tree) const;
    bool holds_child(const State& state, Index place) const;
    void share_bits(const State& state, Index tree, double* bits) const;

    Index n_halves() const { return (Index{1} << options_.depth) - 1; }  // of a tree
    Index n_nodes() const { return 2 * n_halves() + 1; }

    Vector lowest_, highest_;
    Matrix reference_;     // the latest rows of training, scaled, (n, n_sensors)
    Buffer<Half> halves_;  // (n_trees, n_halves)
    Buffer<Mass> mass_;    // of the reference, (n_trees, n_nodes)
};

}  // namespace plantwright

BOOST_CLASS_VERSION(plantwright::HalfSpaceTrees, 1)
