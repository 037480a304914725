/*
 * The judge of physical input, by tables of little scripts. A script is a list of words:
 *   seen covered unfocus changed moved close lock painter   what happens to the window
 *   unread    the screen does not say any more what it says; shown: it does again
 *   +N        N ms pass                tick     time is looked at
 *   mD        device D moves the pointer on the window (raw motion, then motion)
 *   MD        device D moves, the pointer is elsewhere (raw motion only)
 *   warpD     motion said to be by D, without a raw motion
 *   pD rD     D presses / releases button 1 on the grant
 *   PD RD     ... on the safe button
 *   xD XD     ... on a danger
 *   nD oD     ... on no control
 *   3pD       D presses button 3 on the grant
 *   kD KD     Enter down / up, grant focused
 *   eD ED     ... safe focused
 *   jD        repeat of Enter on the grant
 *   escD tabD aD   Escape, Tab, a letter
 *   elseD     a raw press that goes to somebody else (no event of ours follows)
 *   whoN      every control acts on person N from here on
 *   turns     the safe button means Continue from here on
 *   face noface   what loosens stands there from here on, or is not there yet; else long since
 *   late+N    what follows was done N ms before it is read; late+0 again: at once
 *
 * Devices: 1 mouse, 2 keyboard, 3 second mouse, 8 XTEST pointer, 9 XTEST keyboard, 7 not in the
 * table. Expected: one letter per verdict that is not "nothing": Y grant pressed, S safe pressed, N
 * no, h hint, t key for the window.
 */
#include "broker/origin.h"
#include "policy/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GRANT 5
#define SAFE 4
#define OTHER 3
#define DANGER 2
#define LOOSENS 6

struct play {
    struct origin o;
    struct origin_devices devices;
    uint64_t now;
    uint64_t face;
    uint32_t server, person, late;
    bool turned;
    char got[64];
    size_t n;
};

static void play_init(struct play *p, bool modal, bool assistive)
{
    memset(p, 0, sizeof *p);
    p->now = 5000;
    p->face = 1;
    p->server = 77;
    origin_device_set(&p->devices, 1, ORIGIN_DEVICE_PHYSICAL);
    origin_device_set(&p->devices, 2, ORIGIN_DEVICE_PHYSICAL);
    origin_device_set(&p->devices, 3, ORIGIN_DEVICE_PHYSICAL);
    origin_device_set(&p->devices, 8, ORIGIN_DEVICE_SYNTHETIC);
    origin_device_set(&p->devices, 9, ORIGIN_DEVICE_SYNTHETIC);
    origin_init(&p->o, &p->devices, modal, assistive, p->now);
}

static void feed(struct play *p, struct origin_event e)
{
    e.now_ms = p->now;
    e.late_ms = p->late;
    e.time = p->server;
    struct origin_verdict v = origin_feed(&p->o, &e);
    char c = 0;
    switch (v.result) {
    case ORIGIN_NOTHING:
        return;
    case ORIGIN_PRESSED:
        c = v.grant ? 'Y' : 'S';
        if (v.target == DANGER)
            c = 'D';
        else if (v.target == LOOSENS)
            c = 'R';
        else
            assert_int_equal(v.target, v.grant ? GRANT : SAFE);
        break;
    case ORIGIN_KEY_OURS:
        c = 't';
        break;
    case ORIGIN_NO:
        c = 'N';
        break;
    case ORIGIN_HINT:
        c = 'h';
        break;
    }
    assert_true(p->n + 1 < sizeof p->got);
    p->got[p->n++] = c;
}

static void pointer(struct play *p, enum origin_what what, uint16_t source, uint32_t target,
                    uint32_t button)
{
    p->server++;
    enum origin_what raw = what == ORIGIN_PRESS ? ORIGIN_RAW_PRESS : ORIGIN_RAW_RELEASE;
    feed(p, (struct origin_event){.what = raw, .source = source});
    feed(p, (struct origin_event){.what = what,
                                  .source = source,
                                  .target = target,
                                  .person = p->person,
                                  .grant = target == GRANT,
                                  .danger = target == DANGER,
                                  .loosens = target == LOOSENS || (target == SAFE && p->turned),
                                  .face_ms = p->face,
                                  .detail = button});
}

