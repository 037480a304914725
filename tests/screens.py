#!/usr/bin/env python3
"""make screens: every window and state as a picture, in build/screens/ with an index.

Two sorts, marked in the index. `painted`: the real painter fed a face as the broker sends it (tests/unit/render/samples.c),
for every state, theme, scale and language. `program`: the real programs on test desks, through a
session of two with physical clicks. Pseudo is English from right to left, from the programs of build/pseudo.
"""
import contextlib
import html
import itertools
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'harness'))
import desk as desk_module  # noqa: E402
import party  # noqa: E402
from session import Session  # noqa: E402

THEMES = ['light', 'dark', 'contrast']
SCALES = ['1.0', '1.5', '2.0']
LANGUAGES = ['en', 'de', 'pseudo']
BUILD = party.BUILD
OUT = os.path.join(BUILD, 'screens')


def paint(theme, scale, language):
    """Every sample of that look; a list of (name, path)."""
    folder = os.path.join(OUT, 'painted', '%s-%s-%s' % (language, theme, scale))
    os.makedirs(folder, exist_ok=True)
    pseudo = language == 'pseudo'
    program = os.path.join(BUILD, 'pseudo/test_paint' if pseudo else 'tests/unit/render/test_paint')
    subprocess.run([program, folder, scale, str(THEMES.index(theme)), str(int(language == 'de')), str(int(pseudo))], check=True)
    return folder


@contextlib.contextmanager
def look(theme, scale, language, size):
    """A desk of that look: scale from Xft.dpi, theme and language from the settings file."""
    with desk_module.Desk(size) as desk:
        folder = os.path.join(desk.dir, 'config/vitrine')
        os.makedirs(folder)
        with open(os.path.join(folder, 'settings'), 'w') as out:
            out.write('theme = %s\nlanguage = %s\nname = Sam\n' % (theme, 'de' if language == 'de' else 'en'))
        for path in (os.path.dirname(folder), folder, os.path.join(folder, 'settings')):
            desk_module.own(path)
        os.chmod(os.path.join(folder, 'settings'), 0o600)
        desk.call('xprop', '-root', '-f', 'RESOURCE_MANAGER', '8s', '-set', 'RESOURCE_MANAGER', 'Xft.dpi: %d\n' % (96 * float(scale)))
        yield desk


