"""Every prompt, by every route that is no hand: nothing is granted. A locked screen is a no, a covered dialog begins its guard again.

"Still sharing?" comes after a quarter of an hour: s86_waits."""
import os
import sys

import box
from desk import middle
from hands import Control
from routes import PROGRAMS, click_here, distracted, go, locked, walk
from session import Desk, Session
from trail import events_of, noted

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s55_control_more import share_a_part  # noqa: E402
from s82_two_people import Three  # noqa: E402
from s85_identity import become_new, known  # noqa: E402

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
    walk(desk, s.host, 'admit', lambda: s.start_join(other, name='Mallory'), modal=False, first=5)
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


def test_control_prompts():
    """Control, and the whole screen first; the same name with another key, while the screen is shown."""
    with Desk(HOST) as desk, Desk(OTHER) as other, Desk(OTHER, kind='xvfb') as third:
        with Control(desk, wrap=strict(desk)) as s:
            key = become_new(other)
            v = s.join(other)

            def ask():
                """Offered each time: after a no one has to wait for a minute."""
                row(s, 'allow_ctl')
                v.press('viewer', 'ask')

            share_a_part(s, desk)
            walk(desk, s.host, 'whole', ask, first=1)
            s.host.press('sharing-bar', 'stop')
            s.host.wait('share', state='off')
            s.share()
            walk(desk, s.host, 'control', ask, first=2)
            become_new(third)
            walk(desk, s.host, 'key', lambda: s.start_join(third), first=3)
            assert s.viewers[-1].wait('error')['code'] == 'J-WHO' and known(desk) == {'Vera': key}
            s.nobody()
            assert not s.host.find('control', state='on') and not events_of(desk, 'control_on')


def test_new_password():
    """No grant, and still no program's: what the next password is to be. Offered after a wrong try."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        with Session(desk, wrap=strict(desk)) as s:
            s.start_join(other, name='Oskar', password='four wrong words here').wait('error', 20, code='J-PASS')
            s.host.press('host-panel', 'change_pw')
            button = s.host.control('new-password', 'set')
            since = s.host.mark()
            go(desk, PROGRAMS[1:], s.host.window('new-password')['rect'], middle(button))
            s.host.never('session', 0.25, since)
            s.host.press('new-password', 'set')
            s.host.wait('session', 5, since)


def test_second_prompt():
    """The organizer's part in control that takes two."""
    with Desk(HOST) as desk, Desk(OTHER) as hers, Desk(OTHER) as his:
        with Three(desk, wrap=strict(desk)) as s:
            s.begin(hers, his)
            walk(desk, s.host, 'second', lambda: s.kim.press('viewer', 'ask'), first=5)
            s.vera.never('prompt', 0.25, kind='control')
            assert noted(hers, 'second_answered')[-1]['fields']['yes'] == 'no'
