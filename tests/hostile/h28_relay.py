#!/usr/bin/env python3
"""One call fails in `vitrine relay`, in the command or in its worker, while clients come, talk and go: h22_faults.py's kinds of call. How
many there are is counted first; each fails in turn in `make check-long`, and an even sample of them in `make check`.

It goes on: a connection that the call was for may be cut, but is not left hanging, whoever comes afterwards is served, and no
descriptor more is open than before they came. Or it ends with another status than 0 and a line that says why, and no process is left.

    tests/hostile/h28_relay.py      what each program's calls came to
"""
import collections
import contextlib
import os
import signal
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'harness')]
import party  # noqa: E402
from desk import PATIENCE, make_tools, needs_root  # noqa: E402
from faulty import Programs, counters_of, programs_of  # noqa: E402
from h20_kills import gone  # noqa: E402
from h24_commands import LIBRARY, MISTAKES, even, short, told  # noqa: E402
from h30_wire import Client, attach  # noqa: E402
from party import Party  # noqa: E402
from relay import folder, free_port, key_pair  # noqa: E402

SAMPLE = 10
PROGRAMS = ('vitrine', 'vitrine-relay')
CREATE, ATTACH, OPENED, PARAMS, BIND, BOUND, END, PEER, MSG, KEEP = 1, 2, 3, 4, 5, 6, 9, 10, 16, 0x7e


class Cut(Exception):
    """That connection is over."""


class Talker(Client):
    def __init__(self, port):
        try:
            super().__init__(port, '127.0.0.1')
        except socket.timeout:
            raise AssertionError('silence instead of a handshake') from None
        except OSError as why:
            raise Cut(why) from None
        self.sock.settimeout(PATIENCE)

    def wait(self, kind):
        """The body of the next frame of that type."""
        try:
            while True:
                head = self.read(4)
                body = self.read(int.from_bytes(head[1:], 'big'))
                if head[0] == kind:
                    return body
                if head[0] == 0x7f:
                    raise Cut(body)
        except socket.timeout:
            raise AssertionError('silence instead of frame %d' % kind) from None
        except (OSError, EOFError) as why:
            raise Cut(why) from None


def talk(port):
    """Somebody begins a session, somebody comes in, they speak and go."""
    with Talker(port) as organizer:
        organizer.frame(CREATE, b'\1\0')
        number = organizer.wait(OPENED)[:9].decode()
        organizer.frame(PARAMS, b'params')
        organizer.frame(KEEP, bytes(9))
        organizer.wait(KEEP)            # the number exists
        with Talker(port) as member:
            member.frame(ATTACH, attach(number))
            member.wait(OPENED)
            handle = organizer.wait(PEER)[:4]
            organizer.frame(BIND, handle + struct.pack('>H', 2))
            member.wait(BOUND)
            for text in (b'hello', bytes(12000)):
                member.frame(MSG, struct.pack('>I', 1) + text)
                assert organizer.wait(MSG)[4:] == text
                organizer.frame(MSG, handle + text)
                assert member.wait(MSG)[4:] == text
        assert organizer.wait(PEER) == handle + b'\2'
        organizer.frame(END)
        organizer.sock.settimeout(PATIENCE)
        while organizer.sock.recv(4096):
            pass


def attempt(port):
    """Whether they could."""
    try:
        talk(port)
        return True
    except (Cut, OSError) as why:
        assert not isinstance(why, socket.timeout), 'silence at the end'
        return False


class Place(Programs):
    def __enter__(self):
        needs_root()
        self.copy = party.copy()
        self.folder = self.copy.__enter__()
        self.files = key_pair(folder())
        return self

    def __exit__(self, *_):
        self.copy.__exit__(None, None, None)

    def start(self):
        self.port = free_port()
        relay = Party(None, 'relay', '--listen', '127.0.0.1:%d' % self.port, '--cert', self.files[0], '--key', self.files[1],
                     '--log', os.path.join(os.path.dirname(self.files[0]), 'relay.log'), programs=self.folder)
        relay.patience = 8      # what does not come is what is looked for here
        return relay


def worker_of(relay):
    return next((pid for pid, name in relay.workers().items() if name == 'vitrine-relay'), None)


def open_files(pid):
    try:
        return len(os.listdir('/proc/%d/fd' % pid))
    except OSError:
        return None


def until_closed(relay, before):
    """Each of the descriptors that clients had is closed, or all of them by its end."""
    end = time.monotonic() + PATIENCE
    while True:
        now = [open_files(pid) for pid in before]
        if None in now or all(n <= b for n, b in zip(now, before.values())):
            return
        assert time.monotonic() < end, 'open before %s, now %s' % (before, now)
        time.sleep(0.02)


def deaf(relay):
    """It cannot write its events, and has said so: it goes on without them."""
    return any('--events' in line for line in relay.errors)


