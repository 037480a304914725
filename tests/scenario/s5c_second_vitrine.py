"""Two vitrines on one desk: whoever controls it through the first can neither answer nor use the second one's windows, and sees
none of them; the person at the desk can."""
import time

from desk import PATIENCE, Desk, until
from hands import VIEWER, Control, Terminal, click_picture, until_obeyed
from session import Session
from trail import events_of, noted

HOST = (1024, 768)
GREY = 0x808080
ASIDE = (10, 750)       # beside all of their windows
MARK = 16               # so far around it reaches what marks a pointer


def middle(rect):
    return rect[0] + rect[2] // 2, rect[1] + rect[3] // 2


def there(desk, other, rect, at):
    """The controller's pointer is at that place of the host's screen; moved again until the owner's own hand is long enough ago."""
    end, aside = time.monotonic() + PATIENCE, 0
    while ('x:%d y:%d ' % at).encode() not in desk.call('xdotool', 'getmouselocation'):
        assert time.monotonic() < end, 'the pointer does not come to %s' % (at,)
        aside = 1 - aside
        other.move(rect[0] + at[0] + aside, rect[1] + at[1])
        other.move(rect[0] + at[0], rect[1] + at[1])
        time.sleep(0.05)


def grasp(desk, other, rect, s, place):
    """Clicks there and types what says yes, again and again until vitrine has said that it does not count."""
    since, end = s.host.mark(), time.monotonic() + PATIENCE
    while not s.host.find('window', since, name='toast', state='mapped'):
        assert time.monotonic() < end, 'no word of a click that was ignored: ' + s.host.transcript()
        there(desk, other, rect, place)
        click_picture(other, rect, *place)
        for key in ('Tab', 'space', 'Return', 'Escape'):
            other.tap(key)


def grey(other, rect, of):
    """That part of the controller's picture shows nothing."""
    x, y, w, h = of
    x, y, right, low = max(x, 0), max(y, 0), min(x + w, HOST[0]), min(y + h, HOST[1])
    return set(memoryview(other.shot([rect[0] + x, rect[1] + y, right - x, low - y]).data).cast('I')) == {GREY}


def given(desk):
    return len(events_of(desk, 'consent_given'))


def share(desk, session):
    """What the controller's hand did last may still come while the dialog is up, which is then good for a no alone: another one."""
    for _ in range(5):
        since = session.host.mark()
        session.host.press('host-panel', 'share')
        prompt = session.host.within('prompt', 8, since, kind='share', armed=True)
        if prompt:
            session.host.click_answer(prompt, 'yes')
            session.host.wait('share', 15, since, state='on')
            return
        desk.tap('Escape')
        session.host.wait('prompt', 15, since, kind='share', state='closed')
    raise AssertionError(session.host.transcript())


def test_second_vitrine():
    """Its panel and its consent dialog, clicked at and typed at through the first one: nothing is granted, pressed or shown."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        Terminal(desk)
        with Control(desk) as first:
            viewer = first.begin(other)
            rect = first.give(viewer)
            until_obeyed(desk, other, rect)
            with Session(desk, name='Berta') as second:
                yes, mark = given(desk), second.host.mark()
                for control in ('share', 'lock', 'end'):
                    grasp(desk, other, rect, first, middle(second.host.control('host-panel', control)))
                there(desk, other, rect, ASIDE)
                until(lambda: grey(other, rect, second.host.window('host-panel')['rect']), 'the second panel is in the picture')
                assert not second.host.find('prompt', mark) and not second.host.find('ended', mark), second.host.transcript()
                assert second.host.control('host-panel', 'lock') and 'Lock session' in str(second.host.window('host-panel'))
                # its dialog, opened by the person at the desk
                second.host.press('host-panel', 'share')
                prompt = second.host.wait('prompt', 15, mark, kind='share')
                for button in ('yes', 'no'):
                    grasp(desk, other, rect, first, middle(prompt['buttons'][button]))
                there(desk, other, rect, ASIDE)
                until(lambda: grey(other, rect, (0, 0, HOST[0], ASIDE[1] - MARK)), 'the dialog, or what it darkens, is in the picture')
                assert not second.host.find('prompt', mark, state='closed'), second.host.transcript()
                assert not second.host.find('share', mark, state='on'), second.host.transcript()
                assert given(desk) == yes, events_of(desk, 'consent_given')
                # the person at the desk answers it, and the next one, as ever
                desk.tap('Escape')
                second.host.wait('prompt', 15, mark, kind='share', state='closed')
                assert first.host.find('control')['state'] == 'on', first.host.transcript()
                share(desk, second)
                assert len(noted(desk, 'consent_given', yes + 1)) == yes + 1


def test_dialog_beside_another_bar():
    """On the smallest screen: the bar of one vitrine, which stays above everything, lies over no dialog of another one."""
    with Desk((800, 600)) as desk, Desk(VIEWER, kind='xvfb') as other:
        with Control(desk) as first:
            first.begin(other)
            with Session(desk, name='Berta') as second:
                since = second.host.mark()
                second.host.press('host-panel', 'share')
                dialog = second.host.window('consent-share', since=since)['rect']
                bar = first.host.window('sharing-bar')['rect']
                assert bar[1] + bar[3] <= dialog[1] and dialog[1] + dialog[3] <= 600, (bar, dialog)
                prompt = second.host.wait('prompt', 15, since, kind='share', armed=True)
                second.host.click_answer(prompt, 'yes')
                second.host.wait('share', 15, since, state='on')


def latest(party):
    """What its windows say now: {name: event}."""
    return {e['name']: e for e in party.events if e['event'] == 'window'}.values()


def focused(party):
    return any(c['focus'] for e in latest(party) if e['state'] == 'mapped' for c in e['controls'])


def summons(desk, terminal, used, other):
    """From another program, Ctrl+F11 pressed once is for the one that was used last."""
    terminal.focus()
    until(lambda: not focused(used) and not focused(other), 'they keep the keyboard')
    since = other.mark()
    desk.tap('Control_L', 'F11')
    until(lambda: focused(used), 'it does not answer')
    told = [e for e in other.events[since:] if e['event'] == 'window']
    assert not any(c['focus'] for e in told for c in e.get('controls', [])), told


def test_which_one_the_keys_are_for():
    """That one has begun last, or was pressed last; when it has ended, the other one answers."""
    with Desk(HOST) as desk:
        terminal = Terminal(desk)
        with Session(desk) as first:
            first.share()
            with Session(desk, name='Berta') as second:
                summons(desk, terminal, second.host, first.host)
                for state in ('mapped', 'closed'):
                    since = first.host.mark()
                    first.host.press('sharing-bar', 'see')
                    first.host.wait('window', since=since, name='mirror', state=state)
                    summons(desk, terminal, first.host, second.host)
                    x, y, w, _ = second.host.window('host-panel')['rect']
                    desk.click(x + w // 8, y + 10)
                    until(lambda: focused(second.host), 'a press brings no keyboard')
                    summons(desk, terminal, second.host, first.host)
            terminal.focus()
            until(lambda: not focused(first.host), 'it keeps the keyboard')
            desk.tap('Control_L', 'F11')
            until(lambda: focused(first.host), 'the one that is left does not answer')
