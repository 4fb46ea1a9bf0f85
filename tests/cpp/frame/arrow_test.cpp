// SPDX-License-Identifier: MIT
#include "plantwright/frame/arrow.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "check.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/random.hpp"

namespace plantwright {
namespace {

/// A producer by hand: a stream of single columns, which counts what was released.
struct Released {
    int schemas = 0, arrays = 0, streams = 0;
};

struct Chunk {
    std::int64_t length, offset, null_count;
    std::vector<const void*> buffers;
};

struct Producer {
    std::string format;
    std::vector<Chunk> chunks;
    Released released;
    std::size_t next = 0;
    int failure_at = -1;  ///< the chunk before which the stream fails

    ArrowArrayStream stream() {
        ArrowArrayStream result{};
        result.get_schema = [](ArrowArrayStream* s, ArrowSchema* out) { return self(s).give_schema(out); };
        result.get_next = [](ArrowArrayStream* s, ArrowArray* out) { return self(s).give_next(out); };
        result.get_last_error = [](ArrowArrayStream*) { return "the pump broke"; };
        result.release = [](ArrowArrayStream* s) {
            ++self(s).released.streams;
            s->release = nullptr;
        };
        result.private_data = this;
        return result;
    }

private:
    static Producer& self(ArrowArrayStream* stream) { return *static_cast<Producer*>(stream->private_data); }

    int give_schema(ArrowSchema* out) {
        *out = ArrowSchema{};
        out->format = format.c_str();
        out->name = "";
        out->release = [](ArrowSchema* s) {
            ++static_cast<Producer*>(s->private_data)->released.schemas;
            s->release = nullptr;
        };
        out->private_data = this;
        return 0;
    }

