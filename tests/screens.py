#!/usr/bin/env python3
"""make screens: every window and state as a picture, in build/screens/ with an index.

Two sorts, marked in the index. `painted`: the real painter fed a face as the broker sends it (tests/unit/render/samples.c),
for every state, theme, scale and language. `program`: the real programs on test desks, with physical clicks:
alone, through a session of two from the knock to the end, in a crowd, and left alone for a quarter of an hour (--still;
nothing makes that clock run faster, so that all looks wait for it at once, while the others are pictured).
Pseudo is English from right to left, from the programs of build/pseudo.
"""
import argparse
import concurrent.futures
import contextlib
import html
import itertools
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, 'harness'), os.path.join(HERE, 'scenario')]
import desk as desk_module  # noqa: E402
import party  # noqa: E402
from s54_kinds import furnish  # noqa: E402
from s60_handover import offer  # noqa: E402
from session import Session, enlarge, settled  # noqa: E402
from wire import Wire  # noqa: E402

THEMES = ['light', 'dark', 'contrast']
SCALES = ['1.0', '1.5', '2.0']
LANGUAGES = ['en', 'de', 'pseudo']
BUILD = party.BUILD
OUT = os.path.join(BUILD, 'screens')


def paint(theme, scale, language):
    """Every sample of that look; their folder."""
    folder = folder_of('painted', theme, scale, language)
    pseudo = language == 'pseudo'
    program = os.path.join(BUILD, 'pseudo/test_paint' if pseudo else 'tests/unit/render/test_paint')
    subprocess.run([program, folder, scale, str(THEMES.index(theme)), str(int(language == 'de')), str(int(pseudo))], check=True)
    return folder


QUARTER = 15 * 60
CROWD = ('Ada', 'Bo', 'Kim', 'Kim', 'Lee', 'Mo', 'Noor', 'Pat', 'Ren\u00e9e', 'Wolfeschlegelsteinhausenbergerdorff')


@contextlib.contextmanager
def look(theme, scale, language, size, waiting_room='yes', **more):
    """A desk of that look: scale from Xft.dpi, theme and language from the settings file."""
    with desk_module.Desk(size, **more) as desk:
        folder = os.path.join(desk.dir, 'config/vitrine')
        os.makedirs(folder)
        with open(os.path.join(folder, 'settings'), 'w') as out:
            out.write('theme = %s\nlanguage = %s\nname = Sam\nwaiting_room = %s\n' % (
                theme, 'de' if language == 'de' else 'en', waiting_room))
        for path in (os.path.dirname(folder), folder, os.path.join(folder, 'settings')):
            desk_module.own(path)
        os.chmod(os.path.join(folder, 'settings'), 0o600)
        desk.call('xprop', '-root', '-f', 'RESOURCE_MANAGER', '8s', '-set', 'RESOURCE_MANAGER', 'Xft.dpi: %d\n' % (96 * float(scale)))
        yield desk


