"""Whoever does what their role does not give ends, or is not heard (tests/hostile/forge.c): each role of policy/roles.def, on the
real programs. What only the organizer says puts whoever says it to the organizer out. A relay could have sent a unit under another
head: it puts nobody out, and is not heard.
Every right and role: tests/unit/seal/test_forged.c."""
import contextlib
import os

import party
import rogue
from session import Desk, Session

HOST = (800, 600)
OTHER = (1000, 700)
LINES = ('remove', 'lock', 'end')
UNITS = ('show', 'grant')


@contextlib.contextmanager
def hostile():
    """A folder of programs, and what makes its seal do something."""
    with party.copy() as folder:
        with open(os.path.join(party.BUILD, 'tests/hostile/forge'), 'rb') as source:
            data = source.read()
        at = data.index(rogue.PLACE + b' ' * 8)

        def order(role, deed):
            orders = (rogue.PLACE + role.encode() + b' ' + deed.encode()).ljust(rogue.ROOM)
            rogue.place(folder, 'vitrine-seal', data[:at] + orders + data[at + rogue.ROOM:])
            return folder
        yield order


def put_out(s, forger, name, since):
    """Out, and nothing else has happened."""
    assert forger.wait('ended', 15)['how'] == 'cut'
    s.host.wait('member', 15, since, name=name, state='lost')
    forger.stop()


def untouched(s, good, since, theirs):
    for party_, mark in ((s.host, since), (good, theirs)):
        for event in ('ended', 'control', 'share'):
            assert not party_.find(event, mark), party_.transcript()
        assert not party_.find('prompt', mark, kind='hand-over')
    assert not s.host.find('member', since, name='Good')


def test_at_the_door_and_in_the_room():
    """Somebody who waits, and a participant: the organizer's words, and a presenter's units."""
    with hostile() as order, Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as honest, Desk(OTHER, kind='xvfb') as other:
        with Session(desk) as s:
            good = s.join(honest, name='Good')
            s.share()
            since, theirs = s.host.mark(), good.mark()
            door = s.start_join(other, name='Door', programs=order('waiting', 'admit'))
            s.host.wait('member', 20, since, name='Door', state='waiting')
            door.wait('error', 15)
            s.host.wait('prompt', 15, since, kind='admit', state='closed')
            door.stop()
            for deed in LINES:
                mark = s.host.mark()
                forger = s.start_join(other, name=deed, programs=order('participant', deed))
                s.admit(deed)
                put_out(s, forger, deed, mark)
            untouched(s, good, since, theirs)
            assert not s.host.find('member', since, name='Door', state='joined')
            for deed in UNITS:
                theirs = good.mark()
                forger = s.start_join(other, name=deed, programs=order('participant', deed))
                s.admit(deed)
                good.wait('member', 15, theirs, name=deed, state='joined')
                good.never('control', 1, theirs)
                assert not good.find('window', theirs, name='toast', state='mapped') and not forger.find('ended')
                forger.stop()
            untouched(s, good, since, theirs)


test_at_the_door_and_in_the_room.limit = 150


def test_who_presents_and_who_organizes():
    """Presenting gives no right of an organizer, but its own: that is heard. An organizer who does not present shows and gives
    nothing."""
    with hostile() as order, Desk(HOST) as desk, Desk(OTHER) as other, Desk(OTHER, kind='xvfb') as honest:
        for deed, theirs in (('show', 'invite'), ('grant', 'end')):
            with Session(desk, programs=order('organizer', deed)) as s:
                good = s.join(honest, name='Good')
                v = s.start_join(other, programs=order('presenter', theirs))
                s.admit('Vera')
                v.wait('member', 15, state='joined')
                since, mark = s.host.mark(), good.mark()
                s.host.press('host-panel', 'row_3')
                s.host.press('host-panel', 'mk_presenter')
                s.host.answer('present', 'yes', since=since)
                v.answer('hand-over', 'yes')
                v.answer('share', 'yes')
                v.wait('share', 20, state='on')
                good.wait('member', 15, mark, name='Vera', state='presenter')
                mark = good.mark()
                if theirs == 'invite':
                    good.window('toast', 10, mark)
                    good.never('control', 1, mark)
                    assert not v.find('ended')
                else:
                    put_out(s, v, 'Vera', since)
                for party_ in (good, s.host):
                    assert not party_.find('ended') and not party_.find('share') and not party_.find('control')


test_who_presents_and_who_organizes.limit = 120