static void key(struct play *p, enum origin_what what, uint16_t source, uint32_t target,
                enum origin_key k, bool repeat)
{
    p->server++;
    enum origin_what raw = what == ORIGIN_KEY ? ORIGIN_RAW_PRESS : ORIGIN_RAW_RELEASE;
    feed(p, (struct origin_event){.what = raw, .source = source});
    feed(p, (struct origin_event){.what = what,
                                  .source = source,
                                  .target = target,
                                  .person = p->person,
                                  .grant = target == GRANT,
                                  .loosens = target == SAFE && p->turned,
                                  .face_ms = p->face,
                                  .key = k,
                                  .detail = 30 + (uint32_t)k,
                                  .repeat = repeat});
}

static void motion(struct play *p, uint16_t source, bool raw, bool own)
{
    p->server++;
    if (raw)
        feed(p, (struct origin_event){.what = ORIGIN_RAW_MOTION, .source = source});
    if (own)
        feed(p, (struct origin_event){.what = ORIGIN_MOTION, .source = source});
}

static const struct {
    const char *word;
    enum origin_what what;
} plain[] = {
    {"seen", ORIGIN_SEEN},       {"covered", ORIGIN_COVERED}, {"unfocus", ORIGIN_FOCUS_LOST},
    {"changed", ORIGIN_CHANGED}, {"moved", ORIGIN_MOVED},     {"close", ORIGIN_CLOSE},
    {"shown", ORIGIN_SHOWN},     {"lock", ORIGIN_LOCKED},     {"painter", ORIGIN_PAINTER_GONE},
    {"tick", ORIGIN_TICK}};

static bool play_plain(struct play *p, const char *w)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(w, plain[i].word) == 0) {
            p->o.unread &= plain[i].what != ORIGIN_SHOWN;
            feed(p, (struct origin_event){.what = plain[i].what});
            return true;
        }
    return false;
}

static void play_named(struct play *p, const char *w)
{
    uint16_t d = (uint16_t)(w[strlen(w) - 1] - '0');
    if (strncmp(w, "who", 3) == 0)
        p->person = d;
    else if (strncmp(w, "late+", 5) == 0)
        p->late = (uint32_t)strtoul(w + 5, NULL, 10);
    else if (strcmp(w, "face") == 0)
        p->face = p->now;
    else if (strcmp(w, "noface") == 0)
        p->face = 0;
    else if (strcmp(w, "unread") == 0)
        p->o.unread = true;
    else if (strcmp(w, "turns") == 0)
        p->turned = true;
    else if (strncmp(w, "warp", 4) == 0)
        motion(p, d, false, true);
    else if (strncmp(w, "esc", 3) == 0)
        key(p, ORIGIN_KEY, d, SAFE, ORIGIN_KEY_ESCAPE, false);
    else if (strncmp(w, "tab", 3) == 0)
        key(p, ORIGIN_KEY, d, SAFE, ORIGIN_KEY_MOVES, false);
    else if (strncmp(w, "3p", 2) == 0)
        pointer(p, ORIGIN_PRESS, d, GRANT, 3);
    else if (strncmp(w, "3r", 2) == 0)
        pointer(p, ORIGIN_RELEASE, d, GRANT, 3);
    else if (strncmp(w, "same", 4) == 0)
        feed(p, (struct origin_event){.what = ORIGIN_MOTION, .source = d});
    else if (strncmp(w, "loose", 5) == 0)
        feed(p, (struct origin_event){.what = ORIGIN_RAW_RELEASE, .source = d});
    else if (strncmp(w, "else", 4) == 0) {
        p->server++;
        feed(p, (struct origin_event){.what = ORIGIN_RAW_PRESS, .source = d});
    } else
        fail_msg("word %s", w);
}

