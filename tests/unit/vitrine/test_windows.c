/*
 * The main window, and what every window does, on a virtual X server. Physical hands are in
 * tests/scenario, which starts this program with the argument "rig" and talks to it.
 */
#include "windows_desk.h"

#include <dirent.h>
#include <sys/mman.h>

/* --------------------------------------------------------------------------------------- tests */
static void test_home(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    assert_string_equal(r->line.name, "home");
    assert_int_equal(r->line.rect.w, 720);
    assert_int_equal(r->line.rect.h, 528);
    for (unsigned i = 0; i < 100 && pixel(r->line.rect.x + 5, r->line.rect.y + 5) != 0x3366cc; i++)
        settle(r); /* mapped before the server has copied the picture */
    assert_int_equal(pixel(r->line.rect.x + 5, r->line.rect.y + 5), 0x3366cc);
    struct ui_rect host = control(r, "host");
    assert_int_equal(host.w, 280);
    click(r, host);
    assert_int_equal(r->actions, 1);
    assert_int_equal(r->action, ACTION_HOST);
    assert_int_equal(r->hand, HAND_SYNTHETIC);
    uint32_t ids[MAX_OWN_WINDOWS];
    assert_int_equal(windows_ids(r->w, ids), 16);
    drop(r);
}

static void test_expose(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    struct ui_rect at = r->line.rect;
    unsigned painted = r->painted;
    xcb_window_t top = xcb_generate_id(other);
    const uint32_t values[] = {0, 1};
    xcb_create_window(other, 24, top, root, (int16_t)at.x, (int16_t)at.y, 200, 200, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(other, top);
    xcb_flush(other);
    settle(r);
    assert_int_equal(pixel(at.x + 5, at.y + 5), 0);
    xcb_destroy_window(other, top);
    xcb_flush(other);
    settle(r);
    assert_int_equal(pixel(at.x + 5, at.y + 5), 0x3366cc);
    assert_int_equal(r->painted, painted); /* from the same memory */
    drop(r);
}

/* Memory files for pictures of windows that this process holds, the painter's part among them. */
static unsigned pictures_held(void)
{
    unsigned n = 0;
    DIR *all = opendir("/proc/self/fd");
    assert_non_null(all);
    for (struct dirent *e = readdir(all); e; e = readdir(all)) {
        char what[64] = "";
        if (readlinkat(dirfd(all), e->d_name, what, sizeof what - 1) > 0)
            n += strncmp(what, "/memfd:vitrine-window", 21) == 0;
    }
    closedir(all);
    return n;
}

/* What stood in a window is not kept when it is closed, nor when it shows something else. */
static void test_forgotten(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    unsigned before = pictures_held();
    windows_side(r->w, UI_CHAT);
    UNTIL(r, strcmp(r->line.name, "chat") == 0);
    settle(r);
    assert_true(pictures_held() > before);
    windows_side_close(r->w);
    assert_int_equal(pictures_held(), before);
    windows_side(r->w, UI_CHAT);
    windows_side_close(r->w); /* while the painter has it */
    unsigned painted = r->painted;
    rig_run(r, PATIENCE_MS, &r->painted, painted + 1);
    settle(r);
    assert_int_equal(pictures_held(), before);
    windows_show(r->w, UI_JOIN);
    UNTIL(r, strcmp(r->line.name, "join") == 0);
    settle(r);
    assert_int_equal(pictures_held(), before);
    drop(r);
}

static void test_typing(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    click(r, control(r, "join_number"));
    xcb_set_input_focus(other, XCB_INPUT_FOCUS_POINTER_ROOT, XCB_INPUT_FOCUS_POINTER_ROOT, 0);
    static const uint8_t codes[] = {10, 11, 12, 65, 13, 38, 14, 15}; /* 1 2 3 space 4 a 5 6 */
    for (unsigned i = 0; i < sizeof codes; i++)
        tap(r, codes[i]);
    assert_string_equal(windows_text(r->w, UI_HOME, UI_HOME_JOIN_NUMBER), "123 456");
    tap(r, 22); /* BackSpace */
    assert_string_equal(windows_text(r->w, UI_HOME, UI_HOME_JOIN_NUMBER), "123 45");
    tap(r, 36); /* Return presses Join */
    assert_int_equal(r->action, ACTION_JOIN);
    assert_string_equal(windows_text(r->w, UI_JOIN, UI_JOIN_PASSWORD), "");
    assert_true(windows_set_text(r->w, UI_HOME, UI_HOME_YOUR_NAME, "S\xc3\xa4m"));
    assert_false(windows_set_text(r->w, UI_HOME, UI_HOME_YOUR_NAME, "a\nb"));
    assert_string_equal(windows_text(r->w, UI_HOME, UI_HOME_YOUR_NAME), "S\xc3\xa4m");
    drop(r);
}

static void put_state(const struct rig *r, const char *name)
{
    xcb_atom_t state = atom_of(name);
    xcb_change_property(other, XCB_PROP_MODE_REPLACE, r->w->pane[PANE_MAIN].win.id,
                        atom_of("_NET_WM_STATE"), XCB_ATOM_ATOM, 32, 1, &state);
    xcb_flush(other);
}

/* Whether the main window can be seen at all: not behind another one, not minimised; behind our own
   cover it is as it was, and what came over it meanwhile counts when that is gone. */
static void test_hidden(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    assert_true(r->seen);
    xcb_window_t top = lay_over(0, 700, 1); /* a part of it is seen */
    settle(r);
    assert_true(r->seen);
    xcb_destroy_window(other, top);
    top = lay_over(100, 850, 1);
    UNTIL(r, !r->seen);
    xcb_destroy_window(other, top);
    xcb_flush(other);
    UNTIL(r, r->seen);
    put_state(r, "_NET_WM_STATE_HIDDEN"); /* by a manager that leaves it mapped */
    UNTIL(r, !r->seen);
    put_state(r, "_NET_WM_STATE_MAXIMIZED_VERT");
    UNTIL(r, r->seen);
    ask(r, 1);
    UNTIL(r, r->armed);
    assert_true(r->seen);
    put_state(r, "_NET_WM_STATE_HIDDEN");
    settle(r);
    assert_true(r->seen);
    prompt_close(r->w, 1);
    UNTIL(r, !r->seen);
    windows_show(r->w, UI_ERROR); /* in the panel's place */
    put_state(r, "_NET_WM_STATE_MAXIMIZED_VERT");
    settle(r);
    assert_false(r->seen);
    windows_show(r->w, UI_HOST_PANEL);
    UNTIL(r, r->seen);
    xcb_unmap_window(other, r->w->pane[PANE_MAIN].win.id);
    xcb_flush(other);
    UNTIL(r, !r->seen);
    drop(r);
}

static bool is_called(const struct rig *r, enum pane_name pane, const char *title)
{
    xcb_get_property_reply_t *p = xcb_get_property_reply(
        other,
        xcb_get_property(other, 0, r->w->pane[pane].win.id, atom_of("_NET_WM_NAME"), 0, 0, 64),
        NULL);
    assert_non_null(p);
    size_t len = (size_t)xcb_get_property_value_length(p);
    bool is = len == strlen(title) && memcmp(xcb_get_property_value(p), title, len) == 0;
    free(p);
    return is;
}

/* Window lists speak the language of the windows, also when that changes. */
static void test_titles(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    assert_true(is_called(r, PANE_MAIN, "vitrine: your session"));
    r->model.language = UI_LANGUAGE_DE;
    windows_update(r->w);
    settle(r);
    assert_true(is_called(r, PANE_MAIN, "vitrine: Ihre Sitzung"));
    windows_side(r->w, UI_PEOPLE);
    settle(r);
    assert_true(is_called(r, PANE_SIDE, "vitrine: Personen"));
    drop(r);
}

static void put_settings(xcb_window_t manager, const char *theme)
{
    uint8_t bytes[64] = {0}; /* least significant byte first */
    size_t n = strlen(theme), len = 12;
    static const char name[] = "Net/ThemeName";
    bytes[8] = 1; /* one setting: a text */
    bytes[len++] = 1;
    len++;
    bytes[len++] = sizeof name - 1;
    len++;
    memcpy(bytes + len, name, sizeof name - 1);
    len += (sizeof name - 1 + 3) / 4 * 4 + 4; /* and a serial */
    bytes[len] = (uint8_t)n;
    memcpy(bytes + len + 4, theme, n);
    len += 4 + (n + 3) / 4 * 4;
    xcb_change_property(other, XCB_PROP_MODE_REPLACE, manager, atom_of("_XSETTINGS_SETTINGS"),
                        atom_of("_XSETTINGS_SETTINGS"), 8, (uint32_t)len, bytes);
    xcb_flush(other);
}

/* The desktop's looks are followed while the program runs. */
static void test_desktop(void **state)
{
    (void)state;
    xcb_window_t manager = lay_over(2000, 1, 1);
    put_settings(manager, "Adwaita");
    xcb_set_selection_owner(other, manager, atom_of("_XSETTINGS_S0"), XCB_CURRENT_TIME);
    xcb_flush(other);
    struct rig *r = rig_with(UI_HOME);
    assert_int_equal(r->d.desktop.theme, DESKTOP_LIGHT);
    put_settings(manager, "Adwaita-dark");
    UNTIL(r, r->desktops == 1 && r->d.desktop.theme == DESKTOP_DARK);
    put_settings(manager, "Adwaita-dark");
    settle(r);
    put_settings(manager, "HighContrast");
    put_settings(manager, "Adwaita");
    UNTIL(r, r->d.desktop.theme == DESKTOP_LIGHT);
    unsigned told = r->desktops;
    assert_true(told == 2 || told == 3); /* not for what is the same */
    static const char text[] = "Xft.dpi:\t192\n";
    xcb_change_property(other, XCB_PROP_MODE_REPLACE, root, XCB_ATOM_RESOURCE_MANAGER,
                        XCB_ATOM_STRING, 8, sizeof text - 1, text);
    xcb_flush(other);
    UNTIL(r, r->d.desktop.dpi == 192);
    assert_int_equal(r->d.desktop.theme, DESKTOP_LIGHT);
    xcb_delete_property(other, root, XCB_ATOM_RESOURCE_MANAGER);
    xcb_destroy_window(other, manager);
    xcb_flush(other);
    UNTIL(r, r->d.desktop.dpi == 0);
    drop(r);
}

/* A painter that takes an order and does not paint is as good as dead, and said to be. */
static void test_lazy_painter(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    r->lazy = true;
    windows_show(r->w, UI_JOIN);
    rig_run(r, PAINTER_SLOW_MS + 5000, &r->failed, 1);
    assert_int_equal(r->failed, 1);
    r->lazy = false;
    windows_painter(r->w, PAINTER_MAIN, &r->ui[PAINTER_MAIN]); /* another one: painted again */
    unsigned before = r->painted;
    rig_run(r, PATIENCE_MS, &r->painted, before + 1);
    assert_true(r->painted > before);
    drop(r);
}

/* Who is there is told to each painter before it paints, a dialog's own too, and again only when
   somebody has come or gone; whose key has changed is nowhere yet, and one more. */
static void test_crowd(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOST_PANEL);
    assert_int_equal(r->crowds, 0); /* nobody: that is what it knows by itself */
    r->people[0] = (struct ui_person){.id = 1, .name = "Sam", .badges = UI_BADGE_YOU};
    r->people[1] = (struct ui_person){.id = 40, .waiting = true, .name = "Lee"};
    r->model.people = r->people;
    r->model.n_people = 2;
    windows_update(r->w);
    windows_update(r->w);
    settle(r);
    assert_int_equal(r->crowds, 1);
    assert_int_equal(r->crowd, 2);
    prompt_prepare(r->w, 3, PROMPT_KIND_ADMIT, 40, "Lee", false);
    settle(r);
    assert_int_equal(r->crowds, 2);
    assert_int_equal(r->crowd, 2);
    prompt_close(r->w, 3);
    prompt_prepare(r->w, 4, PROMPT_KIND_KEY, 7, "Kim", false);
    settle(r);
    assert_int_equal(r->crowd, 3);
    prompt_close(r->w, 4);
    r->model.n_people = 1;
    windows_update(r->w);
    settle(r);
    assert_int_equal(r->crowd, 1);
    drop(r);
}

