"""Control misused by a seal in the hands of somebody else (tests/hostile/steer.c), counted by the X server's raw events.

Every line of "bad input": impossible places, unknown buttons and keycodes, huge wheels, another count, floods, the same bytes
twice, an old grant, another member, and a presenter's own seal that repeats an old grant's events to its broker."""
import contextlib
import time

import party
import rogue
from desk import PATIENCE
from hands import HOST, VIEWER, Control, click_picture, down_now, strike, until_obeyed
from raw import Raw
from session import Desk, enlarge


FUNCTION = tuple(range(67, 77)) + (95,)      # keycodes of F1 to F11
LATE_S = 1.5        # how long a deed is watched: it is done again every 20 ms


@contextlib.contextmanager
def hostile(deed):
    """A folder of programs whose seal does that."""
    with party.copy() as folder:
        rogue.replace(folder, 'seal', 'steer', ' ' + deed)
        yield folder


def join(s, desk, programs, name='Vera'):
    """As Session.join, with other programs."""
    viewer = s.start_join(desk, name=name, programs=programs)
    s.admit(name)
    viewer.wait('member', 15, state='joined')
    viewer.window('viewer')
    enlarge(desk)
    return viewer


def works(raw, other, rect):
    """The controller's hand arrives, and rests beside vitrine's own windows (where wheels would be refused), with nothing on
    its way any more: what is counted can be counted."""
    until_obeyed(raw.desk, other, rect)
    click_picture(other, rect, 30, 400)
    until_obeyed(raw.desk, other, rect)
    return raw.settled()


def test_wrong_records():
    """Eleven records that are wrong in one place each: the grant is over, both are told, nothing of them is done, the
    session goes on."""
    with hostile('wrong') as programs, Desk(HOST) as desk, Desk(VIEWER) as other:
        raw = Raw(desk)
        with Control(desk) as s:
            viewer = join(s, other, programs)
            s.share()
            for code in FUNCTION:
                rect = s.give(viewer)
                before, since, theirs = works(raw, other, rect), s.host.mark(), viewer.mark()
                strike(other, code)
                s.host.wait('control', 10, since, state='off', why='rule')
                s.host.wait('window', 10, since, name='toast', state='mapped')
                viewer.wait('control', 10, theirs, state='off', mine=True)
                s.nobody()
                assert raw.settled() == before, 'keycode %d: something was done' % code
                assert not down_now(desk)
            works(raw, other, s.give(viewer))


test_wrong_records.limit = 200


def end_it(s, viewer):
    """The controller gives control back."""
    since = s.host.mark()
    viewer.press('viewer', 'ask')
    s.host.wait('control', 10, since, state='off', why='controller')
    s.nobody()


def test_the_same_bytes_twice():
    """A record that the relay, or whoever else, sends again: the grant is over, and it was done once."""
    with hostile('twice') as programs, Desk(HOST) as desk, Desk(VIEWER) as other:
        raw = Raw(desk)
        with Control(desk) as s:
            viewer = join(s, other, programs)
            s.share()
            rect = s.give(viewer)
            before, since = works(raw, other, rect), s.host.mark()
            strike(other, FUNCTION[0])      # stands for a motion, a key and a click here
            s.host.wait('control', 10, since, state='off', why='rule')
            raw.settled()
            done = raw.events()[before:]
            pressed = [each for each in done if each[0] != 'Motion']
            once = [('KeyPress', 38), ('KeyRelease', 38), ('ButtonPress', 1), ('ButtonRelease', 1)]
            assert pressed == once[:len(pressed)] and len(done) <= 7, done      # a button goes to its place first
            assert not down_now(desk)


def test_after_the_end():
    """The channel of a grant that is over goes on for as long as it likes: under its own number nothing is done, also while
    another grant is in force; under the number of that one the grant is over."""
    for deed in ('late', 'restamp'):
        with hostile(deed) as programs, Desk(HOST) as desk, Desk(VIEWER) as other:
            raw = Raw(desk)
            with Control(desk) as s:
                viewer = join(s, other, programs)
                s.share()
                works(raw, other, s.give(viewer))
                since = s.host.mark()
                desk.tap('Control_L', 'F12')
                s.host.wait('control', 10, since, state='off', why='hotkey')
                s.nobody()
                before = raw.count()
                time.sleep(LATE_S)
                assert raw.count() == before, 'injected after the end: %d' % (raw.count() - before)
                since = s.host.mark()
                if deed == 'restamp':       # before it was in force, or as soon as it is
                    s.host.click_answer(s.ask(viewer), 'yes')
                    time.sleep(LATE_S)
                    s.nobody()
                    assert raw.count() == before, 'injected under a new number: %d' % (raw.count() - before)
                    continue
                rect = s.give(viewer)
                time.sleep(LATE_S)
                before = raw.settled()
                time.sleep(LATE_S)
                assert raw.count() == before, 'injected under an old grant: %d' % (raw.count() - before)
                works(raw, other, rect)
                assert not s.host.find('control', since, state='off')


def test_another_member():
    """Somebody else in the session speaks under the controller's grant: nothing is done, and control goes on."""
    with hostile('stranger') as programs, Desk(HOST) as desk, Desk(VIEWER) as other, Desk(VIEWER, kind='xvfb') as third:
        raw = Raw(desk)
        with Control(desk) as s:
            viewer = s.join(other)
            join(s, third, programs, name='Kim')
            s.share()
            since = s.host.mark()
            rect = s.give(viewer)
            before = raw.settled()
            time.sleep(LATE_S)
            assert raw.count() == before, 'injected: %d' % (raw.count() - before)
            works(raw, other, rect)
            assert not s.host.find('control', since, state='off')


def test_floods():
    """As much as the line takes, of everything and of whole turns of the wheel: the kill switch ends it, and nothing of it
    comes after; others see the picture still."""
    for deed in ('flood', 'wheels'):
        with hostile(deed) as programs, Desk(HOST) as desk, Desk(VIEWER) as other:
            raw = Raw(desk)
            with Control(desk) as s:
                viewer = join(s, other, programs)
                s.share()
                works(raw, other, s.give(viewer))
                before = raw.count()
                strike(other, FUNCTION[0])
                end = time.monotonic() + PATIENCE
                while raw.count() <= before + 50:
                    assert time.monotonic() < end, 'no flood'
                    time.sleep(0.05)
                desk.tap('Control_L', 'F12')
                s.host.wait('control', 10, state='off')
                s.nobody()
                after = raw.settled()
                time.sleep(LATE_S / 2)
                assert raw.count() == after and not down_now(desk)
                assert not s.host.find('ended')


def test_old_events_from_our_own_seal():
    """A presenter's seal that repeats an old grant's events to its broker: with no grant, and under the next one."""
    with hostile('repeat') as programs, Desk(HOST) as desk, Desk(VIEWER) as other:
        raw = Raw(desk)
        with Control(desk, programs=programs) as s:
            viewer = s.begin(other)
            works(raw, other, s.give(viewer))
            end_it(s, viewer)
            before = raw.settled()
            time.sleep(LATE_S)
            assert raw.count() == before, 'injected after the end: %d' % (raw.count() - before)
            since = s.host.mark()
            rect = s.give(viewer)
            before = raw.settled()
            time.sleep(LATE_S)
            assert raw.count() == before, 'injected under the next grant: %d' % (raw.count() - before)
            works(raw, other, rect)
            assert not s.host.find('control', since, state='off')


for test in (test_the_same_bytes_twice, test_after_the_end, test_another_member, test_floods, test_old_events_from_our_own_seal):
    test.limit = 150
