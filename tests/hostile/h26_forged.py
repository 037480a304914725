"""Whoever does what their role does not give ends, or is not heard (tests/hostile/forge.c): each role of policy/roles.def, on the
real programs. What only the organizer says puts whoever says it to the organizer out. A grant or an invitation of somebody who does
not present puts nobody out, and is not heard; a picture the relay does not even pass on. That each was sent is seen each time.
Every right and role, and the member's own rule for pictures: tests/unit/seal/test_forged.c."""
import contextlib
import re
import time
import urllib.request

import party
import rogue
from desk import PATIENCE
from relay import Relay, free_port
from session import Desk, Session
from trail import noted

HOST = (800, 600)
OTHER = (1000, 700)
LINES = ('remove', 'lock', 'offer', 'end')


class Counting(Relay):
    """A relay that says what it has refused."""

    def __init__(self):
        self.metrics = '127.0.0.1:%d' % free_port()
        super().__init__('--metrics', self.metrics)

    def refused(self):
        with urllib.request.urlopen('http://%s/metrics' % self.metrics, timeout=PATIENCE) as page:
            return int(re.search(r'^\w*units_refused_total (\d+)$', page.read().decode(), re.M).group(1))

    def until_refused(self, want, timeout=PATIENCE):
        """So many units in all, and no more."""
        end = time.monotonic() + timeout
        while self.refused() != want:
            assert time.monotonic() < end, '%d units were refused, not %d' % (self.refused(), want)
            time.sleep(0.05)


@contextlib.contextmanager
def hostile():
    """A folder of programs, and what makes its seal do something."""
    with party.copy() as folder:
        def order(role, deed):
            rogue.replace(folder, 'seal', 'forge', role + ' ' + deed)
            return folder
        yield order


def put_out(s, forger, name, since):
    """Out, and nothing else has happened."""
    assert forger.wait('ended', 15)['how'] == 'cut'
    s.host.wait('member', 15, since, name=name, state='lost')
    forger.stop()
    assert noted(s.desk, 'member_fault')[-1]['fields']['name'] == name


def untouched(s, good, since, theirs):
    for party_, mark in ((s.host, since), (good, theirs)):
        for event in ('ended', 'control', 'share'):
            assert not party_.find(event, mark), party_.transcript()
        assert not party_.find('prompt', mark, kind='hand-over')
    assert not s.host.find('member', since, name='Good')


def forge(s, desk, order, name, deed):
    """Somebody more, let in, who does that."""
    forger = s.start_join(desk, name=name, programs=order('participant', deed))
    s.admit(name)
    return forger


def waiting_and_organizers_words(s, good, other, order):
    since, theirs = s.host.mark(), good.mark()
    door = s.start_join(other, name='Door', programs=order('waiting', 'admit'))
    s.host.wait('member', 20, since, name='Door', state='waiting')
    door.wait('error', 15)
    s.host.wait('prompt', 15, since, kind='admit', state='closed')
    door.stop()
    for deed in LINES:
        mark = s.host.mark()
        put_out(s, forge(s, other, order, deed, deed), deed, mark)
    untouched(s, good, since, theirs)
    assert not s.host.find('member', since, name='Door', state='joined')


def shown_by_a_participant(s, good, other, order, relay):
    since, theirs, before = s.host.mark(), good.mark(), relay.refused()
    forger = forge(s, other, order, 'show', 'show')
    good.wait('member', 15, theirs, name='show', state='joined')
    relay.until_refused(before + 1)
    assert not forger.find('ended')
    forger.stop()
    s.host.wait('member', 15, since, name='show', state='left')
    untouched(s, good, since, theirs)


def control_by_a_participant(s, good, other, order):
    """What each of them says after that puts it out: it has been heard."""
    mark, theirs = s.host.mark(), good.mark()
    put_out(s, forge(s, other, order, 'invite', 'invite'), 'invite', mark)
    good.wait('member', 15, theirs, name='invite', state='lost')
    mark = s.host.mark()
    forger = forge(s, other, order, 'grant', 'grant')
    good.wait('member', 15, theirs, name='grant', state='joined')
    good.press('viewer', 'ask')
    s.host.wait('prompt', 15, mark, kind='control', name='Good')
    assert not good.find('window', theirs, name='toast', state='mapped'), 'invited'
    put_out(s, forger, 'grant', mark)
    good.wait('member', 15, theirs, name='grant', state='lost')
    answered_by_the_presenter(good, s.host, mark, theirs)


def answered_by_the_presenter(good, presenter, since, theirs):
    """Whoever has asked still waits for the presenter's own answer, and takes that."""
    assert not good.find('control', theirs) and not presenter.find('control', since)
    presenter.answer('control', 'yes', since=since)
    presenter.wait('control', 15, since, state='on', mine=False, name='Good')
    good.wait('control', 15, theirs, state='on', mine=True)


def test_at_the_door_and_in_the_room():
    """Somebody who waits, and a participant: the organizer's words, and what a presenter sends."""
    with hostile() as order, Counting() as relay, Desk(HOST) as desk, Desk(OTHER) as honest, Desk(OTHER, kind='xvfb') as other:
        with Session(desk, '--relay', relay.where) as s:
            good = s.join(honest, name='Good')
            s.share()
            waiting_and_organizers_words(s, good, other, order)
            shown_by_a_participant(s, good, other, order, relay)
            control_by_a_participant(s, good, other, order)


test_at_the_door_and_in_the_room.limit = 150


def presents(s, v, good, mark):
    since = s.host.mark()
    s.host.press('host-panel', 'row_3')
    s.host.press('host-panel', 'mk_presenter')
    s.host.answer('present', 'yes', since=since)
    v.answer('hand-over', 'yes')
    v.answer('share', 'yes')
    v.wait('share', 20, state='on')
    good.wait('member', 15, mark, name='Vera', state='presenter')


@contextlib.contextmanager
def vera_presents(order, deed, theirs, desk, other, honest, relay):
    """The organizer's deed, and the presenter's."""
    with Session(desk, '--relay', relay.where, programs=order('organizer', deed)) as s:
        good = s.join(honest, name='Good')
        v = s.start_join(other, programs=order('presenter', theirs))
        s.admit('Vera')
        v.wait('member', 15, state='joined')
        mark = good.mark()
        presents(s, v, good, mark)
        yield s, good, v, mark


def test_who_presents_and_who_organizes():
    """Presenting gives no right of an organizer, but its own: that is heard. An organizer who does not present shows and gives
    nothing."""
    with hostile() as order, Counting() as relay, Desk(HOST) as desk, Desk(OTHER) as other, Desk(OTHER) as honest:
        places = (desk, other, honest, relay)
        with vera_presents(order, 'grant', 'invite', *places) as (s, good, v, mark):
            good.window('toast', 10, mark)
            since, theirs = v.mark(), good.mark()
            good.press('viewer', 'ask')
            good.wait('chat', 15, theirs, name='Helga', mine=False)
            answered_by_the_presenter(good, v, since, theirs)
            assert not s.host.find('control') and not v.find('ended')
        before = relay.refused()
        with vera_presents(order, 'show', 'end asked', *places) as (s, good, v, mark):
            relay.until_refused(before + 1)
            for party_ in (good, s.host):
                assert not party_.find('ended') and not party_.find('share') and not party_.find('control')
            since = s.host.mark()
            good.press('viewer', 'ask')
            put_out(s, v, 'Vera', since)
            assert not good.find('ended') and not s.host.find('ended')


test_who_presents_and_who_organizes.limit = 120