static void play_letter(struct play *p, char c, uint16_t d)
{
    switch (c) {
    case 'm':
        motion(p, d, true, true);
        break;
    case 'M':
        motion(p, d, true, false);
        break;
    case 'p':
        pointer(p, ORIGIN_PRESS, d, GRANT, 1);
        break;
    case 'r':
        pointer(p, ORIGIN_RELEASE, d, GRANT, 1);
        break;
    case 'P':
        pointer(p, ORIGIN_PRESS, d, SAFE, 1);
        break;
    case 'R':
        pointer(p, ORIGIN_RELEASE, d, SAFE, 1);
        break;
    case 'x':
        pointer(p, ORIGIN_PRESS, d, DANGER, 1);
        break;
    case 'X':
        pointer(p, ORIGIN_RELEASE, d, DANGER, 1);
        break;
    case 'Q':
        pointer(p, ORIGIN_RELEASE, d, OTHER, 1);
        break;
    case 'u':
        pointer(p, ORIGIN_PRESS, d, LOOSENS, 1);
        break;
    case 'U':
        pointer(p, ORIGIN_RELEASE, d, LOOSENS, 1);
        break;
    case 'n':
        pointer(p, ORIGIN_PRESS, d, ORIGIN_NO_TARGET, 1);
        break;
    case 'o':
        pointer(p, ORIGIN_RELEASE, d, ORIGIN_NO_TARGET, 1);
        break;
    case 'k':
        key(p, ORIGIN_KEY, d, GRANT, ORIGIN_KEY_PRESSES, false);
        break;
    case 'j':
        key(p, ORIGIN_KEY, d, GRANT, ORIGIN_KEY_PRESSES, true);
        break;
    case 'K':
        key(p, ORIGIN_KEY_UP, d, GRANT, ORIGIN_KEY_PRESSES, false);
        break;
    case 'e':
        key(p, ORIGIN_KEY, d, SAFE, ORIGIN_KEY_PRESSES, false);
        break;
    case 'E':
        key(p, ORIGIN_KEY_UP, d, SAFE, ORIGIN_KEY_PRESSES, false);
        break;
    case 'a':
        key(p, ORIGIN_KEY, d, GRANT, ORIGIN_KEY_OTHER, false);
        break;
    default:
        fail_msg("letter %c", c);
    }
}

static void play(struct play *p, const char *script)
{
    char words[256];
    assert_true(strlen(script) < sizeof words);
    strcpy(words, script);
    char *save = NULL;
    for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        if (*w == '+')
            p->now += strtoull(w + 1, NULL, 10);
        else if (play_plain(p, w))
            continue;
        else if (strlen(w) == 2)
            play_letter(p, w[0], (uint16_t)(w[1] - '0'));
        else
            play_named(p, w);
    }
}

struct script {
    const char *why, *script, *expected;
};

static void run(const struct script *s, size_t n, bool modal, bool assistive)
{
    for (size_t i = 0; i < n; i++) {
        struct play p;
        play_init(&p, modal, assistive);
        play(&p, s[i].script);
        if (strcmp(p.got, s[i].expected) != 0)
            fail_msg("%s: \"%s\" gave \"%s\", not \"%s\"", s[i].why, s[i].script, p.got,
                     s[i].expected);
    }
}
#define RUN(table, modal, assistive) run(table, sizeof(table) / sizeof *(table), modal, assistive)

