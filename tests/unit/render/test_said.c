/*
 * What is drawn against what is told of it (lib/ui/say.h): in every sample and language all words
 * on the window are told, as a text, a label or a badge, and nothing is told that is not there.
 * Passwords and fields are drawn and not told, what people wrote only where that is wanted.
 * text_draw is wrapped.
 */
#include "ch_ui.h"
#include "lib/fail.h"
#include "lib/text.h"
#include "lib/ui/say.h"
#include "lib/ui/strings.h"
#include "render/name.h"
#include "render/painter.h"
#include "tests/unit/render/samples.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PIECES 256
#define ELLIPSIS "\xe2\x80\xa6"
#define QUOTE "\xe2\x80\x9c"

static struct text text;
static struct scene scene;
static struct msg_ui_paint order;
static struct ui_said said;
static char pieces[PIECES][512];
static unsigned n_pieces;
static char drawn[65536], told[65536];
static unsigned language;

void __real_text_draw(struct text *t, cairo_t *cr, double x, double y, const char *utf8, size_t len,
                      const struct text_type *type);
void __wrap_text_draw(struct text *t, cairo_t *cr, double x, double y, const char *utf8, size_t len,
                      const struct text_type *type);

/* Without the marks of direction around names and what is put into sentences. */
static void plain(char *out, const char *utf8, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (len - i >= 3 && (memcmp(utf8 + i, "\xe2\x81\xa8", 3) == 0 ||
                             memcmp(utf8 + i, "\xe2\x81\xa9", 3) == 0)) {
            i += 2;
            continue;
        }
        out[n++] = utf8[i];
    }
    out[n] = '\0';
}

void __wrap_text_draw(struct text *t, cairo_t *cr, double x, double y, const char *utf8, size_t len,
                      const struct text_type *type)
{
    assert_true(n_pieces < PIECES && len < sizeof pieces[0]);
    plain(pieces[n_pieces++], utf8, len);
    __real_text_draw(t, cr, x, y, utf8, len, type);
}

static void paint(void)
{
    uint8_t *pixels = malloc((size_t)scene.width * scene.height * 4);

    assert_non_null(pixels);
    n_pieces = 0;
    drawn[0] = '\0';
    assert_int_equal(painter_paint(&text, &scene, pixels, (int)scene.width * 4), 0);
    free(pixels);
    for (unsigned i = 0; i < n_pieces; i++) {
        strcat(drawn, pieces[i]);
        strcat(drawn, "\n");
    }
}

static void add(const char *words)
{
    assert_true(strlen(told) + strlen(words) + 2 < sizeof told);
    strcat(told, words);
    strcat(told, "\n");
}

/* As the broker would have sent it, with the marks that its painter answers. */
static void make_order(void)
{
    uint16_t marks = crowd_marks(scene.crowd, &scene);

    memset(&order, 0, sizeof order);
    order.window = scene.window;
    order.variant = scene.variant;
    order.language = scene.language;
    for (unsigned slot = 0; slot < UI_SLOTS; slot++)
        if (scene.told[slot]) {
            bool marked = slot == UI_SLOT_NAME && marks >> CROWD_ABOUT & 1;

            order.values[order.n_values++] =
                (struct ui_value){.slot = (uint8_t)slot,
                                  .number = marked ? 1 : scene.number[slot],
                                  .words = span_text(scene.words[slot])};
        }
    for (unsigned c = 0; c < SCENE_CONTROLS_MAX; c++)
        if (scene.look[c])
            order.controls[order.n_controls++] =
                (struct ui_control){.control = (uint8_t)c, .look = scene.look[c]};
    for (unsigned i = 0; i < scene.n_rows; i++)
        order.rows[order.n_rows++] = (struct ui_row){
            .kind = scene.rows[i].kind,
            .badges = (uint16_t)(scene.rows[i].badges | (marks >> i & 1 ? UI_BADGE_SAME_NAME : 0)),
            .name = span_text(scene.rows[i].untrusted_name)};
}

