"""One to one in a window smaller than the picture: every part of it can be seen, by keys alone and by the pointer; and who
controls points at what is shown."""
import os
import re
import signal
import time

from desk import PATIENCE, Desk
from hands import Control, Terminal
from session import enlarge, own_rects

HOST = (1600, 1200)
VIEWER = (800, 600)


def picture(viewer):
    controls = viewer.find('window', name='viewer', state='mapped')['controls']
    return next(c for c in controls if c['id'] == 'picture')


def part(viewer):
    """The part the window shows, as it is told: x, y, width, height, and all of the picture."""
    return tuple(map(int, re.findall(r'\d+', picture(viewer).get('value') or '')))


def until_part(viewer, true, what):
    end = time.monotonic() + PATIENCE
    while not (part(viewer) and true(part(viewer))):
        assert time.monotonic() < end, '%s: %s' % (what, part(viewer))
        time.sleep(0.05)
    return part(viewer)


def is_shown(s, viewer, other):
    """The window shows that part of the host's screen, pixel by pixel."""
    x, y, w, h, *_ = part(viewer)
    left, top = picture(viewer)['rect'][:2]
    end = time.monotonic() + PATIENCE
    while True:
        theirs, mine = other.shot((left, top, w, h)), s.desk.shot((x, y, w, h))
        for own in own_rects(s.host) + [[0, 0, 1600, 4], [0, 1196, 1600, 4], [0, 0, 4, 1200], [1596, 0, 4, 1200], [1500, 590, 99, 99]]:
            mine, theirs = (p.blank([own[0] - x, own[1] - y, own[2], own[3]]) for p in (mine, theirs))
        different = mine.differences(theirs)
        if different == 0:
            return
        assert time.monotonic() < end, '%s pixels differ at %s' % (different, part(viewer))
        time.sleep(0.2)


def furnish(desk):
    """No two parts of the screen look alike."""
    desk.call('xsetroot', '-mod', '12', '9', '-fg', '#e0e0e0', '-bg', '#102030')
    for n, at in enumerate(('+20+900', '-20+900', '-20+60', '+20+60')):
        desk.show('xterm', '-geometry', '40x8' + at, '-bg', ('navy', 'maroon', 'black', 'darkgreen')[n], '-fg', 'white',
                  '-e', 'sh', '-c', 'seq %d00 %d90; exec sleep 600' % (n + 1, n + 1))


def one_to_one(s, other):
    viewer = s.begin(other)
    s.desk.move(1540, 620)
    viewer.press('viewer', 'one')
    x, y, w, h, *full = until_part(viewer, lambda p: p[4:] == HOST, 'not one to one')
    assert (x, y) == (0, 0) and w < 1600 and h < 1200
    return viewer, full[0] - w, full[1] - h


def test_to_be_seen_by_keys():
    """Shift and arrows, Home and End, the pages; a larger window shows more, and never past the end."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        furnish(desk)
        with Control(desk) as s:
            viewer, most_x, most_y = one_to_one(s, other)
            other.move(400, 20)
            enlarge(other, 40)
            until_part(viewer, lambda p: p[2] < 1600 - most_x, 'the window is not smaller')
            other.tap('End')
            until_part(viewer, lambda p: p[0] > most_x and p[1] > most_y, 'not the end of a smaller window')
            enlarge(other)
            until_part(viewer, lambda p: p[:2] == (most_x, most_y), 'not the end')
            is_shown(s, viewer, other)
            other.tap('Shift_L', 'Up')
            until_part(viewer, lambda p: p[0] == most_x and 0 < p[1] < most_y, 'not a step up')
            other.tap('Shift_L', 'Left')
            until_part(viewer, lambda p: 0 < p[0] < most_x and 0 < p[1] < most_y, 'not a step to the left')
            is_shown(s, viewer, other)
            other.tap('Prior', times=4)
            until_part(viewer, lambda p: 0 < p[0] < most_x and p[1] == 0, 'not the top')
            other.tap('Home')
            until_part(viewer, lambda p: p[:2] == (0, 0), 'not the beginning')
            is_shown(s, viewer, other)
            other.tap('Next')
            until_part(viewer, lambda p: p[0] == 0 and 0 < p[1] <= p[3], 'not the next page, or not all between')
            other.tap('Control_L', 'F10')
            until_part(viewer, lambda p: p[0] > 0, 'not the next part')
            is_shown(s, viewer, other)


test_to_be_seen_by_keys.limit = 150


def test_to_be_seen_by_pointer():
    """Dragged, and by the wheel; nothing of it reaches the other side."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        furnish(desk)
        with Control(desk) as s:
            viewer, most_x, most_y = one_to_one(s, other)
            other.move(700, 500)
            other.button(1, True)
            for step in range(1, 11):
                other.move(700 - 30 * step, 500 - 20 * step)
            until_part(viewer, lambda p: p[:2] == (300, 200), 'not dragged')
            other.button(1, False)
            other.move(600, 400)
            other.button(5, True)
            other.button(5, False)
            until_part(viewer, lambda p: p[0] == 300 and p[1] > 200, 'the wheel did nothing')
            is_shown(s, viewer, other)
            assert b'x:1540 y:620 ' in desk.call('xdotool', 'getmouselocation')
            assert most_x > 300 and most_y > 200


