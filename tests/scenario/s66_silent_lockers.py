"""Lock screens that say nothing on any bus: known by the window that they lay over a whole monitor. A no to every dialog, and the
end of control."""
import os
import subprocess
import sys
import time

from desk import PATIENCE, Desk, stop_program, tool
from hands import HOST, VIEWER, Control, Terminal, until_obeyed
from session import Session
from trail import noted

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s65_lockers import ask, not_offered, refused  # noqa: E402

ALL = (0, 0, *HOST)


def lay(desk, kind, place=ALL):
    """A window of that kind over that place; it is there."""
    program = desk.run(tool('lock'), kind, *map(str, place), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert program.stdout.readline() == b'there\n'
    return program


def goes(desk, program):
    """... and so has its window."""
    stop_program(program)
    desk.call('xset', 'q')


def ended(desk, s, viewer, since, theirs):
    s.host.wait('control', 20, since, state='off', why='screen', mine=False)
    viewer.wait('control', 20, theirs, state='off', mine=True)
    s.nobody()
    assert noted(desk, 'control_off')[-1]['fields']['why'] == 'screen'


def control_ends(*lock_screens):
    """By each of them, one after the other: after it has gone there is no control until it is asked for and given anew."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            viewer = s.begin(other)
            for start in lock_screens:
                rect = s.give(viewer)
                terminal.focus()
                until_obeyed(desk, other, rect)
                since, theirs = s.host.mark(), viewer.mark()
                program = start(desk)
                ended(desk, s, viewer, since, theirs)
                since = s.host.mark()
                goes(desk, program)
                s.host.never('control', 0.5, since=since, state='on')
                s.nobody()


def test_real_ones():
    control_ends(lambda desk: desk.run('i3lock', '-n'), lambda desk: desk.run('xsecurelock'))


def test_others():
    """As xtrlock and slock do it, which want a password of their user, or more power than a test has; and a screenshot tool."""
    control_ends(*(lambda desk, kind=kind: lay(desk, kind) for kind in ('xtrlock', 'slock', 'picker')))


def test_one_monitor():
    """It covers one of two."""
    with Desk((1200, 600)) as desk, Desk(VIEWER) as other:
        output = [line.split()[0] for line in desk.call('xrandr').decode().splitlines() if ' connected' in line][0]
        desk.call('xrandr', '--setmonitor', 'left', '600/150x600/150+0+0', output)
        desk.call('xrandr', '--setmonitor', 'right', '600/150x600/150+600+0', 'none')
        with Control(desk) as s:
            viewer = s.begin(other)
            s.give(viewer)
            since, theirs = s.host.mark(), viewer.mark()
            goes(desk, lay(desk, 'picker', (600, 0, 600, 590)))
            s.host.never('control', 0.3, since=since, state='off')
            lay(desk, 'picker', (600, 0, 600, 600))
            ended(desk, s, viewer, since, theirs)


def test_dialog_is_no():
    """One comes while a dialog waits, which holds the keyboard: it gets that, and nothing is asked until it goes."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            for start in (lambda: lay(desk, 'xtrlock'), lambda: desk.run('i3lock', '-n'), lambda: desk.run('xsecurelock')):
                since = ask(s)
                program = start()
                refused(desk, s, since)
                not_offered(s)
                assert program.poll() is None, 'it could not lock'
                goes(desk, program)
            s.share()


def until_whole(desk, window):
    end = time.monotonic() + PATIENCE
    while b'%dx%d' % HOST not in desk.call('xdotool', 'getwindowgeometry', window):
        assert time.monotonic() < end, 'the window is not made as large as the screen'
        time.sleep(0.05)


def test_no_lock_screen():
    """Full screen by a window manager ends nothing."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        desk.run('openbox')
        with Control(desk) as s:
            viewer = s.begin(other)
            rect = s.give(viewer)
            since = s.host.mark()
            there = desk.windows_of('XTerm')
            desk.show('xterm', '-fullscreen')
            window, = desk.windows_of('XTerm') - there
            until_whole(desk, window.decode())
            s.host.never('control', 0.5, since=since, state='off')
            until_obeyed(desk, other, rect)


def show(manager):
    manager.stdin.write(b'\n')
    manager.stdin.flush()
    assert manager.stdout.readline() == b'there\n'


def test_manager():
    """Nor does what a window manager lays over the screen by itself."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        manager = lay(desk, 'manager')
        with Control(desk) as s:
            viewer = s.begin(other)
            rect = s.give(viewer)
            terminal.focus()
            since = s.host.mark()
            show(manager)
            s.host.never('control', 0.5, since=since, state='off')
            until_obeyed(desk, other, rect)


def test_no_new_manager():
    """Who calls itself the window manager once there has been control is not believed."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            s.give(viewer)
            since, theirs = s.host.mark(), viewer.mark()
            show(lay(desk, 'manager'))
            ended(desk, s, viewer, since, theirs)


def test_hand_shows_it_is_none():
    """A wallpaper's window is under all others, which nobody can know of before; a press on a window of ours shows it, and counts."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            lay(desk, 'wallpaper')
            not_offered(s)
            since = s.host.mark()
            end = time.monotonic() + PATIENCE
            while not s.host.within('prompt', 1, since, kind='share'):
                assert time.monotonic() < end, s.host.transcript()
                desk.click_rect(next(c['rect'] for c in s.host.window('host-panel')['controls'] if c['id'] == 'share'))


def keys_for_a_while(desk, s, until=lambda: False):
    """Somebody looks for vitrine by keyboard alone."""
    end = time.monotonic() + 4
    while time.monotonic() < end and not until():
        desk.tap('Control_L', 'F11')
        desk.tap('Tab')
        time.sleep(0.2)


def offered(s):
    return next(c['state'] for c in s.host.find('window', name='host-panel')['controls'] if c['id'] == 'share') == ''


def test_key_shows_it_is_none():
    """The same by keyboard alone, from another program; where it is a lock screen, which has the keyboard, nothing comes of it."""
    with Desk(HOST) as desk:
        terminal = Terminal(desk)
        with Session(desk) as s:
            desk.move(HOST[0] - 2, HOST[1] - 2)
            program = desk.run('i3lock', '-n')
            not_offered(s)
            keys_for_a_while(desk, s)
            assert not offered(s), s.host.transcript()
            goes(desk, program)
            s.host.control('host-panel', 'share')
            lay(desk, 'wallpaper')
            not_offered(s)
            terminal.focus()
            since = s.host.mark()
            keys_for_a_while(desk, s, lambda: offered(s))
            s.host.control('host-panel', 'share')
            assert s.host.find('window', since, name='host-panel', state='mapped')
