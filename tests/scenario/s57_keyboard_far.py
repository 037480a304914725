"""The keyboard over the network: physical keys of one layout on the controller's desk, characters of another on the
presenter's, both ways; and by position."""
import os
import re
import sys
import unicodedata

from desk import Desk
from hands import HOST, VIEWER, Control, click_picture, strike, until_obeyed

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import s50_keyboard as matrix  # noqa: E402

ALTGR, SHIFT, RETURN = 113, 50, 36         # as the xfree86 rules of such a keyboard number them
LEVELS = {0: (), 1: (SHIFT,), 4: (ALTGR,), 5: (ALTGR, SHIFT)}       # columns of xmodmap


def keys_of(desk, table):
    """(keycode, modifiers, character) of everything printable that this desk's keys make without a dead key; what the keypad
    makes goes by Num Lock, and has a test of its own."""
    seen = {}
    lines = desk.call('xmodmap', '-pke').decode().splitlines()
    third = any('ISO_Level3_Shift' in line for line in lines if line.split()[1] == str(ALTGR))     # us and ru have none
    for line in lines:
        found = re.match(r'keycode\s+(\d+) =(.*)', line)
        for column, name in enumerate(found.group(2).split() if found else []):
            point = int(name[1:], 16) if re.match(r'U[0-9A-F]{4,6}$', name) else table.get(name, (0, 0))[1]
            other = name.startswith('dead_') or name.startswith('KP_') or point < 0x20 or 0x7f <= point < 0xa0 or 0x300 <= point < 0x370
            if not other and column in LEVELS and (third or column < 2) and int(found.group(1)) < 97:
                seen.setdefault(point, (int(found.group(1)), LEVELS[column], chr(point)))
    return sorted(seen.values(), key=lambda key: key[2])


def begin_typing(desk, other, s):
    """Control, and the keyboard for the terminal: it was there before the session, so vitrine's windows are above it. A key whose
    release is held up by a machine that stands still is not to be repeated."""
    for each in (desk, other):
        each.call('xset', 'r', 'off')
    window = desk.call('xdotool', 'search', '--onlyvisible', '--class', 'XTerm').split()[0].decode()
    viewer = s.begin(other)
    rect = s.rect = s.give(viewer)
    desk.call('xdotool', 'windowfocus', '--sync', window)
    until_obeyed(desk, other, rect)
    click_picture(other, rect, 20, 400)


def type_all(presenter, controller):
    """Every key of the controller's layout; what a program at the presenter's reads."""
    table = matrix.keysym_table()
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        matrix.set_layout(desk, presenter)
        matrix.set_layout(other, controller)
        terminal = matrix.Terminal(desk)
        with Control(desk) as s:
            begin_typing(desk, other, s)
            keys = keys_of(other, table)
            for code, modifiers, _ in keys:
                strike(other, code, modifiers)
            strike(other, RETURN)
            got, expected = terminal.read(), ''.join(key[2] for key in keys)
            wrong = [(e, g) for e, g in zip(expected, got) if e != g]
            assert got == expected, '%s typed on %s: %d of %d differ: %r, read %r' % (
                controller, presenter, len(wrong), len(expected), wrong[:8], got)
        print('(%s to %s: %d) ' % (controller, presenter, len(expected)), end='')


def test_latin():
    """US and German, French and Swiss, each typed on the other."""
    for pair in (('us', 'de'), ('de', 'us'), ('fr', 'ch'), ('ch', 'fr')):
        type_all(*pair)


def test_other_scripts():
    """Russian and Greek, on each other and on a keyboard that has neither."""
    for pair in (('ru', 'gr'), ('gr', 'ru'), ('us', 'ru')):
        type_all(*pair)


ACCENTS = {'dead_acute': '\u0301', 'dead_grave': '\u0300', 'dead_circumflex': '\u0302', 'dead_diaeresis': '\u0308', 'dead_tilde': '\u0303'}


def dead_keys_of(desk):
    """(keycode, modifiers, combining accent) of those this desk has."""
    seen = {}
    for line in desk.call('xmodmap', '-pke').decode().splitlines():
        found = re.match(r'keycode\s+(\d+) =(.*)', line)
        for column, name in enumerate(found.group(2).split() if found else []):
            if name in ACCENTS and column in LEVELS:
                seen.setdefault(name, (int(found.group(1)), LEVELS[column], ACCENTS[name]))
    return sorted(seen.values())


def accented(desk, table):
    """Every accent of this desk's layout on its letters: (the two strokes, what is meant), one in three, to be done in time."""
    letters = [key for key in keys_of(desk, table) if key[2].isalpha()]
    found = []
    for code, modifiers, accent in dead_keys_of(desk):
        for key in letters:
            both = unicodedata.normalize('NFC', key[2] + accent)
            if len(both) == 1:
                found.append((((code, modifiers), key[:2]), both))
    return found[::3]


def test_dead_keys():
    """Accent and letter apart, as many keyboards have them, Greek letters among them: to a keyboard with such keys, and to one
    where accents, or letters too, are lent."""
    for presenter, controller in (('de', 'de'), ('us', 'de'), ('us', 'fr'), ('us', 'ch'), ('us', 'gr'), ('de', 'gr'), ('gr', 'gr')):
        with Desk(HOST) as desk, Desk(VIEWER) as other:
            matrix.set_layout(desk, presenter)
            matrix.set_layout(other, controller)
            terminal = matrix.Terminal(desk)
            with Control(desk) as s:
                begin_typing(desk, other, s)
                wanted = accented(other, matrix.keysym_table())
                assert len(wanted) >= 4, wanted
                for strokes, _ in wanted:
                    for code, modifiers in strokes:
                        strike(other, code, modifiers)
                strike(other, RETURN)
                got, expected = terminal.read(), ''.join(text for _, text in wanted)
                assert got == expected, '%s typed on %s: %r, not %r' % (controller, presenter, got, expected)
        print('(%s to %s: %d) ' % (controller, presenter, len(expected)), end='')


def test_keypad():
    """Digits and ways about of the keypad, whichever way Num Lock is here and there: none arrives with a Shift."""
    for presenter, there, here in (('us', True, False), ('de', True, False), ('us', False, True), ('us', True, True)):
        with Desk(HOST) as desk, Desk(VIEWER) as other:
            matrix.set_layout(desk, presenter)
            matrix.set_layout(other, 'us')
            terminal = matrix.Terminal(desk)
            with Control(desk) as s:
                begin_typing(desk, other, s)
                for each, on in ((desk, here), (other, there)):
                    if on:
                        strike(each, matrix.NUM_LOCK)
                until_obeyed(desk, other, s.rect)       # the owner's key comes before the controller's
                keys = matrix.KEYPAD if there else matrix.KEYPAD_MOVES
                for code in keys:
                    strike(other, code)
                strike(other, RETURN)
                got, expected = terminal.read(), ''.join(keys.values())
                assert got == expected, '%s, Num Lock there %s, here %s: %r' % (presenter, there, here, got)


test_dead_keys.limit = 300
test_keypad.limit = 150
test_latin.limit = 300
test_other_scripts.limit = 300
