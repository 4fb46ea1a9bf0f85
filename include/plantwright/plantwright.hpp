// SPDX-License-Identifier: MIT
/// All of Plantwright's public headers, but core/eigen.hpp: include that one where Eigen is used.
#pragma once

#include "plantwright/core/buffer.hpp"
#include "plantwright/core/elementary.hpp"
#include "plantwright/core/error.hpp"
#include "plantwright/core/export.hpp"
#include "plantwright/core/isa.hpp"
#include "plantwright/core/progress.hpp"
#include "plantwright/core/random.hpp"
#include "plantwright/core/shared_array.hpp"
#include "plantwright/core/threads.hpp"
#include "plantwright/core/types.hpp"
#include "plantwright/core/version.hpp"

#include "plantwright/io/archive.hpp"
#include "plantwright/io/checksum.hpp"
#include "plantwright/io/codec.hpp"
#include "plantwright/io/container.hpp"
#include "plantwright/io/file.hpp"
#include "plantwright/io/json.hpp"
#include "plantwright/io/model_file.hpp"
#include "plantwright/io/serialize.hpp"

#include "plantwright/frame/arrow.hpp"
#include "plantwright/frame/calendar.hpp"
#include "plantwright/frame/csv.hpp"
#include "plantwright/frame/frame.hpp"
#include "plantwright/frame/schema.hpp"
#include "plantwright/frame/serialize_schema.hpp"
#include "plantwright/frame/write_csv.hpp"

#include "plantwright/evaluate/classification_metrics.hpp"
#include "plantwright/evaluate/leak_check.hpp"
#include "plantwright/evaluate/regression_metrics.hpp"
#include "plantwright/evaluate/report.hpp"
#include "plantwright/evaluate/splitters.hpp"

#include "plantwright/forest/boosted_trees.hpp"
#include "plantwright/forest/compact_forest.hpp"
#include "plantwright/forest/forest.hpp"
#include "plantwright/forest/forest_model.hpp"
#include "plantwright/forest/hyperplane_forest.hpp"
#include "plantwright/forest/isolation_forest.hpp"
#include "plantwright/forest/options.hpp"
#include "plantwright/forest/random_forest.hpp"

#include "plantwright/explain/explanation.hpp"
#include "plantwright/explain/partial_dependence.hpp"
#include "plantwright/explain/tree_explainer.hpp"

#include "plantwright/simulate/production_site.hpp"
#include "plantwright/simulate/reactor.hpp"
