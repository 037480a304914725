"""What others see: a small window at the presenter's, decoded from the units that left."""
import array
import os
import signal
import time

from desk import PATIENCE, Desk
from session import Session, compare, own_rects, picture_rect

VIEWER = (1600, 1200)


def colour(desk, name):
    desk.call('xsetroot', '-solid', name)


def rect_of(party):
    """Where the presenter's own picture is shown."""
    event = party.window('mirror')
    return next(c['rect'] for c in event['controls'] if c['id'] == 'picture')


def shows(desk, party, rgb, seconds=PATIENCE):
    """The middle of its left edge, where the desk shows nothing but its background."""
    x, y, w, h = rect_of(party)
    deadline = time.monotonic() + seconds
    while True:
        got = {'%02x%02x%02x' % desk.shot((x + w // 4, y + h // 2 + i, 1, 1)).pixel(0, 0) for i in range(5)}
        if got == {'%06x' % rgb}:
            return
        assert time.monotonic() < deadline, (got, '%06x' % rgb)
        time.sleep(0.05)


def pid_of(party, since):
    return party.wait('worker', 10, since, role='view', state='verified')['pid']


def gone(pid):
    deadline = time.monotonic() + PATIENCE
    while os.path.exists('/proc/%d' % pid):
        assert time.monotonic() < deadline, pid
        time.sleep(0.02)


def test_by_mouse():
    """Opened from the bar, live, never in the picture itself; stays through a pause, ends with the share."""
    with Desk((1280, 960)) as desk, Desk(VIEWER) as other:
        colour(desk, '#38566b')
        with Session(desk) as s:
            viewer = s.join(other)
            s.share()
            since = s.host.mark()
            s.host.press('sharing-bar', 'see')
            pid = pid_of(s.host, since)
            s.host.window('mirror', 10, since)
            shows(desk, s.host, 0x38566b)
            colour(desk, '#a04010')
            shows(desk, s.host, 0xa04010)
            desk.move(640, 300)
            different, _, theirs = compare(s.host, viewer, desk, other, ignore=[(600, 260, 80, 80)])
            assert different == 0, '%s pixels differ' % different
            x, y, w, h = s.host.window('mirror')['rect']
            px, py, _, _ = picture_rect(viewer, desk.size)
            inside = array.array('I', other.shot((px + x, py + y, w, h)).data)
            assert len(set(inside)) == 1, 'vitrine is in the picture'
            s.host.press('sharing-bar', 'pause')
            s.host.wait('share', state='paused')
            colour(desk, '#102030')
            time.sleep(0.3)
            shows(desk, s.host, 0xa04010)       # the last one, as the others keep it
            since = s.host.mark()
            s.host.press('sharing-bar', 'resume')
            s.host.wait('share', since=since, state='on')
            shows(desk, s.host, 0x102030)
            s.host.press('sharing-bar', 'stop')
            s.host.wait('window', 10, since, name='mirror', state='closed')
            gone(pid)
            assert s.host.window('mirror')['rect'] not in own_rects(s.host)
            since = s.host.mark()
            s.share()                           # a new share begins without it
            s.host.never('window', 0.3, since, name='mirror', state='mapped')


def test_closed_and_killed():
    """The bar and its own button close it; when its process is killed sharing goes on, and it opens again."""
    with Desk((1280, 960)) as desk, Desk(VIEWER) as other:
        colour(desk, '#38566b')
        with Session(desk) as s:
            s.join(other)
            s.share()
            for close in (('sharing-bar', 'see'), ('mirror', 'close')):
                since = s.host.mark()
                s.host.press('sharing-bar', 'see')
                pid = pid_of(s.host, since)
                s.host.window('mirror', 10, since)
                s.host.press(*close)
                s.host.wait('window', 10, since, name='mirror', state='closed')
                gone(pid)
            since = s.host.mark()
            s.host.press('sharing-bar', 'see')
            pid = pid_of(s.host, since)
            s.host.window('mirror', 10, since)
            os.kill(pid, signal.SIGKILL)
            s.host.wait('window', 10, since, name='mirror', state='closed')
            s.host.wait('window', 10, since, name='toast', state='mapped')
            s.host.never('share', 0.3, since)
            assert s.host.worker_pids('vitrine-capture')
            since = s.host.mark()
            s.host.press('sharing-bar', 'see')
            s.host.window('mirror', 10, since)
            shows(desk, s.host, 0x38566b)


def test_by_keyboard():
    """F6 to the bar, Tab to the button, Space; F6 to the window, Escape."""
    with Desk((1280, 960)) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            s.join(other)
            s.share()
            x, y, w, _ = s.host.window('host-panel')['rect']
            desk.move(x + w // 2, y + 10)

            def focus(window):
                event = s.host.find('window', name=window, state='mapped')
                return next((c['id'] for c in event['controls'] if c['focus']), None) if event else None

            def everywhere():
                return [focus(window) for window in ('host-panel', 'sharing-bar', 'mirror')]

            def until(key, window, control):
                """One key after the other: the next when the one before has led somewhere."""
                for _ in range(20):
                    at, end = everywhere(), time.monotonic() + 4
                    if focus(window) == control:
                        return
                    desk.tap(key)
                    while (everywhere() == at or not any(everywhere())) and time.monotonic() < end:
                        time.sleep(0.02)
                raise AssertionError((window, control, everywhere()))

            until('F6', 'sharing-bar', 'pause')
            until('Tab', 'sharing-bar', 'see')
            since = s.host.mark()
            desk.tap('space')
            s.host.window('mirror', 10, since)
            until('F6', 'mirror', 'close')
            desk.tap('Escape')
            s.host.wait('window', 10, since, name='mirror', state='closed')
            s.host.never('share', 0.3, since)


def test_a_member_looks():
    """Who presents and does not organize opens units of its own as well: live, and over with the presentation."""
    with Desk((800, 600)) as desk, Desk((2560, 1600)) as other:     # its viewer leaves the left of it free
        colour(other, '#38566b')
        with Session(desk) as s:
            v = s.start_join(other)
            s.admit('Vera')
            v.wait('member', 15, state='joined')
            since = s.host.mark()
            s.host.press('host-panel', 'row_2')
            s.host.press('host-panel', 'mk_presenter')
            s.host.answer('present', 'yes', since=since)
            v.answer('hand-over', 'yes')
            v.answer('share', 'yes')
            v.wait('share', 20, state='on')
            since = v.mark()
            v.press('sharing-bar', 'see')
            pid = pid_of(v, since)
            v.window('mirror', 10, since)
            shows(other, v, 0x38566b)
            colour(other, '#a04010')
            shows(other, v, 0xa04010)
            since = v.mark()
            v.press('sharing-bar', 'stop')
            v.wait('window', 10, since, name='mirror', state='closed')
            gone(pid)
            s.host.never('ended', 0.1)
