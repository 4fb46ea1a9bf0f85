# cmake --install: headers, library, plantwrightConfig.cmake and plantwright.pc.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(PLANTWRIGHT_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/plantwright)
set(PLANTWRIGHT_IS_STATIC OFF)
if(PLANTWRIGHT_TYPE STREQUAL STATIC_LIBRARY)
  set(PLANTWRIGHT_IS_STATIC ON)
endif()

install(TARGETS plantwright EXPORT plantwrightTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/plantwright DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(EXPORT plantwrightTargets NAMESPACE plantwright:: DESTINATION ${PLANTWRIGHT_CMAKE_DIR} COMPONENT library)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/plantwrightConfig.cmake.in plantwrightConfig.cmake
  INSTALL_DESTINATION ${PLANTWRIGHT_CMAKE_DIR} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(plantwrightConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/plantwrightConfig.cmake ${PROJECT_BINARY_DIR}/plantwrightConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/PlantwrightDependencies.cmake DESTINATION ${PLANTWRIGHT_CMAKE_DIR} COMPONENT library)

# pkg-config. Whoever links the static library must link OpenMP (or pthread) too; the shared one brings it along.
set(PLANTWRIGHT_PC_CFLAGS "")
set(PLANTWRIGHT_PC_LIBS "")
if(PLANTWRIGHT_IS_STATIC)
  set(PLANTWRIGHT_PC_LIBS " -pthread")
  if(PLANTWRIGHT_THREADS STREQUAL OpenMP)
    set(PLANTWRIGHT_PC_LIBS " ${OpenMP_CXX_FLAGS}")
  endif()
else()
  set(PLANTWRIGHT_PC_CFLAGS " -DPLANTWRIGHT_SHARED")
endif()
get_target_property(boost Boost::headers INTERFACE_INCLUDE_DIRECTORIES)
if(boost AND NOT boost STREQUAL "/usr/include")
  string(APPEND PLANTWRIGHT_PC_CFLAGS " -I${boost}")
endif()
file(RELATIVE_PATH PLANTWRIGHT_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(${PROJECT_SOURCE_DIR}/cmake/plantwright.pc.in plantwright.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/plantwright.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
