/* A storage driver that does nothing, in C, and breaks one rule of the loader: the one that is defined when it is
 * compiled. Without any it is the smallest driver that loads. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <staithe/storage.h>

static staithe_code refuse(staithe_error* error, const char* why)
{
    error->code = STAITHE_UNSUPPORTED;
    strncpy(error->message, why, sizeof error->message - 1);
    return STAITHE_UNSUPPORTED;
}

static void hang(void)
{
    for (;;)
        pause();
}

#if defined(CONSTRUCTOR_ABORTS) || defined(CONSTRUCTOR_EXITS) || defined(CONSTRUCTOR_HANGS)
__attribute__((constructor)) static void construct(void)
{
#ifdef CONSTRUCTOR_ABORTS
    abort();
#elif defined(CONSTRUCTOR_EXITS)
    exit(3);
#else
    hang();
#endif
}
#endif

static void close_driver(void* self)
{
    (void)self;
}

static staithe_code create(void* self, const staithe_call* call, const staithe_layer* layer, staithe_error* error)
{
    (void)self, (void)call, (void)layer, (void)error;
    return STAITHE_OK;
}

static staithe_code remove_layer(void* self, const staithe_call* call, staithe_text id, staithe_error* error)
{
    (void)self, (void)call, (void)id, (void)error;
    return STAITHE_OK;
}

static staithe_code mount_layer(
    void* self, const staithe_call* call, staithe_text id, bool writable, int32_t* fd, staithe_error* error)
{
    (void)self, (void)call, (void)id, (void)writable, (void)fd;
    return refuse(error, "nothing to mount");
}

static staithe_code list(
    void* self, const staithe_call* call, staithe_layer_visitor visit, void* ctx, staithe_error* error)
{
    (void)self, (void)call, (void)visit, (void)ctx, (void)error;
    return STAITHE_OK;
}

static const staithe_driver base = { .struct_size = sizeof base, .close = close_driver };

static const staithe_storage table = {
    .struct_size = sizeof table,
    .base = &base,
#ifndef NULL_CREATE
    .create = create,
#endif
    .remove = remove_layer,
    .mount = mount_layer,
    .list = list,
};

static const staithe_driver_info info = {
    .struct_size = sizeof info,
    .kind = STAITHE_STORAGE,
#ifdef WRONG_NAME
    .name = "somebody-else",
#else
    .name = NAME,
#endif
    .summary = "does nothing",
};

static const staithe_driver_info* driver(size_t index)
{
#ifdef TWICE
    return index < 2 ? &info : NULL;
#else
    return index == 0 ? &info : NULL;
#endif
}

static staithe_code init(const staithe_host* host, staithe_error* error)
{
    (void)host;
#ifdef INIT_SEGFAULTS
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit of it */
    raise(SIGSEGV);
#elif defined(INIT_EXITS)
    exit(3);
#elif defined(INIT_HANGS)
    hang();
#elif defined(INIT_REFUSES)
    return refuse(error, "this machine has no widget; plug one in");
#elif defined(FORKS)
    if (fork() == 0)
        hang();
#elif defined(MESSES)
    umask(0);
    (void)!chdir("/tmp");
    signal(SIGTERM, SIG_IGN);
    close(0), close(1);
    setenv("LD_PRELOAD", "/tmp/evil.so", 1);
#elif defined(EATS_MEMORY)
    for (int i = 0; i < 2048; ++i) {
        char* block = malloc(1 << 20);
        if (!block)
            return refuse(error, "no more memory");
        memset(block, 1, 1 << 20);
    }
#endif
    (void)error;
    (void)refuse;
    (void)hang;
    return STAITHE_OK;
}

static staithe_code probe(const char* name, const staithe_open* where, staithe_error* error)
{
    (void)name, (void)where, (void)error;
#ifdef PROBE_REFUSES
    return refuse(error, "the kernel has no widgets; load module 'widget'");
#elif defined(PROBE_HANGS)
    hang();
#endif
    return STAITHE_OK;
}

static staithe_code open_driver(
    const char* name, const staithe_open* where, void** self, const void** out, staithe_error* error)
{
    (void)name, (void)where, (void)error;
#ifdef OPEN_EXITS
    exit(3);
#endif
    *self = NULL;
#ifndef NO_TABLE
    *out = &table;
#else
    (void)out, (void)table;
#endif
    return STAITHE_OK;
}

static void deinit(void) { }

#ifndef NO_SYMBOL
const staithe_plugin staithe_plugin_v1 = {
#ifdef SMALL_PLUGIN
    .struct_size = 24,
#else
    .struct_size = sizeof staithe_plugin_v1,
#endif
#ifdef MAJOR_TWO
    .abi_major = 2,
#else
    .abi_major = STAITHE_ABI_MAJOR,
#endif
    .abi_minor = STAITHE_ABI_MINOR,
    .id = "test.loader",
    .version = "1.0",
    .license = "Apache-2.0",
    .driver = driver,
#ifndef NULL_INIT
    .init = init,
#endif
    .probe = probe,
    .open = open_driver,
    .deinit = deinit,
};
#endif
#if defined(NO_SYMBOL) || defined(NULL_INIT) || defined(NULL_CREATE)
/* What the fault leaves without a use. */
const void* staithe_double_unused[] = { (void*)(size_t)driver, (void*)(size_t)init, (void*)(size_t)probe,
    (void*)(size_t)open_driver, (void*)(size_t)deinit, (void*)(size_t)create };
#endif
