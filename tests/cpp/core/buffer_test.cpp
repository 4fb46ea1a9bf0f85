// SPDX-License-Identifier: MIT
#include "plantwright/core/buffer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <new>
#include <utility>

#include "plantwright/core/types.hpp"

namespace plantwright {
namespace {

TEST(Buffer, IsFilledWithItsValueOrZero) {
    EXPECT_EQ(Buffer<double>(3, 2.5), (Buffer<double>{2.5, 2.5, 2.5}));
    EXPECT_EQ(Buffer<int>(2), (Buffer<int>{0, 0}));
}

TEST(Buffer, StartsOnACacheLine) {
    for (const Index size : {1, 3, 1000}) {
        const Buffer<char> buffer(size);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % kAlignment, 0u);
    }
}

TEST(Buffer, OfSizeZeroOwnsNothingAndCanBeCopiedMovedAndCompared) {
    const Buffer<double> empty(0);
    Buffer<double> copy(empty), other;
    other = copy;
    other = std::move(copy);
    EXPECT_EQ(empty.data(), nullptr);
    EXPECT_TRUE(other.empty());
    EXPECT_EQ(other, empty);
    EXPECT_EQ(other.begin(), other.end());
}

TEST(Buffer, CopiesDoNotShareMemory) {
    Buffer<int> a = {1, 2, 3};
    Buffer<int> b = a;
    b[0] = 9;
    EXPECT_EQ(a, (Buffer<int>{1, 2, 3}));
    EXPECT_NE(a, b);
}

TEST(Buffer, SurvivesAssignmentToItself) {
    Buffer<int> a = {1, 2, 3};
    Buffer<int>& same = a;
    a = same;
    EXPECT_EQ(a, (Buffer<int>{1, 2, 3}));
    a = std::move(same);
    EXPECT_EQ(a, (Buffer<int>{1, 2, 3}));
}

TEST(Buffer, IsEmptyAfterItWasMovedFrom) {
    Buffer<int> a = {1, 2, 3};
    const int* memory = a.data();
    const Buffer<int> b = std::move(a);
    EXPECT_EQ(b.data(), memory);
    EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): this is what is tested
}

TEST(Buffer, RefusesSizesThatAreNegativeOrOverflow) {
    EXPECT_THROW(Buffer<double>(-1), std::bad_alloc);
    EXPECT_THROW(Buffer<double>::uninitialized(std::numeric_limits<Index>::max()), std::bad_alloc);
    EXPECT_THROW(Buffer<double>::uninitialized(std::numeric_limits<Index>::max() / 4), std::bad_alloc);
    EXPECT_THROW(Buffer<double>::uninitialized(std::numeric_limits<Index>::min()), std::bad_alloc);
}

TEST(Table, IsRowMajor) {
    Table<int> table(2, 3);
    table(1, 2) = 7;
    EXPECT_EQ(table.data()[5], 7);
    EXPECT_EQ(table.row(1)[2], 7);
    EXPECT_EQ(table.view().col(2)[1], 7);
}

TEST(Table, RefusesShapesThatAreNegativeOrOverflow) {
    const Index huge = Index{1} << 40;
    EXPECT_THROW(Table<char>(huge, huge), std::bad_alloc);
    EXPECT_THROW(Table<char>(-1, -1), std::bad_alloc);
    EXPECT_THROW(Table<char>(-1, 2), std::bad_alloc);
    EXPECT_EQ(Table<char>(0, 5).cols(), 5);
}

}  // namespace
}  // namespace plantwright
