"""What a controller's hands do, as the presenter's X server does it: the wheel, a drag, a held key, keys by their place."""
import os
import subprocess
import sys
import time

from desk import Desk
from hands import (HOST, VIEWER, Control, Terminal, click_picture, press, strike, until_down, until_obeyed,
                   until_pointer)
from raw import Raw
from routes import tool
from session import picture_rect

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import s50_keyboard as matrix  # noqa: E402
from s54_kinds import plain_window, window_of  # noqa: E402

A, Y, RETURN = 38, 29, 36       # keycodes: where US has a, y, Return
SECRET = 0x205080


def settings(desk, text):
    """The user's own settings on that desk, before the program starts."""
    folder = os.path.join(desk.env.get('XDG_CONFIG_HOME', os.path.join(desk.env['HOME'], '.config')), 'vitrine')
    desk.call('mkdir', '-p', folder)
    desk.call('sh', '-c', 'umask 077; printf "%s\\n" "$1" > "$0/settings"', folder, text)


def begin(s, desk, other, terminal, raw=None):
    """Control, the keyboard for the terminal, the pointer beside vitrine's windows; the picture's rectangle. raw: until that was done."""
    viewer = s.begin(other)
    rect = s.give(viewer)
    terminal.focus()
    until_obeyed(desk, other, rect)
    since = raw and raw.settled()
    click_picture(other, rect, 20, 420)
    if raw:
        raw.until(since, ('ButtonRelease', 1))
    return rect


def only(raw, since, *kinds):
    return [event for event in raw.events()[since:] if event[0] in kinds]


def test_wheel_drag_and_held_key():
    """Each notch once; a drag is press, motion, release, in that order and that place; a held key goes down once, and the
    presenter's own server repeats it."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        raw = Raw(desk)
        with Control(desk) as s:
            rect = begin(s, desk, other, terminal, raw)
            since = raw.settled()
            assert since, 'nothing is injected'
            for button, notches in ((5, 3), (4, 2), (7, 1), (6, 1)):
                for _ in range(notches):
                    other.button(button, True)
                    other.button(button, False)
            raw.until(since, ('ButtonRelease', 6))
            turned = [detail for _, detail in only(raw, since, 'ButtonPress')]
            assert sorted(turned) == [4, 4, 5, 5, 5, 6, 7], turned
            since = raw.settled()
            other.move(rect[0] + 20, rect[1] + 440)
            other.button(1, True)
            for step in range(12):
                other.move(rect[0] + 20 + 10 * step, rect[1] + 440)
            other.button(1, False)
            raw.until(since, ('ButtonRelease', 1))
            dragged = only(raw, since, 'ButtonPress', 'ButtonRelease', 'Motion')
            down, up = dragged.index(('ButtonPress', 1)), dragged.index(('ButtonRelease', 1))
            assert ('Motion', 0) in dragged[down:up], dragged
            assert desk.call('xdotool', 'getmouselocation').decode().split()[:2] == ['x:130', 'y:440']
            since = raw.settled()
            press(other, A, 1)
            time.sleep(1.5)
            press(other, A, 0)
            strike(other, RETURN)
            raw.until(since, ('KeyRelease', RETURN))
            assert only(raw, since, 'KeyPress', 'KeyRelease') == [('KeyPress', A), ('KeyRelease', A), ('KeyPress', RETURN),
                                                                   ('KeyRelease', RETURN)], raw.events()[since:]
            terminal.more(1)
            typed = [line for line in terminal.lines() if line][-1]
            assert len(typed) > 3 and set(typed) == {'a'}, typed


def test_same_key_position():
    """By its place: where US has y the presenter's German keyboard has z; by its character it stays y."""
    for keys, expected in (('position', 'z'), ('character', 'y')):
        with Desk(HOST) as desk, Desk(VIEWER) as other:
            matrix.set_layout(desk, 'de')
            matrix.set_layout(other, 'us')
            settings(other, 'keys = ' + keys)
            terminal = Terminal(desk)
            with Control(desk) as s:
                begin(s, desk, other, terminal)
                strike(other, Y)
                strike(other, RETURN)
                terminal.until(expected)


def test_never_shown():
    """What is never shown is out of reach as well: a click where it lies, a key while it has the keyboard; and the owner is told so."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        plain_window(desk, SECRET, (500, 420, 240, 150))
        settings(desk, 'never_share = P%06x' % SECRET)
        raw = Raw(desk)
        with Control(desk) as s:
            rect = begin(s, desk, other, terminal, raw)
            for reach in (lambda: click_picture(other, rect, 600, 480), lambda: strike(other, A)):
                before, since = raw.settled(), s.host.mark()
                reach()
                s.host.wait('window', 10, since, name='toast', state='mapped')
                raw.settled()
                assert not [e for e in raw.events()[before:] if e[0] != 'Motion'], raw.events()[before:]
                s.host.wait('window', 10, since, name='toast', state='closed')
                desk.call('xdotool', 'windowfocus', '--sync', window_of(desk, SECRET))
            terminal.focus()
            strike(other, A)
            strike(other, RETURN)
            terminal.until('a')


def test_lock_from_elsewhere():
    """Caps Lock, struck by a program on the presenter's desk: what is typed from afar stays the character that was meant."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            begin(s, desk, other, terminal)
            desk.call('xdotool', 'key', 'Caps_Lock')
            end = time.monotonic() + 10
            while 'a' not in terminal.lines():      # nobody tells when it has been looked at
                assert time.monotonic() < end, terminal.lines()
                seen = len(terminal.lines())
                strike(other, A)
                strike(other, RETURN)
                while len(terminal.lines()) == seen:
                    assert time.monotonic() < end, terminal.lines()
                    time.sleep(0.02)
            desk.call('xdotool', 'key', 'Caps_Lock')


