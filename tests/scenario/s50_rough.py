"""Photographs: rough while they move, exact when they rest; and where it was said so, exact all the time."""
import array
import os
import time

import box
from desk import own, tool, until
from session import Desk, Session, compare, picture_rect

AREA = (40, 500, 320, 100)             # beside the host panel


def even(picture):
    """How many pixels have an even colour: the movie has none."""
    return sum(p & 0x10101 != 0x10101 for p in array.array('I', picture.data))


def watch(desk, other, *args, rough=False, **more):
    """How many of a movie's pixels were not exact in some pictures of it; at rest none is. rough: until one is (a movie that stands
    still is exact, too)."""
    with Session(desk, *args, **more) as s:
        viewer = s.join(other)
        desk.move(1200, 20)
        movie = desk.run(tool('movie'), *map(str, AREA), '1000000', '33')
        s.share()
        x, y, _, _ = picture_rect(viewer, desk.size)
        place = (x + AREA[0], y + AREA[1], AREA[2], AREA[3])
        until(lambda: even(other.shot(place)) < 0.9 * AREA[2] * AREA[3], 'no movie')
        seen = [even(other.shot(place)) for _ in range(6)]
        if rough:
            until(lambda: seen.append(even(other.shot(place))) or max(seen) > AREA[2] * AREA[3] / 2, 'never rough')
        movie.terminate()
        movie.wait()
        still = desk.run(tool('movie'), *map(str, AREA), '20', '33')
        until(lambda: not even(desk.shot(AREA)), 'the movie goes on')
        since = time.monotonic()
        until(lambda: not even(other.shot(place)), 'not exact')
        print('exact %.2f s after it came to rest' % (time.monotonic() - since))
        different, _, _ = compare(s.host, viewer, desk, other, ignore=[(1160, 0, 80, 60)])
        assert different == 0, different
        assert even(other.shot(place)) == 0
        still.terminate()
        still.wait()
    return seen


def test_rough_and_exact():
    """As it comes; with --lossless; with the user's setting; with the organisation's policy."""
    with Desk((1300, 800)) as desk, Desk((1700, 1250), kind='xvfb') as other:
        assert max(watch(desk, other, rough=True)) > AREA[2] * AREA[3] / 2
        assert max(watch(desk, other, '--lossless')) == 0
        path = os.path.join(desk.env['XDG_CONFIG_HOME'], 'vitrine/settings')
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as out:
            out.write('lossless = yes\n')
        own(os.path.dirname(os.path.dirname(path)))
        own(os.path.dirname(path))
        own(path)
        os.chmod(path, 0o600)
        assert max(watch(desk, other)) == 0
        os.remove(path)
        assert max(watch(desk, other, wrap=box.box(box.rules(desk, 'lossless_only = yes\n')))) == 0
