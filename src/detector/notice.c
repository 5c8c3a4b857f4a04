// The words by which security notices are known, by language.
// SPDX-License-Identifier: Apache-2.0
#include "detector/notice.h"

#include <stddef.h>

// Microsoft does not publish the subjects of its notices. The phrases are the names of its alert policies,
// which stand in the subjects of alert mails (Purview, "Alert policies in Microsoft 365"), and words of
// the consumer account's notices; the stems are the words that the user interfaces use for password,
// sign-in, authentication and security information, and for what can happen to them.
static const char *const phrases[] = {
    "-severity alert:",
    "creation of forwarding/redirect rule",
    "suspicious email sending patterns detected",
    "user restricted from sending email",
    "unusual sign-in activity",
    "microsoft account security alert",
    "identity protection",
    "users at risk detected",
};

// Matched without regard to the case of ASCII letters; other letters stand in the middle of words, where
// they are lower case.
#define STEMS 8
static const struct language {
    const char *name;
    const char *about[STEMS], *happened[STEMS];
} languages[] = {
    {"English",
     {"password", "sign-in", "sign in", "login", "security info", "authenticat",
      "verification method", "multi-factor"},
     {"changed", "reset", "new ", "added", "removed", "updated", "unusual", "suspicious"}},
    {"German",
     {"kennwort", "passwort", "anmeld", "sicherheitsinfo", "authenti", "multi-faktor"},
     {"ndert", "zurückgesetzt", "neue", "hinzugef", "entfernt", "aktualisiert", "ungew",
      "verdächtig"}},
    {"French",
     {"mot de passe", "connexion", "informations de sécurité", "authentification"},
     {"modifi", "réinitialis", "nouvelle", "ajout", "supprim", "mis à jour", "inhabituelle",
      "suspecte"}},
    {"Spanish",
     {"contraseña", "inicio de sesi", "información de seguridad", "autenticaci"},
     {"cambiad", "restablec", "nuevo", "agregad", "eliminad", "actualizad", "inusual",
      "sospechos"}},
    {"Portuguese",
     {"senha", "palavra-passe", "entrada", "informações de segurança", "autentica"},
     {"alterad", "redefinid", "nova", "adicionad", "removid", "atualizad", "incomum", "suspeit"}},
    {"Italian",
     {"password", "accesso", "informazioni di sicurezza", "autenticazione"},
     {"modificat", "reimpostat", "nuovo", "aggiunt", "rimoss", "aggiornat", "insolit", "sospett"}},
    {"Dutch",
     {"wachtwoord", "aanmeld", "beveiligingsgegevens", "verificatie"},
     {"gewijzigd", "opnieuw ingesteld", "nieuwe", "toegevoegd", "verwijderd", "bijgewerkt",
      "ongebruikelijk", "verdacht"}},
    {"Polish",
     {"has\xc5\x82o", "logowani", "informacje zabezpieczaj", "uwierzytelniani"},
     {"zmienion", "zresetowan", "now", "dodan", "usuni", "zaktualizowan", "nietypow", "podejrzan"}},
    {"Swedish",
     {"lösenord", "inloggning", "säkerhetsinformation", "autentisering"},
     {"ändrat", "återställ", "ny ", "tillagd", "borttagen", "uppdatera", "ovanlig", "misstänkt"}},
    {"Japanese",
     {"パスワード", "サインイン", "セキュリティ情報", "認証"},
     {"変更", "リセット", "新しい", "追加", "削除", "更新", "通常とは異なる", "不審"}},
};

static bool has_one(struct str text, const char *const stems[STEMS])
{
    for (size_t i = 0; i < STEMS && stems[i]; i++)
        if (str_contains_fold(text, str_from(stems[i])))
            return true;
    return false;
}

bool notice_is_security(struct str subject)
{
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        if (str_contains_fold(subject, str_from(phrases[i])))
            return true;
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        if (has_one(subject, languages[i].about) && has_one(subject, languages[i].happened))
            return true;
    return false;
}