/* Labels and rows are told with their controls (broker/windows_tell.c). */
static void add_controls(void)
{
    const struct ui_layout *l = ui_layout_get(scene.window, scene.variant);
    bool rows = scene.window == UI_HOST_PANEL || scene.window == UI_PEOPLE;

    for (unsigned c = 0; c < l->n_controls; c++)
        for (unsigned f = 0; f < l->controls[c].n_faces; f++)
            if (!(scene.look[c] & UI_LOOK_HIDDEN)) {
                char label[256];

                ui_string_format(
                    label, sizeof label, l->controls[c].faces[f].label, language,
                    &(struct ui_args){
                        .n = ui_everybody(scene.window, scene.number[UI_SLOT_PEOPLE])});
                add(label);
            }
    for (unsigned c = 0; c < l->n_controls; c++)
        if (l->controls[c].kind == UI_KIND_RADIO)
            add(ui_string_text(ui_group_of(scene.window, (uint8_t)c), language, 0));
    for (unsigned i = 0; rows && i < order.n_rows; i++) {
        char name[128], badges[256];

        ui_say_name(name, sizeof name, scene.rows[i].untrusted_name, language);
        ui_say_badges(badges, sizeof badges, order.rows[i].badges, order.rows[i].kind == 0,
                      language);
        add(order.rows[i].badges & UI_BADGE_YOU ? ui_string_text(UI_STR_HOST_YOU, language, 0)
                                                : name);
        add(badges);
    }
}

/* What is drawn and not told: passwords, what stands in fields, what people wrote, how much of it
   was not read (told with its button), and vitrine's own name. */
static bool is_kept(const char *piece)
{
    static const uint8_t slots[] = {
        UI_SLOT_PASSWORD,    UI_SLOT_FIELD_PASSWORD, UI_SLOT_FIELD_NUMBER, UI_SLOT_FIELD_RELAY,
        UI_SLOT_FIELD_NEVER, UI_SLOT_FIELD_SEARCH,   UI_SLOT_FIELD_CHAT};
    char unread[16];

    snprintf(unread, sizeof unread, "%u", (unsigned)scene.number[UI_SLOT_UNREAD]);
    if (strcmp(piece, "vitrine") == 0 || strcmp(piece, unread) == 0 || strcmp(piece, "9+") == 0 ||
        scene.window == UI_CHAT)
        return true;
    if ((scene.window == UI_HOME || scene.window == UI_SETTINGS) &&
        strstr(scene.words[UI_SLOT_NAME], piece))
        return true;
    for (unsigned i = 0; i < sizeof slots; i++)
        if (strstr(scene.words[slots[i]], piece))
            return true;
    return false;
}

/* A claimed name is drawn cleaned, and cut to its room; it is told quoted. */
static bool is_name_told(const char *piece, const char *untrusted)
{
    char clean[NAME_CLEAN_MAX], quoted[256];
    size_t len = name_clean(clean, untrusted, strlen(untrusted)), end = strcspn(piece, "\xe2");

    text_quote(quoted, sizeof quoted, untrusted);
    while (piece[end] && strncmp(piece + end, ELLIPSIS, 3) != 0 &&
           strncmp(piece + end, "\xe2\x80\x9d", 3) != 0)
        end += 1 + strcspn(piece + end + 1, "\xe2");
    return end <= len && memcmp(piece, clean, end) == 0 && strstr(told, quoted);
}

static bool is_told(const char *piece)
{
    bool quoted = strncmp(piece, QUOTE, 3) == 0;

    for (unsigned i = 0; quoted && i < scene.n_rows; i++)
        if (is_name_told(piece + 3, scene.rows[i].untrusted_name))
            return true;
    if (quoted && (is_name_told(piece + 3, scene.words[UI_SLOT_NAME]) ||
                   is_name_told(piece + 3, scene.words[UI_SLOT_ALSO]) ||
                   is_name_told(piece + 3, scene.words[UI_SLOT_END_WHO])))
        return true;
    return strstr(told, piece) != NULL;
}

static bool is_drawn(const char *words)
{
    char each[1024], *rest, *word;

    snprintf(each, sizeof each, "%s", words);
    for (word = strtok_r(each, " ,", &rest); word; word = strtok_r(NULL, " ,", &rest))
        if (!strstr(drawn, word))
            return false;
    return true;
}

static bool is_small_viewer(void)
{
    return scene.window == UI_VIEWER && scene.width < 800;
}