static bool is_marked(void)
{
    xcb_get_property_reply_t *r = xcb_get_property_reply(
        other, xcb_get_property(other, 0, root, atom_of("_VITRINE_CONTROLLED"), 0, 0, 1), NULL);
    assert_non_null(r);
    bool marked = r->type != XCB_NONE;
    free(r);
    return marked;
}

static void unmark(void)
{
    xcb_delete_property(other, root, atom_of("_VITRINE_CONTROLLED"));
    xcb_flush(other);
}

static xcb_window_t owner_of_ours(void)
{
    xcb_get_selection_owner_reply_t *r = xcb_get_selection_owner_reply(
        other, xcb_get_selection_owner(other, atom_of("_VITRINE")), NULL);
    assert_non_null(r);
    xcb_window_t owner = r->owner;
    free(r);
    return owner;
}

/* The server has noticed that the last one is gone. */
static void until_nobody(void)
{
    while (owner_of_ours() != XCB_NONE)
        ;
}

/* Two on one display: each knows of the other, also of one that came when others had gone, and of
   remote control, before it began or while it runs. The mark stays: who takes it away sees it come
   back. */
static void test_others(void **state)
{
    (void)state;
    until_nobody();
    struct rig *first = rig_with(UI_HOME);
    assert_false(first->d.others.there);
    assert_false(first->d.others.controlled);
    struct rig *second = rig_with(UI_HOME);
    settle(first);
    assert_true(first->d.others.there);
    assert_true(second->d.others.there);
    drop(second); /* it had the selection */
    UNTIL(first, owner_of_ours() == first->d.others.window);
    second = rig_with(UI_HOME);
    assert_true(second->d.others.there);
    display_mark_controlled(&first->d);
    settle(second);
    assert_true(second->d.others.controlled);
    assert_int_equal(second->others, 2);
    unmark();
    settle(first);
    assert_true(is_marked());
    drop(first);
    drop(second);
    until_nobody();
    second = rig_with(UI_HOME);
    assert_true(second->d.others.controlled); /* it was before its time */
    assert_false(second->d.others.there);
    drop(second);
    unmark(); /* the last one is gone; the next test has a desk of its own */
    server_is_done(other);
    assert_false(is_marked());
}

