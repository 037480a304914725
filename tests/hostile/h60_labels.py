"""What a consent dialog's controls say is the broker's, whatever its painter paints (ui.md 2, sealed labels)."""
import time

import party
from desk import PATIENCE
from rogue import corrupt
from session import Desk, Session

LIE = (255, 0, 255)


def sealed(party_, window):
    """The controls of that window, each with the room of its focus ring."""
    event = party_.find('window', name=window, state='mapped')
    return {c['id']: [c['rect'][0] - 4, c['rect'][1] - 4, c['rect'][2] + 8, c['rect'][3] + 8] for c in event['controls']}


def frame(rect):
    """Part of the case frame, and the session number."""
    x, y, w, h = rect
    return [x, y, 7, h], [x + w - 192, y + 20, 168, 26]


def pictures(desk, rects, what):
    """Those parts of the screen, once they all show the same for a moment."""
    last, end = None, time.monotonic() + PATIENCE
    while time.monotonic() < end:
        shot = desk.shot()
        now = [shot.crop(rect).data for rect in rects]
        if now == last:
            return now, shot
        last = now
        time.sleep(0.1)
    raise AssertionError('the %s painter\'s window does not come to rest' % what)


def test_lying_painter():
    """A painter that paints one colour everywhere: labels, ring, frame and number are pixel for pixel an honest one's."""
    with party.copy() as folder, Desk((1280, 800)) as desk:
        with Session(desk, programs=folder) as s:
            s.host.spare()
            since = s.host.mark()
            prompt = s.ask_share()
            dialog = s.host.window('consent-share')['rect']
            controls = sealed(s.host, 'consent-share')
            assert set(controls) == {'whole', 'one', 'part', 'no', 'yes'}
            rects = list(controls.values()) + list(frame(dialog))
            honest, _ = pictures(desk, rects, 'honest')
            desk.click_rect(prompt['buttons']['no'])
            s.host.wait('prompt', kind='share', state='closed')
            corrupt(folder, 'ui', 'ready', 'control', 'lies')
            s.host.end_spare(since)
            desk.move(*[v + 5 for v in s.host.control('host-panel', 'share')[:2]])
            s.ask_share()
            assert s.host.window('consent-share')['rect'] == dialog
            lied, shot = pictures(desk, rects, 'lying')
            assert shot.pixel(dialog[0] + 40, dialog[1] + 260) == LIE
            assert lied == honest
