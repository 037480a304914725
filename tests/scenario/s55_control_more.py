"""Control beyond the first yes: more time, the owner's own hand, offered before it is asked for, ended by the organizer,
of one monitor, of less than a screen, and where the display cannot do it."""
import os
import sys
import time

from desk import PATIENCE, Desk, stop_program, until
from hands import (HOST, OWNER_FIRST, VIEWER, Control, Terminal, click_picture, down_now, hold_keys, let_go, strike,
                   until_down)
from raw import Raw
from session import Session, picture_rect
from trail import noted

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s54_kinds import agree, begin, outlined, plain_window, tab_to  # noqa: E402

A, RETURN = 38, 36      # keycodes


def test_after_a_no():
    """Who was told no hears of it and cannot ask for a minute (what asks all the same: test_session_control); others can, and the
    owner's own offer ends it."""
    with Desk(HOST) as desk, Desk(VIEWER) as other, Desk(VIEWER) as third:
        with Control(desk) as s:
            viewer = s.begin(other)
            kim = s.join(third, name='Kim')
            since, theirs = s.host.mark(), viewer.mark()
            s.host.click_answer(s.ask(viewer), 'no')
            viewer.wait('window', 15, theirs, name='toast', state='mapped')
            until(lambda: 'off' in [c['state'] for c in viewer.window('viewer')['controls'] if c['id'] == 'ask'][0], 'may ask again')
            s.ask(kim, 'Kim')
            assert control_line(desk, 'consent_refused')['name'] == 'Vera'
            s.host.press('consent-control', 'no')
            s.host.wait('window', 15, since, name='consent-control', state='closed')
            s.host.press('host-panel', 'row_2')
            s.host.press('host-panel', 'allow_ctl')
            s.give(viewer)


test_after_a_no.limit = 120


def open_row(s, viewer):
    """The row of that person in the host panel."""
    s.host.press('host-panel', 'row_2')
    return viewer


def control_line(desk, event):
    return noted(desk, event)[-1]['fields']


def test_more_time():
    """Who has control asks for more: a no changes nothing, a yes is a new grant; the kill switch ends the wish, too."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            viewer = s.begin(other)
            rect = s.give(viewer)
            since, theirs = s.host.mark(), viewer.mark()
            viewer.press('viewer', 'more')
            prompt = s.host.wait('prompt', 15, since, kind='control', name='Vera', armed=True)
            viewer.wait('control', 15, theirs, state='held', why='question')
            s.nobody()
            since, theirs = s.host.mark(), viewer.mark()
            s.host.click_answer(prompt, 'yes')
            s.host.wait('control', 15, since, state='off', why='extended')
            s.host.wait('control', 15, since, state='on')
            viewer.wait('control', 15, theirs, state='on', mine=True)
            assert control_line(desk, 'control_extended')['seconds'] == '900'
            assert control_line(desk, 'control_extended')['device'] == 'physical'
            terminal.focus()
            other.click(rect[0] + 30, rect[1] + 400)
            until_typed(terminal, other, 'more')
            viewer.press('viewer', 'more')
            prompt = s.host.wait('prompt', 15, since, kind='control', name='Vera', armed=True, id=prompt['id'] + 1)
            since, theirs = s.host.mark(), viewer.mark()
            desk.click_rect(prompt['buttons']['no'])
            s.host.wait('control', 15, since, state='on')
            viewer.window('toast')
            viewer.never('control', 0.5, theirs, state='off')
            assert viewer.control('viewer', 'ask')      # Release control, still
            viewer.press('viewer', 'ask')
            s.host.wait('control', 15, since, state='off', why='controller')
            assert not down_now(desk)


test_more_time.limit = 150


def until_typed(terminal, other, word):
    """The owner's half second may swallow the first."""
    for _ in range(5):
        other.type(word)
        other.tap('Return')
        try:
            terminal.until(word, 4)
            return
        except AssertionError:
            continue
    terminal.until(word)


