"""Keys and a button are held by a controller while a line is lost, or while somebody else comes to present: nothing stays down at the
presenter's, before the controller lets go of anything."""
from desk import Desk
from hands import HOST, VIEWER, Control, Terminal, hold_keys, let_go, until_down, until_obeyed
from relay import Relay
from session import picture_rect
from trail import noted
from wire import Wire


def test_controllers_line():
    """Cut off in the middle: up before anybody knows whether the line comes back, and not down again when it has."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk, '--listen', '127.0.0.1:0') as s:
            wire = Wire(s.port())
            s.local_invitation = lambda to=s.local_invitation(), port=s.port(): to.replace(':%d/' % port, ':%d/' % wire.port)
            viewer = s.begin(other)
            hold_keys(desk, other, s.give(viewer))
            theirs = viewer.mark()
            wire.block()
            viewer.wait('line', since=theirs, state='lost')
            until_down(desk, 0)
            wire.allow()
            viewer.wait('line', since=theirs, state='back')
            let_go(other)
            until_down(desk, 0)
            wire.close()


def test_presenters_line():
    """Sharing pauses by itself, and control with it."""
    with Desk(HOST) as desk, Desk(VIEWER) as other, Relay() as relay:
        wire = Wire(relay.port)
        with Control(desk, '--relay', relay.through(wire)) as s:
            viewer = s.begin(other)
            hold_keys(desk, other, s.give(viewer))
            since = s.host.mark()
            wire.block()
            s.host.wait('share', since=since, state='paused', why='line')
            until_down(desk, 0)
            s.host.no_capture()
            s.nobody()
            wire.allow()
            s.host.wait('share', since=since, state='on')
            until_down(desk, 0)
            let_go(other)
        wire.close()


def test_relay_dies():
    """A relay that others see, too, is gone and comes back: nobody's line is there meanwhile."""
    with Desk(HOST) as desk, Desk(VIEWER) as other, Relay() as relay:
        with Control(desk, '--relay', relay.where) as s:
            viewer = s.begin(other)
            hold_keys(desk, other, s.give(viewer))
            since = s.host.mark()
            relay.kill()
            until_down(desk, 0)
            relay.start()
            s.host.wait('line', since=since, state='back')
            until_down(desk, 0)
            let_go(other)


class Three(Control):
    """Helga organizes, Paula shows her screen, Kim controls it and holds keys there."""

    def begin_with(self, shown, other):
        self.paula = self.start_join(shown, name='Paula')
        self.admit('Paula')
        self.paula.wait('member', state='joined')
        self.paula.window('viewer')
        window = shown.call('xdotool', 'search', '--onlyvisible', '--class', 'vitrine').split()[0].decode()
        shown.call('xdotool', 'windowmove', window, '400', '0')      # beside it there is room for a press
        self.kim = self.join(other, name='Kim')
        since = self.host.mark()
        self.host.press('host-panel', 'row_2')
        self.host.press('host-panel', 'mk_presenter')
        self.host.answer('present', 'yes', since=since)
        self.paula.answer('hand-over', 'yes')
        self.paula.answer('share', 'yes')
        self.paula.wait('share', state='on')
        rect = picture_rect(self.kim, HOST)
        since, his = self.paula.mark(), self.kim.mark()
        self.kim.press('viewer', 'ask')
        self.paula.answer('control', 'yes', since=since)
        self.paula.wait('control', since=since, state='on', mine=False)
        self.kim.wait('control', since=his, state='on', mine=True)
        hold_keys(shown, other, rect)

    def ended(self, shown, since, why):
        self.paula.wait('control', since=since, state='off', why=why, mine=False)
        until_down(shown, 0)
        assert not self.paula.worker_pids('vitrine-input')
        assert noted(shown, 'control_off')[-1]['fields']['why'] == why


def test_taken_back():
    """The organizer takes back what Paula presents; no hand of hers has anything to do with it."""
    with Desk(HOST) as desk, Desk(HOST) as shown, Desk(VIEWER) as other:
        with Three(desk) as s:
            s.begin_with(shown, other)
            since = s.paula.mark()
            s.host.press('viewer', 'leave')         # looks away: the panel comes back
            s.host.window('host-panel')
            s.host.press('host-panel', 'row_2')
            s.host.press('host-panel', 'mk_presenter')
            s.paula.wait('share', since=since, state='off', why='presenter')
            s.ended(shown, since, 'presenter')
            s.paula.no_capture()
            let_go(other)
            until_down(shown, 0)


def test_handed_over():
    """The organizer is controlled, and hands over: nothing is down before the new presenter is asked, nor at theirs afterwards."""
    with Desk(HOST) as desk, Desk(VIEWER) as other, Desk(HOST) as shown:
        terminal = Terminal(desk)
        with Control(desk) as s:
            viewer = s.begin(other)
            paula = s.start_join(shown, name='Paula')
            s.admit('Paula')
            paula.window('viewer')
            rect = s.give(viewer)
            s.host.press('host-panel', 'row_3')
            terminal.focus()            # keys do not reach vitrine's own windows
            until_obeyed(desk, other, rect)
            hold_keys(desk, other, rect)
            since = s.host.mark()
            s.host.press('host-panel', 'mk_presenter')
            s.host.answer('present', 'yes', since=since)
            s.host.wait('share', since=since, state='off')
            until_down(desk, 0)
            s.nobody()
            paula.answer('hand-over', 'yes')
            paula.answer('share', 'yes')
            paula.wait('share', state='on')
            until_down(desk, 0)
            until_down(shown, 0)
            let_go(other)


for test in (test_controllers_line, test_presenters_line, test_relay_dies, test_taken_back, test_handed_over):
    test.limit = 150
