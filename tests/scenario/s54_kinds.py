"""What is shared: one window, a part, a monitor. Picked with physical input; the dialog's yes alone shares it."""
import array
import os
import time

from desk import PATIENCE, Desk, Picture, own, until
from session import Session, compare_part, own_rects, picture_rect

SIZE = (1024, 768)
VIEWER = (1400, 1000)
SHARED, ABOVE, BEHIND = 0x225588, 0xc02040, 0x306030


def plain_window(desk, colour, rect):
    """A window of one colour, without a manager or a menu; returns its program."""
    path = os.path.join(desk.dir, 'plain-%06x' % colour)
    x, y, w, h = rect
    with open(path, 'w') as out:                # the shell keeps still; xterm's inside is one colour
        out.write('exec xterm -class P%06x -b 0 -bw 0 +sb -bg "#%06x" -fg "#%06x" -cr "#%06x" -fn 6x10 '
                  '-geometry %dx%d+%d+%d -e sleep 600\n' % (colour, colour, colour, colour, w // 6, h // 10, x, y))
    own(path)
    program = desk.show('sh', path, kind='P%06x' % colour)
    desk.call('xdotool', 'search', '--onlyvisible', '--class', 'P%06x' % colour, 'windowsize', str(w), str(h))   # whatever fonts there are
    return program


def window_of(desk, colour):
    return desk.call('xdotool', 'search', '--onlyvisible', '--class', 'P%06x' % colour).split()[0].decode()


def furnish(desk):
    desk.call('xsetroot', '-solid', '#%06x' % BEHIND)
    return plain_window(desk, SHARED, (100, 100, 480, 300)), plain_window(desk, ABOVE, (300, 200, 480, 300))


def begin(s, tile):
    """Opens the dialog and presses a tile; returns the mark from which the picking is told."""
    s.ask_share()
    since = s.host.mark()
    s.host.press('consent-share', tile)
    s.host.wait('window', since=since, name='pick', state='mapped')
    return since


def outlined(s, rect, since):
    s.host.wait('window', since=since, name='pick', state='mapped', rect=list(rect))


def tab_to(s, rect):
    """Tab until that one is outlined."""
    for _ in range(5):
        mark = s.host.mark()
        s.desk.tap('Tab')
        if s.host.window('pick', since=mark)['rect'] == list(rect):
            return
    raise AssertionError('Tab does not lead to %s' % (rect,))


def agree(s, since):
    """The dialog is back, guards itself again, and is answered with yes."""
    prompt = s.host.wait('prompt', 15, since, kind='share', armed=True)
    mark = s.host.mark()
    s.host.click_answer(prompt, 'yes')
    s.host.wait('share', 15, mark, state='on')


def colours(desk, viewer, size):
    """Those of the picture the viewer shows, once it has that size."""
    deadline = time.monotonic() + PATIENCE
    while True:
        x, y, w, h = viewer.control('viewer', 'picture')
        px, py = x + (w - size[0]) // 2, y + (h - size[1]) // 2
        found = set(array.array('I', desk.shot((px, py, *size)).data))
        if found != {0} and 0x0b1013 not in found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def assert_larger(s, viewer, desk, other, area, ignore):
    """The viewer shows that area of the host's screen as large as it fits, each pixel as a square."""
    x, y, w, h = area
    hide = [(r[0] - x, r[1] - y, r[2], r[3]) for r in own_rects(s.host) + list(ignore)]
    mine = desk.shot(area)
    _, _, room_w, room_h = viewer.control('viewer', 'picture')
    n = min(room_w // w, room_h // h)
    assert n > 1, (room_w, room_h)

    def same():
        theirs = array.array('I', other.shot(picture_rect(viewer, (n * w, n * h))).data)
        rows = [theirs[i * n * w:(i + 1) * n * w] for i in range(n * h)]
        if any(rows[i] != rows[i - i % n] or any(rows[i][k::n] != rows[i][::n] for k in range(n)) for i in range(n * h)):
            return False
        return mine.same(Picture(w, h, b''.join(row[::n].tobytes() for row in rows[::n])), hide)
    until(same, 'not larger, pixel for pixel')


def test_one_window():
    """The pointer picks a window that is half covered: all of it is shown, and nothing of what covers it, also when
    it moves and grows; closing it pauses."""
    with Desk(SIZE) as desk, Desk(VIEWER) as other:
        furnish(desk)
        with Session(desk) as s:
            viewer = s.join(other)
            viewer.press('viewer', 'one')                       # it would fit larger
            since = begin(s, 'one')
            desk.move(400, 300)
            outlined(s, (300, 200, 480, 300), since)            # what is on top
            desk.move(150, 150)
            outlined(s, (100, 100, 480, 300), since)
            assert not s.host.find('share', since=since)
            s.host.no_capture()
            desk.click(150, 150)
            agree(s, since)
            desk.move(1000, 700)
            until(lambda: colours(other, viewer, (480, 300)) == {SHARED}, 'not the window alone')
            window = window_of(desk, SHARED)
            for x in (40, 220, 300):
                desk.call('xdotool', 'windowmove', window, str(x), '150')
                assert ABOVE not in colours(other, viewer, (480, 300))
            desk.call('xdotool', 'windowsize', window, '540', '400')
            until(lambda: colours(other, viewer, (540, 400)) == {SHARED}, 'not the larger window alone')
            mark = s.host.mark()
            desk.call('xdotool', 'windowkill', window)
            s.host.wait('share', 15, mark, state='paused')
            s.host.no_capture()
            s.host.press('sharing-bar', 'resume')               # it is gone: the owner chooses again
            s.host.answer('share', 'no', since=mark)


def test_window_by_keys():
    """Tab walks the windows, Enter picks, Escape returns with what was chosen before; nothing is shared by it."""
    with Desk(SIZE) as desk:
        furnish(desk)
        with Session(desk) as s:
            since = begin(s, 'one')
            desk.move(1000, 700)
            first = s.host.find('window', since=since, name='pick', state='mapped')['rect']
            mark = s.host.mark()
            both = [[100, 100, 480, 300], [300, 200, 480, 300]]
            assert first in both, first
            tab_to(s, both[1 - both.index(first)])
            desk.tap('Escape')
            s.host.wait('window', 10, mark, name='pick', state='closed')
            s.host.wait('prompt', 15, mark, kind='share', armed=True)
            chosen = [c['id'] for c in s.host.window('consent-share')['controls'] if c.get('state') == 'chosen']
            assert chosen == ['whole'], chosen
            mark = s.host.mark()
            s.host.press('consent-share', 'one')
            s.host.wait('window', 10, mark, name='pick', state='mapped')
            desk.tap('Return')
            s.host.wait('prompt', 15, mark, kind='share', armed=True)
            chosen = [c['id'] for c in s.host.window('consent-share')['controls'] if c.get('state') == 'chosen']
            assert chosen == ['one'], chosen
            s.host.no_capture()
            mark = s.host.mark()
            desk.tap('Escape')                                  # the dialog's Escape is a no
            s.host.wait('prompt', 10, mark, kind='share', state='closed')
            s.host.never('share', 1, mark, state='on')


def test_synthetic_picking_shares_nothing():
    """A program that clicks and types in the picking gets no further than the dialog, whose yes it cannot press."""
    with Desk(SIZE) as desk:
        furnish(desk)
        with Session(desk) as s:
            since = begin(s, 'one')
            desk.call('xdotool', 'mousemove', '400', '300', 'click', '1')
            desk.call('xdotool', 'key', 'Return', 'key', 'Return')
            s.host.never('share', 2, since, state='on')
            s.host.no_capture()


def test_part():
    """A rectangle is dragged, moved and sized; only what is inside is shown, the pointer's place is told within it."""
    with Desk(SIZE) as desk, Desk(VIEWER) as other:
        furnish(desk)
        with Session(desk) as s:
            viewer = s.join(other)
            viewer.press('viewer', 'one')                       # it would fit larger
            since = begin(s, 'part')
            outlined(s, (0, 0, *SIZE), since)                   # at first the monitor
            desk.move(200, 160)
            desk.button(1, True)
            for at in ((300, 200), (500, 400), (520, 420)):
                desk.move(*at)
            desk.button(1, False)
            outlined(s, (200, 160, 320, 260), since)
            desk.tap('Right')
            outlined(s, (216, 160, 320, 260), since)
            desk.tap('Shift_L', 'Down')
            outlined(s, (216, 160, 320, 276), since)
            s.host.no_capture()
            desk.tap('Return')
            agree(s, since)
            desk.move(240, 180)
            ignore = [(220, 160, 60, 60)]
            compare_part(s, viewer, desk, other, (216, 160, 320, 276), ignore)
            desk.call('xsetroot', '-solid', '#0a0b0c')
            compare_part(s, viewer, desk, other, (216, 160, 320, 276), ignore)
            viewer.press('viewer', 'fit')
            assert_larger(s, viewer, desk, other, (216, 160, 320, 276), ignore)
            s.host.press('sharing-bar', 'pause')
            s.host.wait('share', state='paused')


def test_one_monitor():
    """Two monitors: Tab walks them, one is shared; bar and border are on it, the other is not in the picture."""
    with Desk((1600, 600)) as desk, Desk(VIEWER, kind='xvfb') as other:
        output = [line.split()[0] for line in desk.call('xrandr').decode().splitlines() if ' connected' in line][0]
        desk.call('xrandr', '--setmonitor', 'left', '800/200x600/150+0+0', output)
        desk.call('xrandr', '--setmonitor', 'right', '800/200x600/150+800+0', 'none')
        desk.call('xsetroot', '-solid', '#%06x' % BEHIND)
        plain_window(desk, ABOVE, (60, 60, 480, 300))
        plain_window(desk, SHARED, (806, 300, 60, 200))          # beside the panel
        with Session(desk) as s:
            viewer = s.join(other)
            since = begin(s, 'part')
            outlined(s, (800, 0, 800, 600), since)              # the pointer's
            tab_to(s, (0, 0, 800, 600))
            tab_to(s, (800, 0, 800, 600))
            desk.tap('Return')
            agree(s, since)
            bar = s.host.window('sharing-bar')['rect']
            assert bar[0] >= 800 and bar[1] == 0, bar
            desk.move(20, 580)
            until(lambda: {SHARED, BEHIND} <= colours(other, viewer, (800, 600)), 'not that monitor')
            assert ABOVE not in colours(other, viewer, (800, 600))
            compare_part(s, viewer, desk, other, (800, 0, 800, 600))
            mark = s.host.mark()
            desk.call('xrandr', '--delmonitor', 'right')        # the rectangle is nobody's now
            s.host.wait('share', 15, mark, state='paused')
            s.host.no_capture()
