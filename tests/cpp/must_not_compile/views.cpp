// SPDX-License-Identifier: MIT
// Compiled twice: without MUST_FAIL it must compile, which shows that the includes and the functions are sound; with
// it, the compiler must refuse each line that ends with "error", and none other.
#include <vector>

#include "plantwright/core/eigen.hpp"
#include "plantwright/core/types.hpp"

namespace plantwright {

inline void writes(MatrixView<double>) {}
inline void writes_vector(VectorView<double>) {}
inline void reads(ConstMatrixView) {}
inline void reads_vector(ConstVectorView) {}

#ifndef MUST_FAIL
inline void what_is_allowed(Eigen::MatrixXd& matrix, const Eigen::MatrixXd& constant, const Matrix& table,
                            const Vector& buffer) {
    writes(matrix);
    writes_vector(matrix.col(0));
    reads(constant);
    reads(table);
    reads(matrix.block(0, 0, 1, 2));
    reads_vector(constant.row(0));
    reads_vector(buffer);
}
#else
inline void constant_where_values_are_written(const Eigen::MatrixXd& constant, const Matrix& table,
                                              const Vector& buffer) {
    writes(constant);                // error
    writes(table);                   // error
    writes_vector(buffer);           // error
    writes(ConstMatrixView(table));  // error
}

inline void expressions_have_no_memory_to_look_at(const Eigen::MatrixXd& matrix) {
    reads(matrix + matrix);              // error
    reads(matrix.transpose() * matrix);  // error
    reads_vector(matrix.col(0) * 2.0);   // error
    writes_vector(matrix.col(0) * 2.0);  // error
}

inline void float32_where_float64_is_read(const Eigen::VectorXf& eigen, const std::vector<float>& standard) {
    reads_vector(eigen);     // error
    reads_vector(standard);  // error
}
#endif

}  // namespace plantwright
