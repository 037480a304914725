"""Writing to everybody: by mouse and by keyboard alone, read on the other side, kept nowhere."""
import os
import time

from desk import Desk
from session import Session

HOST = (800, 600)
VIEWER = (1200, 900)


def focus_of(party, window):
    return [c['id'] for c in party.window(window)['controls'] if c['focus']]


def lay(party, window):
    """Without a window manager the keyboard goes where the pointer is: on the header, where nothing can be pressed."""
    x, y, w, _ = party.window(window)['rect']
    party.desk.move(x + w // 8, y + 10)     # a toast may lie over its middle


def tab_to(party, window, control):
    """With Tab alone."""
    lay(party, window)
    for _ in range(12):
        if control in focus_of(party, window):
            return
        since = party.mark()
        party.desk.tap('Tab')
        party.wait('window', 5, since, name=window)
    raise AssertionError('Tab does not lead to %s.%s' % (window, control))


def written_anywhere(desk, text):
    """Files below that desk that hold the text."""
    found = []
    for folder, _, names in os.walk(desk.dir):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, 'rb') as file:
                    if text.encode() in file.read():
                        found.append(path)
    return found


def test_people_write():
    """Mouse at the host, keys alone at the viewer; a toast and a number for who has not opened the window."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            v = s.join(other)
            s.host.press('host-panel', 'chat')
            desk.click_rect(s.host.control('chat', 'text'))
            desk.type('zebraone')
            s.host.press('chat', 'send')
            assert s.host.wait('chat', mine=True)['bytes'] == 8
            line = v.wait('chat')
            assert (line['name'], line['id'], line['bytes'], line['mine']) == ('Helga', 1, 8, False), line
            v.window('toast')
            tab_to(v, 'viewer', 'chat')
            other.tap('Return')
            v.window('chat')
            lay(v, 'chat')      # its field has the focus already
            since = s.host.mark()
            other.type('zebratwo')
            other.tap('Return')
            line = s.host.wait('chat', since=since, mine=False)
            assert (line['name'], line['bytes']) == ('Vera', 8), line
            assert v.wait('chat', mine=True)['id'] == line['id']
            assert not s.host.find('window', since=since, name='toast', state='mapped'), 'the window is open: no toast'
            desk.tap('Escape')
            s.host.wait('window', name='chat', state='closed')
            s.host.press('host-panel', 'end')
            s.host.answer('end', 'yes')
            v.wait('ended', how='properly')
            v.wait('window', name='chat', state='closed')
            s.host.stop()
            for d in (desk, other):
                assert not written_anywhere(d, 'zebra'), written_anywhere(d, 'zebra')
            assert not [e for e in s.host.events + v.events if 'zebra' in str(e)]


def test_read_out():
    """Who cannot see has it read out, if they ask for it: each line as it comes, and those in the window, after who wrote them.
    The others' events say nothing of it."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk, '--events-chat') as s:
            v = s.join(other)
            s.host.press('host-panel', 'chat')
            desk.click_rect(s.host.control('chat', 'text'))
            desk.type('zebraone')
            typed(s.host, 'zebraone')
            s.host.press('chat', 'send')
            assert s.host.wait('chat', mine=True)['text'] == 'zebraone'
            v.press('viewer', 'chat')
            other.click_rect(v.control('chat', 'text'))
            since = s.host.mark()
            other.type('zebratwo')
            other.tap('Return')
            line = s.host.wait('chat', since=since, mine=False)
            assert (line['name'], line['text']) == ('Vera', 'zebratwo'), line
            said = until_said(s.host, '“zebratwo”')
            at = said.index('“Vera”')
            assert said[at - 1:at + 2] == ['“zebraone”', '“Vera”', '“zebratwo”'], said
            v.wait('chat', mine=True)
            assert not [e for e in v.events if 'zebra' in str(e)]


def typed(party, text):
    """Until that is told to stand in the field."""
    end = time.monotonic() + party.patience
    while text not in [c.get('value') for c in party.window('chat')['controls']]:
        assert time.monotonic() < end, party.window('chat')
        time.sleep(0.02)


def until_said(party, text):
    """The texts of the chat window, once that is one of them."""
    end = time.monotonic() + party.patience
    while text not in party.window('chat')['texts']:
        assert time.monotonic() < end, party.window('chat')
        time.sleep(0.02)
    return party.window('chat')['texts']
