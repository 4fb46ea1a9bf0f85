// SPDX-License-Identifier: MIT
/// The tables of a dust site.
#pragma once

#include <cstdint>
#include <vector>

#include "simulate/dust_run.hpp"

namespace plantwright::simulate {

Frame frame_of_hours(const DustRun& run, const DustSiteOptions& options);
Frame frame_of_days(const DustRun& run, const DustSiteOptions& options);

/// `origin_ns` is the first hour.
Frame frame_of_episodes(const std::vector<DustEpisode>& episodes, std::int64_t origin_ns);

}  // namespace plantwright::simulate
