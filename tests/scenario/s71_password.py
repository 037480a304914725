"""The host's grip on the door: a new password, a removal, the lock."""
from session import Desk, Session
from trail import noted

VIEWER = (1600, 1200)


def refused(s, desk, code, password, name):
    viewer = s.start_join(desk, name=name, password=password, invitation=s.local_invitation())
    viewer.wait('error', 20, code=code)
    viewer.stop()


def test_new_password():
    """Wrong tries offer a new password; the old invitation is worth nothing then, and the session goes on."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other, Desk(VIEWER, kind='xvfb') as third:
        with Session(desk, '--listen', '127.0.0.1:0') as s:
            viewer = s.join(other)
            old = s.info
            refused(s, third, 'J-PASS', 'four wrong words here', 'Mallory')
            since = s.host.mark()
            s.host.press('host-panel', 'change_pw')
            s.host.press('new-password', 'set')
            s.info = s.host.wait('session', 5, since)
            assert s.info['id'] == old['id'] and s.info['password'] != old['password']
            assert s.info['invitation'] != old['invitation']
            s.host.window('toast', since=since)
            assert noted(desk, 'new_password')[0]['fields'] == {'why': 'asked for'}
            refused(s, third, 'J-PASS', old['password'], 'Oskar')
            late = s.join(third, name='Nora')
            viewer.never('ended', 0.1)
            late.never('ended', 0.1)


def test_removed_and_locked():
    """Who is removed hears it, and knows a password that is worth nothing; a locked session lets nobody in."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other, Desk(VIEWER, kind='xvfb') as third:
        with Session(desk, '--listen', '127.0.0.1:0') as s:
            viewer = s.join(other)
            old, since = s.info, s.host.mark()
            s.host.press('host-panel', 'row_2')
            s.host.press('host-panel', 'remove')
            viewer.wait('error', 10, code='J-OUT')
            viewer.press('error', 'close2')
            assert viewer.wait_exit() == 3
            s.info = s.host.wait('session', 5, since)
            assert s.info['password'] != old['password']
            assert noted(desk, 'member_left')[0]['fields']['how'] == 'removed' and noted(desk, 'new_password')[0]['fields']['why'] == 'somebody was removed'
            refused(s, third, 'J-PASS', old['password'], 'Vera')
            s.host.press('host-panel', 'lock')
            refused(s, third, 'J-LOCK', s.info['password'], 'Leon')
            s.host.press('host-panel', 'lock')
            s.join(third, name='Nora')