def test_grab_at_the_controller():
    """A program on the controller's own desk takes the keyboard while Shift is down, and its release with it: it goes up all the same."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            begin(s, desk, other, terminal)
            other.key('Shift_L', True)
            until_down(desk, 1)
            grabber = other.run(tool('devices'), 'keyboard', stdout=subprocess.PIPE)
            assert grabber.stdout.readline() == b'ready\n'
            until_down(desk, 0)
            other.key('Shift_L', False)
            grabber.kill()


def test_screen_resized():
    """The presenter's screen gets smaller and larger: control is paused and goes on under the same grant, to the new corner."""
    large, small = (1024, 768), (800, 600)
    with Desk(large, more_modes=[small]) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            s.give(viewer)
            desk.more_modes = []
            begun = s.host.mark()
            for size in (small, large):
                since = s.host.mark()
                desk.call('xrandr', '-s', '%dx%d' % size)
                desk.size = size
                s.host.wait('control', 10, since, state='on', mine=False)
                until_in_the_corner(desk, other, viewer, size)
            assert not s.host.find('control', begun, state='off')


def until_in_the_corner(desk, other, viewer, size, timeout=10):
    """The controller sees the new size at some time; no place comes twice."""
    end, step, want = time.monotonic() + timeout, 0, b''
    while not want or want not in desk.call('xdotool', 'getmouselocation'):
        assert time.monotonic() < end, desk.call('xdotool', 'getmouselocation')
        rect, step = picture_rect(viewer, size), (step + 1) % 20
        want = b'x:%d y:%d ' % (size[0] - 10 - step, size[1] - 5)
        other.move(rect[0] + size[0] - 10 - step, rect[1] + size[1] - 5)
        time.sleep(0.05)


def test_out_of_reach():
    """vitrine's own windows: neither a click on them nor a key to them arrives, and the owner is told so; beside them both do."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        raw = Raw(desk)
        with Control(desk) as s:
            rect = begin(s, desk, other, terminal, raw)
            before, since = raw.settled(), s.host.mark()
            for name, control in (('host-panel', 'end'), ('host-panel', 'pause'), ('sharing-bar-control', 'stop')):
                x, y, w, h = s.host.control(name, control)
                click_picture(other, rect, x + w // 2, y + h // 2)
            until_pointer(desk, x + w // 2, y + h // 2)     # that click has been judged, and those before it
            raw.settled()
            assert not [e for e in raw.events()[before:] if e[0] != 'Motion'], raw.events()[before:]
            s.host.wait('window', 10, since, name='toast', state='mapped')
            x, y, _, h = s.host.window('host-panel')['rect']
            desk.click(x + 4, y + h // 2)           # the owner gives the panel the keyboard
            until_obeyed(desk, other, rect)
            before = raw.settled()
            strike(other, RETURN)
            raw.settled()
            assert raw.events()[before:] == [], raw.events()[before:]
            assert not s.host.find('prompt', since) and not s.host.find('share', since) and not s.host.find('control', since)
            terminal.focus()
            before = raw.settled()
            strike(other, A)
            raw.until(before, ('KeyRelease', A))
            assert raw.events()[before:] == [('KeyPress', A), ('KeyRelease', A)], raw.events()[before:]


def partly_covered(compositor):
    """A window of vitrine that another program's covers in part: what is seen of it is out of reach, too, what covers it is
    not, and what was done behind such a click comes after it."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        if compositor:
            desk.run(compositor)
        terminal = Terminal(desk)
        raw = Raw(desk)
        with Control(desk) as s:
            rect = begin(s, desk, other, terminal, raw)
            px, py, pw, ph = s.host.window('host-panel')['rect']
            desk.show('xterm', '-class', 'Cover', '-geometry', '20x4+%d+%d' % (px - 20, py + ph - 80), kind='Cover')
            terminal.focus()
            before, since = raw.settled(), s.host.mark()
            x, y, w, h = s.host.control('host-panel', 'pause')
            click_picture(other, rect, x + w // 2, y + h // 2)
            strike(other, A)
            raw.until(before, ('KeyRelease', A))
            assert only(raw, before, 'KeyPress', 'KeyRelease', 'ButtonPress', 'ButtonRelease') == [
                ('KeyPress', A), ('KeyRelease', A)], raw.events()[before:]
            s.host.wait('window', 10, since, name='toast', state='mapped')
            before = raw.settled()
            click_picture(other, rect, px + 20, py + ph - 40)
            raw.until(before, ('ButtonRelease', 1))
            assert only(raw, before, 'ButtonPress', 'ButtonRelease') == [('ButtonPress', 1), ('ButtonRelease', 1)]
            assert not s.host.find('share', since) and not s.host.find('control', since)


def test_partly_covered():
    partly_covered(None)


def test_partly_covered_composited():
    """Most desktops: each window is drawn elsewhere first, and the server says of none that it is covered."""
    partly_covered('xcompmgr')


test_partly_covered_composited.limit = test_out_of_reach.limit = test_partly_covered.limit = 120
test_wheel_drag_and_held_key.limit = test_same_key_position.limit = 150