/* With `chat` also what people wrote, after who wrote it. */
static void compare_with(const char *name, bool chat)
{
    told[0] = '\0';
    make_order();
    ui_say(&said, &order, chat);
    for (unsigned i = 0; i < said.n; i++)
        add(said.text[i]);
    add_controls();
    paint();
    for (unsigned i = 0; i < n_pieces; i++)
        if (!is_kept(pieces[i]) && !is_told(pieces[i]))
            fail_msg("%s, language %u: drawn and not told: %s\n-- told:\n%s", name, language,
                     pieces[i], told);
    /* what is told of a table's row has its heads in it; a small viewer has bars for words */
    for (unsigned i = 0; i < said.n && scene.window != UI_DOCTOR && !is_small_viewer(); i++)
        if (strncmp(said.text[i], QUOTE, sizeof QUOTE - 1) != 0 && !is_drawn(said.text[i]))
            fail_msg("%s, language %u: told and not drawn: %s\n-- drawn:\n%s", name, language,
                     said.text[i], drawn);
}

static void compare(const char *name)
{
    compare_with(name, false);
    if (scene.window == UI_CHAT)
        compare_with(name, true);
}

static struct crowd crowd;

static void all_that_is_drawn_is_told(void **state)
{
    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        for (unsigned i = 0; i < n_samples; i++) {
            if (samples[i].window == UI_LABELS)
                continue;
            sample_scene(&samples[i], &scene, 256, 0, language, false);
            if (!scene.crowd)
                scene.crowd = &crowd;
            compare(samples[i].name);
            scene_finish(&scene);
        }
}

static void promises_nothing(void)
{
    static const char *const promises[] = {"othing was", "nothing is", "ichts wurde",
                                           "nichts wird"};

    for (unsigned i = 0; i < sizeof promises / sizeof *promises; i++)
        if (strstr(told, promises[i]))
            fail_msg("%s: %s", promises[i], told);
}

static void every_toast_and_error(void **state)
{
    const struct ui_layout *l = ui_layout_get(UI_TOAST, 0);

    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++) {
        for (unsigned toast = 0; toast <= UI_TOAST_REACH; toast++)
            for (unsigned i = 0; i < 6; i++) {
                unsigned sharing = i % 3, people = 1 + i / 3;

                scene = (struct scene){.window = UI_TOAST,
                                       .scale = 256,
                                       .language = (uint8_t)language,
                                       .width = l->w,
                                       .height = l->h,
                                       .crowd = &crowd};
                assert_true(scene_set_value(&scene, UI_SLOT_TOAST, toast, NULL, 0));
                assert_true(scene_set_value(&scene, UI_SLOT_SHARING, sharing, NULL, 0));
                assert_true(scene_set_value(&scene, UI_SLOT_PEOPLE, people, NULL, 0));
                assert_true(
                    scene_set_value(&scene, UI_SLOT_NAME, 0, (const uint8_t *)"Ada Lindqvist", 13));
                compare("toast");
                assert_int_equal(said.n, 2);
            }
        for (unsigned error = 1; error < UI_ERRORS; error++) {
            const struct ui_layout *box = ui_layout_get(UI_ERROR, ui_error_get(error)->variant);

            scene = (struct scene){.window = UI_ERROR,
                                   .variant = ui_error_get(error)->variant,
                                   .scale = 256,
                                   .language = (uint8_t)language,
                                   .width = box->w,
                                   .height = box->h,
                                   .crowd = &crowd};
            assert_true(scene_set_value(&scene, UI_SLOT_ERROR, error, NULL, 0));
            assert_true(scene_set_value(&scene, UI_SLOT_SID, 0, (const uint8_t *)"482915306", 9));
            compare(ui_error_get(error)->code);
            for (unsigned i = 1; error == UI_ERROR_V_OLD && i <= UI_VERSIONS_RELAY + 1; i++) {
                assert_true(scene_set_value(&scene, UI_SLOT_VERSIONS, i, NULL, 0));
                assert_true(scene_set_value(&scene, UI_SLOT_HERE, 1, NULL, 0));
                assert_true(scene_set_value(&scene, UI_SLOT_THERE, UINT16_MAX, NULL, 0));
                compare("V-OLD with versions");
            }
            assert_true(scene_set_value(&scene, UI_SLOT_LATER, 1, NULL, 0));
            compare(ui_error_get(error)->code);
            promises_nothing();
        }
    }
}

/* What is to be said before it is known whether anything was shown (ui.md 10). */
static void words_promise_nothing(void **state)
{
    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        for (unsigned i = 0; i < n_samples; i++)
            if (samples[i].window == UI_WORDS) {
                sample_scene(&samples[i], &scene, 256, 0, language, false);
                scene.crowd = &crowd;
                compare(samples[i].name);
                promises_nothing();
                scene_finish(&scene);
            }
}

