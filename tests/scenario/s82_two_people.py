"""control_two_people: control of a member's computer takes the organizer's yes and then the owner's; a no of either, or either
one's absence, ends the wish (files over /etc/vitrine, box.py)."""
import box
from desk import Desk
from session import Session
from trail import noted

HOST = (800, 600)
OTHER = (1000, 700)
RULES = 'control_two_people = yes\n'


class Three(Session):
    """Helga organizes, Vera shows her screen, Kim asks for control of it."""

    def begin(self, hers, his):
        self.vera = self.start_join(hers, name='Vera', wrap=box.box(box.rules(hers, RULES)))
        self.admit('Vera')
        self.vera.wait('member', 15, state='joined')
        self.vera.window('viewer')
        self.kim = self.join(his, name='Kim')
        since = self.host.mark()
        self.host.press('host-panel', 'row_2')
        self.host.press('host-panel', 'mk_presenter')
        self.host.answer('present', 'yes', since=since)
        self.vera.answer('hand-over', 'yes')
        self.vera.answer('share', 'yes')
        self.vera.wait('share', 20, state='on')
        self.kim.wait('member', 15, state='presenter', name='Vera')

    def ask(self):
        """Kim asks: the organizer is asked, the owner not yet."""
        since, hers = self.host.mark(), self.vera.mark()
        self.kim.press('viewer', 'ask')
        self.host.wait('prompt', 20, since, kind='second', name='Kim')
        assert not self.vera.find('prompt', since=hers, kind='control'), 'the owner was asked first'
        return since, hers


def no_hands(party):
    assert not party.worker_pids('vitrine-input')


def test_both_say_yes():
    """Asked one after the other; control begins with the owner's own press, and both answers are in both trails."""
    with Desk(HOST) as desk, Desk(OTHER) as hers, Desk(OTHER) as his:
        with Three(desk) as s:
            s.begin(hers, his)
            since, theirs = s.ask()
            no_hands(s.vera)
            s.host.answer('second', 'yes', since=since)
            prompt = s.vera.wait('prompt', 20, theirs, kind='control', name='Kim', armed=True)
            no_hands(s.vera)
            s.vera.click_answer(prompt, 'yes')
            s.vera.wait('control', 20, theirs, state='on', mine=False)
            s.kim.wait('control', 20, state='on', mine=True)
            said = [e['fields'] for e in noted(desk, 'consent_given') if e['fields']['kind'] == 'second']
            assert said == [{'kind': 'second', 'name': 'Kim', 'device': 'physical'}], said
            assert noted(hers, 'second_asked')[-1]['fields']['name'] == 'Kim'
            assert noted(hers, 'second_answered')[-1]['fields']['yes'] == 'yes'


test_both_say_yes.limit = 150


def test_either_says_no():
    """The organizer's no: the owner is not asked at all. Of a wish whose owner says no nothing is left either."""
    with Desk(HOST) as desk, Desk(OTHER) as hers, Desk(OTHER) as his, Desk(OTHER) as third:
        with Three(desk) as s:
            s.begin(hers, his)
            since, theirs = s.ask()
            kims = s.kim.mark()
            s.host.answer('second', 'no', since=since)
            s.kim.window('toast', 20, kims)
            s.vera.never('prompt', 1, since=theirs, kind='control')
            assert noted(hers, 'second_answered')[-1]['fields']['yes'] == 'no'
            rosa = s.join(third, name='Rosa')
            since, theirs, rosas = s.host.mark(), s.vera.mark(), rosa.mark()
            rosa.press('viewer', 'ask')
            s.host.answer('second', 'yes', since=since)
            s.vera.answer('control', 'no', since=theirs)
            rosa.window('toast', 20, rosas)
            s.vera.never('control', 1, since=theirs, state='on')
            no_hands(s.vera)


test_either_says_no.limit = 150


def test_somebody_is_gone():
    """Who wanted control leaves while the organizer is asked: the question goes, and a later yes has nothing to say yes to."""
    with Desk(HOST) as desk, Desk(OTHER) as hers, Desk(OTHER) as his:
        with Three(desk) as s:
            s.begin(hers, his)
            since, theirs = s.ask()
            s.kim.press('viewer', 'leave')
            s.host.wait('prompt', 20, since, kind='second', state='closed')
            s.vera.wait('member', 20, theirs, state='left', name='Kim')
            s.vera.never('prompt', 1, since=theirs, kind='control')
            no_hands(s.vera)


test_somebody_is_gone.limit = 150