def painted(shot):
    """There is more to it than one colour: the painter has been there."""
    return shot.data != shot.data[:4] * (len(shot.data) // 4)


def seen(desk, rect):
    """As much of it as is on the screen: no window manager is there to move or shrink what is larger."""
    x, y = max(rect[0], 0), max(rect[1], 0)
    return [x, y, min(rect[0] + rect[2], desk.size[0]) - x, min(rect[1] + rect[3], desk.size[1]) - y]


def covered(me, window):
    """A toast lies over the others for a while."""
    toast = me.find('window', name='toast')
    return window != 'toast' and toast is not None and toast['state'] == 'mapped'


# Windows that a window manager would give the keyboard; none is there, so their header is clicked.
HEADED = {'home', 'settings', 'doctor', 'join', 'error', 'host-panel', 'ended', 'new-password', 'chat'}
# A clock runs in these: on a busy machine no two pictures of them are alike.
TICKING = {'sharing-bar', 'sharing-bar-control'}


class Album:
    """Pictures of one look, each of a window as it is on the screen once it has come to rest."""

    def __init__(self, folder):
        self.folder = folder

    def keep(self, me, window, name=None, whole=painted, ticking=False):
        """whole: has everything come that the picture is to show? ticking: a clock runs in it. Returns it."""
        rect = me.window(window, 30)['rect']
        last, clicked = None, window not in HEADED
        deadline = time.monotonic() + desk_module.PATIENCE
        while True:
            assert time.monotonic() < deadline, '%s does not come to rest' % window
            if covered(me, window):
                time.sleep(0.15)
                continue
            event = me.find('window', name=window, state='mapped')
            now = me.desk.shot(seen(me.desk, event['rect']))
            if not clicked and painted(now):  # a press before that is none
                close = me.control(window, 'close')
                me.desk.click(rect[0] + rect[2] // 2, close[1] + close[3] // 2)
                clicked = True
            elif last is not None and (now.data == last.data or ticking or window in TICKING) and whole(now):
                break
            last = now
            time.sleep(0.15)
        now.save(os.path.join(self.folder, (name or window) + '.png'))
        return now


    def screen(self, desk, name):
        """The whole screen: border and bar, the ground of a dialog, what is being picked."""
        settled(desk).save(os.path.join(self.folder, 'screen-' + name + '.png'))


def rows(shot):
    """The security status's table, line by line; all alike where it is empty."""
    line = len(shot.data) // shot.height
    return [shot.data[y * line:(y + 1) * line] for y in range(shot.height // 3, shot.height * 3 // 4)]


def measured(shot):
    """The security status has a row."""
    return len(set(rows(shot))) > 1


def status(album, me):
    """All pages of the security status, once it has been measured."""
    page, last = 1, rows(album.keep(me, 'doctor', whole=measured))
    while any(c['id'] == 'next' and c.get('state') != 'off' for c in me.window('doctor')['controls']):
        page += 1
        me.press('doctor', 'next')
        last = rows(album.keep(me, 'doctor', 'doctor-%d' % page, whole=lambda shot, last=last: rows(shot) != last))


def alone(album, desk, programs):
    """What opens without anybody else, and what is said of a session that cannot be."""
    with party.Party(desk, 'join', programs=programs) as me:
        album.keep(me, 'home')
        me.press('home', 'settings')
        album.keep(me, 'settings')
        me.press('settings', 'cancel')
        me.press('home', 'doctor')
        status(album, me)
        me.press('doctor', 'close2')
    with party.Party(desk, 'join', '123456789', '--relay', '127.0.0.1:9', programs=programs) as me:
        album.keep(me, 'join')
    with party.Party(desk, 'host', '--relay', '127.0.0.1:9', programs=programs) as me:
        album.keep(me, 'error')


def control(album, s, viewer):
    """Control asked for, given and taken back with Ctrl+F12."""
    since = s.host.mark()
    viewer.press('viewer', 'ask')
    prompt = s.host.wait('prompt', 20, since, kind='control', armed=True)
    album.keep(s.host, 'consent-control')
    s.desk.click_rect(prompt['buttons']['yes'])
    s.host.wait('control', 15, since, state='on')
    album.keep(s.host, 'sharing-bar-control')
    album.screen(s.desk, 'control')
    album.keep(viewer, 'viewer', 'viewer-control')
    s.desk.tap('Control_L', 'F12')
    s.host.wait('control', 15, since, state='off')
    album.keep(s.host, 'toast', 'toast-control')


def refused(album, s, control, window, name):
    """What that button of the open row asks, and a no."""
    since = s.host.mark()
    s.host.press('host-panel', control)
    kind = window.split('-')[-1]
    prompt = s.host.wait('prompt', 20, since, kind=kind, armed=True)
    album.keep(s.host, window, name)
    s.host.click_answer(prompt, 'no')


def person(album, s):
    """The open row of the only other person, and what can be asked about them."""
    s.host.press('host-panel', 'row_2')
    album.keep(s.host, 'host-panel', 'host-person')
    refused(album, s, 'words', 'words', 'verify-words')
    refused(album, s, 'mk_presenter', 'present', 'present')
    s.host.press('host-panel', 'row_2')


def picking(album, s):
    """A window or a part, picked for the open dialog; then the whole screen again. Returns the armed prompt."""
    for tile in ('one', 'part'):
        since = s.host.mark()
        s.host.press('consent-share', tile)
        s.host.wait('window', 15, since, name='pick', state='mapped')
        album.screen(s.desk, 'pick-' + tile)
        s.desk.tap('Return')
        s.host.wait('prompt', 20, since, kind='share', armed=True)
        album.keep(s.host, 'consent-share', 'consent-' + tile)
    since = s.host.mark()
    s.host.press('consent-share', 'whole')
    return s.host.wait('prompt', 20, since, kind='share', armed=True)


def meanwhile(album, me):
    """What the panel opens while the screen is shown."""
    for control, window, close in (('change_pw', 'new-password', 'cancel'), ('chat', 'chat', 'close'), ('doctor', 'doctor', 'close2')):
        since = me.mark()
        me.press('host-panel', control)
        album.keep(me, window, window + '-sharing', whole=measured if window == 'doctor' else painted)
        me.press(window, close)
        me.wait('window', 10, since, name=window, state='closed')


def looked_at(album, viewer):
    """The viewer's own ways to look. The whole screen is a window manager's to give; none is there."""
    x, y, w, h = viewer.window('viewer')['rect']
    viewer.press('viewer', 'one')
    album.keep(viewer, 'viewer', 'viewer-one')
    viewer.press('viewer', 'fit')
    viewer.press('viewer', 'full')
    enlarge(viewer.desk)
    album.screen(viewer.desk, 'full')
    viewer.desk.tap('Escape')
    viewer.desk.call('xdotool', 'search', '--onlyvisible', '--class', 'vitrine', 'windowsize', str(w), str(h), 'windowmove', str(x), str(y))
    album.keep(viewer, 'viewer', 'viewer-back')


def turned_away(album, guest, code):
    """What they read who do not come in."""
    guest.wait('error', 20, code=code)
    album.keep(guest, 'error', 'error-' + code)
    guest.stop()


def at_the_door(album, s, other, programs):
    """A wrong password, a wrong number, a no, and a session that is locked."""
    def guest(**more):
        return s.start_join(other, name='Kim', programs=programs, **more)
    wrong = guest(password='amber canal violet orbit')
    wrong.wait('error', 20, code='J-PASS')
    album.keep(wrong, 'join', 'error-password')
    wrong.stop()
    number = s.info['id']
    turned_away(album, guest(invitation=s.local_invitation().replace(number, '%09d' % (int(number) - 1))), 'J-NONE')
    turned_away(album, guest(invitation='vitrine://nonsense'), 'J-LINK')
    refused_one = guest()
    s.admit('Kim', 'no')
    turned_away(album, refused_one, 'J-NO')
    s.host.press('host-panel', 'lock')
    album.keep(s.host, 'toast', 'toast-locked')
    turned_away(album, guest(), 'J-LOCK')
    album.keep(s.host, 'host-panel', 'host-locked')
    s.host.press('host-panel', 'lock')


def reconnecting(album, viewer, wire):
    """The viewer's network breaks, until it has tried to connect more than once; and comes back."""
    since = viewer.mark()
    wire.block()
    viewer.wait('line', 15, since, state='lost')
    desk_module.until(lambda: any(re.fullmatch(r'\D+ [2-9]', text) for text in viewer.window('viewer')['texts']))
    album.keep(viewer, 'viewer', 'viewer-reconnecting', ticking=True)
    wire.allow()
    viewer.wait('line', 30, since, state='back')


def handed_over(album, s, viewer):
    """The other one presents, by their own yes, as they see it and as the organizer does; and it is taken back."""
    offer(s)
    viewer.wait('prompt', 20, kind='hand-over', armed=True)
    album.keep(viewer, 'present', 'present-you')
    viewer.answer('hand-over', 'yes')
    viewer.wait('prompt', 20, kind='share', armed=True)
    album.keep(viewer, 'consent-share', 'consent-member')
    viewer.answer('share', 'yes')
    viewer.wait('share', 15, state='on')
    album.keep(viewer, 'sharing-bar', 'sharing-bar-member')
    album.keep(viewer, 'viewer', 'viewer-mine')
    album.keep(s.host, 'viewer', 'viewer-organizer')
    s.host.press('viewer', 'leave')     # looks away: the panel comes back
    album.keep(s.host, 'host-panel', 'host-theirs')
    s.host.press('host-panel', 'row_2')
    album.keep(s.host, 'host-panel', 'host-back')
    since = viewer.mark()
    s.host.press('host-panel', 'mk_presenter')
    viewer.wait('share', 15, since, state='off')
    s.host.press('host-panel', 'row_2')


def crowded(album, desk, crowd, programs):
    """Many people, whom nobody admits one by one: the panel, the list of all, and the dialog that names them."""
    with Session(desk, name='Sam', programs=programs) as s:
        for name in CROWD:
            s.start_join(crowd, name=name, programs=programs).wait('member', 30, state='joined')
        desk_module.until(lambda: sum(e['event'] == 'member' and e['state'] == 'joined' for e in s.host.events) >= len(CROWD))
        album.keep(s.host, 'host-panel', 'host-crowd')
        s.host.press('host-panel', 'all')
        album.keep(s.host, 'people')
        s.host.press('people', 'row_3')
        album.keep(s.host, 'people', 'people-person')
        s.host.press('people', 'next')
        album.keep(s.host, 'people', 'people-2')
        s.host.press('people', 'search')
        desk.type('kim')
        album.keep(s.host, 'people', 'people-found')
        s.host.press('people', 'close2')
        s.ask_share()
        album.keep(s.host, 'consent-share', 'consent-crowd')
        s.host.press('consent-share', 'all')
        s.host.armed('share')
        album.keep(s.host, 'consent-share', 'consent-all')


def still(theme, scale, language, programs, turn):
    """A screen that is shared and left: the bar asks after a quarter of an hour. X itself does not cover it meanwhile.

    turn: few begin at once."""
    with contextlib.ExitStack() as stack:
        with turn:
            desk = stack.enter_context(look(theme, scale, language, sizes(float(scale))[0], extra=('-s', '0')))
            s = stack.enter_context(Session(desk, name='Sam', programs=programs))
            s.share()
        s.host.wait('prompt', QUARTER + 60, kind='still', armed=True)
        Album(folder_of('program', theme, scale, language)).keep(s.host, 'sharing-bar', 'sharing-bar-still')


def together(album, desk, other, programs):
    """A session of two from the knock to the end, with windows to show."""
    furnish(desk)
    with Session(desk, name='Sam', programs=programs) as s:
        album.keep(s.host, 'host-panel', 'host-start')
        at_the_door(album, s, other, programs)
        wire = Wire(s.port())
        viewer = s.start_join(other, name='Alex (support)', programs=programs,
                              invitation=s.local_invitation().replace(':%d/' % s.port(), ':%d/' % wire.port))
        s.host.wait('prompt', 20, kind='admit', armed=True)
        album.keep(s.host, 'host-panel', 'host-waiting')
        album.keep(viewer, 'connecting', 'waiting')
        s.admit('Alex (support)')
        viewer.wait('member', 15, state='joined')
        album.keep(viewer, 'viewer', 'viewer-empty')
        person(album, s)
        s.ask_share()
        album.keep(s.host, 'consent-share')
        album.screen(desk, 'consent')
        prompt = picking(album, s)
        since = s.host.mark()
        desk.click_rect(prompt['buttons']['yes'])
        s.host.wait('share', 15, since, state='on')
        album.keep(s.host, 'host-panel')
        album.keep(s.host, 'sharing-bar')
        album.screen(desk, 'sharing')
        meanwhile(album, s.host)
        s.host.press('sharing-bar', 'see')
        album.keep(s.host, 'mirror')
        s.host.press('mirror', 'close')
        s.host.wait('window', 10, since, name='mirror', state='closed')
        album.keep(viewer, 'viewer')
        looked_at(album, viewer)
        control(album, s, viewer)
        s.host.press('sharing-bar', 'pause')
        s.host.wait('share', 15, since, state='paused')
        album.keep(s.host, 'sharing-bar', 'sharing-bar-paused')
        album.screen(desk, 'paused')
        album.keep(viewer, 'viewer', 'viewer-paused')
        reconnecting(album, viewer, wire)
        s.host.press('sharing-bar', 'stop')
        s.host.wait('share', 15, state='off')
        handed_over(album, s, viewer)
        s.host.press('host-panel', 'end')
        album.keep(s.host, 'end-ask')
        s.host.press('end-ask', 'yes')
        album.keep(s.host, 'ended')
        album.keep(viewer, 'ended', 'ended-viewer')
        wire.close()


def sizes(scale):
    """Screens of host and viewer that have room for that scale."""
    here = (800, 600) if scale <= 1 else (1600, 1200) if scale <= 2 else (2400, 1800)
    return here, (1920, 1280) if scale < 2 else (2560, 1600) if scale == 2 else (3200, 2200)


def folder_of(kind, theme, scale, language):
    folder = os.path.join(OUT, kind, '%s-%s-%s' % (language, theme, scale))
    os.makedirs(folder, exist_ok=True)
    return folder


def run(theme, scale, language, programs):
    folder = folder_of('program', theme, scale, language)
    here, there = sizes(float(scale))
    with look(theme, scale, language, here) as desk:
        alone(Album(folder), desk, programs)
        with look(theme, scale, language, there) as other:
            together(Album(folder), desk, other, programs)
    with look(theme, scale, language, here, waiting_room='no') as desk, look(theme, scale, language, here, kind='xvfb') as crowd:
        crowded(Album(folder), desk, crowd, programs)
    return folder


def index(folders):
    """One page with all of them."""
    rows = []
    for folder in folders:
        name = os.path.relpath(folder, OUT)
        rows.append('<h2>%s</h2>' % html.escape(name))
        for file in sorted(os.listdir(folder)):
            rows.append('<figure><img loading="lazy" src="%s/%s" alt=""><figcaption>%s</figcaption></figure>' %
                        (name, file, html.escape(file[:-4])))
    with open(os.path.join(OUT, 'index.html'), 'w') as out:
        out.write('<!doctype html><meta charset="utf-8"><title>vitrine: every window</title><style>body{font:15px sans-serif;'
                  'background:#cbd6db}figure{display:inline-block;margin:8px;vertical-align:top}img{max-width:760px}</style>\n' +
                  '\n'.join(rows))


def looks(names):
    """(theme, scale, language) of each name (en-light-1.0, also de-dark-2.75); of none: every language, theme and scale."""
    for name in names or ['-'.join(look) for look in itertools.product(LANGUAGES, THEMES, SCALES)]:
        language, theme, scale = name.split('-')
        yield theme, scale, language


@contextlib.contextmanager
def pseudo_programs():
    """The programs of build/pseudo where the normal user can reach them."""
    folder = party.scratch('vtp')
    os.chmod(folder, 0o755)
    for name in os.listdir(os.path.join(BUILD, 'pseudo')):
        if name.startswith('vitrine'):
            shutil.copy(os.path.join(BUILD, 'pseudo', name), folder)
            party.own(os.path.join(folder, name))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def pictured():
    """The folders of all looks there are now."""
    return [os.path.join(OUT, kind, look) for kind in ('painted', 'program') if os.path.isdir(os.path.join(OUT, kind))
            for look in sorted(os.listdir(os.path.join(OUT, kind)))]


def forget(theme, scale, language):
    for kind in ('painted', 'program'):
        shutil.rmtree(os.path.join(OUT, kind, '%s-%s-%s' % (language, theme, scale)), ignore_errors=True)


def picture(look, only_painted, pseudo):
    """One look anew: did it come through? Says how many pictures, and how long they took. What fails leaves the others alone."""
    begin, name = time.monotonic(), '%s-%s-%s' % (look[2], look[0], look[1])
    try:
        folders = [paint(*look)]
        if not only_painted:
            folders.append(run(*look, pseudo if look[2] == 'pseudo' else None))
    except Exception:
        print('%s FAILED\n%s' % (name, traceback.format_exc()), flush=True)
        return False
    print('%s: %d pictures, %d s' % (name, sum(len(os.listdir(f)) for f in folders), time.monotonic() - begin), flush=True)
    return True


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--painted', action='store_true', help='not the programs')
    options.add_argument('--still', action='store_true', help='also what asks after a quarter of an hour')
    options.add_argument('-j', dest='at_once', type=int, default=os.cpu_count() or 1)
    options.add_argument('names', nargs='*', metavar='LOOK', help='en-light-1.0; the others stay as they are')
    args = options.parse_args()
    begin, chosen = time.monotonic(), list(looks(args.names))
    desk_module.make_tools()
    party.binaries()
    others = pseudo_programs() if any(language == 'pseudo' for _, _, language in chosen) else contextlib.nullcontext()
    try:
        for each in chosen:
            forget(*each)
        with others as pseudo, concurrent.futures.ThreadPoolExecutor(len(chosen)) as idle, \
                concurrent.futures.ThreadPoolExecutor(args.at_once) as pool:
            turn = threading.Semaphore(args.at_once)
            left = [idle.submit(still, *each, pseudo if each[2] == 'pseudo' else None, turn) for each in chosen if args.still]
            through = list(pool.map(lambda look: picture(look, args.painted, pseudo), chosen))
            for each in left:
                each.result()
    finally:
        party.forget_binaries()
        folders = pictured()
        index(folders)
    print('screens: %d pictures in %d folders, %d s, %s/index.html' % (
        sum(len(os.listdir(f)) for f in folders), len(folders), time.monotonic() - begin, OUT))
    sys.exit('%d looks failed' % through.count(False) if not all(through) else 0)


main()