static void paint_target(struct rig *r, uint32_t colour)
{
    size_t size = (size_t)r->target_m.stride * r->target_m.height;
    uint32_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, r->target, 0);
    assert_true(p != MAP_FAILED);
    for (size_t i = 0; i < size / 4; i++)
        p[i] = colour;
    munmap(p, size);
}

static bool no_memory;

bool __real_shared_create(struct shared *s, struct display *d, uint32_t width, uint32_t height);
bool __wrap_shared_create(struct shared *s, struct display *d, uint32_t width, uint32_t height);
bool __wrap_shared_create(struct shared *s, struct display *d, uint32_t width, uint32_t height)
{
    return !no_memory && __real_shared_create(s, d, width, height);
}

/* Whoever looks at a window that has just grown does not look at nothing from then on. */
static void test_picture_without_memory(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_VIEWER);
    no_memory = true;
    windows_view(r->w, &r->screen);
    settle(r);
    no_memory = false;
    assert_true(r->target < 0);
    UNTIL(r, r->target >= 0);
    assert_int_equal(r->target_m.width, 958);
    drop(r);
}

static void test_picture(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_VIEWER);
    windows_view(r->w, &r->screen);
    settle(r);
    assert_true(r->target >= 0);
    assert_int_equal(r->target_m.width, 958);
    assert_int_equal(r->target_m.height, 502);
    paint_target(r, 0x00ff00);
    struct msg_screen_changed m = {
        .target = r->target_m.serial, .serial = 5, .n_rects = 1, .rects = {{10, 10, 100, 100}}};
    assert_int_equal(msg_screen_changed_send(&r->view, &m), 0);
    rig_run(r, PATIENCE_MS, &r->shown, 5);
    assert_int_equal(r->shown, 5);
    int x = r->line.rect.x + 1, y = r->line.rect.y + 97;
    assert_int_equal(pixel(x + 50, y + 50), 0x00ff00);
    assert_int_not_equal(pixel(x + 200, y + 50), 0x00ff00);
    m.rects[0] = (struct rect){900, 10, 59, 10}; /* one pixel too far */
    assert_int_equal(windows_view_changed(r->w, &m), -1);
    m.target++;
    assert_int_equal(windows_view_changed(r->w, &m), -1);
    r->model.picture = UI_VIEWER_STALE; /* a note above the picture */
    windows_update(r->w);
    settle(r);
    assert_int_equal(pixel(r->line.rect.x + 480, r->line.rect.y + 346), 0x3366cc);
    drop(r);
}

