# The library: every src/<area>/*.cpp once, every *.kernel.cpp once per level.
file(GLOB PLANTWRIGHT_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/*.cpp)
file(GLOB PLANTWRIGHT_KERNELS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/*.kernel.cpp)
list(REMOVE_ITEM PLANTWRIGHT_SOURCES ${PLANTWRIGHT_KERNELS})

add_library(plantwright ${PLANTWRIGHT_SOURCES})
add_library(plantwright::plantwright ALIAS plantwright)
target_compile_features(plantwright PUBLIC cxx_std_20)
target_include_directories(plantwright
  PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
  PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(plantwright PUBLIC Eigen3::Eigen Boost::headers
  PRIVATE OpenMP::OpenMP_CXX $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
target_compile_options(plantwright PRIVATE -ffp-contract=off -Wall -Wextra -Wpedantic -Wconversion)
set_target_properties(plantwright PROPERTIES
  POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
if(BUILD_SHARED_LIBS)
  target_compile_definitions(plantwright PUBLIC PLANTWRIGHT_SHARED)
endif()
if(PLANTWRIGHT_KERNELS)
  plantwright_add_kernels(plantwright ${PLANTWRIGHT_KERNELS})
endif()