def serves(relay, port):
    """Whether it came so far."""
    end = time.monotonic() + PATIENCE
    while relay.process.poll() is None:
        if relay.find('session') or (deaf(relay) and listens(port)):
            return True
        assert time.monotonic() < end, 'silence instead of a relay: %s' % relay.errors
        time.sleep(0.02)
    return False


def listens(port):
    try:
        socket.create_connection(('127.0.0.1', port)).close()
        return True
    except ConnectionRefusedError:
        return False


def use(at, relay):
    """A stranger, two sessions one after the other, certificate and key anew, one more; whether all went well."""
    before = {pid: open_files(pid) for pid in (relay.process.pid, worker_of(relay))}
    well = attempt(at.port)
    if well:
        with contextlib.suppress(OSError), Client(at.port, '127.0.0.1') as stranger:
            stranger.frame(0xee, b'x')
            stranger.answer()
    since = relay.mark()
    relay.process.send_signal(signal.SIGHUP)
    if well and not deaf(relay):
        try:
            relay.wait('session', 5, since)
        except party.Missing:
            well = False
    well = attempt(at.port) and well
    if not well and relay.process.poll() is None:
        assert attempt(at.port) or ended(relay), 'whoever comes afterwards is not served'
    until_closed(relay, before)
    return well


def ended(relay):
    end = time.monotonic() + 5
    while relay.process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    return relay.process.poll() is not None


def finish(relay):
    """It ends when it is told to, and nothing of it is left."""
    workers = list(relay.workers())
    goes_on = relay.process.poll() is None
    for _ in range(2):
        if relay.process.poll() is None:
            relay.process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
    relay.wait_exit(PATIENCE)
    for reader in relay.readers:
        reader.join(5)
    code = relay.process.poll()
    assert code >= 0, 'killed by signal %d' % -code
    for event in relay.events:
        why = str(event.get('why', ''))
        assert not (event['event'] == 'worker' and any(m.name in why or 'signal %d' % m in why for m in MISTAKES)), event
    assert goes_on or (code != 0 and any(line.startswith('vitrine: ') for line in relay.errors)), (code, relay.errors)
    gone(workers, 5)


def fails(at, program, kind, n):
    """noticed or quiet."""
    at.spoil(program, '%s %d' % (kind, n))
    relay = at.start()
    try:
        well = serves(relay, at.port) and use(at, relay)
        finish(relay)
        return 'quiet' if well and not relay.errors else 'noticed'
    finally:
        relay.stop()


def calls_of(at):
    """{program: [(program, kind, n)]}; of what libraries allocate an even choice."""
    found = {}
    for program in PROGRAMS:
        at.spoil(program, '')
        with at.start() as relay:
            assert serves(relay, at.port) and use(at, relay)
            most = collections.Counter()
            for _, calls, _ in counters_of(programs_of(relay, at.folder, program), at.folder):
                for kind, n in calls.items():
                    most[kind] = max(n, most[kind])
            assert most['read'], 'nothing is counted in %s' % program
        found[program] = [(program, kind, i) for kind, n in most.items() for i in range(1, n + 1) if kind != 'liballoc']
        found[program] += even([(program, 'liballoc', i) for i in range(1, most['liballoc'] + 1)], LIBRARY)
    return found


def try_them(at, which):
    outcomes, wrong = collections.Counter(), []
    for one in which:
        try:
            outcomes[fails(at, *one)] += 1
        except (AssertionError, party.Missing) as trouble:
            outcomes['failed'] += 1
            wrong.append('%s %s %d: %s' % (*one, short(str(trouble))))
    return outcomes, wrong


def test_sample():
    with Place() as at:
        every = sum(calls_of(at).values(), [])
        outcomes, wrong = try_them(at, even(every, SAMPLE))
        print(told(outcomes, len(every)), end='')
        assert not wrong, '\n'.join(wrong)


def test_mended():
    """Where it ended, and nothing was said."""
    with Place() as at:
        _, wrong = try_them(at, [('vitrine', 'send', n) for n in (3, 4)])
        assert not wrong, '\n'.join(wrong)


def every(program):
    def test():
        with Place() as at:
            which = calls_of(at)[program]
            outcomes, wrong = try_them(at, which)
            print(told(outcomes, len(which)), end='')
            assert not wrong, '\n'.join(wrong)
    test.long = True
    test.limit = 1800
    return test


test_every_command = every('vitrine')
test_every_worker = every('vitrine-relay')

if __name__ == '__main__':
    make_tools()
    try:
        with Place() as somewhere:
            for name, them in calls_of(somewhere).items():
                came_to, troubles = try_them(somewhere, them)
                print('%-14s %s' % (name, told(came_to, len(them))), *troubles, sep='\n  ', flush=True)
    finally:
        party.forget_binaries()