static void test_copy(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    assert_true(windows_copy(r->w, "vitrine://relay/123456789#v1"));
    settle(r);
    click(r, control(r, "join_number"));
    fake(XCB_KEY_PRESS, 37, 0, 0);
    tap(r, 55); /* Ctrl+V */
    fake(XCB_KEY_RELEASE, 37, 0, 0);
    UNTIL(r, strcmp(windows_text(r->w, UI_HOME, UI_HOME_JOIN_NUMBER),
                    "vitrine://relay/123456789#v1") == 0);
    drop(r);
}

static void test_lost(void **state)
{
    (void)state;
    struct rig *r = rig_with(UI_HOME);
    xcb_disconnect(other);
    other = NULL;
    kill(server, SIGKILL);
    UNTIL(r, r->lost);
    drop(r);
}

/* -------------------------------------------------------------------------------------- driven */
/* Every prompt in turn, with somebody to be about. In the panel: the door's, or the bar's own. */
static void open_prompt(struct rig *r, unsigned serial, enum prompt_kind kind, bool in_panel)
{
    knock(r);
    strcpy(r->model.words, "amber basil cedar delta");
    strcpy(r->model.key, "1234 5678");
    r->model.sharing = kind == PROMPT_KIND_STILL;
    windows_bar(r->w, kind == PROMPT_KIND_STILL);
    if (kind == PROMPT_KIND_ADMIT && in_panel)
        windows_show(r->w, UI_HOST_PANEL);
    windows_update(r->w);
    prompt_prepare(r->w, serial, kind, 40, "Lee", in_panel);
}