def test_owner_at_work():
    """The controller is told when the owner's own hand goes first, and when it rests."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            rect = s.give(viewer)
            viewer.wait('control', 15, state='on', mine=True)
            hold_keys(desk, other, rect)
            theirs = viewer.mark()
            desk.move(300, 500)
            viewer.wait('control', 15, theirs, state='held', why='owner', mine=True)
            viewer.wait('control', 15, theirs, state='on', mine=True)
            until_down(desk, 0)
            let_go(other)


test_owner_at_work.limit = 120


def test_offered_first():
    """Allow control before anybody asks: the member is told, and nothing else happens until it asks and the owner agrees."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            open_row(s, viewer)
            since, theirs = s.host.mark(), viewer.mark()
            s.host.press('host-panel', 'allow_ctl')
            viewer.wait('window', 15, theirs, name='toast', state='mapped')
            s.host.never('prompt', 0.5, since=since, kind='control')
            s.nobody()
            assert control_line(desk, 'control_offered')['name'] == 'Vera'
            s.give(viewer)
            since = s.host.mark()
            s.host.press('host-panel', 'allow_ctl')     # End control now
            s.host.wait('control', 15, since, state='off', why='owner')
            s.nobody()


test_offered_first.limit = 120


def test_organizer_ends_it():
    """The organizer ends control of another presenter's computer, from the host panel; both trails say so."""
    with Desk(HOST) as desk, Desk(HOST) as shown, Desk(VIEWER) as other:
        with Session(desk) as s:
            presenter = s.join(shown, name='Paula')
            controller = s.join(other, name='Kim')
            s.host.press('host-panel', 'row_2')
            since = s.host.mark()
            s.host.press('host-panel', 'mk_presenter')
            s.host.answer('present', 'yes', since=since)
            presenter.answer('hand-over', 'yes')
            presenter.answer('share', 'yes')
            presenter.wait('share', state='on')
            picture_rect(controller, HOST)
            since = presenter.mark()
            controller.press('viewer', 'ask')
            presenter.answer('control', 'yes', since=since)
            presenter.wait('control', 15, since, state='on', mine=False)
            controller.wait('control', 15, state='on', mine=True)
            s.host.press('viewer', 'leave')             # looks away: the panel comes back
            s.host.window('host-panel')
            s.host.press('host-panel', 'row_3')
            s.host.press('host-panel', 'allow_ctl')
            presenter.wait('control', 15, since, state='off', why='organizer')
            controller.wait('control', 15, state='off', mine=True)
            assert not presenter.worker_pids('vitrine-input') and not down_now(shown)
            assert control_line(desk, 'control_revoked')['name'] == 'Kim'
            seen = [e['fields']['state'] for e in noted(desk, 'control_seen', 2)]
            assert seen == ['on', 'off'], seen
            assert control_line(shown, 'control_off')['why'] == 'organizer'


test_organizer_ends_it.limit = 150


def test_one_monitor():
    """One monitor is a whole screen: it can be controlled, the pointer stays on it, the wheel turns there wherever the owner has left
    the pointer, and keys go to windows on it only: nobody types into what they cannot see."""
    with Desk((1600, 600)) as desk, Desk(VIEWER) as other:
        output = [line.split()[0] for line in desk.call('xrandr').decode().splitlines() if ' connected' in line][0]
        desk.call('xrandr', '--setmonitor', 'left', '800/200x600/150+0+0', output)
        desk.call('xrandr', '--setmonitor', 'right', '800/200x600/150+800+0', 'none')
        terminal = Terminal(desk)       # on the left one
        raw = Raw(desk)
        with Control(desk) as s:
            viewer = s.join(other)
            since = begin(s, 'part')
            outlined(s, (800, 0, 800, 600), since)              # the pointer's
            tab_to(s, (0, 0, 800, 600))
            tab_to(s, (800, 0, 800, 600))
            desk.tap('Return')
            agree(s, since)
            mark, theirs = s.host.mark(), viewer.mark()
            s.host.click_answer(s.ask(viewer), 'yes')
            s.host.wait('control', 15, mark, state='on', mine=False)
            viewer.wait('control', 15, theirs, state='on', mine=True)
            rect = picture_rect(viewer, (800, 600))
            until(lambda: pointed(desk, other, rect), 'the pointer does not go there')
            click_picture(other, rect, 30, 450)        # beside vitrine's windows
            raw.settled()
            desk.move(100, 100)
            time.sleep(OWNER_FIRST)
            other.button(5, True)
            other.button(5, False)
            until_pointer(desk, 830, 450)
            terminal.focus()
            refused(s, viewer, other, raw)
            window = desk.call('xdotool', 'getwindowfocus').split()[0].decode()
            desk.call('xdotool', 'windowmove', '--sync', window, '900', '250')
            strike(other, A)
            strike(other, RETURN)
            terminal.until('a')
            # over both monitors, and more than half of it outside: seen where the controller points, and so within reach ...
            place(desk, window, (0, 0, 1600, 800))
            strike(other, A)
            strike(other, A)
            strike(other, RETURN)
            terminal.until('aa')
            # ... but not where another one lies there, nor where it is a strip at the edge
            above = plain_window(desk, 0x206040, (810, 430, 60, 60))
            refused(s, viewer, other, raw)
            stop_program(above)
            place(desk, window, (20, 0, 1100, 600))
            refused(s, viewer, other, raw)


