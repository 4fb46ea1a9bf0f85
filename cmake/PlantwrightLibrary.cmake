# The library: every src/<area>/*.cpp once, every *.kernel.cpp once per level.
plantwright_find_public_dependencies(missing)
if(missing)
  message(FATAL_ERROR "plantwright: ${missing}")
endif()
if(PLANTWRIGHT_OPENMP AND NOT PLANTWRIGHT_SANITIZE MATCHES thread)  # libgomp is not instrumented, see src/core/team.hpp
  find_package(OpenMP REQUIRED COMPONENTS CXX)
  set(PLANTWRIGHT_THREADS OpenMP)
else()
  find_package(Threads REQUIRED)
  set(PLANTWRIGHT_THREADS Threads)
endif()
find_package(nlohmann_json 3.11 REQUIRED)  # Debian: nlohmann-json3-dev; not needed by those who link plantwright

file(GLOB PLANTWRIGHT_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/*.cpp)
file(GLOB PLANTWRIGHT_KERNELS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/*.kernel.cpp)
if(PLANTWRIGHT_KERNELS)
  list(REMOVE_ITEM PLANTWRIGHT_SOURCES ${PLANTWRIGHT_KERNELS})
endif()

# Vectors of two or four of the walks' lanes cost 30 % (benchmarks/forest/inference.py).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/forest/walk.kernel.cpp ${PROJECT_SOURCE_DIR}/src/forest/heaps.kernel.cpp
    PROPERTIES COMPILE_OPTIONS -fno-tree-slp-vectorize)
endif()

add_library(plantwright ${PLANTWRIGHT_SOURCES})
add_library(plantwright::plantwright ALIAS plantwright)
target_compile_features(plantwright PUBLIC cxx_std_20)
target_include_directories(plantwright
  PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
  PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(plantwright PUBLIC Eigen3::Eigen Boost::headers
  PRIVATE $<IF:$<STREQUAL:${PLANTWRIGHT_THREADS},OpenMP>,OpenMP::OpenMP_CXX,Threads::Threads> $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
# Promised bits: no contraction of a*b+c, no fast-math, whatever flags the project around us sets.
target_compile_options(plantwright PRIVATE -ffp-contract=off -fno-fast-math ${PLANTWRIGHT_WARNINGS})
set_target_properties(plantwright PROPERTIES
  POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

get_target_property(PLANTWRIGHT_TYPE plantwright TYPE)
if(PLANTWRIGHT_TYPE STREQUAL SHARED_LIBRARY)
  target_compile_definitions(plantwright PUBLIC PLANTWRIGHT_SHARED)
endif()
if(PLANTWRIGHT_PORTABLE)
  target_compile_definitions(plantwright PRIVATE PLANTWRIGHT_PORTABLE)
endif()
if(PLANTWRIGHT_KERNELS)
  plantwright_add_kernels(plantwright ${PLANTWRIGHT_KERNELS})
endif()