static const struct script prompt_cases[] = {
    {"plain yes", "seen m1 +1000 p1 r1", "Y"},
    {"motion during the guard is no noise", "seen +900 m1 +100 p1 r1", "Y"},
    {"one ms too early", "seen m1 +999 p1 r1", ""},
    {"pressed in the guard, read after it: we stood still", "seen m1 +1500 late+1000 p1 r1", ""},
    {"... which is noise", "seen m1 +1500 late+1000 p1 r1 late+0 +999 p1 r1", ""},
    {"... and a second later it counts", "seen m1 +1500 late+1000 p1 r1 late+0 +1000 p1 r1", "Y"},
    {"pressed after the guard, read late", "seen m1 +1500 late+500 p1 r1", "Y"},
    {"Enter in the guard, read after it", "seen +1500 late+1000 k2 K2", ""},
    {"Enter after the guard, read late", "seen +1500 late+500 k2 K2", "Y"},
    {"Tab in the guard, read after it", "seen +1500 late+1000 tab2", ""},
    {"older than this computer's clock", "seen m1 +1500 late+4000000000 p1 r1", ""},
    {"the early click starts the guard again", "seen m1 +999 p1 r1 +999 p1 r1", ""},
    {"and one after it counts", "seen m1 +999 p1 r1 +1000 p1 r1", "Y"},
    {"press during the guard, release after", "seen m1 +900 p1 +1200 r1", ""},
    {"never seen: dead", "m1 +5000 p1 r1", ""},
    {"guard runs from being seen", "+5000 seen m1 +999 p1 r1", ""},
    {"seen twice does not lengthen it", "seen +500 seen m1 +500 p1 r1", "Y"},
    {"covered", "seen m1 +1000 covered p1 r1", ""},
    {"covered and seen again", "seen m1 +1000 covered +10 seen +999 p1 r1", ""},
    {"covered and seen again, quiet", "seen m1 +1000 covered +10 seen +1000 p1 r1", "Y"},
    {"covered between press and release", "seen m1 +1000 p1 covered seen r1", ""},
    {"focus lost", "seen m1 +1000 unfocus +999 p1 r1", ""},
    {"focus lost, quiet again", "seen m1 +1000 unfocus +1000 p1 r1", "Y"},
    {"focus lost while held", "seen m1 +1000 p1 unfocus r1", ""},
    {"people changed", "seen m1 +1000 changed +999 p1 r1", ""},
    {"people changed while held", "seen m1 +1000 p1 changed r1", ""},
    {"not painted yet", "seen m1 unread +5000 p1 r1", ""},
    {"the guard begins when it can be read", "seen m1 unread +5000 shown +999 p1 r1", ""},
    {"... and ends a second later", "seen m1 unread +5000 shown +1000 p1 r1", "Y"},
    {"Enter, not painted yet", "seen unread +5000 k2 K2", ""},
    {"another picture comes while held", "seen m1 +1000 p1 unread r1", ""},
    {"... and is there", "seen m1 +1000 p1 unread shown +1000 r1", ""},
    {"safe button: not painted yet", "seen unread m1 P1 shown R1", "S"},
    {"window moved: motion before it is void", "seen m1 +1000 moved +1000 p1 r1", ""},
    {"window moved, moved after it", "seen m1 +1000 moved m1 +1000 p1 r1", "Y"},
    {"no motion at all", "seen +1000 p1 r1", ""},
    {"motion elsewhere is motion", "seen M1 +1000 p1 r1", "Y"},
    {"released outside", "seen m1 +1000 p1 o1", ""},
    {"released on the other button", "seen m1 +1000 p1 R1", ""},
    {"pressed on the safe, released on the grant", "seen m1 +1000 P1 r1", ""},
    {"pressed outside, released inside", "seen m1 +1000 n1 r1", ""},
    {"release alone", "seen m1 +1000 r1", ""},
    {"another button", "seen m1 +1000 3p1 r1", ""},
    {"another device releases", "seen m1 +1000 p1 r3", ""},
    {"last motion by another device", "seen m1 m3 +1000 p1 r1", ""},
    {"the other device moves while held", "seen m1 +1000 p1 m3 r1", ""},
    {"the same device moves while held", "seen m1 +1000 p1 m1 r1", "Y"},
    {"double click is not two answers", "seen m1 +1000 p1 r1 p1 r1", "Y"},
    {"double click across the guard", "seen m1 +950 p1 r1 +60 p1 r1", ""},
    {"XTEST click", "seen m8 +1000 p8 r8", "hh"},
    {"XTEST click after physical motion", "seen m1 +1000 p8 r8", "hh"},
    {"clickjack: XTEST aims, the hand clicks", "seen m1 +1000 m8 p1 r1", ""},
    {"one synthetic event spoils the prompt for good", "seen m8 +500 m1 +5000 p1 r1", ""},
    {"synthetic motion elsewhere spoils it too", "seen m1 M8 m1 +5000 p1 r1", ""},
    {"raw XTEST key spoils it", "seen m1 else9 m1 +5000 p1 r1", ""},
    {"an unknown device is synthetic", "seen m7 +1000 p7 r7", "hh"},
    {"a held XTEST key: one hint, not one for each repeat", "seen k9 j9 j9", "h"},
    {"XTEST press between", "seen m1 +1000 p1 p8 r1", "h"},
    {"spoilt: still a no by hand", "seen m8 m1 +1000 P1 R1", "S"},
    {"spoilt: still a no by key", "seen m8 +1000 e2 E2", "S"},
    {"warp", "seen m1 +1000 warp1 p1 r1", ""},
    {"warp, then quiet", "seen m1 +1000 warp1 +1000 p1 r1", ""},
    {"warp, then the hand moves", "seen m1 +1000 warp1 m1 +1000 p1 r1", "Y"},
    {"warp while held", "seen m1 +1000 p1 warp1 r1", ""},
    {"one raw motion pays for one motion", "seen m1 +1000 M1 warp1 p1 r1", ""},
    {"danger needs no guard", "m1 x1 X1", "D"},
    {"danger: XTEST aims, the hand clicks", "m1 m8 x1 X1", ""},
    {"danger: a warp aims, the hand clicks", "m1 warp1 x1 X1", ""},
    {"danger: nobody has aimed", "x1 X1", ""},
    {"danger: the hand aims again", "m8 m1 x1 X1", "D"},
    {"danger: XTEST moves while held", "m1 x1 m8 X1", ""},
    {"safe button: whoever aimed", "m1 m8 P1 R1", "S"},
    {"resume: no guard, but the hand aims", "m1 u1 U1", "R"},
    {"resume: nobody has aimed", "u1 U1", ""},
    {"resume: the window was moved under the pointer", "m1 moved u1 U1", ""},
    {"resume: ... between press and release", "m1 u1 moved U1", ""},
    {"resume: it has just come under the pointer", "m1 face +499 u1 U1", ""},
    {"resume: there long enough", "m1 face +500 u1 U1", "R"},
    {"resume: down too early, up late", "m1 face +400 u1 +400 U1", ""},
    {"resume: not on the screen yet", "m1 noface +5000 u1 U1", ""},
    {"resume: pressed when it was new, read later", "m1 face +900 late+500 u1 U1", ""},
    {"safe button needs no guard", "seen m1 P1 R1", "S"},
    {"safe button, never seen", "P1 R1", "S"},
    {"safe button by XTEST: only the hint", "seen P8 R8", "hh"},
    {"safe button: what happens to the window does not lose the click",
     "P1 covered seen moved unfocus R1", "S"},
    {"safe button: other people in its rows do", "P1 changed R1", ""},
    {"the row is the same person's still", "who4 P1 who4 R1", "S"},
    {"somebody else's row by then", "who4 P1 who5 R1", ""},
    {"... and theirs again", "who4 P1 who5 who4 R1", "S"},
    {"nobody's row by then", "who4 P1 who0 R1", ""},
    {"danger: another person", "who4 m1 x1 who5 X1", ""},
    {"a grant: another person", "who4 seen m1 +1000 p1 who5 r1", ""},
    {"Enter: another person", "who4 seen +1000 e2 who5 E2", ""},
    {"Pause has become Continue", "m1 P1 turns R1", ""},
    {"safe key: its release goes where the focus is", "seen +1000 e2 unfocus E2", ""},
    {"danger in a window that has moved: not aimed at", "m1 x1 moved X1", ""},
    {"click on nothing is noise", "seen m1 +1000 n1 o1 +999 p1 r1", ""},
    {"click elsewhere is noise", "seen m1 +1000 else1 +999 p1 r1", ""},
    {"typing elsewhere is noise", "seen m1 +1000 else2 +999 p1 r1", ""},
    {"typing elsewhere, quiet again", "seen m1 +1000 else2 tick +1000 p1 r1", "Y"},
    {"key here is noise", "seen m1 +1000 a2 +999 p1 r1", "t"},
    {"Enter on the grant", "seen +1000 k2 K2", "Y"},
    {"Enter too early", "seen +999 k2 K2", ""},
    {"Enter too early restarts", "seen +999 k2 K2 +999 k2 K2", ""},
    {"Enter down early, up late", "seen +900 k2 +1500 K2", ""},
    {"held from before: repeats grant nothing", "seen j2 +400 j2 +700 j2 +1100 j2 K2", ""},
    {"Enter held down on the grant is one press", "seen +1000 k2 j2 j2 K2", "Y"},
    {"Enter by XTEST", "seen +1000 k9 K9", "hh"},
    {"Enter up by another keyboard", "seen +1000 k2 K1", ""},
    {"Enter down on safe, up on grant", "seen +1000 e2 K2", ""},
    {"Enter on the safe button", "seen +1000 e2 E2", "S"},
    {"swallowed on the safe button during the guard", "seen +10 e2 E2", ""},
    {"Escape at once", "esc2", "N"},
    {"Escape by XTEST", "seen esc9", "h"},
    {"Tab after the guard", "seen +1000 tab2", "t"},
    {"Tab during the guard", "seen +10 tab2", ""},
    {"Tab, then Enter at once", "seen +1000 tab2 k2 K2", "t"},
    {"Tab, a second, Enter", "seen +1000 tab2 +1000 k2 K2", "tY"},
    {"Tab Tab Tab", "seen +1000 tab2 tab2 tab2", "ttt"},
    {"letters are swallowed during the guard", "seen a2 +10 a2", ""},
    {"close", "close", "N"},
    {"screen lock", "seen m1 lock +2000 p1 r1", "N"},
    {"painter dies", "seen m1 painter +2000 p1 r1", "N"},
    {"time-out", "seen +119999 tick +1 tick", "N"},
    {"time never says yes", "seen m1 +1000 p1 +119000 tick r1", "N"},
    {"no only once", "esc2 close tick +200000 tick", "N"},
    {"changed while held, released when quiet", "seen m1 +1000 p1 changed +1000 r1", ""},
    {"the other device moves while held, then this one", "seen m1 +1000 p1 m3 m1 r1", ""},
    {"aimed only after the press", "seen m1 m3 +1000 p1 m1 r1", ""},
    {"a warp in the same millisecond", "seen m1 +1000 m1 same1 p1 r1", ""},
    {"another button, both ways", "seen m1 +1000 3p1 3r1", ""},
    {"released on another plain button", "seen m1 P1 Q1", ""},
    {"a raw XTEST release spoils it", "seen m1 +1000 loose9 +1000 p1 r1", ""},
    {"nothing after a yes", "seen m1 +1000 p1 r1 close esc2 tick", "Y"},
};

