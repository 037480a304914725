"""A Wayland desktop (D-WAY): sessions are joined and organized there; its screen is not shared, nor offered for control."""
import os
import time

import party
from desk import PATIENCE, Desk
from session import Session
from xproxy import Lacking

HOST, VIEWER = (1024, 768), (900, 700)
VARIABLE = {'XDG_SESSION_TYPE': 'wayland'}


def doctor(desk, env):
    return desk.call('sh', '-c', '"$@" || :', '-', 'env', *('%s=%s' % pair for pair in env.items()), os.path.join(party.binaries(), 'vitrine'), 'doctor').decode()


def not_shared(who, since):
    """Its owner is told, in a window that says what goes; nobody is asked, and nothing reads the screen."""
    assert 'Wayland' in who.wait('error', since=since, code='D-WAY')['text']
    texts = who.window('error', since=since)['texts']
    assert any('You can join sessions' in text for text in texts), texts
    who.never('prompt', 0.5, since=since)
    who.no_capture()


def as_host(desk, other, env):
    with Session(desk, env=env) as s:
        since = s.host.mark()
        s.host.press('host-panel', 'share')
        not_shared(s.host, since)
        since = s.host.mark()
        viewer = s.start_join(other)        # the error lies where the panel would ask
        s.host.answer('admit', 'yes', since=since)
        assert s.host.find('prompt', since, kind='admit')['window'] == 'admit'
        viewer.wait('member', state='joined')
        since = s.host.mark()
        s.host.press('error', 'close2')
        s.host.window('host-panel', since=since)
        s.host.press('host-panel', 'row_2')
        end = time.monotonic() + PATIENCE
        while ('allow_ctl', 'off') not in {(c['id'], c.get('state')) for c in s.host.window('host-panel')['controls']}:
            assert time.monotonic() < end, s.host.transcript()
            time.sleep(0.05)


def test_by_the_variable():
    with Desk(HOST) as desk, Desk(VIEWER, kind='xvfb') as other:
        as_host(desk, other, VARIABLE)
        assert 'Wayland' in doctor(desk, VARIABLE) and 'Wayland' not in doctor(desk, {})


def test_by_the_server():
    """Nothing in the environment says so, or something else does."""
    with Desk(HOST) as desk, Desk(VIEWER, kind='xvfb') as other, Lacking(desk, also=['XWAYLAND']) as wayland:
        as_host(desk, other, dict(wayland.env, XDG_SESSION_TYPE='x11'))


def test_member_asked_to_present():
    """The organizer hears that it did not come to it, and nothing of what the member wants; the member, why."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            viewer = s.start_join(other, env=VARIABLE)
            s.admit('Vera')
            viewer.wait('member', state='joined')
            viewer.window('viewer')
            since, theirs = s.host.mark(), viewer.mark()
            s.host.press('host-panel', 'row_2')
            s.host.press('host-panel', 'mk_presenter')
            s.host.answer('present', 'yes', since=since)
            not_shared(viewer, theirs)
            assert 'did not start sharing their screen.' in s.host.window('toast', since=since)['texts']
            theirs = viewer.mark()
            viewer.press('error', 'close2')
            viewer.window('viewer', since=theirs)
