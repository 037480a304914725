#!/usr/bin/env python3
"""make screens: every window and state as a picture, in build/screens/ with an index.

Two sorts, marked in the index. `painted`: the real painter fed a face as the broker sends it (tests/unit/render/samples.c),
for every state, theme, scale and language. `program`: the real programs on a test desk, for the windows that a session's
beginning reaches. Pseudo is English from right to left, from the programs of build/pseudo.
"""
import contextlib
import html
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'harness'))
import desk as desk_module  # noqa: E402
import party  # noqa: E402

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
def look(theme, scale, language):
    """A desk of that look: size from Xft.dpi, theme and language from the settings file."""
    size = (800, 600) if scale == '1.0' else (1600, 1200)
    with desk_module.Desk(size, kind='xvfb') as desk:
        folder = os.path.join(desk.dir, 'config/vitrine')
        os.makedirs(folder)
        with open(os.path.join(folder, 'settings'), 'w') as out:
            out.write('theme = %s\nlanguage = %s\nname = Sam\n' % (theme, 'de' if language == 'de' else 'en'))
        for path in (os.path.dirname(folder), folder, os.path.join(folder, 'settings')):
            desk_module.own(path)
        os.chmod(os.path.join(folder, 'settings'), 0o600)
        desk.call('xprop', '-root', '-f', 'RESOURCE_MANAGER', '8s', '-set', 'RESOURCE_MANAGER', 'Xft.dpi: %d\n' % (96 * float(scale)))
        yield desk


def keep(me, window, path):
    """The window as it is on the screen, once it has come to rest."""
    event = me.window(window, 30)
    last = None
    for _ in range(40):
        event = me.find('window', name=window, state='mapped')
        now = me.desk.shot(event['rect'])
        if last is not None and now.data == last.data:
            break
        last = now
        time.sleep(0.15)
    now.save(path)


def press(me, window, control):
    x, y = desk_module.middle(me.control(window, control))
    me.desk.call('xdotool', 'mousemove', str(x), str(y), 'click', '1')


def run(theme, scale, language, programs):
    """The real programs: home and what it opens, then a session's beginning."""
    folder = os.path.join(OUT, 'program', '%s-%s-%s' % (language, theme, scale))
    os.makedirs(folder, exist_ok=True)
    with look(theme, scale, language) as desk:
        with party.Party(desk, 'join', programs=programs) as me:
            keep(me, 'home', folder + '/home.png')
            press(me, 'home', 'settings')
            keep(me, 'settings', folder + '/settings.png')
            press(me, 'settings', 'cancel')
            press(me, 'home', 'doctor')
            keep(me, 'doctor', folder + '/doctor.png')
        with party.Party(desk, 'host', '--listen', '127.0.0.1:0', programs=programs) as me:
            me.wait('session', 30)
            keep(me, 'host-panel', folder + '/host-panel.png')
            press(me, 'host-panel', 'share')
            keep(me, 'consent-share', folder + '/consent-share.png')
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


def main():
    quick = '--painted' in sys.argv
    shutil.rmtree(OUT, ignore_errors=True)
    folders = [paint(theme, scale, language) for language in LANGUAGES for theme in THEMES for scale in SCALES]
    pseudo = party.scratch('vtp')
    os.chmod(pseudo, 0o755)
    for name in os.listdir(os.path.join(BUILD, 'pseudo')):
        if name.startswith('vitrine'):
            shutil.copy(os.path.join(BUILD, 'pseudo', name), pseudo)
            party.own(os.path.join(pseudo, name))
    for language in [] if quick else LANGUAGES:
        for theme in THEMES:
            for scale in SCALES:
                folders.append(run(theme, scale, language, pseudo if language == 'pseudo' else None))
    shutil.rmtree(pseudo)
    party.forget_binaries()
    index(folders)
    print('screens: %d pictures, %s/index.html' % (sum(len(os.listdir(f)) for f in folders), OUT))


main()
