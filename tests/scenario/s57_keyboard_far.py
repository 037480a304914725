"""The keyboard over the network: physical keys of one layout on the controller's desk, characters of another on the
presenter's, both ways; and by position."""
import os
import re
import sys

from desk import Desk
from hands import HOST, VIEWER, Control, click_picture, strike, until_obeyed

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import s50_keyboard as matrix  # noqa: E402

ALTGR, SHIFT, RETURN = 113, 50, 36         # as the xfree86 rules of such a keyboard number them
LEVELS = {0: (), 1: (SHIFT,), 4: (ALTGR,), 5: (ALTGR, SHIFT)}       # columns of xmodmap


def keys_of(desk, table):
    """(keycode, modifiers, character) of everything printable that this desk's keys make without a dead key."""
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
    rect = s.give(viewer)
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


def test_dead_keys():
    """Accent and letter apart, as a German keyboard has them: to a keyboard with such keys, and to one where they are lent."""
    acute, e, circumflex, o = 21, 26, 49, 32
    for presenter in ('de', 'us'):
        with Desk(HOST) as desk, Desk(VIEWER) as other:
            matrix.set_layout(desk, presenter)
            matrix.set_layout(other, 'de')
            terminal = matrix.Terminal(desk)
            with Control(desk) as s:
                begin_typing(desk, other, s)
                for code in (acute, e, circumflex, o, RETURN):
                    strike(other, code)
                got = terminal.read()
                assert got == 'éô', (presenter, got)


test_dead_keys.limit = 150
test_latin.limit = 300
test_other_scripts.limit = 300
