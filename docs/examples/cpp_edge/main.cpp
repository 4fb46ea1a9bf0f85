// SPDX-License-Identifier: MIT
/// A model at the plant's edge, without Python: `plantwright_edge model.plw < rows.csv`.
///
/// Reads a CSV header and then rows from stdin, as they arrive, and answers each at once with one line on stdout:
/// the model's outputs, tab-separated, in the shortest form that reads back to the same bits. A row that cannot be read
/// is told on stderr and answered with an empty line, so that answers stay in step with rows.
#include <charconv>
#include <iostream>
#include <string>

#include "plantwright/plantwright.hpp"

namespace pw = plantwright;

/// One row of a table in the order of `schema`; what the table lacks is missing.
std::vector<pw::Cell> cells_of(const pw::Frame& row, const pw::Schema& schema) {
    std::vector<pw::Cell> cells;
    for (const pw::ColumnSpec& spec : schema.columns()) {
        const auto at = row.schema().find(spec.name);
        if (!at || row.column(*at).kind() != spec.kind) {
            cells.push_back(pw::Cell::missing(spec.kind));
            continue;
        }
        const pw::Column& column = row.column(*at);
        switch (spec.kind) {
            case pw::ColumnKind::number: cells.push_back(pw::Cell::of_number(column.number(0))); break;
            case pw::ColumnKind::time: cells.push_back(pw::Cell::of_time(column.times()[0])); break;
            case pw::ColumnKind::category: {
                const std::int32_t code = column.codes()[0];  // levels beyond the schema's are unknown
                cells.push_back(pw::Cell::of_code(code < std::ssize(spec.levels) ? code : pw::kUnknownCode));
                break;
            }
        }
    }
    return cells;
}

void print(std::span<const double> outputs) {
    for (std::size_t k = 0; k < outputs.size(); ++k) {
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, outputs[k]).ptr;
        std::cout << (k > 0 ? "\t" : "") << std::string_view(digits, end);
    }
    std::cout << std::endl;  // an answer leaves at once
}

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::cerr << "usage: plantwright_edge model.plw < rows.csv\n";
        return 2;
    }
    const pw::Model model = pw::Model::load(argv[1]);
    pw::ModelStream stream = model.stream();
    std::string header, line;
    std::getline(std::cin, header);
    for (long n = 1; std::getline(std::cin, line); ++n) {
        try {
            const pw::CsvOptions options = {.unseen_levels = pw::UnseenLevels::keep};  // perhaps a step takes them
            const pw::Frame row = pw::parse_csv(header + "\n" + line + "\n", model.schema(), options).frame;
            print(stream.update(cells_of(row, model.schema())));
        } catch (const pw::Error& error) {
            std::cerr << "plantwright_edge: row " << n << ": " << error.message() << '\n';
            std::cout << std::endl;
        }
    }
    return std::cout ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << "plantwright_edge: error: " << error.what() << '\n';
    return 1;
}
