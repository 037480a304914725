"""What is never shown: windows of programs on the list of the organisation or of the user; and whole screens, where the
rules forbid them. With physical input and the real programs."""
import os
import sys
import time

import box
from desk import Desk
from party import Party
from session import Session
from trail import noted, path_of

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s54_kinds import (ABOVE, BEHIND, SHARED, SIZE, VIEWER, agree, begin, colours, outlined,  # noqa: E402
                       plain_window, until, window_of)

SECRET = 'P%06x' % ABOVE
# Where never_seen moves no window: xterm's pointer has the colour of its text, and is no part of the window.
ASIDE = (1000, 90)


def furnish(desk):
    desk.call('xsetroot', '-solid', '#%06x' % BEHIND)
    return plain_window(desk, SHARED, (40, 100, 240, 200)), plain_window(desk, ABOVE, (600, 560, 240, 150))


def ruled(desk, text):
    return box.box(box.rules(desk, text))


def never_seen(desk, other, viewer, seconds=4):
    """The window is thrown about, hidden, raised, resized; none of its colour is at the viewer."""
    window = window_of(desk, ABOVE)
    deadline = time.monotonic() + seconds
    i = 0
    while time.monotonic() < deadline:
        i += 1
        desk.call('xdotool', 'windowmove', window, str(40 + i * 70 % 700), str(120 + i * 50 % 500))
        if i % 3 == 0:
            desk.call('xdotool', 'windowunmap', '--sync', window, 'windowmap', '--sync', window, 'windowraise', window)
        if i % 4 == 0:
            desk.call('xdotool', 'windowsize', window, str(120 + i * 20 % 300), str(90 + i * 10 % 200))
        assert ABOVE not in colours(other, viewer, SIZE)
    until(lambda: {SHARED, BEHIND, 0x808080} <= colours(other, viewer, SIZE), 'it is not grey')
    assert ABOVE not in colours(other, viewer, SIZE)


def test_list_of_the_organisation():
    """never_share: such a window is grey wherever it goes, it is not offered alone, and the trail says so without its
    name."""
    with Desk(SIZE) as desk, Desk(VIEWER, kind='xvfb') as other:
        furnish(desk)
        with Session(desk, wrap=ruled(desk, 'never_share = Something Else, %s\n' % SECRET.lower())) as s:
            viewer = s.join(other)
            since = begin(s, 'one')
            desk.move(700, 600)
            desk.move(60, 120)
            outlined(s, (40, 100, 240, 200), since)
            desk.move(700, 600)
            desk.tap('Tab')
            desk.tap('Tab')
            assert not [e for e in s.host.events[since:] if e.get('name') == 'pick' and e.get('rect') == [600, 560, 240, 150]]
            mark = s.host.mark()
            desk.tap('Escape')
            s.host.wait('prompt', 15, mark, kind='share', armed=True)
            mark = s.host.mark()
            s.host.press('consent-share', 'whole')
            s.host.wait('prompt', 15, mark, kind='share', armed=False)
            agree(s, mark)
            desk.move(*ASIDE)
            until(lambda: SHARED in colours(other, viewer, SIZE), 'no picture')
            never_seen(desk, other, viewer)
        assert [line['fields'] for line in noted(desk, 'never_shown')] == [{'what': 'hidden'}]
        with open(path_of(desk)) as log:
            assert SECRET.lower() not in log.read().lower()


def test_list_of_the_user():
    """Picked in the settings with the pointer; holds from then on."""
    with Desk(SIZE) as desk, Desk(VIEWER, kind='xvfb') as other:
        furnish(desk)
        me = Party(desk, 'join')
        me.window('home')
        me.press('home', 'settings')
        me.window('settings')
        since = me.mark()
        me.press('settings', 'never_pick')
        desk.move(610, 700)
        me.wait('window', 15, since, name='pick', state='mapped', rect=[600, 560, 240, 150])
        desk.click(610, 700)
        me.wait('window', 15, since, name='pick', state='closed')
        path = os.path.join(desk.env['XDG_CONFIG_HOME'], 'vitrine/settings')
        time.sleep(0.7)         # the name is asked for, nothing is told of it; and what has just come up is not pressed yet
        for _ in range(10):
            me.press('settings', 'save')
            end = time.monotonic() + 4
            while not os.path.exists(path) and time.monotonic() < end:
                time.sleep(0.05)
            if os.path.exists(path):
                break
        until(lambda: os.path.exists(path) and 'never_share = %s\n' % SECRET in open(path).read(), 'not kept')
        me.stop()
        with Session(desk) as s:
            viewer = s.join(other)
            s.share()
            desk.move(*ASIDE)
            until(lambda: SHARED in colours(other, viewer, SIZE), 'no picture')
            never_seen(desk, other, viewer, 2)


def test_whole_screens_are_forbidden():
    """share_whole_screen = no: the tile is off, and nearly all of a monitor is refused like all of it; a smaller part is
    shared."""
    with Desk(SIZE) as desk:
        furnish(desk)
        with Session(desk, wrap=ruled(desk, 'share_whole_screen = no\n')) as s:
            s.ask_share()
            off = [c['id'] for c in s.host.window('consent-share')['controls'] if c.get('state') == 'off']
            assert 'whole' in off and 'yes' in off, off
            for shrink, shared in ((3, False), (20, True)):
                since = s.host.mark()
                s.host.press('consent-share', 'part')
                outlined(s, (0, 0, *SIZE), since)
                for _ in range(shrink):
                    desk.tap('Shift_L', 'Left')
                outlined(s, (0, 0, SIZE[0] - 16 * shrink, SIZE[1]), since)
                desk.tap('Return')
                prompt = s.host.wait('prompt', 15, since, kind='share', armed=True)
                mark = s.host.mark()
                s.host.click_answer(prompt, 'yes')
                s.host.wait('prompt', 10, mark, kind='share', state='closed')
                if shared:
                    s.host.wait('share', 15, mark, state='on')
                else:
                    s.host.wait('window', 10, mark, name='toast', state='mapped')   # says why
                    s.host.never('share', 1, mark, state='on')
                    s.host.no_capture()
                    s.ask_share()
