"""The organisation's rules about people: whom an organizer may let in, and how many (files over /etc/vitrine, box.py)."""

import box
from session import Desk, Session, open_door

HOST = (800, 600)
OTHER = (1000, 700)


def ruled(desk, text):
    return box.box(box.rules(desk, text))


def test_only_compared_words_come_in():
    """admission = verified: the door asks for the words before it asks whether to let somebody in; Not now is a no."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        with Session(desk, wrap=ruled(desk, 'admission = verified\n')) as s:
            v = s.start_join(other)
            s.host.answer('words', 'yes')
            s.admit('Vera')
            v.wait('member', state='joined')
            since = s.host.mark()
            w = s.start_join(other, name='Wanda')
            s.host.answer('words', 'no', since=since)
            assert w.wait('error')['code'] == 'J-NO'
            s.host.never('prompt', 0.3, kind='admit', name='Wanda')


def test_no_waiting_room():
    """Switched off by the owner, whoever has the password is in; where the rules forbid that, or say whom the owner
    may let in, they wait."""
    for rule in ('', 'waiting_room_may_be_off = no\n', 'admission = verified\n'):
        with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
            open_door(desk)
            with Session(desk, wrap=ruled(desk, rule)) as s:
                v = s.start_join(other)
                if 'admission' in rule:
                    s.host.answer('words', 'yes')
                if rule:
                    s.admit('Vera')
                v.wait('member', 15, state='joined')
                assert bool(s.host.find('prompt', kind='admit')) == bool(rule)


def test_who_shows_no_certificate():
    """admission = certified: refused by the rule, without the owner being asked (with one: s85), and though they
    want no waiting room."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        open_door(desk)
        with Session(desk, wrap=ruled(desk, 'admission = certified\n')) as s:
            v = s.start_join(other)
            assert v.wait('error')['code'] == 'J-NO'
            assert not s.host.find('prompt')


def test_largest_session():
    """largest_session = 2: one guest, and the next is refused at the door."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        with Session(desk, wrap=ruled(desk, 'largest_session = 2\n')) as s:
            s.join(other)
            w = s.start_join(other, name='Wanda')
            assert w.wait('error')['code'] == 'J-NO'
            s.host.never('prompt', 0.3, name='Wanda')