test_to_be_seen_by_pointer.limit = 150


def next_part(viewer, other, x, y):
    for _ in range(20):
        if part(viewer)[:2] == (x, y):
            return
        before = part(viewer)
        other.tap('Control_L', 'F10')
        until_part(viewer, lambda p, before=before: p != before, 'no other part')
    raise AssertionError('never at %s' % ((x, y),))


def until_pointed(desk, other, at, dx, dy, x, y):
    """What the controller does reaches that very place; again and again, for the owner's hand comes first."""
    end = time.monotonic() + PATIENCE
    while b'x:%d y:%d ' % (x, y) not in desk.call('xdotool', 'getmouselocation'):
        where = desk.call('xdotool', 'getmouselocation')
        assert time.monotonic() < end, 'not %d %d but %s' % (x, y, where)
        other.move(at[0] + dx + 1, at[1] + dy)
        other.move(at[0] + dx, at[1] + dy)
        time.sleep(0.1)


def test_control_of_a_part():
    """With control the key that moves the part stays here, and a click lands on what is shown, at each corner."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            viewer, most_x, most_y = one_to_one(s, other)
            since, theirs = s.host.mark(), viewer.mark()
            s.host.click_answer(s.ask(viewer), 'yes')
            s.host.wait('control', 15, since, state='on', mine=False)
            viewer.wait('control', 15, theirs, state='on', mine=True)
            rect = picture(viewer)['rect']
            dx, dy = 100, 200
            other.move(rect[0] + dx, rect[1] + dy)
            for x, y in ((0, 0), (most_x, 0), (0, most_y), (most_x, most_y)):
                next_part(viewer, other, x, y)
                assert not any(o[0] <= x + dx < o[0] + o[2] and o[1] <= y + dy < o[1] + o[3] for o in own_rects(s.host))
                until_pointed(desk, other, rect, dx, dy, x + dx, y + dy)
            painters = viewer.worker_pids('vitrine-render')
            for pid in painters:
                os.kill(pid, signal.SIGSTOP)
            other.tap('Control_L', 'F10')                   # it begins again, but nobody draws that
            until_pointed(desk, other, rect, dx + 9, dy, most_x + dx + 9, most_y + dy)
            for pid in painters:
                os.kill(pid, signal.SIGCONT)
            until_part(viewer, lambda p: p[:2] == (0, 0), 'not the beginning')
            until_pointed(desk, other, rect, dx, dy, dx, dy)
            terminal.focus()
            next_part(viewer, other, 0, most_y)
            until_pointed(desk, other, rect, dx, dy, dx, most_y + dy)
            other.type('k')
            other.tap('Return')
            terminal.until('k')                             # and nothing else
            other.move(rect[0] + rect[2] - 3, rect[1] + dy) # it rests at the right edge
            until_part(viewer, lambda p: p[:2] == (most_x, most_y), 'the edge moves nothing')
            other.move(rect[0] + 3, rect[1] + dy)           # it rests at the left edge
            until_part(viewer, lambda p: p[:2] == (0, most_y), 'the edge moves nothing')


test_control_of_a_part.limit = 200
