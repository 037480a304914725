"""A line that is lost heals: nobody types, the picture is complete again, nothing is shared meanwhile."""
import os
import sys
import time

from relay import Relay, free_port
from session import PATIENCE, Desk, Session, compare, enlarge, picture_rect
from trail import noted
from wire import Wire

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'hostile'))
import h30_wire  # noqa: E402

VIEWER = (1600, 1200)


def no_capture(party):
    names = party.workers().values()
    assert 'vitrine-capture' not in names and 'vitrine-gate' not in names, sorted(names)


def xterm(desk):
    desk.show('xterm', '-geometry', '60x12+4+420', '-e', 'sh', '-c', 'ls --color=always -la /; exec sleep 600')


def same(s, viewer, desk, other):
    desk.move(400, 2)
    different, _, _ = compare(s.host, viewer, desk, other, ignore=[(380, 0, 60, 40)])
    assert different == 0, '%s pixels differ' % different


def change(desk):
    """Something the viewer has not seen yet."""
    desk.show('xterm', '-geometry', '40x6+420+300', '-e', 'sh', '-c', 'date +%N; exec sleep 600')


def dark(desk, place, live):
    """Until what is there is that picture at a third of its light: it is old."""
    end = time.monotonic() + PATIENCE
    while True:
        old = desk.shot(place).data
        if all(abs(was * 90 // 256 - now) <= 3 for n, (was, now) in enumerate(zip(live.data, old)) if n % 4 < 3):
            return
        assert time.monotonic() < end, 'the picture is not darkened'
        time.sleep(0.1)


def test_viewer_line_cut():
    """The viewer's network breaks for seconds: reconnecting, then live again, with what happened meanwhile."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other:
        xterm(desk)
        with Session(desk, '--listen', '127.0.0.1:0') as s:
            wire = Wire(s.port())
            viewer = s.start_join(other, invitation=s.local_invitation().replace(':%d/' % s.port(), ':%d/' % wire.port))
            s.admit('Vera')
            viewer.wait('member', 15, state='joined')
            viewer.window('viewer')
            enlarge(other)
            s.share()
            same(s, viewer, desk, other)
            place = picture_rect(viewer, (800, 600))
            place = [place[0] + 10, place[1] + 460, 300, 100]
            for seconds in (0, 3):
                host_mark, viewer_mark, live = s.host.mark(), viewer.mark(), other.shot(place)
                wire.block()
                viewer.wait('line', 5, viewer_mark, state='lost')
                dark(other, place, live)
                change(desk)
                time.sleep(seconds)
                assert s.host.worker_pids('vitrine-capture'), 'the presenter has nothing to do with that line'
                wire.allow()
                viewer.wait('line', 15, viewer_mark, state='back')
                same(s, viewer, desk, other)
                s.host.never('prompt', 0.1, host_mark)
                viewer.never('ended', 0.1, viewer_mark)
            wire.close()


def test_presenter_line_cut():
    """The presenter's line breaks: capture dies at once, and sharing goes on by itself when it is back."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other, Relay() as relay:
        xterm(desk)
        wire = Wire(relay.port)
        with Session(desk, '--relay', relay.through(wire)) as s:
            viewer = s.join(other)
            s.share()
            same(s, viewer, desk, other)
            for seconds in (0, 4):
                host_mark = s.host.mark()
                wire.block()
                s.host.wait('line', 5, host_mark, state='lost')
                s.host.wait('share', 5, host_mark, state='paused', why='line')
                no_capture(s.host)
                change(desk)
                time.sleep(seconds)
                no_capture(s.host)
                wire.allow()
                s.host.wait('line', 15, host_mark, state='back')
                s.host.wait('share', 15, host_mark, state='on')
                same(s, viewer, desk, other)
                s.host.never('prompt', 0.1, host_mark)
                viewer.never('ended', 0.1)
            assert {e['fields']['why'] for e in noted(desk, 'share_paused', 2)} == {'line'}
            assert len(noted(desk, 'line_lost', 2)) == len(noted(desk, 'line_back', 2)) == 2
        wire.close()


def test_relay_killed():
    """`vitrine relay` is killed (SIGKILL) and started again with the same key: tokens bring everybody back."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other, Relay() as relay:
        xterm(desk)
        with Session(desk, '--relay', relay.where) as s:
            viewer = s.join(other)
            s.share()
            same(s, viewer, desk, other)
            for seconds in (1, 8):
                host_mark, viewer_mark = s.host.mark(), viewer.mark()
                relay.kill()
                s.host.wait('share', 5, host_mark, state='paused', why='line')
                no_capture(s.host)
                viewer.wait('line', 5, viewer_mark, state='lost')
                change(desk)
                time.sleep(seconds)
                relay.start()
                s.host.wait('line', 15, host_mark, state='back')
                viewer.wait('line', 15, viewer_mark, state='back')
                s.host.wait('share', 15, host_mark, state='on')
                same(s, viewer, desk, other)
                s.host.never('prompt', 0.1, host_mark)
            s.host.process.terminate()
            viewer.wait('ended', how='properly')


def test_relay_drained():
    """SIGTERM: the relay tells everybody; they go on at the next one on that port. Its metrics' port is that one's, too."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other, Relay('--metrics', '127.0.0.1:%d' % free_port()) as relay:
        xterm(desk)
        with Session(desk, '--relay', relay.where) as s:
            viewer = s.join(other)
            s.share()
            host_mark, viewer_mark = s.host.mark(), viewer.mark()
            old, slow = relay.party, h30_wire.Client(relay.port, '127.0.0.9')
            slow.frame(1, b'\1\0')                # somebody else's session, who does not go: the old relay is there for 30 s
            assert slow.answer(0x03)
            old.process.terminate()
            s.host.wait('line', 5, host_mark, state='lost')
            viewer.wait('line', 5, viewer_mark, state='lost')
            relay.start()
            assert old.process.poll() is None
            s.host.wait('line', 15, host_mark, state='back')
            viewer.wait('line', 15, viewer_mark, state='back')
            s.host.wait('share', 15, host_mark, state='on')
            same(s, viewer, desk, other)
            old.stop()


def test_pause_is_kept():
    """What the owner paused stays paused when the line is back."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other, Relay() as relay:
        wire = Wire(relay.port)
        with Session(desk, '--relay', relay.through(wire)) as s:
            s.join(other)
            s.share()
            s.host.press('sharing-bar', 'pause')
            s.host.wait('share', state='paused')
            host_mark = s.host.mark()
            wire.cut()
            s.host.wait('line', 5, host_mark, state='lost')
            s.host.wait('line', 15, host_mark, state='back')
            s.host.never('share', 2, host_mark, state='on')
            no_capture(s.host)
        wire.close()


def test_stop_while_away():
    """Stop during the loss means stop, and the session ends properly for its owner."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other, Relay() as relay:
        wire = Wire(relay.port)
        with Session(desk, '--relay', relay.through(wire)) as s:
            s.join(other)
            s.share()
            host_mark = s.host.mark()
            wire.block()
            s.host.wait('share', 5, host_mark, state='paused')
            s.host.press('sharing-bar', 'stop')
            s.host.wait('share', 5, host_mark, state='off')
            wire.allow()
            s.host.wait('line', 15, host_mark, state='back')
            s.host.never('share', 2, host_mark, state='on')
            no_capture(s.host)
        wire.close()


def test_window_closes():
    """Nobody waits for ever: a member gives up after its resume window, and says that it was cut."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other, Relay() as relay:
        with Session(desk, '--relay', relay.where) as s:
            viewer = s.join(other)
            relay.kill()
            viewer.wait('line', 5, state='lost')
            begun = time.monotonic()
            viewer.wait('ended', 120, how='cut')
            assert time.monotonic() - begun > 50, time.monotonic() - begun
            viewer.press('ended', 'close2')
            assert viewer.wait_exit() == 4
            s.host.never('ended', 0.5)


test_window_closes.limit = 180
test_window_closes.waits = True     # the resume window
