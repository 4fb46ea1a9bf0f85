# cmake -DNM=nm "-DOBJECTS=libplantwright.a" -P check_library_symbols.cmake
# Fails when an object of ours refers to something that prints, logs, ends the process, or installs a handler.
#
# Looks at undefined symbols, so that what the standard library does inside itself does not count. Not forbidden, because
# the compiler itself writes them: __cxa_atexit (destroys function-local constants when the process ends) and
# std::terminate (a noexcept function threw). Formatting into memory (snprintf, vsnprintf) is no output.
set(printing "v?f?w?printf|v?dprintf|__v?f?printf_chk|__v?dprintf_chk|puts|putchar|putc|fputs|fputc|perror|psignal|psiginfo|stdout|stderr")
set(streams "_ZSt4cout|_ZSt4cerr|_ZSt4clog|_ZSt5wcout|_ZSt5wcerr|_ZSt5wclog|_ZNSt8ios_base4InitC1Ev")
set(logging "syslog|vsyslog|__syslog_chk|openlog")
set(ending "exit|_exit|_Exit|quick_exit|abort|__assert_fail|raise|kill|pthread_kill|pthread_exit")
set(handlers "signal|bsd_signal|sysv_signal|sigaction|sigprocmask|pthread_sigmask|sigaltstack|atexit|at_quick_exit|on_exit|\
pthread_atfork|__register_atfork|_ZSt13set_terminatePFvvE|_ZSt15set_new_handlerPFvvE")
set(others "system|popen|fork|vfork|posix_spawnp?|execl|execlp|execv|execvp|execve|setlocale|_ZNSt6locale6globalERKS_|setenv|putenv")
set(forbidden "^ *U (${printing}|${streams}|${logging}|${ending}|${handlers}|${others})(@.*)?$")

execute_process(COMMAND ${NM} --undefined-only ${OBJECTS} OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE ";" "," lines "${lines}")
string(REPLACE "\n" ";" lines "${lines}")
set(object "")
set(found "")
set(seen 0)
foreach(line IN LISTS lines)
  if(line MATCHES "^(.*):$")
    set(object ${CMAKE_MATCH_1})
  elseif(line MATCHES "${forbidden}")
    string(APPEND found "\n  ${object}: ${CMAKE_MATCH_1}")
  endif()
  if(line MATCHES "^ *U _Znwm") # operator new: the library certainly calls it
    set(seen 1)
  endif()
endforeach()
if(NOT seen)
  message(FATAL_ERROR "${OBJECTS}: these are not the objects of the library")
elseif(found)
  message(FATAL_ERROR "the library must not print, log, end the process or install handlers (docs/core.md):${found}")
endif()
