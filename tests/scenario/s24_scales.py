"""Consent by physical presses at scales at which no other scenario presses: the windows are as large as the screen's dots per inch
say, and what is pressed is where it is seen."""
from desk import Desk, middle
from hands import VIEWER
from session import Session

SIZES = {'host-panel': (720, 528), 'consent-share': (560, 520), 'sharing-bar': (560, 48)}      # as in lib/ui/layout.tsv


def as_large(party, window, scale):
    rect = party.window(window)['rect']
    assert all(abs(have - want * scale) <= 1 for have, want in zip(rect[2:], SIZES[window])), (window, scale, rect)
    return rect


def shared_at(scale):
    """Admitted, shared and stopped by presses."""
    with Desk((int(800 * scale), int(600 * scale))) as desk, Desk(VIEWER, kind='xvfb') as other:
        desk.call('xprop', '-root', '-f', 'RESOURCE_MANAGER', '8s', '-set', 'RESOURCE_MANAGER', 'Xft.dpi: %d\n' % (96 * scale))
        with Session(desk) as s:
            viewer = s.join(other)
            as_large(s.host, 'host-panel', scale)
            prompt = s.ask_share()
            dialog = as_large(s.host, 'consent-share', scale)
            for button, left in (('no', 24), ('yes', 288)):
                x, y = middle(prompt['buttons'][button])
                assert abs(x - dialog[0] - (left + 124) * scale) <= 1 and abs(y - dialog[1] - 464 * scale) <= 1, (prompt, dialog)
            s.host.click_answer(prompt, 'yes')
            s.host.wait('share', state='on')
            viewer.wait('member', state='presenter', name='Helga')
            as_large(s.host, 'sharing-bar', scale)
            s.host.press('sharing-bar', 'stop')
            s.host.wait('share', state='off')
            s.host.no_capture()


def test_at_1_25():
    shared_at(1.25)


def test_at_1_75():
    shared_at(1.75)


def test_at_2_5():
    shared_at(2.5)


def test_at_3_0():
    shared_at(3.0)