static void test_prompt(void **state)
{
    (void)state;
    RUN(prompt_cases, true, false);
}

static const struct script panel_cases[] = {
    {"danger: stop works wherever the pointer came from", "m1 warp1 x1 X1", "D"},
    {"... also when it was a controller", "m1 m8 x1 X1", "D"},
    {"admit", "seen m1 +1000 p1 r1", "Y"},
    {"admit the next", "seen m1 +1000 p1 r1 changed +1000 p1 r1", "YY"},
    {"the next one is guarded", "seen m1 +1000 p1 r1 changed p1 r1", "Y"},
    {"row changed under the press", "seen m1 +1000 p1 changed r1", ""},
    {"plain button at once", "m1 P1 R1", "S"},
    {"plain button without motion", "P1 R1", "S"},
    {"plain button by XTEST", "m1 P8 R8", "hh"},
    {"XTEST only restarts here", "seen m8 m1 +1000 p1 r1", "Y"},
    {"but it must be quiet again", "seen m1 +1000 m8 m1 +999 p1 r1", ""},
    {"clickjack", "seen m1 +1000 m8 +1000 p1 r1", ""},
    {"typing elsewhere is no noise here", "seen m1 +1000 else2 p1 r1", "Y"},
    {"typing here is", "seen m1 +1000 a2 p1 r1", "t"},
    {"keys work during the guard", "a2 tab2 e2 E2", "ttS"},
    {"Enter twice: Pause, and not Continue", "e2 E2 turns face +200 e2 E2", "S"},
    {"Enter, and again when it is no news", "e2 E2 turns face +500 e2 E2", "SS"},
    {"double click: Pause, and not Continue", "m1 P1 R1 turns face +200 P1 R1", "S"},
    {"grant keys do not", "seen +10 k2 K2", ""},
    {"grant key down early, up late", "seen +900 k2 +200 K2", ""},
    {"XTEST motion elsewhere", "seen m1 M8 +1000 p1 r1", ""},
    {"Escape is the window's", "esc2", "t"},
    {"close is a no of the window", "close", "N"},
    {"lock and time say nothing", "lock painter +999999 tick", ""},
};