/* After three times no nobody is asked any more (session.h: refused), and whoever asked is not told
   which no it was: neither the toast nor the grey button says that asking will be possible. */
static void a_no_promises_nothing(void **state)
{
    struct ui_two_lines no = ui_toast_lines(UI_TOAST_CONTROL_NO, 0, 0);

    (void)state;
    for (unsigned i = 0; i < UI_LANGUAGES; i++) {
        assert_null(strstr(ui_string_text(no.text, i, 0), i ? "können Sie" : "You can"));
        for (unsigned n = 0; n < 3; n++)
            assert_null(
                strstr(ui_string_text(UI_STR_WHY_LATER, i, n), i ? "können Sie" : "You can"));
    }
}

/* The sample of that name, with one more number; drawn and told are compared. */
static void show(const char *sample, enum ui_slot slot, uint32_t number)
{
    unsigned at = 0;

    while (strcmp(samples[at].name, sample) != 0)
        at++;
    language = UI_LANGUAGE_EN;
    sample_scene(&samples[at], &scene, 256, 0, language, false);
    assert_true(scene_set_value(&scene, slot, number, NULL, 0));
    scene.crowd = &crowd;
    compare(sample);
    scene_finish(&scene);
}

static bool in_one_line(const char *lines, const char *words)
{
    static char flat[sizeof drawn];

    strcpy(flat, lines);
    for (char *c = flat; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    return strstr(flat, words);
}

/* However the lines are broken. */
static bool all_say(const char *words)
{
    bool is = in_one_line(drawn, words);

    assert_int_equal(in_one_line(told, words), is);
    return is;
}

/* Who is let in by hand, who by the password, who by the number: dialogs say no other. */
static void the_door_is_as_it_is(void **state)
{
    (void)state;
    show("consent-nobody", UI_SLOT_ALSO, UI_ALSO_NOBODY);
    assert_true(all_say("people you admit") && all_say("person you admit"));
    show("consent-nobody", UI_SLOT_ALSO, UI_ALSO_PASSWORD);
    assert_false(all_say("admit"));
    assert_true(all_say("all who join") && all_say("enters the password"));
    show("consent-open", UI_SLOT_ALSO, UI_ALSO_PASSWORD);
    assert_true(all_say("everyone who joins with the password"));
    show("admit", UI_SLOT_DOOR, UI_DOOR_ASKS);
    assert_true(all_say("know the password"));
    show("admit", UI_SLOT_DOOR, UI_DOOR_NUMBER);
    assert_false(all_say("password"));
    assert_true(all_say("know the session number"));
    show("host-start", UI_SLOT_DOOR, UI_DOOR_ASKS);
    assert_true(all_say("enter the password appear here"));
    show("host-start", UI_SLOT_DOOR, UI_DOOR_OPEN);
    assert_false(all_say("appear here"));
    assert_true(all_say("in at once"));
    show("host-start", UI_SLOT_DOOR, UI_DOOR_LOCKED);
    assert_true(all_say("nobody can join"));
    show("host-start", UI_SLOT_DOOR, UI_DOOR_SHUT);
    assert_true(all_say("nobody is let in until it can"));
    show("host-start", UI_SLOT_DOOR, UI_DOOR_NUMBER);
    assert_false(all_say("enter the password"));
    assert_true(all_say("enter the session number"));
}

/* "Nobody can move your mouse or type" is never said while somebody can, and that one is named. */
static void control_is_said(void **state)
{
    (void)state;
    language = UI_LANGUAGE_EN;
    for (unsigned i = 0; i < n_samples; i++)
        for (unsigned bits = 0; samples[i].window == UI_DOCTOR && bits < 6; bits++) {
            sample_scene(&samples[i], &scene, 256, 0, language, false);
            assert_true(scene_set_value(&scene, UI_SLOT_CONTROLS, bits & 1, NULL, 0));
            assert_true(scene_set_value(&scene, UI_SLOT_DOCTOR_ALL, bits >> 1, NULL, 0));
            scene.crowd = &crowd;
            assert_true(scene_set_value(&scene, UI_SLOT_NAME, 0, (const uint8_t *)"Kim", 3));
            compare(samples[i].name);
            assert_int_equal(strstr(drawn, "\u201cKim\u201d\ncan move your mouse") != NULL,
                             scene.number[UI_SLOT_DOCTOR_0] && bits & 1);
            assert_int_equal(strstr(drawn, "Nobody can move") != NULL,
                             scene.number[UI_SLOT_DOCTOR_0] && !(bits & 1));
        }
}

/* Who ended it is named where that is known, in quotation marks; where it broke off nobody did. */
static void who_ended_it_is_named(void **state)
{
    static const struct {
        uint32_t how, why;
        const char *name, *said;
    } rows[] = {{0, END_WHY_ORGANIZER, "Ada", "ended by\n\u201cAda\u201d\n"},
                {0, END_WHY_ORGANIZER, "", "ended by the host\n"},
                {0, END_WHY_SELF, "Ada", "ended by you\n"},
                {0, UI_END_EMPTY, "", "ended because nobody else was there\n"},
                {0, UI_END_AWAY, "", "ended because nobody used this computer\n"},
                {1, END_WHY_ORGANIZER, "Ada", "cut off\n"}};
    unsigned at = 0;

    (void)state;
    language = UI_LANGUAGE_EN;
    while (strcmp(samples[at].name, "ended") != 0)
        at++;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        sample_scene(&samples[at], &scene, 256, 0, language, false);
        assert_true(scene_set_value(&scene, UI_SLOT_END_HOW, rows[i].how, NULL, 0));
        assert_true(scene_set_value(&scene, UI_SLOT_END_WHO, rows[i].why,
                                    (const uint8_t *)rows[i].name, strlen(rows[i].name)));
        scene.crowd = &crowd;
        compare("ended");
        assert_non_null(strstr(drawn, rows[i].said));
        assert_int_equal(strstr(drawn, "Ada") != NULL, i == 0);
        scene_finish(&scene);
    }
    show("ended-left", UI_SLOT_END_WHO, UI_END_AWAY); /* nobody of this computer left it */
    assert_true(all_say("vitrine left the session"));
    assert_false(all_say("You left") || all_say("by you"));
}

