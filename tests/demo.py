#!/usr/bin/env python3
"""The demonstration: two desks, a real desktop on one, and the whole road from host to picture.

Prints one line per check and leaves PNGs in build/demo/. Everything is done as a person would: by physical
clicks of test devices. Closes with 'demo: all N checks passed' or the ones that failed.
"""
import json
import os
import random
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'harness'))
import party  # noqa: E402
from session import Session, compare, enlarge, picture_rect, settled  # noqa: E402
from desk import Desk, own  # noqa: E402
from wire import Wire  # noqa: E402

OUT = os.path.join(party.BUILD, 'demo')
HOST, VIEWER = (1280, 800), (1920, 1200)
results = []


def check(ok, what):
    results.append(bool(ok))
    print('  %s  %s' % ('ok  ' if ok else 'FAIL', what), flush=True)


def step(text):
    print('demo: %s' % text, flush=True)


def photograph(path, width=420, height=300):
    """A picture with the statistics of a photograph: soft sky, hills, grain."""
    rnd = random.Random(7)
    ridge, y = [], 0.55
    for _ in range(width):
        y += rnd.uniform(-0.006, 0.006)
        ridge.append(y)
    body = bytearray()
    for row in range(height):
        for column in range(width):
            f = row / height
            r, g, b = (200 - 90 * f, 215 - 60 * f, 235 - 20 * f) if f < ridge[column] else (70 + 60 * f, 95 + 40 * f, 50 + 20 * f)
            grain = rnd.gauss(0, 5)
            body += bytes(max(0, min(255, int(c + grain))) for c in (r, g, b))
    with open(path, 'wb') as out:
        out.write(b'P6 %d %d 255\n' % (width, height) + body)
    own(path)


def furnish(desk):
    """A presenter's desktop with real programs."""
    desk.run('openbox')
    desk.run('xsetroot', '-solid', '#38566b')
    photograph(desk.dir + '/photo.ppm')
    page = os.path.join(desk.dir, 'page.txt')
    with open(page, 'w') as out:
        out.write('\n'.join('%2d  The glass case stands in the hall; others may look, the owner holds the key.' % i for i in range(1, 26)))
    own(page)
    desk.run('xterm', '-geometry', '76x14+20+500', '-bg', '#101418', '-fg', '#e8e8e8', '-T', 'terminal', '-e', 'sh', '-c',
             "ls --color=always -la /; printf '\\033[31mred \\033[32mgreen \\033[33myellow \\033[34mblue\\033[0m\\n'; exec sleep 3600")
    desk.run('xterm', '-geometry', '82x18+560+60', '-bg', 'white', '-fg', 'black', '-cr', 'white', '-T', 'page', '-e', 'sh', '-c',
             'cat page.txt; exec sleep 3600')
    desk.run('feh', '-.', '--title', 'photo', '--geometry', '420x300+780+420', desk.dir + '/photo.ppm')
    time.sleep(2)


def processes(s, viewer):
    """Every worker of both sides was verified from outside before it got anything."""
    for who, whose in (('host', s.host), ('viewer', viewer)):
        started = {e['pid'] for e in whose.events if e['event'] == 'worker' and e['state'] == 'started'}
        verified = {e['pid'] for e in whose.events if e['event'] == 'worker' and e['state'] == 'verified'}
        roles = sorted(e['role'] for e in whose.events if e['event'] == 'worker' and e['state'] == 'verified')
        check(verified and started == verified, '%s: %d worker processes verified (%s)' % (who, len(verified), ' '.join(roles)))


def latency(desk, other, rect):
    """Small changes shown at the viewer's; returns p50 in ms."""
    env = dict(os.environ, XAUTHORITY=desk.dir + '/both')
    with open(env['XAUTHORITY'], 'wb') as both:
        for d in (desk, other):
            with open(d.auth, 'rb') as auth:
                entry = auth.read()
            number = d.display[1:].encode()          # the entries are wild: name the display in each
            both.write(entry[:4] + len(number).to_bytes(2, 'big') + number + entry[6:])
    out = subprocess.run([os.path.join(party.BUILD, 'tests/bench/latency'), desk.display, '40', '60', other.display,
                          str(rect[0] + 40), str(rect[1] + 60), '60'], env=env, capture_output=True, timeout=200, check=False)
    return json.loads(out.stdout or b'{"seen": 0, "of": 60}')


