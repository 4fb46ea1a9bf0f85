# Kernel files, src/<area>/<name>.kernel.cpp, are compiled once per level of the x86-64 psABI (v2, v3, v4), or once as
# "portable" elsewhere. PLANTWRIGHT_LEVEL names the level's namespace, PLANTWRIGHT_LEVEL_NUMBER its number (0 = portable).
# A kernel file may include only <cstdint>, <cstddef>, <cstring>, <immintrin.h> and headers named *_kernel.hpp, which hold
# plain structs and no inline function: the linker would otherwise keep one level's copy for everybody.
set(PLANTWRIGHT_KERNEL_FLAGS -O3 -ffp-contract=off -fno-math-errno -fvisibility=hidden)

function(plantwright_add_kernels target)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(levels v2 v3 v4)
  else()
    set(levels portable)
  endif()
  foreach(level IN LISTS levels)
    set(object plantwright_kernels_${level})
    add_library(${object} OBJECT ${ARGN})
    target_compile_features(${object} PRIVATE cxx_std_20)
    set_target_properties(${object} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_include_directories(${object} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_compile_options(${object} PRIVATE ${PLANTWRIGHT_KERNEL_FLAGS})
    if(level STREQUAL portable)
      target_compile_definitions(${object} PRIVATE PLANTWRIGHT_LEVEL=portable PLANTWRIGHT_LEVEL_NUMBER=0)
    else()
      string(SUBSTRING ${level} 1 1 number)
      target_compile_options(${object} PRIVATE -march=x86-64-${level})
      target_compile_definitions(${object} PRIVATE PLANTWRIGHT_LEVEL=${level} PLANTWRIGHT_LEVEL_NUMBER=${number})
    endif()
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${object}>)
  endforeach()
endfunction()
