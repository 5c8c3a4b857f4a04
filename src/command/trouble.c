// Whether a scan must end with the status of unreadable input.
// SPDX-License-Identifier: Apache-2.0
#include "command/command.h"

static bool is_given(const struct option_values *paths, struct str path)
{
    for (size_t i = 0; i < paths->count; i++)
        if (str_equal(paths->items[i], path))
            return true;
    return false;
}

// Nothing came out of it, though there was something in it. A note that lies among the exports of a
// folder is told of, but is no fault of the reading: nobody asked for that file.
static bool is_unreadable(const struct scan_input *input, const struct option_values *paths)
{
    if (input->records || !input->unread_count)
        return false;
    return strcmp(input->container, "text") != 0 || is_given(paths, input->path);
}

bool result_has_trouble(const struct scan_result *result, const struct option_values *paths)
{
    bool has_trouble = result->has_unreadable;
    for (size_t i = 0; i < result->input_count; i++)
        has_trouble = has_trouble || is_unreadable(&result->inputs[i], paths);
    return has_trouble;
}
