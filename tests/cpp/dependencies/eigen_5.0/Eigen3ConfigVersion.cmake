# As Eigen's own: a request for another major version is refused.
set(PACKAGE_VERSION 5.0.1)
if(NOT PACKAGE_FIND_VERSION OR PACKAGE_FIND_VERSION_MAJOR EQUAL 5)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
