/* Sample scenes: before a session, and what is chosen for all of them. Test code. */
#include "tests/unit/render/samples.h"
#include "tests/unit/render/samples_parts.h"

void sample_home(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Sam");
    look(s, UI_HOME_HOST, UI_LOOK_FOCUS);
}

void sample_home_typing(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Sam");
    words(s, UI_SLOT_FIELD_NUMBER, 0, "482 915");
    number(s, UI_SLOT_CARET, 7);
    look(s, UI_HOME_JOIN_NUMBER, UI_LOOK_FOCUS);
    look(s, UI_HOME_HOST, UI_LOOK_HOVER);
    look(s, UI_HOME_JOIN, UI_LOOK_PRESSED);
}

void sample_join(struct scene *s)
{
    words(s, UI_SLOT_SID, 0, "482915306");
    look(s, UI_JOIN_PASSWORD, UI_LOOK_FOCUS);
}

void sample_join_wrong(struct scene *s)
{
    words(s, UI_SLOT_SID, 0, "482915306");
    words(s, UI_SLOT_FIELD_PASSWORD, 0, "amber canal violet");
    number(s, UI_SLOT_CARET, 18);
    number(s, UI_SLOT_TRIES_LEFT, 4);
    look(s, UI_JOIN_PASSWORD, UI_LOOK_FOCUS | UI_LOOK_ERROR);
}

void sample_error_cert(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_R_CERT);
    words(s, UI_SLOT_DETAIL, 0, "TLS alert 42 from relay.example.org:7443");
    look(s, UI_ERROR_BACK, UI_LOOK_FOCUS);
    look(s, UI_ERROR_COPY, UI_LOOK_HIDDEN);
}

void sample_error_none(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_J_NONE);
    words(s, UI_SLOT_SID, 0, "482915306");
    look(s, UI_ERROR_RETRY, UI_LOOK_FOCUS);
    look(s, UI_ERROR_COPY, UI_LOOK_HIDDEN);
}

void sample_error_details(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_R_NET);
    words(s, UI_SLOT_DETAIL, 1,
          "connect relay.example.org:7443: Connection refused (111), after 3 of 3 addresses; last "
          "answer 14:02:31; the name was looked up in 12 ms");
    look(s, UI_ERROR_RETRY, UI_LOOK_FOCUS);
}

void sample_error_box(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_S_BOX);
    look(s, UI_ERROR_CLOSE2, UI_LOOK_FOCUS);
    look(s, UI_ERROR_COPY, UI_LOOK_HIDDEN);
}

void sample_error_old(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_V_OLD);
    number(s, UI_SLOT_VERSIONS, UI_VERSIONS_PROTOCOL);
    number(s, UI_SLOT_HERE, 1);
    number(s, UI_SLOT_THERE, 2);
    look(s, UI_ERROR_CLOSE2, UI_LOOK_FOCUS);
    look(s, UI_ERROR_COPY, UI_LOOK_HIDDEN);
}

void sample_error_wait(struct scene *s)
{
    number(s, UI_SLOT_ERROR, UI_ERROR_J_STOP);
    look(s, UI_ERROR_BACK, UI_LOOK_FOCUS);
    look(s, UI_ERROR_COPY, UI_LOOK_HIDDEN);
}

void sample_connecting(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Sam");
    look(s, UI_CONNECTING_CANCEL, UI_LOOK_FOCUS);
}

void sample_settings(struct scene *s)
{
    words(s, UI_SLOT_NAME, 0, "Sam");
    words(s, UI_SLOT_FIELD_RELAY, 0, "relay.example.org");
    number(s, UI_SLOT_CARET, 3);
    look(s, UI_SETTINGS_YOUR_NAME, UI_LOOK_FOCUS);
    look(s, UI_SETTINGS_PW_NEW, UI_LOOK_CHOSEN);
    look(s, UI_SETTINGS_LANG_AUTO, UI_LOOK_CHOSEN);
    look(s, UI_SETTINGS_THEME_DARK, UI_LOOK_CHOSEN);
    look(s, UI_SETTINGS_WAITING, UI_LOOK_CHOSEN);
    look(s, UI_SETTINGS_SOUND, UI_LOOK_CHOSEN | UI_LOOK_HOVER);
}

void sample_settings_wrong(struct scene *s)
{
    sample_settings(s);
    words(s, UI_SLOT_FIELD_RELAY, 0, "relay:port:7443");
    words(s, UI_SLOT_FIELD_NEVER, 0, "KeePassXC, VirtualBox Machine");
    look(s, UI_SETTINGS_YOUR_NAME, 0);
    look(s, UI_SETTINGS_RELAY, UI_LOOK_ERROR | UI_LOOK_FOCUS);
    number(s, UI_SLOT_CARET, 15);
    look(s, UI_SETTINGS_PW_NONE, UI_LOOK_OFF);
    look(s, UI_SETTINGS_WAITING, UI_LOOK_CHOSEN | UI_LOOK_OFF);
}

void sample_password_new(struct scene *s)
{
    number(s, UI_SLOT_HOSTED, 1);
    look(s, UI_NEW_PASSWORD_NEW, UI_LOOK_CHOSEN | UI_LOOK_FOCUS);
    look(s, UI_NEW_PASSWORD_NONE, UI_LOOK_OFF);
    look(s, UI_NEW_PASSWORD_PASSWORD, UI_LOOK_HIDDEN);
}

void sample_password_own(struct scene *s)
{
    number(s, UI_SLOT_HOSTED, 1);
    number(s, UI_SLOT_TRIES_LEFT, 8);
    words(s, UI_SLOT_FIELD_PASSWORD, 0, "correct horse");
    number(s, UI_SLOT_CARET, 13);
    look(s, UI_NEW_PASSWORD_OWN, UI_LOOK_CHOSEN);
    look(s, UI_NEW_PASSWORD_PASSWORD, UI_LOOK_FOCUS);
}

/* Changed while the screen is shown. */
void sample_password_sharing(struct scene *s)
{
    sample_password_new(s);
    number(s, UI_SLOT_SHARING, 1);
    number(s, UI_SLOT_WHAT, 2);
    number(s, UI_SLOT_PEOPLE, 2);
}

void sample_password_none(struct scene *s)
{
    look(s, UI_NEW_PASSWORD_NONE, UI_LOOK_CHOSEN | UI_LOOK_FOCUS);
    look(s, UI_NEW_PASSWORD_PASSWORD, UI_LOOK_HIDDEN);
}

void sample_settings_why(struct scene *s)
{
    sample_settings(s);
    why(s, UI_SETTINGS_PW_NONE, UI_STR_WHY_RULE);
}

void sample_home_why(struct scene *s)
{
    sample_home(s);
    why(s, UI_HOME_JOIN, UI_STR_WHY_NO_NUMBER);
}
