// Fetching a file over HTTP(S) with libcurl, which is loaded when it is wanted: with it come two dozen libraries that cost
// each start of the program some milliseconds, and a scan has no business with the network.
// SPDX-License-Identifier: Apache-2.0
#include "input/download.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct download {
    FILE *file;
    size_t size;
    bool is_too_large, is_unwritten;
};

bool download_is_url(struct str text)
{
    return str_starts_fold(text, S("http://")) || str_starts_fold(text, S("https://"));
}

static size_t on_bytes(char *at, size_t one, size_t size, void *context)
{
    struct download *download = context;
    (void)one; // always 1
    download->size += size;
    download->is_too_large = download->size > DOWNLOAD_LIMIT;
    if (download->is_too_large)
        return 0;
    download->is_unwritten = fwrite(at, 1, size, download->file) != size;
    return download->is_unwritten ? 0 : size;
}

// The functions of libcurl that are used, under their own names without the prefix.
struct curl {
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *curl, CURLoption option, ...);
    CURLcode (*easy_perform)(CURL *curl);
    void (*easy_cleanup)(CURL *curl);
    const char *(*easy_strerror)(CURLcode code);
};

// It stays loaded: what it began cannot be taken back.
static bool load(struct curl *curl, struct error *error)
{
    static const struct {
        const char *name;
        size_t offset;
    } functions[] = {{"curl_easy_init", offsetof(struct curl, easy_init)},
                     {"curl_easy_setopt", offsetof(struct curl, easy_setopt)},
                     {"curl_easy_perform", offsetof(struct curl, easy_perform)},
                     {"curl_easy_cleanup", offsetof(struct curl, easy_cleanup)},
                     {"curl_easy_strerror", offsetof(struct curl, easy_strerror)}};
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && i < sizeof functions / sizeof functions[0]; i++) {
        void *function = dlsym(library, functions[i].name);
        if (!function)
            library = NULL;
        memcpy((char *)curl + functions[i].offset, &function, sizeof function);
    }
    return library ||
           error_set(error,
                     "libcurl is needed for this (%s): install it (Debian: libcurl4), or "
                     "fetch the file by other means and name it instead of the URL",
                     dlerror());
}

static void set_options(const struct curl *lib, CURL *curl, const char *url, char *why,
                        struct download *download)
{
    lib->easy_setopt(curl, CURLOPT_URL, url);
    lib->easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    lib->easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    lib->easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    lib->easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
    lib->easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    lib->easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 20L);
    lib->easy_setopt(curl, CURLOPT_TIMEOUT, DOWNLOAD_SECONDS);
    lib->easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    lib->easy_setopt(curl, CURLOPT_USERAGENT, "stormglass");
    lib->easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    lib->easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    lib->easy_setopt(curl, CURLOPT_WRITEDATA, download);
}

static bool fetch(const char *url, struct download *download, struct error *error)
{
    struct curl lib;
    char why[CURL_ERROR_SIZE] = "";
    if (!load(&lib, error))
        return false;
    CURL *curl = lib.easy_init();
    if (!curl)
        return error_set(error, "libcurl cannot be used");
    set_options(&lib, curl, url, why, download);
    CURLcode code = lib.easy_perform(curl);
    lib.easy_cleanup(curl);
    if (code == CURLE_OK)
        return true;
    if (download->is_too_large)
        return error_set(error, "%s: larger than 256 MiB", url);
    if (download->is_unwritten)
        return error_set(error, "%s: no room for it: %s", url, strerror(errno));
    return error_set(error, "%s: %s", url, why[0] ? why : lib.easy_strerror(code));
}

bool download_fetch(struct str url, char path[DOWNLOAD_PATH_SIZE], struct error *error)
{
    const char *folder = getenv("TMPDIR");
    char text[2048];
    if (url.len >= sizeof text || memchr(url.at, 0, url.len))
        return error_set(error, "the URL is too long");
    memcpy(text, url.at, url.len);
    text[url.len] = 0;
    int len = snprintf(path, DOWNLOAD_PATH_SIZE, "%s/stormglass-XXXXXX",
                       folder && folder[0] ? folder : "/tmp");
    int fd = len > 0 && len < DOWNLOAD_PATH_SIZE ? mkostemp(path, O_CLOEXEC) : -1;
    struct download download = {.file = fd >= 0 ? fdopen(fd, "wb") : NULL};
    if (!download.file) {
        error_set(error, "%s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool is_done = fetch(text, &download, error);
    if (fclose(download.file) != 0 && is_done)
        is_done = error_set(error, "%s: %s", path, strerror(errno));
    if (!is_done)
        unlink(path);
    return is_done;
}