    int give_next(ArrowArray* out) {
        *out = ArrowArray{};
        if (static_cast<int>(next) == failure_at) return 5;
        if (next == chunks.size()) return 0;
        Chunk& chunk = chunks[next++];
        out->length = chunk.length;
        out->offset = chunk.offset;
        out->null_count = chunk.null_count;
        out->n_buffers = static_cast<std::int64_t>(chunk.buffers.size());
        out->buffers = chunk.buffers.data();
        out->release = [](ArrowArray* a) {
            ++static_cast<Producer*>(a->private_data)->released.arrays;
            a->release = nullptr;
        };
        out->private_data = this;
        return 0;
    }
};

NamedColumn read(Producer& producer) {
    ArrowArrayStream stream = producer.stream();
    return column_from_arrow(stream, "x");
}

TEST(Arrow, OneChunkOfFloatsIsLookedAtAndReleasedWithTheLastColumn) {
    const std::vector<double> values{1, 2, 3, 4};
    Producer producer{"g", {{3, 1, 0, {nullptr, values.data()}}}, {}};
    {
        const Column part = read(producer).column.rows_between(1, 3);
        EXPECT_EQ(part.float64().data(), values.data() + 2);
        EXPECT_EQ(producer.released.arrays, 0);
        EXPECT_EQ(producer.released.streams, 1);
    }
    EXPECT_EQ(producer.released.arrays, 1);
    EXPECT_EQ(producer.released.schemas, 1);
}

TEST(Arrow, NullsAndSeveralChunksAreCopiedAndTheProducerIsLetGo) {
    const std::vector<float> values{1, 2, 3};
    const std::uint8_t bits = 0b101;
    Producer producer{"f", {{3, 0, 1, {&bits, values.data()}}, {1, 2, -1, {&bits, values.data()}}}, {}};
    const Column column = read(producer).column;
    EXPECT_EQ(producer.released.arrays, 2);
    EXPECT_TRUE(column.is_float32());
    EXPECT_EQ(column.number(0), 1);
    EXPECT_EQ(column.n_missing(), 1);
    EXPECT_EQ(column.number(3), 3);
}

TEST(Arrow, FloatsThatAreNotAlignedAreCopied) {
    std::vector<char> bytes(17);
    const double values[]{1.5, 2.5};
    std::memcpy(bytes.data() + 1, values, 16);
    Producer producer{"g", {{2, 0, 0, {nullptr, bytes.data() + 1}}}, {}};
    EXPECT_EQ(read(producer).column.number(1), 2.5);
}

TEST(Arrow, IntegersBesideRandomBitmapsAndOffsetsReadAsTheNaiveLoopDoes) {
    RandomStream stream(9, 0, Purpose::noise);
    for (int round = 0; round < 100; ++round) {
        std::vector<std::int16_t> values(60);
        std::vector<std::uint8_t> bits(8);
        for (auto& value : values) value = static_cast<std::int16_t>(stream.next());
        for (auto& byte : bits) byte = static_cast<std::uint8_t>(stream.next());
        const auto offset = static_cast<std::int64_t>(stream.below(30));
        const auto length = static_cast<std::int64_t>(stream.below(30));
        Producer producer{"s", {{length, offset, -1, {bits.data(), values.data()}}}, {}};
        const Column column = read(producer).column;
        ASSERT_EQ(column.size(), length);
        for (std::int64_t i = 0; i < length; ++i) {
            const auto at = static_cast<std::size_t>(offset + i);
            const bool valid = (bits[at / 8] >> (at % 8) & 1) != 0;
            ASSERT_EQ(std::isnan(column.number(i)), !valid);
            ASSERT_TRUE(!valid || column.number(i) == values[at]);
        }
    }
}

TEST(Arrow, AFailureInTheMiddleReleasesEverythingAndSaysWhy) {
    const std::vector<double> values{1};
    Producer producer{"g", {{1, 0, 0, {nullptr, values.data()}}, {1, 0, 0, {nullptr, values.data()}}}, {}, 0, 1};
    EXPECT_TRUE(has(message_of<InvalidArgument>([&] { read(producer); }), "the pump broke"));
    EXPECT_EQ(producer.released.arrays, 1);
    EXPECT_EQ(producer.released.schemas, 1);
    EXPECT_EQ(producer.released.streams, 1);
}

TEST(Arrow, AnUnknownTypeIsRefusedByNameAndReleased) {
    Producer producer{"w:16", {{0, 0, 0, {nullptr, nullptr}}}, {}};
    EXPECT_TRUE(
        has(message_of<InvalidArgument>([&] { read(producer); }), "column 'x' is of a type that Frame does not hold"));
    EXPECT_EQ(producer.released.arrays + producer.released.schemas + producer.released.streams, 3);
}

TEST(Arrow, TextsKeepEmbeddedZerosAndEmptyBuffersAreNoTrouble) {
    const std::int32_t offsets[]{0, 3, 3};
    const char text[]{'a', '\0', 'b'};
    Producer producer{"u", {{2, 0, 0, {nullptr, offsets, text}}, {0, 0, 0, {nullptr, nullptr, nullptr}}}, {}};
    const Column column = read(producer).column;
    EXPECT_EQ(column.levels(), (std::vector<std::string>{"", std::string("a\0b", 3)}));
}

Frame mixed() {
    auto memory = std::make_shared<std::vector<double>>(std::vector<double>{1, -1, kNaN, -1, 3});
    const VectorView<const double> strided(memory->data(), 3, 2);
    return Frame(Schema({{.name = "x"},
                         {.name = "f"},
                         {.name = "c", .kind = ColumnKind::category},
                         {.name = "at", .kind = ColumnKind::time, .role = Role::time, .time_zone = "Asia/Seoul"}}),
                 {Column::numbers(strided, memory), Column::numbers(Buffer<float>{1, 2, 3}),
                  Column::categories({1, -1, 0}, {"a", ""}), Column::times({0, kMissingTime, -5})});
}

Frame through_arrow(const Frame& frame) {
    ArrowArrayStream stream{};
    frame_to_arrow(frame, stream);
    return frame_from_arrow(stream);
}

TEST(Arrow, AFrameGoesOutAndComesBackTheSame) {
    const Frame frame = mixed(), again = through_arrow(mixed());
    EXPECT_EQ(again.schema(), frame.schema());
    for (Index i = 0; i < 3; ++i) {
        for (const char* name : {"x", "f"}) {
            const double a = frame.column(name).number(i), b = again.column(name).number(i);
            EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b)));
        }
        EXPECT_EQ(again.column("c").codes()[i], frame.column("c").codes()[i]);
        EXPECT_EQ(again.column("at").times()[i], frame.column("at").times()[i]);
    }
    EXPECT_TRUE(again.column("f").is_float32());
}

TEST(Arrow, AStreamThatNobodyReadsIsReleasedWithoutALeak) {
    ArrowArrayStream stream{};
    frame_to_arrow(mixed(), stream);
    stream.release(&stream);
    EXPECT_EQ(stream.release, nullptr);
}

TEST(Arrow, ABatchMayOutliveItsStreamAndItsChildrenMayBeMovedOut) {
    ArrowArrayStream stream{};
    frame_to_arrow(mixed(), stream);
    ArrowArray batch{};
    ASSERT_EQ(stream.get_next(&stream, &batch), 0);
    stream.release(&stream);
    ArrowArray child = *batch.children[1];
    batch.children[1]->release = nullptr;
    batch.release(&batch);
    EXPECT_EQ(static_cast<const float*>(child.buffers[1])[2], 3);
    child.release(&child);
}

}  // namespace
}  // namespace plantwright