def place(desk, window, rect):
    x, y, w, h = [str(each) for each in rect]
    desk.call('xdotool', 'windowmove', '--sync', window, x, y, 'windowsize', '--sync', window, w, h)


def refused(s, viewer, other, raw):
    """A key that the controller strikes goes nowhere, and both are told so."""
    before, mark, theirs = raw.settled(), s.host.mark(), viewer.mark()
    strike(other, A)
    viewer.wait('control', 15, theirs, state='held', why='reach', mine=True)
    viewer.wait('control', 15, theirs, state='on', mine=True)
    s.host.wait('window', 10, mark, name='toast', state='mapped')
    raw.settled()
    assert not [e for e in raw.events()[before:] if e[0] == 'KeyPress'], raw.events()[before:]
    s.host.wait('window', 10, mark, name='toast', state='closed')   # before that the owner is told of no other


test_one_monitor.limit = 120


def until_pointer(desk, x, y):
    end = time.monotonic() + PATIENCE
    while True:
        at = desk.call('xdotool', 'getmouselocation').decode().split()
        if at[:2] == ['x:%d' % x, 'y:%d' % y]:
            return
        assert time.monotonic() < end, at
        time.sleep(0.05)


def pointed(desk, other, rect):
    """Moves, and again: the owner's own click, the yes, holds the first back."""
    other.move(rect[0] + 5, rect[1] + 300)
    other.move(rect[0] + 100, rect[1] + 300)
    return desk.call('xdotool', 'getmouselocation').decode().split()[:2] == ['x:900', 'y:300']


def share_a_part(s, desk):
    since = begin(s, 'part')
    desk.move(100, 100)
    desk.button(1, True)
    desk.move(400, 400)
    desk.button(1, False)
    outlined(s, (100, 100, 300, 300), since)
    desk.tap('Return')
    agree(s, since)


def test_less_than_a_screen():
    """While a part is shared nobody gets control: the owner is asked to share the whole first, and a no is a no."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.join(other)
            share_a_part(s, desk)
            since = s.host.mark()
            viewer.press('viewer', 'ask')
            prompt = s.host.wait('prompt', 15, since, kind='whole', name='Vera')
            desk.click_rect(prompt['buttons']['no'])
            viewer.window('toast')
            s.host.never('control', 0.5, since=since)
            s.nobody()


test_less_than_a_screen.limit = 120


def test_whole_screen_first():
    """... and a yes is the choice of what to share: the part is not shown any more, nothing else is yet, and nobody has control."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.join(other)
            share_a_part(s, desk)
            since = s.host.mark()
            viewer.press('viewer', 'ask')
            s.host.answer('whole', 'yes', since=since)
            s.host.wait('share', 15, since, state='off')
            prompt = s.host.wait('prompt', 15, since, kind='share')
            s.host.no_capture()
            s.nobody()
            desk.click_rect(prompt['buttons']['no'])
            s.host.never('share', 0.5, since=since, state='on')


def test_whole_screen_then_control():
    """The owner goes all the way: the whole screen by a yes of its own; who had asked is told, asks again, and gets control."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.join(other)
            share_a_part(s, desk)
            since = s.host.mark()
            viewer.press('viewer', 'ask')
            s.host.answer('whole', 'yes', since=since)
            s.host.wait('prompt', 15, since, kind='share')
            s.host.press('consent-share', 'whole')
            theirs = viewer.mark()
            agree(s, since)
            viewer.wait('window', 15, theirs, name='toast', state='mapped')
            s.host.never('prompt', 0.3, since=s.host.mark(), kind='control')
            s.nobody()
            assert control_line(desk, 'control_offered')['name'] == 'Vera'
            s.give(viewer)


test_whole_screen_first.limit = test_whole_screen_then_control.limit = 120


