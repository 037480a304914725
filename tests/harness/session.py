"""A whole session in a few words: a host on a desk, viewers on others, up to the shared picture."""
import os
import re
import time

from desk import PATIENCE, Desk, own
from party import Missing, Party


class Session:
    """Starts `vitrine host` on desk `host`; use join(), admit(), share() as a person would.

    Its own relay listens on a free port of this machine only, unless `args` say which one is meant."""

    def __init__(self, host_desk, *args, name='Helga', **more):
        self.desk = host_desk
        if '--relay' not in args and '--listen' not in args:
            args = ('--listen', '127.0.0.1:0', *args)
        self.host = Party(host_desk, 'host', '--name', name, *args, **more)
        self.viewers = []
        self.info = None

    def __enter__(self):
        self.info = self.host.wait('session', 20)
        self.host.window('host-panel')
        return self

    def __exit__(self, *_):
        for viewer in self.viewers:
            viewer.stop()
        self.host.stop()

    def start_join(self, desk, *args, name='Vera', invitation=None, password=None, **more):
        """A viewer that has invitation and password; it waits at the door.

        The password comes from a file of its own: a link alone only fills in the form."""
        path = os.path.join(desk.dir, 'password-' + name)
        with open(path, 'w') as out:
            out.write((password or self.info['password']) + '\n')
        os.chmod(path, 0o600)
        own(path)
        viewer = Party(desk, 'join', invitation or self.local_invitation(), '--name', name, '--password-file', path, *args, **more)
        self.viewers.append(viewer)
        return viewer

    def local_invitation(self):
        """The invitation, with this machine's loopback address (the default route may be missing here)."""
        return re.sub(r'//[^/]*/', '//127.0.0.1:%d/' % self.port(), self.info['invitation'], count=1)

    def port(self):
        match = re.search(r':(\d+)(/|$)', self.info['relay'])
        return int(match.group(1)) if match else 7443

    def admit(self, name, button='yes'):
        """Answers the knock of that claimed name in the host panel, physically."""
        since = 0
        self.host.wait('prompt', 20, since, kind='admit', name=name)
        prompt = self.host.wait('prompt', 20, since, kind='admit', name=name, armed=True)
        self.host.click_answer(prompt, button)

    def join(self, desk, *args, name='Vera', **more):
        """A viewer that has been let in."""
        viewer = self.start_join(desk, *args, name=name, **more)
        self.admit(name)
        viewer.wait('member', 15, state='joined')
        viewer.window('viewer')
        enlarge(desk)
        return viewer

    def ask_share(self):
        """Presses Share my screen; returns the armed prompt."""
        since = self.host.mark()
        self.host.press('host-panel', 'share')
        return self.host.wait('prompt', 15, since, kind='share', armed=True)

    def share(self, button='yes'):
        since = self.host.mark()
        prompt = self.ask_share()
        self.host.click_answer(prompt, button)
        if button == 'yes':
            self.host.wait('share', 15, since, state='on')
        return prompt


def open_door(desk):
    """The owner's own setting, as the settings window writes it."""
    folder = os.path.join(desk.dir, 'config/vitrine')
    os.makedirs(folder, mode=0o700)
    with open(os.path.join(folder, 'settings'), 'w') as out:
        out.write('waiting_room = no\n')
    for path in (os.path.dirname(folder), folder, os.path.join(folder, 'settings')):
        os.chmod(path, 0o600 if path.endswith('settings') else 0o700)
        own(path)


def enlarge(desk, margin=0):
    """Makes the viewer's window as large as its desk, as a window manager or a person would."""
    w, h = desk.size[0] - 2 * margin, desk.size[1] - 2 * margin
    ids = desk.call('xdotool', 'search', '--onlyvisible', '--class', 'vitrine').split()
    for window in ids:
        if b'440x64' in desk.call('xdotool', 'getwindowgeometry', window.decode()):
            continue        # a toast: it would cover the viewer
        desk.call('xdotool', 'windowmove', window.decode(), str(margin), str(margin))
        desk.call('xdotool', 'windowsize', window.decode(), str(w), str(h))


def picture_rect(viewer, size, timeout=PATIENCE):
    """Where the viewer's window shows a presenter's picture of that size, one to one."""
    deadline = time.monotonic() + timeout
    w, h = size
    while time.monotonic() < deadline:
        event = viewer.find('window', name='viewer', state='mapped')
        for control in event.get('controls', []) if event else []:
            x, y, area_w, area_h = control['rect']
            if control['id'] == 'picture' and area_w >= w and area_h >= h:
                return [x + (area_w - w) // 2, y + (area_h - h) // 2, w, h]
        time.sleep(0.05)
    raise Missing('the viewer has no room for %dx%d:\n%s' % (w, h, viewer.transcript()))


def own_rects(party):
    """Root rectangles of vitrine's mapped windows on that desk: they are grey in the outgoing picture."""
    latest = {}
    for event in party.events:
        if event['event'] == 'window':
            latest[event['name']] = event
    return [event['rect'] for event in latest.values() if event['state'] == 'mapped']


def border(size, width=4):
    """The lines around a shared screen: four more windows of vitrine's."""
    w, h = size
    return [[0, 0, w, width], [0, h - width, w, width], [0, 0, width, h], [w - width, 0, width, h]]


def settled(desk, rect=None, still=0.4, timeout=PATIENCE):
    """Screenshot once it has stopped changing."""
    deadline = time.monotonic() + timeout
    last, since = desk.shot(rect), time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(0.1)
        now = desk.shot(rect)
        if now.data != last.data:
            last, since = now, time.monotonic()
        elif time.monotonic() - since >= still:
            return last
    return last


def compare(host, viewer, host_desk, viewer_desk, ignore=(), timeout=PATIENCE):
    """Differing pixels between the shared screen and the viewer's picture, vitrine's own windows left out.

    The viewer must show the picture one to one. Tries until it is equal or the time is over."""
    deadline = time.monotonic() + timeout
    while True:
        rect = picture_rect(viewer, host_desk.size)
        theirs = viewer_desk.shot(rect)
        mine = host_desk.shot().crop((0, 0, rect[2], rect[3]))
        for own in own_rects(host) + border(host_desk.size) + list(ignore):
            mine, theirs = mine.blank(own), theirs.blank(own)
        different = mine.differences(theirs)
        if different == 0 or time.monotonic() > deadline:
            return different, mine, theirs
        time.sleep(0.2)


def compare_part(session, viewer, host_desk, viewer_desk, area, ignore=(), timeout=PATIENCE):
    """The viewer shows exactly that area of the host's screen, vitrine's own windows left out; `ignore` in root
    coordinates."""
    x, y, w, h = area
    deadline = time.monotonic() + timeout
    while True:
        theirs = viewer_desk.shot(picture_rect(viewer, (w, h)))
        mine = host_desk.shot(area)
        for hide in own_rects(session.host) + list(ignore):
            hidden = (hide[0] - x, hide[1] - y, hide[2], hide[3])
            mine, theirs = mine.blank(hidden), theirs.blank(hidden)
        different = mine.differences(theirs)
        if different == 0:
            return
        if time.monotonic() > deadline:
            raise AssertionError('%s pixels differ' % different)
        time.sleep(0.2)


__all__ = ['Desk', 'Missing', 'Party', 'Session', 'compare', 'compare_part', 'enlarge', 'open_door', 'own_rects', 'picture_rect', 'settled']
