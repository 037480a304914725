"""The main road: host, join, admit, consent, the picture at the viewer's, stop, end."""
import time

from session import Desk, Party, Session, compare

VIEWER = (1600, 1200)


def test_whole_road():
    """Picture identical pixel for pixel; no capture before yes, after no, after stop, after end."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other:
        desk.show('xterm', '-geometry', '60x12+4+420', '-e', 'sh', '-c', 'ls --color=always -la /; exec sleep 600')
        with Session(desk) as s:
            s.host.no_capture()
            viewer = s.join(other)
            s.host.no_capture()
            s.share('no')
            s.host.wait('prompt', kind='share', state='closed')
            s.host.no_capture()
            s.share('yes')
            assert s.host.worker_pids('vitrine-capture') and s.host.worker_pids('vitrine-gate')
            desk.move(400, 2)
            different, mine, theirs = compare(s.host, viewer, desk, other, ignore=[(380, 0, 60, 40)])
            assert different == 0, '%s pixels differ' % different
            s.host.press('sharing-bar', 'stop')
            s.host.wait('share', state='off')
            s.host.no_capture()
            since = s.host.mark()
            s.share('yes')
            s.host.wait('share', since=since, state='on')
            s.host.press('host-panel', 'end')
            s.host.answer('end', 'yes')
            viewer.wait('ended', how='properly')
            s.host.wait('ended', how='properly')
            time.sleep(0.2)
            s.host.no_capture()


def test_pause_and_continue():
    """Pause kills capture at once; continue starts it again without a new dialog."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            s.join(other)
            s.share()
            s.host.press('sharing-bar', 'pause')
            s.host.wait('share', state='paused')
            s.host.no_capture()
            since = s.host.mark()
            s.host.press('sharing-bar', 'resume')
            s.host.wait('share', since=since, state='on')
            assert s.host.worker_pids('vitrine-capture')


def test_several_viewers():
    """Three viewers see the same; one that leaves disturbs nobody."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as a, Desk(VIEWER, kind='xvfb') as b, Desk(VIEWER, kind='xvfb') as c:
        desk.show('xterm', '-geometry', '60x12+4+420', '-e', 'sh', '-c', 'ls --color=always -la /; exec sleep 600')
        with Session(desk) as s:
            first = s.join(a, name='Ada')
            second = s.join(b, name='Ben')
            s.share()
            since = s.host.mark()
            third = s.join(c, name='Cem')
            s.host.wait('window', 30, since, name='toast', texts=['“Cem”', 'joined and can see your screen.'])
            desk.move(400, 2)
            for viewer, where in ((first, a), (second, b), (third, c)):
                different, _, _ = compare(s.host, viewer, desk, where, ignore=[(380, 0, 60, 40)])
                assert different == 0, '%s pixels differ' % different
            second.stop()
            s.host.wait('member', 90, name='Ben', state='left')
            different, _, _ = compare(s.host, third, desk, c, ignore=[(380, 0, 60, 40)])
            assert different == 0


def test_refused_person():
    """A no at the door: exit 3, J-NO."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            viewer = s.start_join(other, name='Mallory')
            s.admit('Mallory', 'no')
            viewer.wait('error', code='J-NO')
            viewer.press('error', 'close2')
            assert viewer.wait_exit() == 3


def test_stand_alone_relay():
    """`vitrine relay` for an organisation; host and join by --relay with its PIN."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other:
        relay = Party(None, 'relay', '--listen', '127.0.0.1:0')
        try:
            where = relay.wait('session', 10)['relay']
            with Session(desk, '--relay', where) as s:
                viewer = s.join(other)
                s.share()
                desk.move(400, 2)
                different, _, _ = compare(s.host, viewer, desk, other, ignore=[(380, 0, 60, 40)])
                assert different == 0
        finally:
            relay.stop()
