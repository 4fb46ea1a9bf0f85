// SPDX-License-Identifier: MIT
/// `Step`: one fitted transformation of tables, which runs over whole frames and row by row with the same bits.
///
///     read columns ─> state machine (memory: `StepState`) ─> written columns
///
/// A step reads some columns and writes others: in the place of a column it read and that has the same name, or behind
/// all. Columns that it read and does not write stay unless it drops them; what it does not read passes untouched. A
/// value written for a row depends on that row and on those that came before it, never on a later one. Fitted steps
/// are immutable and may be shared by threads; each stream owns its `StepState`.
///
/// For authors: derive, fill `reads_`, `writes_` and `drops_` when fitting, and implement `update`; `compute` may do
/// the same for whole columns, faster, with the same bits.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plantwright/frame/frame.hpp"
#include "plantwright/frame/serialize_schema.hpp"
#include "plantwright/io/archive.hpp"
#include "plantwright/preprocessing/cell.hpp"
#include "plantwright/preprocessing/step_columns.hpp"
#include "plantwright/preprocessing/step_options.hpp"

namespace plantwright {

/// What a step remembers of the rows so far.
class PLANTWRIGHT_API StepState {
public:
    virtual ~StepState() = default;
    virtual std::unique_ptr<StepState> clone() const = 0;
};

/// A column as a step reads it: codes of the step's own levels.
class PLANTWRIGHT_API StepInput {
public:
    StepInput(const ColumnSpec& spec, const Column& column);

    ColumnKind kind() const { return column_.kind(); }
    Index size() const { return column_.size(); }
    double number(Index row) const { return column_.number(row); }
    std::int32_t code(Index row) const { return codes_[row]; }
    std::int64_t time(Index row) const { return column_.times()[row]; }
    Cell cell(Index row) const;
    /// Numbers [begin, end) into `out`.
    void read(Index begin, Index end, double* out) const;
    const Column& column() const { return column_; }

private:
    Column column_;
    Buffer<std::int32_t> codes_;  // of a category
};

class PLANTWRIGHT_API Step {
public:
    struct Written {
        ColumnSpec spec{};
        std::vector<std::string> sources{};  ///< names of the columns it is computed from
    };

    using Fitted = std::vector<std::pair<std::string, Vector>>;

    virtual ~Step() = default;
    virtual std::string_view type() const = 0;    ///< "StandardScaler"
    virtual io::Json options() const = 0;         ///< it was fitted with
    virtual Fitted fitted() const { return {}; }  ///< what was learned, by scikit-learn's names: "mean_", ...
    io::Json describe() const;                    ///< type, options, names of columns read and written

    const std::vector<ColumnSpec>& reads() const { return reads_; }
    const std::vector<Written>& writes() const { return writes_; }
    const std::vector<std::string>& drops() const { return drops_; }

    /// Throws SchemaMismatch where a column that it reads is missing or of another kind, or a name it writes is taken.
    Frame transform(const Frame& frame, std::optional<int> n_jobs = {}) const;
    Schema transform(const Schema& schema) const;  ///< of the frame that comes out

    /// A stream's memory; null where the step has none.
    virtual std::unique_ptr<StepState> start() const { return nullptr; }
    /// The cells of `reads()` to those of `writes()`. Allocates nothing once its windows are full.
    virtual void update(StepState* state, std::span<const Cell> read, std::span<Cell> written) const = 0;

    /// Throws CorruptModel.
    virtual void validate() const;

protected:
    Step() = default;
    Step(const Step&) = default;
    Step& operator=(const Step&) = default;

    /// As `update` for every row in turn.
    virtual std::vector<Column> compute(std::span<const StepInput> inputs, Index n_rows, int n_jobs) const;

    /// First in a step's `serialize`. Options go as the text of their JSON, so that they may grow.
    template <class Archive, class Options>
    void serialize_step(Archive& archive, Options& options) {
        std::string text = options_to_json(options).dump();
        io::members(archive, text, reads_, written_specs_, written_sources_, drops_);
        if constexpr (Archive::is_loading::value) {
            options = options_from_json<Options>(Options::kStepType, io::Json::parse(text));
            join_written();
        }
    }

    void set_writes(std::vector<Written> writes);
    enum class Quantity { same, other };     ///< whether unit and limits of a column hold for what is written
    void write_in_place(Quantity quantity);  ///< writes what it reads
    /// Forgets the columns read that are not among `kept` (ascending), in what it reads and in `columns` of its
    /// options.
    void keep_reads(std::span<const Index> kept, StepColumns& columns);

    std::vector<ColumnSpec> reads_;
    std::vector<std::string> drops_;

private:
    void join_written();

    std::vector<Written> writes_;
    std::vector<ColumnSpec> written_specs_;  // of writes_, as they are saved
    std::vector<std::vector<std::string>> written_sources_;
};

/// A schema after columns were replaced, dropped and appended, and where each column comes from: the column of the
/// schema before, or -1 - k for the k-th one written.
struct PLANTWRIGHT_API StepLayout {
    Schema schema;
    std::vector<Index> source;

    StepLayout(const Step& step, const Schema& before);
};

}  // namespace plantwright
