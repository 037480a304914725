"""A presenter's display that lacks what control takes: it is shared, nobody is given control, and why is said. One that lacks
what telling a hand from a program takes is not used at all."""
import os
import sys

import party
from desk import Desk
from hands import HOST, VIEWER, Control
from routes import walk
from session import compare
from trail import events_of, noted
from xproxy import Lacking

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s30_errors import dies  # noqa: E402
from s41_routes import strict  # noqa: E402


def refused(s, viewer, desk):
    """Somebody asks: the owner is told why not, in a window, by an event and in the trail, and is asked nothing."""
    since, theirs = s.host.mark(), viewer.mark()
    viewer.press('viewer', 'ask')
    assert s.host.wait('control', 15, since, state='refused', why='display')['name'] == 'Vera'
    s.host.wait('window', 15, since, name='toast', state='mapped')
    s.host.never('prompt', 0.5, since=since)
    viewer.wait('window', 15, theirs, name='toast', state='mapped')
    s.nobody()
    assert noted(desk, 'control_refused')[-1]['fields']['how'] == 'display'
    assert not events_of(desk, 'control_on')


def still_shared(s, viewer, desk, other):
    desk.move(400, 2)
    different, _, _ = compare(s.host, viewer, desk, other, ignore=[(380, 0, 60, 40)])
    assert different == 0, different


def test_no_xtest():
    """The server is without XTEST."""
    with Desk(HOST, extra=('-extension', 'XTEST')) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            refused(s, viewer, desk)
            still_shared(s, viewer, desk, other)
        assert 'control by others is not possible without XTEST\n' in party.doctor(desk)


def test_older_input():
    """XInput 2.1: every prompt is as out of reach of programs as ever, and the key still stops sharing."""
    with Desk(HOST) as desk, Desk(VIEWER) as other, Lacking(desk, xinput=(2, 1)) as old:
        with Control(desk, env=old.env, wrap=strict(desk)) as s:
            viewer = s.join(other)
            walk(desk, s.host, 'share', lambda: s.host.press('host-panel', 'share'))
            assert not events_of(desk, 'consent_given')
            s.share()
            refused(s, viewer, desk)
            still_shared(s, viewer, desk, other)
            since = s.host.mark()
            desk.tap('Control_L', 'F12', times=2)
            s.host.wait('share', 15, since, state='off', why='hotkey')
        assert 'control by others is not possible without XInput 2.2\n' in party.doctor(desk, **old.env)


def test_neither():
    with Desk(HOST) as desk, Desk(VIEWER) as other, Lacking(desk, xinput=(2, 1), without=['XTEST']) as old:
        with Control(desk, env=old.env) as s:
            refused(s, s.begin(other), desk)
        assert 'not possible without XTEST and XInput 2.2\n' in party.doctor(desk, **old.env)


def test_input_too_old():
    """Raw events of XInput 2.0 do not say whose they are and stop at a grab: no window of vitrine's trusts such a display."""
    with Desk(HOST, kind='xvfb') as desk:
        for lacks in ({'xinput': (2, 0)}, {'without': ['XInputExtension']}):
            with Lacking(desk, **lacks) as old:
                assert dies(desk, 'host', '--listen', '127.0.0.1:0', env=old.env, words=('XInput 2.1',)) == 5


test_no_xtest.limit = test_older_input.limit = test_neither.limit = 120
