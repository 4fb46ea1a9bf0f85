# cmake -DBUILD=... -DPREFIX=... -P install.cmake
file(REMOVE_RECURSE ${PREFIX})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE python ${PREFIX}/*_core*.so ${PREFIX}/*.py)
if(python)
  message(FATAL_ERROR "a prefix is no place for the Python module: ${python}")
endif()
