# cmake -DOBJDUMP=objdump "-DOBJECTS=a.o;b.o" -P check_baseline.cmake
# Fails when an object outside the kernels uses AVX registers: it would crash on a processor that has none.
foreach(object IN LISTS OBJECTS)
  execute_process(COMMAND ${OBJDUMP} -d --no-show-raw-insn ${object}
    COMMAND grep -m1 -E "%[yz]mm[0-9]" OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(found)
    message(SEND_ERROR "AVX outside the kernels, in ${object}:\n${found}")
  endif()
endforeach()
if(NOT OBJECTS)
  message(FATAL_ERROR "no objects to look at")
endif()