/* What came to the server before is answered first: said when all of that has been worked off. */
static unsigned synced, sync_rounds;

static void on_sync(void *ctx)
{
    struct rig *r = ctx;
    if (sync_rounds-- == 0) {
        printf("sync %u\n", synced);
        return;
    }
    server_is_done(r->d.x);
    display_flush(&r->d);
    loop_set_timer(&r->loop, 1, on_sync, r);
}

static void command(struct rig *r, const char *line)
{
    unsigned n, kind;
    if (sscanf(line, "prompt %u %u", &n, &kind) == 2 && kind < PROMPT_KINDS)
        open_prompt(r, n, (enum prompt_kind)kind, kind == PROMPT_KIND_STILL);
    else if (sscanf(line, "panel %u", &n) == 1)
        open_prompt(r, n, PROMPT_KIND_ADMIT, true);
    else if (sscanf(line, "show %u", &n) == 1)
        windows_show(r->w, (enum ui_window)n);
    else if (sscanf(line, "assistive %u", &n) == 1)
        windows_assistive(r->w, n);
    else if (strcmp(line, "text\n") == 0)
        printf("text %s\n", windows_text(r->w, UI_HOME, UI_HOME_JOIN_NUMBER));
    else if (sscanf(line, "bar %u", &n) == 1)
        windows_bar(r->w, n);
    else if (sscanf(line, "sync %u", &synced) == 1) {
        sync_rounds = 2;
        on_sync(r);
    }
}

static void on_command(void *ctx, short revents)
{
    (void)revents;
    char line[128];
    if (!fgets(line, sizeof line, stdin))
        exit(0);
    command(ctx, line);
}

static int drive(void)
{
    static struct rig r;
    setvbuf(stdout, NULL, _IOLBF, 0);
    setvbuf(stdin, NULL, _IONBF, 0);
    if (!rig_start(&r))
        return 1;
    r.echo = true;
    loop_add(&r.loop, 0, NULL, on_command, &r);
    windows_show(r.w, UI_HOME);
    loop_run(&r.loop);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_home),
        cmocka_unit_test(test_expose),
        cmocka_unit_test(test_forgotten),
        cmocka_unit_test(test_typing),
        cmocka_unit_test(test_hidden),
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_desktop),
        cmocka_unit_test(test_lazy_painter),
        cmocka_unit_test(test_crowd),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_picture_without_memory),
        cmocka_unit_test(test_lost),
    };
    if (argc > 1 && strcmp(argv[1], "rig") == 0)
        return drive();
    if (!start_server())
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
