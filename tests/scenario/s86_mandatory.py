"""Where nothing may happen that is not recorded (audit_mandatory): the trail's writer dies, or its disk is full, while the screen is
shared and while somebody controls it, there or at the controller's. Sharing pauses, control ends, nothing stays down, and the
reason is said."""
import os
import signal
import sys
import time

import box
from desk import PATIENCE, Desk
from hands import HOST, VIEWER, Control, hold_keys, let_go, until_down
from party import Party

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s30_errors import trouble_with_log  # noqa: E402

RULES = 'audit_mandatory = yes\n'


def paused_for_the_trail(s, since):
    """Nothing reads the screen, nobody's hands are on it, and it is said why."""
    s.host.wait('share', 15, since, state='paused', why='audit')
    s.host.no_capture()
    s.nobody()
    s.host.said('audit')
    is_told(s)


def until(true, party):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, party.find('window', name='toast')
        time.sleep(0.05)


def is_told(s):
    """On the screen, behind what else there was to tell."""
    tells(s.host, 'Nothing is shared without the log')


def tells(party, words):
    until(lambda: words in party.window('toast')['texts'], party)


def stays_so(s):
    """Resume does not help while no record can be written; whoever presses it is told why, also later."""
    until(lambda: s.host.find('window', name='toast')['state'] == 'closed', s.host)
    since = s.host.mark()
    s.host.press('sharing-bar', 'resume')
    s.host.never('share', 1, since=since, state='on')
    s.host.wait('window', since=since, name='toast', state='mapped')
    is_told(s)
    s.host.no_capture()


def kill_writer(party):
    os.kill(party.worker_pids('vitrine-audit')[0], signal.SIGKILL)


def test_writer_dies_while_shared():
    with Desk(HOST) as desk, Desk(VIEWER, kind='xvfb') as other:
        with Control(desk, wrap=box.box(box.rules(desk, RULES))) as s:
            s.begin(other)
            since = s.host.mark()
            kill_writer(s.host)
            paused_for_the_trail(s, since)
            stays_so(s)


def under_control(desk, other, trouble, *steps):
    """The controller holds keys and a button when it happens."""
    with Control(desk, wrap=box.box(box.rules(desk, RULES), *steps)) as s:
        viewer = s.begin(other)
        rect = s.give(viewer)
        hold_keys(desk, other, rect)
        since, theirs = s.host.mark(), viewer.mark()
        trouble(s)
        s.host.wait('control', 15, since, state='off')
        viewer.wait('control', 15, theirs, state='off')
        paused_for_the_trail(s, since)
        until_down(desk, 0)
        let_go(other)
        stays_so(s)


def test_no_session_without_its_first_line():
    """The writer starts and its disk is full: no session begins, and none is left half begun. Whether it can write shows with its first line."""
    with Desk(HOST, kind='xvfb') as desk:
        steps = [box.rules(desk, RULES), box.small(desk.env['XDG_STATE_HOME'], 4096)]      # for the key file, and nothing else
        with Party(desk, 'host', '--listen', '127.0.0.1:0', wrap=box.box(*steps)) as p:
            p.wait('error', code='POLICY')
            p.said('cannot be written')
            assert not p.find('session') and not p.find('worker', role='seal'), p.transcript()


def test_writer_dies_under_control():
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        under_control(desk, other, lambda s: kill_writer(s.host))


def test_writer_dies_at_controller():
    """The controller's organisation demands the record: this person's control ends, and is not asked for again without one."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.join(other, wrap=box.box(box.rules(other, RULES)))
            s.share()
            rect = s.give(viewer)
            hold_keys(desk, other, rect)
            since, theirs = s.host.mark(), viewer.mark()
            kill_writer(viewer)
            viewer.wait('control', 15, theirs, state='off', mine=True, why='audit')
            s.host.wait('control', 15, since, state='off')
            until_down(desk, 0)
            let_go(other)
            s.nobody()
            tells(viewer, 'You control nothing without the log')
            until(lambda: viewer.find('window', name='toast')['state'] == 'closed', viewer)
            since = s.host.mark()
            viewer.press('viewer', 'ask')
            tells(viewer, 'You control nothing without the log')
            s.host.never('prompt', 0.5, since=since, kind='control')
            assert not s.host.find('share', state='paused')     # this one's rules demand none


def test_disk_full_under_control():
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        under_control(desk, other, lambda s: trouble_with_log(desk, s), box.small(desk.env['XDG_STATE_HOME'], 28672))
