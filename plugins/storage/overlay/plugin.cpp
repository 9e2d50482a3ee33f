// SPDX-License-Identifier: Apache-2.0
#include "plugins/storage/overlay/driver.hpp"

STAITHE_STORAGE_PLUGIN(staithe::overlay::OverlayDriver, "org.staithe.overlay", "0.1.0", "Apache-2.0");
