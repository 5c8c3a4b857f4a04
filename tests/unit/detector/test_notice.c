// Subjects of security notices are told from those of other mail, in every language of the table.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "detector/notice.h"

static void test_notices(void **state)
{
    (void)state;
    static const char *const notices[] = {
        "Your password has been changed",
        "New sign-in to your account",
        "Security info was added to your account",
        "Low-severity alert: Creation of forwarding/redirect rule",
        "Microsoft account unusual sign-in activity",
        "Ihr Kennwort wurde geändert",
        "Neue Anmeldung bei Ihrem Konto",
        "Votre mot de passe a été modifié",
        "Nouvelle connexion à votre compte",
        "Su contraseña ha sido cambiada",
        "A sua palavra-passe foi alterada",
        "La password è stata modificata",
        "Uw wachtwoord is gewijzigd",
        "Twoje hasło zostało zmienione",
        "Ditt lösenord har ändrats",
        "パスワードが変更されました",
    };
    for (size_t i = 0; i < sizeof notices / sizeof notices[0]; i++)
        if (!notice_is_security(str_from(notices[i])))
            fail_msg("no notice: %s", notices[i]);
}

static void test_other_mail(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",
        "Invoice 4711",
        "Re: lunch on Friday",
        "Minutes of the meeting",
        "New office chairs",
        "Neue Preise ab Juni",
        "Facture modifiée",
        "Updated agenda",
        "Password",
        "見積書",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (notice_is_security(str_from(others[i])))
            fail_msg("a notice: %s", others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notices),
        cmocka_unit_test(test_other_mail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
