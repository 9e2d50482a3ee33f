// SPDX-License-Identifier: Apache-2.0
#include "plugins/storage/vfs/driver.hpp"

STAITHE_STORAGE_PLUGIN(staithe::vfs::VfsDriver, "org.staithe.vfs", "0.1.0", "Apache-2.0");
