#!/usr/bin/env python3
"""The kill switch: a physical Ctrl+F12 ends gate and input worker whatever anybody else does, and nothing stays down.

`hand` plays the broker around the real watcher, gate and input worker; the key is a physical one (inputtest).
"""
import collections
import os
import re
import select
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'harness'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'bench'))
import desk as desk_module  # noqa: E402
from bench import percentile  # noqa: E402
from hands import down_now, strike, until_down  # noqa: E402
from s50_keyboard import BUILD  # noqa: E402


WATCH_KILL_US = 500000


class Hand:
    def __init__(self, desk, *more, before=()):
        env = dict(os.environ, **{k: desk.env[k] for k in ('DISPLAY', 'XAUTHORITY')})
        self.lines = []
        self.process = subprocess.Popen([*before, os.path.join(BUILD, 'tests/harness/hand'), *more], env=env,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.until('running')

    def say(self, *lines):
        self.process.stdin.write(''.join(line + '\n' for line in lines).encode())

    def until(self, word):
        """The numbers of the first line that begins so and was not asked for yet."""
        while True:
            for line in self.lines:
                if line[0] == word:
                    self.lines.remove(line)
                    return [int(number) for number in line[1:]]
            ready, _, _ = select.select([self.process.stdout], [], [], desk_module.PATIENCE)
            assert ready, 'no %s, but %r' % (word, self.lines)
            line = self.process.stdout.readline().decode().split()
            assert line, 'hand has gone before it said ' + word
            assert line[0] not in ('violation', 'lost'), line
            self.lines.append(line)

    def pids(self):
        self.say('p')
        return self.until('pids')

    def again(self):
        self.lines.clear()
        self.say('n')
        self.until('running')

    def close(self):
        self.process.stdin.close()
        self.process.wait(desk_module.PATIENCE)
        self.process.stdout.close()


def press(desk):
    """Ctrl+F12, without waiting for the server; returns when F12 was sent, in ns."""
    def key(name, down):
        desk.keyboard.send(struct.pack('=IIiI', 16, 5, desk_module.KEYS[name], down))
    key('Control_L', 1)
    sent = time.monotonic_ns()
    key('F12', 1)
    return sent


def fired(hand):
    """By the key, and both are dead; the watcher waits for that no longer than WATCH_KILL_US, also where everything stands still.
    Microseconds that it took."""
    why, killed, confirmed, took = hand.until('fired')
    assert (why, killed) == (1, 2) and (confirmed or took > WATCH_KILL_US), (why, killed, confirmed, took)
    return took


def lift(desk):
    desk.key('F12', False)
    desk.key('Control_L', False)


def percentiles(values):
    return 'p50 %.2f p99 %.2f p99.9 %.2f max %.2f ms' % tuple(percentile(values, part) / 1e6 for part in (.5, .99, .999, 1))


LOCKS = 'locks'     # nobody's grab, but among what keeps a passive one from seeing the key
GRABS = {'keyboard': 1, 'frozen keyboard': 2, 'keyboard and pointer': 3, 'master by XI2': 4, 'slave by XI2': 5,
         'floated slave': 6, 'server': 7, 'pointer': 8, 'slave by XI1': 9, 'Caps and Num Lock': LOCKS}


def tap_locks(desk, on):
    """The owner's own keys."""
    for code in (66, 77):
        strike(desk, code)
    said = desk.call('xset', 'q').decode()
    assert all(re.search(r'%s Lock: +%s' % (name, 'on' if on else 'off'), said) for name in ('Caps', 'Num')), said


def begin_grab(desk, hand, grab):
    if grab == LOCKS:
        tap_locks(desk, True)
    elif grab:
        hand.say('g %d' % grab)
        hand.until('grabbed')



# Times in ns from the physical key: to the confirmed death, to the last injected event, to the last injected press or motion
# (0: none came behind the key), to the key's own raw event at this program. after: injected events behind the key; took: us from
# the watcher's first signal to both deaths; down: keys and buttons left down.
Press = collections.namedtuple('Press', 'dead last push seen after took down')


def measure(desk, hand, n, prepare, grab=0):
    """n presses, a Press each."""
    rows = []
    for i in range(n):
        if i:
            hand.again()
        hand.say(*prepare)
        time.sleep(0.02 + 0.0137 * (i % 7) / 7)
        begin_grab(desk, hand, grab)
        sent = press(desk)
        took = fired(hand)
        if grab and grab != LOCKS:
            hand.say('g 0')
        _, down = hand.until('clean')
        dead, after, seen, last, push = hand.until('dead')
        rows.append(Press(dead - sent, last and last - sent, push and push - sent, seen - sent, after, took, down))
        lift(desk)
        if grab == LOCKS:
            tap_locks(desk, False)
    return rows


HELD = ['m 300 300', 'd 38 97 0', 'd 50 65505 0', 'b 1 300 300']      # a, Shift, the left button


def test_kill():
    """Idle and flooded: dead, and nothing down. How soon, and how many events were late, is bench-control's to say."""
    with desk_module.Desk((1024, 768)) as desk:
        for name, more, prepare in (('idle', (), HELD), ('flooded', (), HELD[1:3] + ['f 0']),
                                    ('hostile worker', ('hostile',), [])):
            hand = Hand(desk, *more)
            rows = measure(desk, hand, 25, prepare)
            down = [row.down for row in rows]
            assert not any(down), '%s: left down %s' % (name, down)
            assert not down_now(desk), '%s: still down: %s' % (name, down_now(desk))
            print('(%s: %s, late %d) ' % (name, percentiles([row.dead for row in rows]), max(row.after for row in rows)), end='')
            hand.close()


test_kill.limit = 300


def test_kill_under_grabs():
    """Whatever another program holds (platform.md 6)."""
    with desk_module.Desk((1024, 768)) as desk:
        hand = Hand(desk)
        for name, grab in GRABS.items():
            rows = measure(desk, hand, 4, HELD, grab)
            down = [row.down for row in rows]
            assert not any(down), '%s: left down %s' % (name, down)
            assert not down_now(desk), '%s: still down: %s' % (name, down_now(desk))
            print('(%s: %s) ' % (name, percentiles([row.dead for row in rows])), end='')
            hand.again()
        hand.close()


def test_kill_while_the_map_changes():
    """Who holds the server and changes the keyboard map over and over does not make the watcher wait for the server."""
    with desk_module.Desk((1024, 768)) as desk:
        hand = Hand(desk)
        hand.say(*HELD)
        hand.say('z 100', 'g 7', 'k 2000')
        hand.until('changed')
        time.sleep(0.2)
        press(desk)
        fired(hand)
        hand.say('g 0')
        hand.until('clean')
        lift(desk)
        assert not down_now(desk), 'still down: %s' % down_now(desk)
        hand.close()


def runs(pid):
    try:
        with open('/proc/%d/stat' % pid) as stat:
            return stat.read().rpartition(')')[2].split()[0] not in 'ZX'
    except OSError:
        return False


def test_kill_anybody():
    """kill -9 of each process while keys are held: nothing stays down, the other one goes, too."""
    with desk_module.Desk((1024, 768)) as desk:
        for who in ('gate', 'input', 'broker'):
            hand = Hand(desk)
            hand.say(*HELD)
            gate, worker = hand.pids()
            until_down(desk, 3)
            os.kill({'gate': gate, 'input': worker, 'broker': hand.process.pid}[who], signal.SIGKILL)
            if who == 'broker':
                hand.process.wait()
            else:
                hand.until('clean')
            desk_module.until(lambda: not runs(gate) and not runs(worker), 'one of them runs on')
            if who == 'broker':         # nobody is left to say when
                until_down(desk, 0)
            assert not down_now(desk), '%s killed: still down %s' % (who, down_now(desk))
            if who != 'broker':
                hand.close()


def test_lent_keys_restored():
    """A character lent to a spare key is taken back, however the control ends."""
    with desk_module.Desk((1024, 768)) as desk:
        before = desk.call('xmodmap', '-pke')
        for how in ('switch', 'gate', 'input', 'broker'):
            hand = Hand(desk)
            hand.say('d 40 1732 0', 'u 40', 'd 41 16797229 0', 'u 41', 'z 200')
            gate, worker = hand.pids()
            desk_module.until(lambda: desk.call('xmodmap', '-pke') != before, 'nothing was lent')
            if how == 'switch':
                press(desk)
            else:
                os.kill({'gate': gate, 'input': worker, 'broker': hand.process.pid}[how], signal.SIGKILL)
            if how == 'broker':
                hand.process.wait()
            else:
                hand.until('clean')
                hand.close()
            lift(desk)
            desk_module.until(lambda: desk.call('xmodmap', '-pke') == before, 'the map is not what it was: ' + how)