static void test_panel(void **state)
{
    (void)state;
    RUN(panel_cases, false, false);
}

static const struct script assistive_cases[] = {
    {"XTEST click", "seen m8 +1000 p8 r8", "Y"},
    {"dwell click: the hand moves, the tool clicks", "seen m1 +1000 p8 r8", "Y"},
    {"MouseKeys without motion", "seen +1000 p8 r8", "Y"},
    {"too early", "seen m8 +999 p8 r8", ""},
    {"two devices", "seen m8 +1000 p8 r1", ""},
    {"clickjack is still refused", "seen m1 +1000 m8 p1 r1", ""},
    {"on-screen keyboard", "seen +1000 k9 K9", "Y"},
    {"covered", "seen m8 +1000 covered p8 r8", ""},
};

static void test_assistive(void **state)
{
    (void)state;
    RUN(assistive_cases, true, true);
}

static void test_blocked(void **state)
{
    (void)state;
    struct play p;
    play_init(&p, false, false);
    p.o.blocked = true;
    play(&p, "seen m1 +5000 p1 r1");
    assert_string_equal(p.got, "");
    p.o.blocked = false;
    play(&p, "changed +1000 p1"); /* an input worker comes to life while the button is held */
    p.o.blocked = true;
    play(&p, "r1");
    assert_string_equal(p.got, "");
    p.o.blocked = false;
    play(&p, "changed +1000 p1 r1");
    assert_string_equal(p.got, "Y");
}

