// SPDX-License-Identifier: MIT
#include "plantwright/io/checksum.hpp"

#include <array>
#include <bit>

#include "io/little_endian.hpp"

namespace plantwright::io {
namespace {

// The specification's names.
constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87u;
constexpr std::uint64_t kPrime2 = 0xC2B2AE3D27D4EB4Fu;
constexpr std::uint64_t kPrime3 = 0x165667B19E3779F9u;
constexpr std::uint64_t kPrime4 = 0x85EBCA77C2B2AE63u;
constexpr std::uint64_t kPrime5 = 0x27D4EB2F165667C5u;

constexpr std::size_t kStripe = 32;

std::uint64_t round(std::uint64_t accumulator, std::uint64_t lane) {
    return std::rotl(accumulator + lane * kPrime2, 31) * kPrime1;
}

std::uint64_t merge(std::uint64_t hash, std::uint64_t accumulator) {
    return (hash ^ round(0, accumulator)) * kPrime1 + kPrime4;
}

/// Steps 1 to 3: four lanes over the whole stripes, which are taken off `bytes`.
std::uint64_t hash_stripes(std::span<const std::byte>& bytes) {
    std::array<std::uint64_t, 4> lanes = {kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
    for (; bytes.size() >= kStripe; bytes = bytes.subspan(kStripe)) {
        for (std::size_t i = 0; i < 4; ++i) lanes[i] = round(lanes[i], read_little<std::uint64_t>(bytes, 8 * i));
    }
    std::uint64_t hash =
        std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) + std::rotl(lanes[3], 18);
    for (const std::uint64_t lane : lanes) hash = merge(hash, lane);
    return hash;
}

/// Step 5: what is left after the stripes.
std::uint64_t hash_rest(std::uint64_t hash, std::span<const std::byte> bytes) {
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        hash = std::rotl(hash ^ round(0, read_little<std::uint64_t>(bytes)), 27) * kPrime1 + kPrime4;
    }
    if (bytes.size() >= 4) {
        hash = std::rotl(hash ^ read_little<std::uint32_t>(bytes) * kPrime1, 23) * kPrime2 + kPrime3;
        bytes = bytes.subspan(4);
    }
    for (const std::byte byte : bytes)
        hash = std::rotl(hash ^ std::to_integer<std::uint64_t>(byte) * kPrime5, 11) * kPrime1;
    return hash;
}

std::uint64_t avalanche(std::uint64_t hash) {
    hash = (hash ^ hash >> 33) * kPrime2;
    hash = (hash ^ hash >> 29) * kPrime3;
    return hash ^ hash >> 32;
}

}  // namespace

std::uint64_t checksum(std::span<const std::byte> bytes) {
    const std::size_t size = bytes.size();
    const std::uint64_t hash = size >= kStripe ? hash_stripes(bytes) : kPrime5;
    return avalanche(hash_rest(hash + size, bytes));
}

}  // namespace plantwright::io