def painted(shot):
    """There is more to it than one colour: the painter has been there."""
    return shot.data != shot.data[:4] * (len(shot.data) // 4)


# Logical heights of windows that a window manager would give the keyboard; none is there, so their header is clicked.
HEADED = {'home': 528, 'settings': 528, 'doctor': 528, 'join': 400, 'error': 400, 'host-panel': 528, 'ended': 472}


class Album:
    """Pictures of one look, each of a window as it is on the screen once it has come to rest."""

    def __init__(self, folder):
        self.folder = folder

    def keep(self, me, window, name=None, whole=painted):
        """whole: has everything come that the picture is to show?"""
        rect = me.window(window, 30)['rect']
        last, clicked = None, window not in HEADED
        for _ in range(60):
            event = me.find('window', name=window, state='mapped')
            now = me.desk.shot(event['rect'])
            if not clicked and painted(now):  # a press before that is none
                me.desk.click(rect[0] + rect[2] // 2, rect[1] + 24 * rect[3] // HEADED[window])
                clicked = True
            elif last is not None and now.data == last.data and whole(now):
                break
            last = now
            time.sleep(0.15)
        now.save(os.path.join(self.folder, (name or window) + '.png'))


def measured(shot):
    """The table of the security status has rows."""
    column = [shot.pixel(shot.width // 8, y) for y in range(shot.height // 3, shot.height * 3 // 4)]
    return len(set(column)) > 1


def alone(album, desk, programs):
    """What opens without anybody else, and what is said of a session that cannot be."""
    with party.Party(desk, 'join', programs=programs) as me:
        album.keep(me, 'home')
        for control, close in (('settings', 'cancel'), ('doctor', 'close2')):
            me.press('home', control)
            album.keep(me, control, whole=measured if control == 'doctor' else lambda shot: True)
            me.press(control, close)
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
    album.keep(viewer, 'viewer', 'viewer-control')
    s.desk.tap('Control_L', 'F12')
    s.host.wait('control', 15, since, state='off')
    album.keep(s.host, 'toast', 'toast-control')


def together(album, desk, other, programs):
    """A session of two from the knock to the end."""
    with Session(desk, name='Sam', programs=programs) as s:
        album.keep(s.host, 'host-panel', 'host-start')
        wrong = s.start_join(other, name='Kim', password='amber canal violet orbit', programs=programs)
        wrong.wait('error', 20, code='J-PASS')
        album.keep(wrong, 'join', 'error-password')
        wrong.stop()
        viewer = s.start_join(other, name='Alex (support)', programs=programs)
        s.host.wait('prompt', 20, kind='admit', armed=True)
        album.keep(s.host, 'host-panel', 'host-waiting')
        s.admit('Alex (support)')
        viewer.wait('member', 15, state='joined')
        album.keep(viewer, 'viewer', 'viewer-empty')
        prompt = s.ask_share()
        album.keep(s.host, 'consent-share')
        since = s.host.mark()
        desk.click_rect(prompt['buttons']['yes'])
        s.host.wait('share', 15, since, state='on')
        album.keep(s.host, 'host-panel')
        album.keep(s.host, 'sharing-bar')
        s.host.press('sharing-bar', 'see')
        album.keep(s.host, 'mirror')
        s.host.press('mirror', 'close')
        s.host.wait('window', 10, since, name='mirror', state='closed')
        album.keep(viewer, 'viewer')
        control(album, s, viewer)
        s.host.press('sharing-bar', 'pause')
        s.host.wait('share', 15, since, state='paused')
        album.keep(s.host, 'sharing-bar', 'sharing-bar-paused')
        album.keep(viewer, 'viewer', 'viewer-paused')
        s.host.press('host-panel', 'end')
        album.keep(s.host, 'end-ask')
        s.host.press('end-ask', 'yes')
        album.keep(s.host, 'ended')
        album.keep(viewer, 'ended', 'ended-viewer')


def sizes(scale):
    """Screens of host and viewer that have room for that scale."""
    here = (800, 600) if scale <= 1 else (1600, 1200) if scale <= 2 else (2400, 1800)
    return here, (1920, 1280) if scale < 2 else (2560, 1600) if scale == 2 else (3200, 2200)


def run(theme, scale, language, programs):
    folder = os.path.join(OUT, 'program', '%s-%s-%s' % (language, theme, scale))
    os.makedirs(folder, exist_ok=True)
    here, there = sizes(float(scale))
    with look(theme, scale, language, here) as desk:
        alone(Album(folder), desk, programs)
        with look(theme, scale, language, there) as other:
            together(Album(folder), desk, other, programs)
    return folder


def index(folders):
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


def looks():
    """Every language, theme and scale, or those that the command line names (en-light-1.0, also de-dark-2.75); then the
    others stay."""
    named = [arg for arg in sys.argv[1:] if not arg.startswith('--')]
    for name in named or ['-'.join(look) for look in itertools.product(LANGUAGES, THEMES, SCALES)]:
        language, theme, scale = name.split('-')
        yield theme, scale, language


def pseudo_programs():
    """The programs of build/pseudo where the normal user can reach them."""
    folder = party.scratch('vtp')
    os.chmod(folder, 0o755)
    for name in os.listdir(os.path.join(BUILD, 'pseudo')):
        if name.startswith('vitrine'):
            shutil.copy(os.path.join(BUILD, 'pseudo', name), folder)
            party.own(os.path.join(folder, name))
    return folder


def pictured():
    """The folders of all looks there are now."""
    return [os.path.join(OUT, kind, look) for kind in ('painted', 'program') if os.path.isdir(os.path.join(OUT, kind))
            for look in sorted(os.listdir(os.path.join(OUT, kind)))]


def forget(looks):
    for theme, scale, language in looks:
        for kind in ('painted', 'program'):
            shutil.rmtree(os.path.join(OUT, kind, '%s-%s-%s' % (language, theme, scale)), ignore_errors=True)


def main():
    forget(looks())
    for look in looks():
        paint(*look)
    if '--painted' not in sys.argv:
        pseudo = pseudo_programs() if any(language == 'pseudo' for _, _, language in looks()) else None
        for theme, scale, language in looks():
            print(run(theme, scale, language, pseudo if language == 'pseudo' else None), flush=True)
        if pseudo:
            shutil.rmtree(pseudo)
        party.forget_binaries()
    folders = pictured()
    index(folders)
    print('screens: %d pictures, %s/index.html' % (sum(len(os.listdir(f)) for f in folders), OUT))


main()
