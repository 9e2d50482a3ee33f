/* SPDX-License-Identifier: Apache-2.0
 *
 * The smallest storage driver in plain C. It has no layers at all, so it refuses to make one; what it shows is the
 * shape: a plugin table, a driver's information, a storage table, and errors in the caller's space.
 */
#include <stdlib.h>
#include <string.h>

#include <staithe/storage.h>

struct null_driver {
    uint32_t generation;
};

static staithe_code fail(staithe_error* error, staithe_code code, const char* message)
{
    error->code = code;
    error->sys_errno = 0;
    strncpy(error->message, message, sizeof error->message - 1);
    error->message[sizeof error->message - 1] = '\0';
    return code;
}

static void null_close(void* self)
{
    free(self);
}

static staithe_code null_create(void* self, const staithe_call* call, const staithe_layer* layer, staithe_error* error)
{
    (void)self, (void)call, (void)layer;
    return fail(error, STAITHE_UNSUPPORTED, "the null driver stores nothing");
}

static staithe_code null_remove(void* self, const staithe_call* call, staithe_text id, staithe_error* error)
{
    (void)self, (void)call, (void)id, (void)error;
    return STAITHE_OK; /* an unknown layer is not an error */
}

static staithe_code null_mount(
    void* self, const staithe_call* call, staithe_text id, bool writable, int32_t* fd, staithe_error* error)
{
    (void)self, (void)call, (void)id, (void)writable, (void)fd;
    return fail(error, STAITHE_NOT_FOUND, "the null driver has no layers");
}

static staithe_code null_list(
    void* self, const staithe_call* call, staithe_layer_visitor visit, void* ctx, staithe_error* error)
{
    (void)self, (void)call, (void)visit, (void)ctx, (void)error;
    return STAITHE_OK;
}

static const staithe_driver null_base = { .struct_size = sizeof null_base, .close = null_close };

static const staithe_storage null_table = {
    .struct_size = sizeof null_table,
    .base = &null_base,
    .create = null_create,
    .remove = null_remove,
    .mount = null_mount,
    .list = null_list,
};

static const staithe_driver_info null_info = {
    .struct_size = sizeof null_info,
    .kind = STAITHE_STORAGE,
    .name = "null-c",
    .summary = "Nothing, in C",
    .state_reads_from = 1,
    .state_writes = 1,
};

static const staithe_driver_info* plugin_driver(size_t index)
{
    return index == 0 ? &null_info : NULL;
}

static staithe_code plugin_init(const staithe_host* host, staithe_error* error)
{
    (void)host, (void)error;
    return STAITHE_OK;
}

static staithe_code plugin_probe(const char* name, const staithe_open* where, staithe_error* error)
{
    (void)name, (void)where, (void)error;
    return STAITHE_OK;
}

static staithe_code plugin_open(
    const char* name, const staithe_open* where, void** self, const void** table, staithe_error* error)
{
    (void)name;
    struct null_driver* driver = calloc(1, sizeof *driver);
    if (!driver)
        return fail(error, STAITHE_INTERNAL, "out of memory");
    driver->generation = where->generation;
    *self = driver;
    *table = &null_table;
    return STAITHE_OK;
}

static void plugin_deinit(void) { }

const staithe_plugin staithe_plugin_v1 = {
    .struct_size = sizeof staithe_plugin_v1,
    .abi_major = STAITHE_ABI_MAJOR,
    .abi_minor = STAITHE_ABI_MINOR,
    .id = "org.staithe.example.null-c",
    .version = "1.0",
    .license = "Apache-2.0",
    .driver = plugin_driver,
    .init = plugin_init,
    .probe = plugin_probe,
    .open = plugin_open,
    .deinit = plugin_deinit,
};
