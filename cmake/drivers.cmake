# Which drivers are built. Leaving one out leaves out the libraries that only it needs.
set(STAITHE_ALL_DRIVERS execution-namespaces storage-overlay storage-vfs registry-fetch)
set(STAITHE_DRIVERS "${STAITHE_ALL_DRIVERS}" CACHE STRING "Drivers to build, as a list of <kind>-<name>")
foreach(driver IN LISTS STAITHE_DRIVERS)
    if(NOT driver IN_LIST STAITHE_ALL_DRIVERS)
        message(FATAL_ERROR "STAITHE_DRIVERS: unknown driver '${driver}'; known are: ${STAITHE_ALL_DRIVERS}")
    endif()
endforeach()

# Where drivers are installed; the 1 is the ABI major.
set(STAITHE_DRIVER_DIR ${CMAKE_INSTALL_LIBDIR}/staithe/drivers/1)
# Where the build tree has them, so that programs can run before they are installed.
set(STAITHE_BUILD_DRIVER_DIR ${PROJECT_BINARY_DIR}/drivers/1)
