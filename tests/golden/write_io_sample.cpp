// SPDX-License-Identifier: MIT
/// Writes io_sample.plw into the folder named by the argument.
#include <exception>
#include <filesystem>
#include <iostream>

#include "io/sample_model.hpp"

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::cerr << "usage: write_io_golden FOLDER\n";
        return 2;
    }
    plantwright::io::Json extra;
    extra["note"] = "golden file of the io area";
    plantwright::io::save(std::filesystem::path(argv[1]) / "io_sample.plw", plantwright::io::testing::golden_model(),
                          extra);
} catch (const std::exception& error) {
    std::cerr << "write_io_golden: " << error.what() << '\n';
    return 1;
}
