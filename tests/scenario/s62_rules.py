"""Rules of a session: the end for everyone is asked about; nobody in front of the screen is a no."""
from session import Desk, Session
from trail import noted

HOST = (800, 600)


def ask(s):
    since = s.host.mark()
    s.host.press('host-panel', 'share')
    s.host.wait('prompt', since=since, kind='share')
    s.host.window('consent-share')
    return since


def test_end_is_asked_about():
    """With somebody there: Keep going and Escape go on, End session ends it for both."""
    with Desk(HOST) as desk, Desk((1000, 700), kind='xvfb') as other:
        with Session(desk) as s:
            v = s.join(other)
            for way in ('no', 'Escape', 'yes'):
                since = s.host.mark()
                s.host.press('host-panel', 'end')
                prompt = s.host.wait('prompt', since=since, kind='end', armed=True)
                if way == 'Escape':
                    desk.tap('Escape')
                else:
                    desk.click_rect(prompt['buttons'][way])
                s.host.wait('prompt', since=since, kind='end', state='closed')
                if way != 'yes':
                    s.host.never('ended', 0.3, since=since)
            assert s.host.wait('ended')['how'] == 'properly'
            assert v.wait('ended')['why'] == 'organizer'


def locked(desk, s, since):
    s.host.wait('prompt', since=since, kind='share', state='closed')
    s.host.never('share', 0.3, since=since, state='on')
    s.host.no_capture()
    assert noted(desk, 'consent_refused')[-1]['fields']['how'] == 'screen'


def test_screen_saver_is_no():
    """The server's screen saver comes on while a dialog waits."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since = ask(s)
            desk.call('xset', 's', 'activate')
            locked(desk, s, since)
            desk.move(300, 300)         # a hand takes it away again: one may ask anew
            s.share()


def test_another_locker_is_no():
    """A locker of the xscreensaver kind says so on the root window."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since = ask(s)
            desk.call('xprop', '-root', '-f', '_SCREENSAVER_STATUS', '32c', '-set', '_SCREENSAVER_STATUS', '1')
            locked(desk, s, since)


def test_no_device_is_no():
    """All physical devices are switched off, as when another terminal has the machine."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since = ask(s)
            for device in ('test pointer', 'test keyboard'):
                desk.call('xinput', 'disable', device)
            locked(desk, s, since)
