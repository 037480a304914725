"""Somebody at the door is asked about where the owner sees it: in the panel, or in a dialog where that is minimised or covered."""
import time

from desk import PATIENCE, Desk
from session import Session

SIZE, VIEWER = (1024, 768), (900, 700)


def managed(desk):
    """With a window manager: it minimises."""
    desk.run('openbox')
    end = time.monotonic() + PATIENCE
    while b'window id' not in desk.call('xprop', '-root', '_NET_SUPPORTING_WM_CHECK'):
        assert time.monotonic() < end, 'no window manager'
        time.sleep(0.05)


def asked(s, where, name, since):
    """The prompt about that person comes up there, in that window, and can be answered."""
    prompt = s.host.wait('prompt', 20, since, kind='admit', name=name, window=where, armed=True)
    s.host.click_answer(prompt, 'yes')


def test_minimised():
    """Minimised, alone and with somebody in: a dialog. Brought back: the panel again."""
    with Desk(SIZE) as desk, Desk(VIEWER, kind='xvfb') as other, Desk(VIEWER, kind='xvfb') as third:
        managed(desk)
        with Session(desk) as s:
            since = s.host.mark()
            s.host.press('host-panel', 'minimise')
            s.host.wait('window', since=since, name='host-panel', state='closed')
            viewer = s.start_join(other)
            asked(s, 'admit', 'Vera', since)
            viewer.wait('member', state='joined')
            since = s.host.mark()
            desk.tap('Control_L', 'F11')
            s.host.window('host-panel', since=since)
            since = s.host.mark()
            viewer = s.start_join(third, name='Theo')
            s.host.wait('prompt', 20, since, kind='admit', name='Theo', window='host-panel')
            s.host.press('host-panel', 'close')     # with somebody in, and nothing shared: it is minimised
            s.host.wait('prompt', since=since, kind='admit', window='host-panel', state='closed')
            asked(s, 'admit', 'Theo', since)
            viewer.wait('member', state='joined')


def test_covered():
    """Wholly behind another window: a dialog, above it."""
    with Desk(SIZE) as desk, Desk(VIEWER, kind='xvfb') as other:
        managed(desk)
        with Session(desk) as s:
            since = s.host.mark()
            viewer = s.start_join(other)
            s.host.wait('prompt', 20, since, kind='admit', name='Vera', window='host-panel')
            desk.show('xterm', '-geometry', '250x80+0+0')
            s.host.wait('prompt', since=since, kind='admit', window='host-panel', state='closed')
            asked(s, 'admit', 'Vera', since)
            viewer.wait('member', state='joined')