static void test_progress(void **state)
{
    (void)state;
    struct play p;
    play_init(&p, true, false);
    assert_int_equal(origin_progress(&p.o, p.now + 500), 0);
    assert_int_equal(origin_next_ms(&p.o, p.now), PROMPT_MS);
    play(&p, "seen +500");
    assert_int_equal(origin_progress(&p.o, p.now), 500);
    assert_int_equal(origin_next_ms(&p.o, p.now), 500);
    assert_false(origin_armed(&p.o, p.now));
    play(&p, "+600");
    assert_int_equal(origin_progress(&p.o, p.now), 1000);
    assert_true(origin_armed(&p.o, p.now));
    assert_int_equal(origin_next_ms(&p.o, p.now), PROMPT_MS - 1100);
    play(&p, "M8");
    assert_int_equal(origin_progress(&p.o, p.now + 2000), 0);
    assert_false(origin_armed(&p.o, p.now + 2000));
}

/* Delays beside the soonest event; the server's clock turns over every 49 days. */
static void test_clock(void **state)
{
    (void)state;
    static const struct {
        uint64_t now;
        uint32_t time, late;
    } events[] = {
        {10000, 4000, 0},   {10500, 4480, 0},      {10521, 4500, 21}, {12000, 4600, 1400},
        {12001, 6010, 0},   {12030, 6020, 0},      {12031, 6019, 21}, {4294973286, 4294967295, 0},
        {4294973287, 0, 0}, {4294974287, 0, 1000},
    };
    struct origin_clock c = {0};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        assert_int_equal(origin_late_ms(&c, events[i].now, events[i].time), events[i].late);
}

static void test_table_full(void **state)
{
    (void)state;
    struct origin_devices d = {0};
    for (uint16_t i = 1; i <= ORIGIN_DEVICES; i++)
        origin_device_set(&d, i, ORIGIN_DEVICE_PHYSICAL);
    origin_device_set(&d, ORIGIN_DEVICES + 1, ORIGIN_DEVICE_PHYSICAL);
    assert_int_equal(origin_device_kind(&d, ORIGIN_DEVICES), ORIGIN_DEVICE_PHYSICAL);
    assert_int_equal(origin_device_kind(&d, ORIGIN_DEVICES + 1), ORIGIN_DEVICE_UNKNOWN);
    origin_device_set(&d, 1, ORIGIN_DEVICE_SYNTHETIC);
    assert_int_equal(origin_device_kind(&d, 1), ORIGIN_DEVICE_SYNTHETIC);
    assert_int_equal(d.n, ORIGIN_DEVICES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prompt),    cmocka_unit_test(test_panel),
        cmocka_unit_test(test_assistive), cmocka_unit_test(test_blocked),
        cmocka_unit_test(test_progress),  cmocka_unit_test(test_table_full),
        cmocka_unit_test(test_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
