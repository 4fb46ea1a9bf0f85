# Kernel files, src/<area>/<name>.kernel.cpp, are compiled once per level: the x86-64 baseline ("portable") and the psABI's
# v2, v3, v4; elsewhere, or with PLANTWRIGHT_PORTABLE, "portable" alone. PLANTWRIGHT_LEVEL names the level's namespace,
# PLANTWRIGHT_LEVEL_NUMBER its number (0 = portable). A kernel file may include only <cstdint>, <cstddef>, <cstring>,
# <immintrin.h> and headers named *_kernel.hpp, which hold plain structs and no inline function: of several copies the linker
# keeps one for everybody, perhaps the one that needs AVX-512. See docs/build.md; plantwright_test_kernel_symbols proves it.
# Sanitized, the unrolled sorting networks would take minutes to compile at -O3.
if(PLANTWRIGHT_SANITIZE)
  set(PLANTWRIGHT_KERNEL_OPTIMISATION -O1)
else()
  set(PLANTWRIGHT_KERNEL_OPTIMISATION -O3)
endif()
set(PLANTWRIGHT_KERNEL_FLAGS ${PLANTWRIGHT_KERNEL_OPTIMISATION} -ffp-contract=off -fno-fast-math -fno-math-errno -fno-exceptions -fvisibility=hidden)

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT PLANTWRIGHT_PORTABLE)
  set(PLANTWRIGHT_LEVELS portable v2 v3 v4)
else()
  set(PLANTWRIGHT_LEVELS portable)
endif()

# Adds kernel files to a target. Their objects also stand alone as object libraries <target>_kernels_<level>.
function(plantwright_add_kernels target)
  foreach(level IN LISTS PLANTWRIGHT_LEVELS)
    set(object ${target}_kernels_${level})
    add_library(${object} OBJECT ${ARGN})
    target_compile_features(${object} PRIVATE cxx_std_20)
    set_target_properties(${object} PROPERTIES POSITION_INDEPENDENT_CODE ON INTERPROCEDURAL_OPTIMIZATION OFF)
    target_include_directories(${object} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_compile_options(${object} PRIVATE ${PLANTWRIGHT_KERNEL_FLAGS} ${PLANTWRIGHT_WARNINGS})
    string(REGEX REPLACE "^v" "" number ${level})
    string(REPLACE portable 0 number ${number})
    target_compile_definitions(${object} PRIVATE PLANTWRIGHT_LEVEL=${level} PLANTWRIGHT_LEVEL_NUMBER=${number})
    if(PLANTWRIGHT_PORTABLE)
      target_compile_definitions(${object} PRIVATE PLANTWRIGHT_PORTABLE)
    elseif(number GREATER 0)
      target_compile_options(${object} PRIVATE -march=x86-64-${level})
    endif()
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${object}>)
  endforeach()
endfunction()

# A test per level: the target's kernel objects define nothing weak, and nothing outside plantwright::<level>.
function(plantwright_test_kernel_symbols target)
  if(PLANTWRIGHT_SANITIZE OR NOT CMAKE_NM)  # sanitizers add symbols of their own
    return()
  endif()
  foreach(level IN LISTS PLANTWRIGHT_LEVELS)
    add_test(NAME build.kernel_symbols.${target}.${level}
      COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DLEVEL=${level} "-DOBJECTS=$<TARGET_OBJECTS:${target}_kernels_${level}>"
        -P ${PROJECT_SOURCE_DIR}/cmake/check_kernel_symbols.cmake)
  endforeach()
endfunction()

# A test: the target's other objects, compiled for the baseline, use no wider registers. Not where the user's flags ask for them.
function(plantwright_test_baseline target)
  if(PLANTWRIGHT_SANITIZE OR NOT CMAKE_OBJDUMP OR "${CMAKE_CXX_FLAGS}" MATCHES "-m(arch|avx)" OR NOT "v2" IN_LIST PLANTWRIGHT_LEVELS)
    return()
  endif()
  add_test(NAME build.baseline.${target} COMMAND ${CMAKE_COMMAND} -DOBJDUMP=${CMAKE_OBJDUMP}
    "-DOBJECTS=$<TARGET_OBJECTS:${target}>" -P ${PROJECT_SOURCE_DIR}/cmake/check_baseline.cmake)
endfunction()