/* Someone called Quinn in that sample, with these badges: named in the first row of somebody else,
   or as whom the dialog is about. */
static void show_known(const char *sample, uint16_t badges)
{
    unsigned at = 0, row = 0;

    while (strcmp(samples[at].name, sample) != 0)
        at++;
    sample_scene(&samples[at], &scene, 256, 0, language, false);
    scene.crowd = &crowd;
    while (row < scene.n_rows && (!scene.rows[row].kind || scene.rows[row].badges & UI_BADGE_YOU))
        row++;
    if (row < scene.n_rows) {
        snprintf(scene.rows[row].untrusted_name, sizeof scene.rows[row].untrusted_name, "Quinn");
        scene.rows[row].badges = badges;
    } else {
        uint32_t known = badges & UI_BADGE_CERTIFIED ? 2 : badges != 0;

        assert_true(scene_set_value(&scene, UI_SLOT_VERIFIED, known, NULL, 0));
        assert_true(scene_set_value(&scene, UI_SLOT_NAME, 0, (const uint8_t *)"Quinn", 5));
    }
    compare(sample);
    scene_finish(&scene);
}

/* Wherever people are named: without quotation marks only whom a certificate names, beside that the
   badge that says so, and no other's. */
static void a_certified_name_has_no_quotes(void **state)
{
    static const char *const windows[] = {"people", "host-back", "consent-ready", "consent-all",
                                          "consent-control"};
    static const struct {
        uint16_t badges;
        enum ui_string badge;
    } known_as[] = {{0, UI_STR_BADGE_UNCHECKED},
                    {UI_BADGE_WORDS_MATCH, UI_STR_BADGE_MATCH},
                    {UI_BADGE_CERTIFIED, UI_STR_BADGE_CERTIFIED},
                    {UI_BADGE_CERTIFIED | UI_BADGE_WORDS_MATCH, UI_STR_BADGE_CERTIFIED}};

    (void)state;
    for (language = 0; language < UI_LANGUAGES; language++)
        for (unsigned w = 0; w < sizeof windows / sizeof *windows; w++)
            for (unsigned i = 0; i < sizeof known_as / sizeof *known_as; i++) {
                bool certified = known_as[i].badges & UI_BADGE_CERTIFIED;
                const char *badge = ui_string_text(known_as[i].badge, language, 0);
                const char *name;

                show_known(windows[w], known_as[i].badges);
                name = strstr(drawn, certified ? "\nQuinn\n" : "\n\u201cQuinn\u201d\n");
                if (!name || strncmp(strchr(name + 1, '\n') + 1, badge, strlen(badge)) != 0 ||
                    (strstr(drawn, "\u201cQuinn\u201d") != NULL) == certified)
                    fail_msg("%s, badges %u:\n%s", windows[w], known_as[i].badges, drawn);
            }
}

