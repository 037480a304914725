"""Every prompt, by every route that is no hand: nothing is granted. A locked screen is a no, a covered dialog begins its guard again."""
import box
from desk import middle
from routes import click_here, distracted, locked, walk
from session import Desk, Session
from trail import events_of

HOST = (800, 600)
OTHER = (1000, 700)
STRICT = 'assistive_may_answer = no\n'


def strict(desk):
    return box.box(box.rules(desk, STRICT))


def row(s, button):
    """Presses that button of the only other person's row."""
    ids = [c['id'] for c in s.host.find('window', name='host-panel', state='mapped')['controls']]
    if button not in ids:
        s.host.press('host-panel', 'row_2')
    s.host.press('host-panel', button)


def each(desk, party, kind, ask, first):
    walk(desk, party, kind, ask, first=first)
    locked(desk, party, kind, ask)
    distracted(desk, party, kind, ask)


def test_host_prompts():
    """Compare words, make presenter, share."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        with Session(desk, wrap=strict(desk)) as s:
            s.join(other)
            each(desk, s.host, 'words', lambda: row(s, 'words'), 1)
            each(desk, s.host, 'present', lambda: row(s, 'mk_presenter'), 2)
            each(desk, s.host, 'share', lambda: s.host.press('host-panel', 'share'), 3)
            assert not s.host.find('member', state='verified') and not s.host.find('share', state='on')
            for event in ('words_match', 'offered', 'consent_given'):
                assert not events_of(desk, event), event


def test_end_prompt():
    """The end for everyone: no guard, but nobody else's aim; a hand's own yes counts, also after all that."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        with Session(desk, wrap=strict(desk)) as s:
            s.join(other)
            walk(desk, s.host, 'end', lambda: s.host.press('host-panel', 'end'), modal=False)
            assert not s.host.find('ended')
            since = s.host.mark()
            s.host.press('host-panel', 'end')
            yes = middle(s.host.wait('prompt', since=since, kind='end', armed=True)['buttons']['yes'])
            desk.call('xdotool', 'mousemove', *map(str, yes))
            click_here(desk)
            s.host.never('ended', 0.3)
            desk.click(*yes)
            assert s.host.wait('ended')['how'] == 'properly'


def test_door_prompt():
    """Admit, in the open panel."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        with Session(desk, wrap=strict(desk)) as s:
            v = walk_at_door(desk, other, s)
            v.wait('error')
            assert not s.host.find('member', name='Mallory', state='joined')


def walk_at_door(desk, other, s):
    walk(desk, s.host, 'admit', lambda: s.start_join(other, name='Mallory'), modal=False, first=4)
    return s.viewers[0]


def test_become_prompt():
    """Asked to present: the new presenter's own hand, and no other."""
    with Desk(HOST) as desk, Desk(OTHER) as other:
        with Session(desk) as s:
            v = s.start_join(other, wrap=strict(other))
            s.admit('Vera')
            v.wait('member', 15, state='joined')

            def offer():
                since = s.host.mark()
                row(s, 'mk_presenter')
                s.host.answer('present', 'yes', since=since)

            walk(other, v, 'hand-over', offer, first=5)
            assert not v.find('share', state='on')
            v.no_capture()