def demonstrate():
    os.makedirs(OUT, exist_ok=True)
    step('starting two desks with physical test devices')
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        furnish(desk)
        step('host: vitrine host')
        with Session(desk) as s:
            settled(desk).save(os.path.join(OUT, '1-host-panel.png'))
            check('vitrine-capture' not in s.host.workers().values(), 'nothing reads the screen yet: no vitrine-capture process')
            wire = Wire(s.port())
            invitation = s.local_invitation().replace(':%d/' % s.port(), ':%d/' % wire.port)
            step('viewer: vitrine join INVITATION, with its password')
            viewer = s.start_join(other, invitation=invitation)
            s.host.wait('prompt', 20, kind='admit', armed=True)
            settled(desk).save(os.path.join(OUT, '2-knock.png'))
            s.admit('Vera')
            viewer.wait('member', state='joined')
            viewer.window('viewer')
            enlarge(other, 40)
            check(True, 'admitted by a physical click')
            step('host: Share my screen')
            prompt = s.ask_share()
            settled(desk).save(os.path.join(OUT, '3-consent.png'))
            check('vitrine-capture' not in s.host.workers().values(), 'consent dialog up, still no vitrine-capture process')
            before, since = wire.down, s.host.mark()
            desk.click_rect(prompt['buttons']['yes'])
            s.host.wait('share', since=since, state='on')
            check('vitrine-capture' in s.host.workers().values(), 'physical yes: vitrine-capture runs')
            s.host.press('host-panel', 'minimise')
            desk.move(640, 400)
            different, mine, theirs = compare(s.host, viewer, desk, other, ignore=[(620, 380, 64, 64)])
            first = wire.down - before
            if different:
                mine.save(os.path.join(OUT, 'differs-host.png'))
                theirs.save(os.path.join(OUT, 'differs-viewer.png'))
            check(different == 0, 'picture identical pixel for pixel, %dx%d (%s differ)' % (mine.width, mine.height, different))
            check(True, 'first picture: %d bytes at the viewer, encrypted' % first)
            settled(desk).save(os.path.join(OUT, '4-sharing.png'))
            settled(other).save(os.path.join(OUT, '5-viewer.png'))
            processes(s, viewer)
            figures = latency(desk, other, picture_rect(viewer, HOST))
            check(figures['seen'] == figures['of'], 'display latency p50 %s ms, p95 %s ms (%d of %d changes seen)' % (
                figures.get('p50_ms'), figures.get('p95_ms'), figures['seen'], figures['of']))
            step('host: Stop')
            s.host.press('sharing-bar', 'stop')
            s.host.wait('share', state='off')
            check('vitrine-capture' not in s.host.workers().values(), 'stopped: vitrine-capture is gone')
            s.host.window('host-panel')
            s.host.press('host-panel', 'end')
            s.host.answer('end', 'yes')
            viewer.wait('ended', how='properly')
            s.host.wait('ended', how='properly')
            settled(other).save(os.path.join(OUT, '6-ended.png'))
            log = os.path.join(desk.env['XDG_STATE_HOME'], 'vitrine/audit.log')
            verify = subprocess.run([os.path.join(party.binaries(), 'vitrine'), 'audit', 'verify', log], env=desk.env,
                                    capture_output=True, text=True, check=False, **party.user())
            check(verify.returncode == 0, 'audit trail: ' + (verify.stdout or verify.stderr).strip())
            wire.close()


def main():
    if os.environ.get('DISPLAY'):
        print('demo: a display is present: opening the home window (`DISPLAY= make demo` shows the scripted road)', flush=True)
        vitrine = os.path.join(party.BUILD, 'vitrine')
        os.execv(vitrine, [vitrine])
    try:
        demonstrate()
    finally:
        party.forget_binaries()
    print('demo: pictures are in %s' % os.path.relpath(OUT))
    print('demo: all %d checks passed' % len(results) if all(results) else
          'demo: %d of %d checks FAILED' % (results.count(False), len(results)))
    return 0 if results and all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
