#!/usr/bin/env python3
"""The keyboard matrix: what is typed on each of six layouts arrives as that character on each of six others.

The real gate and input worker between a list of keysyms (what the controller's layouts make, as the X server knows
them) and a terminal on the presenter's desk, whose text is read back. `hand` plays the broker.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'harness'))
import desk as desk_module  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('B', os.path.join(ROOT, 'build'))
LAYOUTS = ['us', 'de', 'fr', 'ch', 'ru', 'gr']
DESKS = 3
NUM_LOCK, SHIFT = 77, 50
KEYPAD = {79: '7', 80: '8', 81: '9', 83: '4', 84: '5', 85: '6', 87: '1', 88: '2', 89: '3', 90: '0'}
# what a terminal sends for them without Num Lock; Begin, in the middle, is on no key beside the keypad
KEYPAD_MOVES = {79: '\x1b[H', 80: '\x1b[A', 81: '\x1b[5~', 83: '\x1b[D', 85: '\x1b[C', 87: '\x1b[F', 88: '\x1b[B',
                89: '\x1b[6~', 90: '\x1b[2~'}
KEYPAD_SIGNS = range(0xffaa, 0xffba)      # * + , - . / 0..9, then =
KEYPAD_NAMES = {79: 0xff95, 80: 0xff97, 81: 0xff9a, 83: 0xff96, 85: 0xff98, 87: 0xff9c, 88: 0xff99, 89: 0xff9b, 90: 0xff9e}


class Hand:
    """The broker's part of remote control on a desk."""

    def __init__(self, desk):
        env = dict(os.environ, **{k: desk.env[k] for k in ('DISPLAY', 'XAUTHORITY')})
        self.process = subprocess.Popen([os.path.join(BUILD, 'tests/harness/hand')], env=env,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        assert self.line() == 'running', 'the input worker did not begin'

    def line(self):
        return self.process.stdout.readline().decode().strip()

    def say(self, *lines):
        self.process.stdin.write(''.join(line + '\n' for line in lines).encode())

    def released(self):
        self.say('r')
        return list(map(int, self.line().split()[1:]))

    def tap(self, code, sym, place=0):
        self.say('d %d %d %d' % (code, sym, place), 'u %d' % code)

    def close(self):
        self.process.stdin.close()
        self.process.wait(desk_module.PATIENCE)
        self.process.stdout.close()


def set_layout(desk, layout):
    desk.call('setxkbmap', '-layout', layout, '-option', '')
    time.sleep(0.3)


def keysym_table():
    """Keysym name to number, from the protocol's header."""
    table = {}
    with open('/usr/include/X11/keysymdef.h', encoding='utf-8') as header:
        for line in header:
            found = re.match(r'#define XK_(\w+)\s+0x([0-9a-f]+)(?:\s+/\*.? U\+([0-9A-F]+))?', line)
            if found:
                table.setdefault(found.group(1), (int(found.group(2), 16),
                                                  int(found.group(3), 16) if found.group(3) else 0))
    return table


def characters(desk, table):
    """(keycode, keysym, character) of everything printable on the desk's present layout; the keypad's stand for themselves."""
    seen = {}
    for line in desk.call('xmodmap', '-pke').decode().splitlines():
        found = re.match(r'keycode\s+(\d+) =(.*)', line)
        for name in found.group(2).split() if found else []:
            sym, point = table.get(name, (0, 0))
            if sym in KEYPAD_SIGNS or sym == 0xffbd:
                seen.setdefault(sym, (int(found.group(1)), sym, chr(sym - 0xff80)))
                continue
            if re.match(r'U[0-9A-F]{4,6}$', name):
                point = int(name[1:], 16)
                sym = 0x1000000 + point
            if name.startswith('dead_') or point < 0x20 or 0x7f <= point < 0xa0:
                continue
            if 0x300 <= point < 0x370:      # combining marks join what stands before them
                continue
            seen.setdefault(point, (int(found.group(1)), sym, chr(point)))
    return sorted(seen.values(), key=lambda c: c[2])


def typed(desk, hand, chars):
    """What a terminal reads when those characters are typed."""
    hand.say(*[line for code, sym, _ in chars for line in ('d %d %d 0' % (code, sym), 'u %d' % code, 'z 8')])
    hand.tap(36, 0xff0d)


class Terminal:
    def __init__(self, desk):
        self.path = os.path.join(desk.dir, 'typed')
        if os.path.exists(self.path):   # of the terminal before: this one makes its own when it is there
            os.unlink(self.path)
        self.process = desk.run('xterm', '-u8', '-fa', 'DejaVu Sans Mono', '-e', 'sh', '-c',
                                'stty -echo; exec cat > %s' % self.path, env={'LC_ALL': 'C.UTF-8'})
        end = time.monotonic() + desk_module.PATIENCE
        while not os.path.exists(self.path) and time.monotonic() < end:
            time.sleep(0.05)
        self.at = 0
        desk.call('xdotool', 'search', '--sync', '--onlyvisible', '--class', 'XTerm')
        time.sleep(0.5)

    def read(self):
        """The next whole line. Characters that no key here makes come a few at a time (LEND_AGAIN_MS)."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            with open(self.path, 'rb') as f:
                text = f.read()[self.at:]
            if text.endswith(b'\n'):
                self.at += len(text)
                return text.decode('utf-8', 'replace')[:-1]
            time.sleep(0.02)
        raise AssertionError('no line came, only %r' % text)


def all_characters(desk):
    table = keysym_table()
    found = {}
    for layout in LAYOUTS:
        set_layout(desk, layout)
        found[layout] = characters(desk, table)
    return found


def type_all_on(desk, presenter, chars):
    """Every layout's characters on that one; how many."""
    set_layout(desk, presenter)
    terminal = Terminal(desk)
    hand = Hand(desk)
    hand.say('m 400 200')
    for controller in LAYOUTS:
        expected = ''.join(c for _, _, c in chars[controller])
        typed(desk, hand, chars[controller])
        got = terminal.read()
        wrong = [(e, g) for e, g in zip(expected, got) if e != g]
        assert got == expected, '%s typed on %s: %d of %d differ: %r %r' % (
            controller, presenter, len(wrong), len(expected), wrong[:8], got[:40])
    assert hand.released()[-1] == 0, 'some character found no key'
    hand.close()
    terminal.process.kill()
    terminal.process.wait()
    return sum(map(len, chars.values()))


def type_on_some(presenters, chars):
    with desk_module.Desk((1024, 768), kind='xvfb') as desk:
        return sum(type_all_on(desk, presenter, chars) for presenter in presenters)


def test_matrix():
    """Same character: every printable key of the six layouts on each of the six; two of them after each other on one desk,
    three desks at once, because most of the time a lent key waits until it may be lent again."""
    with desk_module.Desk((1024, 768), kind='xvfb') as desk:
        chars = all_characters(desk)
    with concurrent.futures.ThreadPoolExecutor(DESKS) as pool:
        total = sum(pool.map(lambda first: type_on_some(LAYOUTS[first::DESKS], chars), range(DESKS)))
    print('(%d characters) ' % total, end='')


def test_keypad():
    """Digits, signs and the ways about, with Num Lock on and off: nothing selects text, because no Shift comes with them."""
    moves = [(code, sym, KEYPAD_MOVES[code]) for code, sym in KEYPAD_NAMES.items()]
    with desk_module.Desk((1024, 768), kind='xvfb') as desk:
        table = keysym_table()
        for layout in ('us', 'de', 'fr'):
            set_layout(desk, layout)
            signs = [each for each in characters(desk, table) if each[1] >= 0xffaa]
            assert len(signs) >= 15, signs
            for on in (False, True):
                terminal = Terminal(desk)
                hand = Hand(desk)
                if on:
                    desk.call('xdotool', 'key', 'Num_Lock')
                hand.say('s 0 %d' % (2 if on else 0), 'm 400 200')
                for keys in (signs, moves):
                    typed(desk, hand, keys)
                    got, expected = terminal.read(), ''.join(text for _, _, text in keys)
                    assert got == expected, '%s, Num Lock %s: %r, not %r' % (layout, on, got, expected)
                assert hand.released()[-1] == 0, 'some key found none'
                hand.close()
                if on:
                    desk.call('xdotool', 'key', 'Num_Lock')
                terminal.process.kill()
                terminal.process.wait()


test_keypad.limit = 150
test_matrix.limit = 400
test_matrix.waits = True
