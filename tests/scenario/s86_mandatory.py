"""Where nothing may happen that is not recorded (audit_mandatory): the trail's writer dies, or its disk is full, while the screen is
shared and while somebody controls it, there or at the controller's. Sharing pauses, control ends, nothing stays down, and the
reason is said."""
import os
import signal
import sys

import box
from desk import Desk, until
from hands import HOST, VIEWER, Control, hold_keys, let_go, until_down
from party import Party
from session import Session, open_door
from trail import events_of, noted

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s30_errors import trouble_with_log  # noqa: E402
from s87_sinks import Journal  # noqa: E402

RULES = 'audit_mandatory = yes\n'


def paused_for_the_trail(s, since):
    """Nothing reads the screen, nobody's hands are on it, and it is said why."""
    s.host.wait('share', 15, since, state='paused', why='audit')
    s.host.no_capture()
    s.nobody()
    s.host.said('audit')
    is_told(s)


def is_told(s):
    """On the screen, behind what else there was to tell."""
    tells(s.host, 'Nothing is shared without the log')


def tells(party, words):
    until(lambda: words in party.window('toast')['texts'], party.transcript)


def stays_so(s):
    """Resume does not help while no record can be written; whoever presses it is told why, also later."""
    until(lambda: s.host.find('window', name='toast')['state'] == 'closed', s.host.transcript)
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


DOOR = 'Nobody is let in without the log'


def nobody_new(s, desk):
    """Nobody is there but the organizer, by seal's word and the trail's."""
    assert not s.host.find('member', name='Vera', state='joined'), s.host.transcript()
    assert not [e for e in events_of(desk) if e['event'] in ('admit', 'member_joined')], events_of(desk)


def test_nobody_is_let_in():
    """The waiting room without a record: a physical Admit lets nobody in, and says why; the person waits, and is refused as ever."""
    with Desk(HOST) as desk, Desk(VIEWER, kind='xvfb') as other:
        with Session(desk, wrap=box.box(box.rules(desk, RULES))) as s:
            viewer = s.start_join(other)
            s.host.wait('prompt', 20, kind='admit')
            kill_writer(s.host)
            s.host.wait('worker', 15, role='audit', state='ended')
            last = None
            for _ in range(2):
                last = answer_next(s, last)         # asked again each time
                tells(s.host, DOOR)
            viewer.never('member', 0.5, state='joined')
            nobody_new(s, desk)
            answer_next(s, last, 'no')
            viewer.wait('error', 15, code='J-NO')


def test_open_door_is_shut():
    """Where the password alone lets people in: nobody comes in without a record, and the owner reads why without having asked."""
    with Desk(HOST) as desk, Desk(VIEWER, kind='xvfb') as other:
        open_door(desk)
        with Session(desk, wrap=box.box(box.rules(desk, RULES))) as s:
            kill_writer(s.host)
            tells(s.host, DOOR)
            viewer = s.start_join(other)
            viewer.wait('error', 15, code='J-LOCK')
            nobody_new(s, desk)


def test_let_in_when_written_again():
    """A press in vain is a line of its own, with which it shows that lines can be written again: then the next one lets in."""
    with Desk(HOST) as desk, Desk(VIEWER, kind='xvfb') as other:
        path = os.path.join(desk.dir, 'journal')
        way = 'mkdir -p /run/systemd/journal; ln -s %s /run/systemd/journal/socket' % path
        journal = Journal(path)
        with Session(desk, wrap=box.box(box.rules(desk, RULES + 'audit_sinks = journal\n'), box.hidden('/run'), way)) as s:
            viewer = s.start_join(other)
            s.host.wait('prompt', 20, kind='admit')
            assert journal.has('knock'), journal.lines
            journal.close()
            s.host.press('host-panel', 'lock')
            s.host.said('audit sink journal')
            last = answer_next(s)
            tells(s.host, DOOR)
            assert noted(desk, 'unrecorded')[0]['fields'] == {'what': 'admit'}      # the log has it, the journal has not
            nobody_new(s, desk)
            journal = Journal(path)
            while not viewer.find('member', state='joined'):
                last = answer_next(s, last)
                let_in_or_asked(s, viewer, last)
            assert journal.has('member_joined'), journal.lines
        journal.close()


def test_goes_on_by_itself():
    """The door is shut, and the panel says so; sharing pauses. When lines can be written again, and nobody has pressed anything, people
    come in, and the owner is told; what was paused goes on with the owner's Resume."""
    with Desk(HOST) as desk, Desk(VIEWER, kind='xvfb') as other:
        open_door(desk)
        path = os.path.join(desk.dir, 'journal')
        way = 'mkdir -p /run/systemd/journal; ln -s %s /run/systemd/journal/socket' % path
        journal = Journal(path)
        with Session(desk, wrap=box.box(box.rules(desk, RULES + 'audit_sinks = journal\n'), box.hidden('/run'), way)) as s:
            s.share()
            panel_says(s, 'is in at once')
            journal.close()
            since = s.host.mark()
            s.host.press('host-panel', 'lock')
            panel_says(s, 'nobody is let in until it can')
            s.host.press('host-panel', 'lock')
            s.host.wait('share', 15, since, state='paused', why='audit')
            viewer = s.start_join(other)
            viewer.wait('error', 15, code='J-LOCK')
            nobody_new(s, desk)
            journal = Journal(path)
            tells(s.host, 'The log is written again')
            panel_says(s, 'is in at once')
            assert len(noted(desk, 'log_tried')) == 1, events_of(desk)      # and none while there was no journal
            s.host.never('share', 0.5, since=since, state='on')
            s.start_join(other, name='Wim').wait('member', 15, state='joined')
            assert journal.has('log_tried') and journal.has('member_joined'), journal.lines
        journal.close()


def panel_says(s, words):
    until(lambda: any(words in text for text in s.host.window('host-panel')['texts']), s.host.transcript)


def answer_next(s, last=None, button='yes'):
    """The question after that one, which it returns."""
    def ready():
        prompt = s.host.find('prompt', kind='admit')
        return prompt if prompt and prompt['armed'] and prompt['id'] != last else None

    until(ready, s.host.transcript)
    prompt = s.host.find('prompt', kind='admit')
    s.host.click_answer(prompt, button)
    return prompt['id']


def let_in_or_asked(s, viewer, last):
    until(lambda: viewer.find('member', state='joined') or s.host.find('prompt', kind='admit')['id'] != last, s.host.transcript)


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
            until(lambda: viewer.find('window', name='toast')['state'] == 'closed', viewer.transcript)
            since = s.host.mark()
            viewer.press('viewer', 'ask')
            tells(viewer, 'You control nothing without the log')
            s.host.never('prompt', 0.5, since=since, kind='control')
            assert not s.host.find('share', state='paused')     # this one's rules demand none


def test_disk_full_under_control():
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        under_control(desk, other, lambda s: trouble_with_log(desk, s), box.small(desk.env['XDG_STATE_HOME'], 28672))
