"""Many people, two of them by names that look alike: who would see the screen is shown whole, by keys alone, and at the door and
in every dialog and list the name that may be taken for another's is marked. The mark is a painter's: it is looked for in the
picture on the screen; who it is about is read from --events."""
import os
import sys
import time

from desk import PATIENCE, Desk, until
from hands import VIEWER
from session import Session

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s21_keyboard_alone import focus, lay, step, stops, to, walk  # noqa: E402

ANNA, ALIKE, AGAIN = 'Anna', '\u0410nna', 'Ann\u0430'     # Latin; with a Cyrillic first letter; with a Cyrillic last one
OTHERS = ('Kim', 'Lee', 'Mo')
WARN = 0xfff2d9         # the ground of a badge that warns, in light colours
LEAST = 20              # pixels: no badge is narrower


def badges_that_warn(shot):
    """How many of them stand side by side in that picture: on the line with most of their colour, which is above their words."""
    words, most = memoryview(shot.data).cast('I'), (0, 0)
    for y in range(shot.height):
        line = bytes(word & 0xffffff == WARN for word in words[y * shot.width:(y + 1) * shot.width])
        most = max(most, (sum(line), sum(len(run) >= LEAST for run in line.split(b'\0'))))
    return most[1]


def marked(party, window, want, part=None):
    """Until so many badges warn in that window, or in that part of it."""
    end = time.monotonic() + PATIENCE
    while True:
        x, y, w, h = party.window(window)['rect']
        px, py, pw, ph = part or (0, 0, w, h)
        found = badges_that_warn(party.desk.shot([x + px, y + py, pw, ph]))
        if found == want:
            return
        assert time.monotonic() < end, '%s: %d badges warn, not %d' % (window, found, want)
        time.sleep(0.1)


DOOR = (388, 100, 132, 57)      # the newcomer's name in the host panel, and what stands under it
ROWS = {True: 2, False: 1}      # "Same name" and "Words not checked"; the second alone


def about(party, kind, window, name):
    """That dialog is about that person and says so: in words, and marked in its picture. Refused."""
    prompt = party.wait('prompt', 20, kind=kind, name=name, armed=True)
    marked(party, window, 1 if kind in ('admit', 'words') else 2)
    party.click_answer(prompt, 'no')


def row_of(party, window, name):
    """The control whose label is that name on its chip."""
    for control in party.window(window)['controls']:
        if control['label'] == '\u201c%s\u201d' % name:
            return control
    raise AssertionError('%s is in no row of %s: %s' % (name, window, party.window(window)))


def join_all(s, hers, crowd):
    for name in (ANNA, *OTHERS):
        s.start_join(crowd, name=name)
        marked(s.host, 'host-panel', 0, DOOR)
        s.admit(name)
        s.host.wait('member', 20, name=name, state='joined')
    viewer = s.start_join(hers, name=ALIKE)
    s.host.wait('prompt', 20, kind='admit', name=ALIKE)
    marked(s.host, 'host-panel', 1, DOOR)
    s.admit(ALIKE)
    viewer.window('viewer')
    s.host.wait('member', 20, name=ALIKE, state='joined')
    return viewer


def show_everybody(s):
    """The consent to share names two and, asked by keys alone, all of them; its yes is the one that was seen there."""
    desk = s.desk
    s.ask_share()
    marked(s.host, 'consent-share', ROWS[True], (0, 310, 350, 80))
    to(s.host, 'consent-share', 'all')
    s.host.armed('share')                       # a key before that is swallowed
    desk.tap('space')
    until(lambda: 'whole' not in stops(s.host, 'consent-share'), lambda: 'no list')
    assert focus(s.host, 'consent-share') == 'all', s.host.window('consent-share')
    marked(s.host, 'consent-share', ROWS[True], (0, 138, 350, 32))      # Anna
    marked(s.host, 'consent-share', ROWS[False], (0, 174, 350, 32))     # Kim
    marked(s.host, 'consent-share', ROWS[True], (0, 282, 350, 32))      # the one like Anna
    s.host.armed('share')
    walk(s.host, 'consent-share')
    to(s.host, 'consent-share', 'yes')
    s.host.armed('share')
    since = s.host.mark()
    desk.tap('Return')
    s.host.wait('share', 20, since, state='on')


def list_everybody(s):
    """The panel's "Show all": a row for each, by name."""
    s.host.press('host-panel', 'all')
    s.host.window('people')
    for name in (ANNA, *OTHERS, ALIKE):
        x, y, w, h = row_of(s.host, 'people', name)['rect']
        left, top, _, _ = s.host.window('people')['rect']
        marked(s.host, 'people', ROWS[name in (ANNA, ALIKE)], (x - left, y - top, w, h))
        assert 'Words not checked' in row_of(s.host, 'people', name)['badges']
    since = s.host.mark()
    s.host.press('people', 'close2')
    s.host.wait('window', 5, since, name='people', state='closed')


def arrows_in_panel(s):
    """Up and Down go from row to row, past the buttons of an open one; a turned page that takes the focused row leaves the focus on
    one that is there."""
    lay(s.host, 'host-panel')
    to(s.host, 'host-panel', 'row_2')
    s.desk.tap('space')
    until(lambda: 'remove' in stops(s.host, 'host-panel'), lambda: 'the row is not open')
    assert step(s.host, 'host-panel', 'Down') == 'row_3'
    assert step(s.host, 'host-panel', 'Up') == 'row_2'
    s.desk.tap('space')
    until(lambda: 'remove' not in stops(s.host, 'host-panel'), lambda: 'the row is still open')
    to(s.host, 'host-panel', 'next')
    s.desk.tap('space')
    until(lambda: 'next' not in stops(s.host, 'host-panel'), lambda: 'not the last page')
    until(lambda: focus(s.host, 'host-panel') == 'prev', lambda: focus(s.host, 'host-panel'))
    s.desk.tap('space')
    until(lambda: 'next' in stops(s.host, 'host-panel'), lambda: 'not a page back')


def test_many_and_alike():
    with Desk((1024, 768)) as desk, Desk(VIEWER) as hers, Desk(VIEWER, kind='xvfb') as crowd:
        with Session(desk) as s:
            viewer = join_all(s, hers, crowd)
            show_everybody(s)
            list_everybody(s)
            arrows_in_panel(s)
            desk.click_rect(s.host.control('host-panel', 'next'))
            while not any(c['label'].strip('\u201c\u201d') == ALIKE for c in s.host.window('host-panel')['controls']):
                time.sleep(0.05)
            desk.click_rect(row_of(s.host, 'host-panel', ALIKE)['rect'])
            s.host.press('host-panel', 'words')
            about(s.host, 'words', 'words', ALIKE)
            s.host.press('host-panel', 'mk_presenter')
            about(s.host, 'present', 'present', ALIKE)
            viewer.press('viewer', 'ask')
            about(s.host, 'control', 'consent-control', ALIKE)
            since = s.host.mark()
            s.host.press('host-panel', 'close')             # the bar stays, and a knock is asked about in a dialog
            s.host.wait('window', 15, since, name='host-panel', state='closed')
            s.start_join(crowd, name=AGAIN)
            about(s.host, 'admit', 'admit', AGAIN)


test_many_and_alike.limit = 200