/* A password that is shown, one that is typed, an invitation in the field for the number, what
   people wrote. */
static void secrets_are_not_told(void **state)
{
    static const struct {
        enum ui_window window;
        enum ui_slot slot;
    } cases[] = {{UI_HOST_PANEL, UI_SLOT_PASSWORD},
                 {UI_JOIN, UI_SLOT_FIELD_PASSWORD},
                 {UI_NEW_PASSWORD, UI_SLOT_FIELD_PASSWORD},
                 {UI_HOME, UI_SLOT_FIELD_NUMBER},
                 {UI_CHAT, UI_SLOT_CHAT_0},
                 {UI_CHAT, UI_SLOT_FIELD_CHAT}};

    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(&order, 0, sizeof order);
        order.window = (uint8_t)cases[i].window;
        order.n_values = 2;
        order.values[0] =
            (struct ui_value){.slot = (uint8_t)cases[i].slot, .words = span_text("zebra")};
        order.values[1] = (struct ui_value){.slot = UI_SLOT_WHAT, .number = 1};
        order.n_rows = 1;
        order.rows[0] = (struct ui_row){.kind = 1, .name = span_text("Ada")};
        ui_say(&said, &order, cases[i].slot != UI_SLOT_CHAT_0);
        assert_true(said.n > 0);
        for (unsigned n = 0; n < said.n; n++)
            if (strstr(said.text[n], "zebra"))
                fail_msg("case %u: %s", i, said.text[n]);
    }
}

/* Where its reader wants it: who wrote it, what was lost before it, and the words, which end no
   quotation marks of ours and are not taken for a sentence of the window's. */
static void what_people_wrote_is_told(void **state)
{
    static const char *const want[] = {"\u201cAda\u201d", NULL, "\u201cthe 'blue\u2019 one\u201d",
                                       "\u201cand more\u201d"};
    unsigned at = 0;

    (void)state;
    memset(&order, 0, sizeof order);
    order.window = UI_CHAT;
    order.n_values = 3;
    order.values[0] = (struct ui_value){.slot = UI_SLOT_CHAT_0,
                                        .number = UI_CHAT_BEGINS | UI_CHAT_MISSED,
                                        .words = span_text("the \u201dblue\u2019 o\u200fne")};
    order.values[1] = (struct ui_value){.slot = UI_SLOT_CHAT_0 + 1, .words = span_text("and more")};
    order.values[2] = (struct ui_value){
        .slot = UI_SLOT_CHAT_0 + 2, .number = UI_CHAT_BEGINS, .words = span_text("mine")};
    order.n_rows = 3;
    order.rows[0] = order.rows[1] = (struct ui_row){.kind = 1, .name = span_text("Ada")};
    order.rows[2] = (struct ui_row){.kind = 1, .badges = UI_BADGE_YOU, .name = span_text("Sam")};
    ui_say(&said, &order, true);
    for (unsigned i = 0; i < sizeof want / sizeof *want; i++, at++) {
        const char *wanted = want[i] ? want[i] : ui_string_text(UI_STR_CHAT_MISSED, 0, 0);
        assert_string_equal(said.text[1 + at], wanted);
    }
    assert_string_equal(said.text[1 + at], ui_string_text(UI_STR_HOST_YOU, 0, 0));
    assert_string_equal(said.text[2 + at], "\u201cmine\u201d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_that_is_drawn_is_told),
                                       cmocka_unit_test(every_toast_and_error),
                                       cmocka_unit_test(a_no_promises_nothing),
                                       cmocka_unit_test(who_ended_it_is_named),
                                       cmocka_unit_test(words_promise_nothing),
                                       cmocka_unit_test(the_door_is_as_it_is),
                                       cmocka_unit_test(control_is_said),
                                       cmocka_unit_test(a_certified_name_has_no_quotes),
                                       cmocka_unit_test(secrets_are_not_told),
                                       cmocka_unit_test(what_people_wrote_is_told)};
    int result;

    sample_fonts(&text);
    result = cmocka_run_group_tests(tests, NULL, NULL);
    text_finish(&text);
    return result;
}
