"""The picture: what is shared arrives exactly, at any size and depth; vitrine's own windows never do."""
import array
import os
import time

from desk import PATIENCE, Picture, own, stop_program, tool, until
from party import BUILD
from session import Desk, Session, border, compare, own_rects, picture_rect

VIEWER = (1400, 1100)
CURSOR = 40


def away(desk, x=400, y=2):
    """Puts the pointer where it hides little; returns the area to leave out of comparisons."""
    desk.move(x, y)
    return [(x - CURSOR // 2, max(0, y - CURSOR // 2), CURSOR + 24, CURSOR + 24)]


def furnish(desk):
    """Programs that draw text, lines and pictures, and go on drawing."""
    desk.call('xsetroot', '-solid', '#38566b')
    desk.show('xterm', '-geometry', '50x10+4+330', '-bg', 'black', '-fg', 'white', '-e', 'sh', '-c',
              'for i in $(seq 400); do printf "\\033[3%dm%s \\033[4%dm line \\033[0m\\n" $((i % 8)) $i $((i % 7)); done; sleep 600')
    desk.show('xclock', '-geometry', '180x180+420+380', '-update', '1', kind='XClock')
    desk.show('xeyes', '-geometry', '150x90+610+480', kind='XEyes')


def identical(s, viewer, desk, other, ignore=()):
    different, mine, theirs = compare(s.host, viewer, desk, other, ignore=ignore)
    if different:
        mine.save(os.path.join(BUILD, 'differs-host.png'))
        theirs.save(os.path.join(BUILD, 'differs-viewer.png'))
    assert different == 0, '%s pixels differ' % different


def test_programs_that_draw():
    """Text that has scrolled, a clock that goes, eyes that follow: the same at two viewers, one of them late."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as a, Desk(VIEWER, kind='xvfb') as b:
        furnish(desk)
        with Session(desk) as s:
            first = s.join(a, name='Ada')
            s.share()
            for x in range(40, 700, 30):
                desk.move(x, 300)
            identical(s, first, desk, a, away(desk))
            second = s.join(b, name='Ben')
            identical(s, second, desk, b, away(desk))
            identical(s, first, desk, a, away(desk))


def drag_about(desk):
    """Moves the host panel about as fast as the X server can, under a screen that changes everywhere."""
    ids = desk.call('xdotool', 'search', '--onlyvisible', '--class', 'vitrine').split()
    panel = [w.decode() for w in ids if b'720x528' in desk.call('xdotool', 'getwindowgeometry', w.decode())][0]
    moves = ' '.join('windowmove %s %d %d' % (panel, x, y) for x, y in ((300, 200), (20, 60), (150, 400), (-300, 90)))
    path = os.path.join(desk.dir, 'drag')
    with open(path, 'w') as out:
        out.write('while :; do xsetroot -solid "#102030"; xsetroot -solid "#203040"; done &\n'
                  'while :; do xdotool %s; done &\nwait\n' % ' '.join([moves] * 20))
    own(path)
    return desk.run('sh', path)


def await_picture(other, rect, allowed, timeout=100):
    """Until the first picture is there, the viewer's window has a note of its own in that place, in the colours of all
    of vitrine's windows, and then, for a moment, black."""
    deadline = time.monotonic() + timeout
    while not set(array.array('I', other.shot(rect).data)) <= allowed:
        assert time.monotonic() < deadline, 'no picture of nothing but the desktop came'
        time.sleep(0.1)


def test_own_windows_never_show():
    """While the panel is dragged about and large pictures are read, nothing of vitrine's windows is in them: every
    pixel has one of the desktop's two colours or the blank's."""
    with Desk((7680, 4320)) as desk, Desk((1000, 700)) as other:
        desk.call('xsetroot', '-solid', '#102030')
        with Session(desk) as s:
            viewer = s.start_join(other)
            s.admit('Vera')
            viewer.window('viewer')
            s.share()
            viewer.press('viewer', 'one')
            other.move(999, 699)
            time.sleep(0.3)
            x, y, w, h = viewer.control('viewer', 'picture')
            desk.move(7600, 4300)
            allowed = {0x102030, 0x203040, 0x808080}
            await_picture(other, (x, y, w, h), allowed)
            drag_about(desk)
            colours, end = set(), time.monotonic() + 8
            while time.monotonic() < end or (colours < allowed and time.monotonic() < end + 60):
                colours |= set(array.array('I', other.shot((x, y, w, h)).data))
            assert colours == allowed, sorted(map(hex, colours))[:20]


def test_screen_resized():
    """RANDR changes the size while sharing: the viewer follows, exactly."""
    sizes = [(1024, 768), (800, 600), (1024, 768)]
    with Desk(sizes[0], more_modes=[sizes[1]]) as desk, Desk(VIEWER) as other:
        furnish(desk)
        with Session(desk) as s:
            viewer = s.join(other)
            s.share()
            desk.more_modes = []
            for size in sizes:
                desk.call('xrandr', '-s', '%dx%d' % size)
                desk.size = size
                time.sleep(0.5)
                identical(s, viewer, desk, other, away(desk))
            s.host.press('sharing-bar', 'stop')
            s.host.wait('share', state='off')


def test_largest_screen():
    """7680x4320, as the whole screen, exactly."""
    size = (7680, 4320)
    with Desk(size) as desk, Desk((8000, 4700), kind='xvfb') as other:
        desk.run('xsetroot', '-mod', '12', '9', '-fg', 'white', '-bg', '#224466')
        with Session(desk) as s:
            viewer = s.join(other)
            s.share()
            ignore = away(desk)
            same_at_rest(s, viewer, desk, other, ignore)
            assert len(set(array.array('I', other.shot((0, 0, 4000, 60)).data))) > 1


def same_at_rest(s, viewer, desk, other, ignore, timeout=100):
    """As identical(), quickly, for large screens."""
    rect = picture_rect(viewer, desk.size)
    hide = own_rects(s.host) + border(desk.size) + ignore
    deadline = time.monotonic() + timeout
    while not desk.shot().same(other.shot(rect), hide):
        assert time.monotonic() < deadline, 'not the same'
        time.sleep(0.2)


def test_two_large_monitors():
    """3840x2160 as two monitors on which programs write at once; a window opens over the text and closes: the viewer has both, exactly."""
    with Desk((3840, 2160)) as desk, Desk((4000, 2400), kind='xvfb') as other:
        output = [line.split()[0] for line in desk.call('xrandr').decode().splitlines() if ' connected' in line][0]
        desk.call('xrandr', '--setmonitor', 'left', '1920/500x2160/560+0+0', output)
        desk.call('xrandr', '--setmonitor', 'right', '1920/500x2160/560+1920+0', 'none')
        desk.call('xsetroot', '-mod', '12', '9', '-fg', '#38566b', '-bg', '#203040')
        for x in (40, 1960):
            desk.show('xterm', '-geometry', '200x90+%d+600' % x, '-bg', 'white', '-fg', 'black', '-e', 'sh', '-c',
                      'while [ ! -e %s/enough ]; do for i in $(seq 50); do echo "$i: to $((i * 7919)) of $((i * i))"; done; sleep 0.02; done; '
                      'sleep 600' % desk.dir)
        with Session(desk) as s:
            viewer = s.join(other)
            s.share()
            ignore = away(desk)
            picture_rect(viewer, desk.size)
            time.sleep(3)
            with open(desk.dir + '/enough', 'w'):
                pass
            same_at_rest(s, viewer, desk, other, ignore)
            over = desk.show('xterm', '-class', 'Over', '-geometry', '120x50+1400+800', '-bg', 'navy', kind='Over')
            same_at_rest(s, viewer, desk, other, ignore)
            stop_program(over)
            same_at_rest(s, viewer, desk, other, ignore)


def test_too_large_screen():
    """Larger than that is refused with its reason, and the session goes on."""
    with Desk((7700, 600)) as desk:
        with Session(desk) as s:
            s.host.press('host-panel', 'share')
            since = s.host.mark()
            s.host.answer('share', 'yes')
            s.host.wait('share', since=since, state='off')
            assert s.host.process.poll() is None and not s.host.find('ended')


def thirty_to_24(dump):
    head, _, body = dump.partition(b'\n')
    width, height = map(int, head.split())
    wide = array.array('I', body)
    narrow = array.array('I', ((p >> 6 & 0xff0000) | (p >> 4 & 0xff00) | (p >> 2 & 0xff) for p in wide))
    return Picture(width, height, narrow.tobytes())


def test_depth_30():
    """Ten bits a colour arrive as the upper eight."""
    with Desk((800, 600), depth=30) as desk, Desk(VIEWER) as other:
        desk.call('xsetroot', '-mod', '12', '9', '-fg', '#e0e0e0', '-bg', '#102030')
        with Session(desk) as s:
            viewer = s.join(other)
            s.share()
            away(desk, 400, 2)
            desk.shot = lambda rect=None: thirty_to_24(desk.call(tool('shot'))).crop(rect)
            identical(s, viewer, desk, other, [(380, 0, 60, 40)])


def test_one_to_one_and_full_screen():
    """1:1 in a window smaller than the picture shows its corner exactly; full screen shows all of it."""
    with Desk((1024, 768)) as desk, Desk((1300, 900)) as other:
        other.run('openbox')
        desk.call('xsetroot', '-mod', '12', '9', '-fg', '#e0e0e0', '-bg', '#102030')
        until(lambda: b'window id' in other.call('xprop', '-root', '_NET_SUPPORTING_WM_CHECK'), 'no window manager')
        with Session(desk) as s:
            viewer = s.start_join(other)
            s.admit('Vera')
            viewer.window('viewer')
            s.share()
            away(desk, 1020, 764)
            viewer.press('viewer', 'one')
            other.move(5, 5)
            expect(viewer, other, desk, s, lambda r: (r[0], r[1], min(r[2], 1024), min(r[3], 768)))
            viewer.press('viewer', 'full')
            other.move(1299, 899)
            expect(viewer, other, desk, s, lambda r: ((1300 - 1024) // 2, (900 - 768) // 2, 1024, 768))
            whole = viewer.find('window', name='viewer')['rect']
            other.tap('Escape')
            until(lambda: viewer.find('window', name='viewer')['rect'] != whole, 'still the full screen')
            viewer.press('viewer', 'leave')
            viewer.press('ended', 'close2')
            assert viewer.wait_exit() == 0


def expect(viewer, other, desk, s, place, timeout=PATIENCE):
    """The viewer's desk shows the upper left part of the host's screen at that place."""
    deadline = time.monotonic() + timeout
    while True:
        controls = viewer.find('window', name='viewer', state='mapped')['controls']
        rect = next((c['rect'] for c in controls if c['id'] == 'picture'), [0, 0, 0, 0])
        x, y, w, h = place(rect)
        theirs, mine = other.shot((x, y, w, h)), desk.shot((0, 0, w, h))
        for window in own_rects(s.host) + border(desk.size):
            mine, theirs = mine.blank(window), theirs.blank(window)
        mine, theirs = mine.blank((990, 730, 34, 38)), theirs.blank((990, 730, 34, 38))
        different = mine.differences(theirs)
        if different == 0:
            return
        if time.monotonic() > deadline:
            mine.save(os.path.join(BUILD, 'differs-host.png'))
            other.shot().save(os.path.join(BUILD, 'differs-viewer.png'))
            raise AssertionError('%s pixels differ at %s' % (different, (x, y, w, h)))
        time.sleep(0.2)


test_largest_screen.limit = 180
test_own_windows_never_show.limit = 180
