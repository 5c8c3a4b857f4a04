// Fetching a file over HTTP(S) with libcurl.
// SPDX-License-Identifier: Apache-2.0
#include "input/download.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
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

static bool fetch(const char *url, struct download *download, struct error *error)
{
    CURL *curl = curl_easy_init();
    char why[CURL_ERROR_SIZE] = "";
    if (!curl)
        return error_set(error, "libcurl cannot be used");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, DOWNLOAD_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "stormglass");
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, download);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    if (code == CURLE_OK)
        return true;
    if (download->is_too_large)
        return error_set(error, "%s: larger than 256 MiB", url);
    if (download->is_unwritten)
        return error_set(error, "%s: no room for it: %s", url, strerror(errno));
    return error_set(error, "%s: %s", url, why[0] ? why : curl_easy_strerror(code));
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
