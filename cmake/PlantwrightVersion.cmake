# The version's one source is include/plantwright/core/version.hpp.
function(plantwright_read_version out)
  file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/include/plantwright/core/version.hpp" line REGEX "define PLANTWRIGHT_VERSION \"")
  string(REGEX REPLACE ".*\"([0-9.]+)\".*" "\\1" version "${line}")
  set(${out} "${version}" PARENT_SCOPE)
endfunction()
