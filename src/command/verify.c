// `stormglass verify`: which remediation steps later logs show as done, and whether the attacker is still there.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "command/command.h"
#include "command/progress.h"
#include "command/verification.h"

static enum exit_status show(struct options *options, const struct verification *verification)
{
    struct style style = style_for(STDOUT_FILENO, options);
    struct buf text;
    const char *format = option_text(options, OPTION_FORMAT_PLAIN);
    buf_init(&text);
    if (format && strcmp(format, "json") == 0)
        verification_print_json(verification, &text);
    else
        verification_print_text(verification, &style, &text);
    stdout_write(&text);
    enum exit_status status = verification->trouble.len ? STATUS_TROUBLE : STATUS_DONE;
    if (verification->trouble.len)
        complain("verify: %.*s", (int)verification->trouble.len, verification->trouble.at);
    if (verification->unread && !option_is_on(options, OPTION_QUIET))
        remark("%llu pieces could not be read", (unsigned long long)verification->unread);
    return stdout_finish(verification->is_interrupted ? STATUS_INTERRUPTED : status);
}

enum exit_status command_verify(struct options *options)
{
    struct verification verification;
    struct error error;
    signals_catch();
    bool is_done =
        verify_run(options->paths.items[0], options->paths.items + 1, options->paths.count - 1,
                   &signals_interrupted, &verification, &error);
    enum exit_status status =
        is_done ? show(options, &verification) : complain("verify: %s", error.text);
    verification_done(&verification);
    return status;
}
