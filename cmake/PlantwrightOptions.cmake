# Options and flags. Tests, benchmarks and the Python module are ours to build only when we are the top-level project.
option(PLANTWRIGHT_BUILD_TESTS "Build the C++ tests" ${PROJECT_IS_TOP_LEVEL})
option(PLANTWRIGHT_BUILD_BENCHMARKS "Build the C++ benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(PLANTWRIGHT_BUILD_PYTHON "Build the Python module" ${PROJECT_IS_TOP_LEVEL})

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(Boost 1.74 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
