"""A relay under siege: half-open and slow handshakes, floods, giant frames, numbers tried, clients that never read. A session goes
on meanwhile, somebody new still comes in, memory stays bounded, and the log has a line for each source, event and minute, not for each packet.

tests/bench/siege.py measures the same attackers; here nothing depends on how fast this machine is."""
import json
import multiprocessing
import os
import struct
import sys
import time
from collections import Counter

from relay import Relay

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'bench')]
import h30_wire  # noqa: E402
import siege  # noqa: E402

MOST_KB = 65536
LONGEST = 60
# What the log says of each attack, from whichever address: one of these.
TOLD = {siege.flood: {'flood'}, siege.half_open: {'flood', 'slow'}, siege.slowloris: {'slow'}, siege.giant: {'malformed'},
        siege.numbers: {'no_number'}, siege.not_reading: {'slow'}}
O_ADDRESS, V_ADDRESS = '127.0.0.1', '127.0.0.2'


class Talk:
    """An organizer and a member who go on saying something to each other, as raw clients."""

    def __init__(self, port):
        self.o, self.v = h30_wire.Client(port, O_ADDRESS), h30_wire.Client(port, V_ADDRESS)
        self.o.frame(1, b'\1\0')
        sid = self.o.answer(0x03)[:9]
        self.o.frame(4, b'M0')
        self.v.frame(2, h30_wire.attach(sid.decode()))
        self.handle = self.v.answer(0x03)[9:13]
        self.o.frame(5, self.handle + struct.pack('>H', 2))
        assert self.v.answer(0x06), 'not bound'

    def goes_on(self, n):
        text = b'word %d' % n
        self.o.frame(0x10, self.handle + text)
        assert self.v.answer(0x10) == struct.pack('>I', 1) + text
        self.v.frame(0x10, struct.pack('>I', 1) + text)
        assert self.o.answer(0x10) == self.handle + text
        for one in (self.o, self.v):
            one.frame(0x7e, b'\0' + bytes(8))


def lines_of(party):
    return [json.loads(line) for line in list(party.errors) if line.startswith('{')]


def has_told(party, earlier, wanted):
    """Of an address that nothing was said of before."""
    return any(line['event'] in wanted and line['source'] not in earlier for line in lines_of(party))


def test_session_goes_on():
    with Relay() as relay:
        worker = relay.party.worker_pids('vitrine-relay')[0]
        talk, done, said, most = Talk(relay.port), multiprocessing.Value('L', 0), 0, 0
        for n, (kind, wanted) in enumerate(TOLD.items()):
            before, earlier = done.value, {line['source'] for line in lines_of(relay.party)}
            attacker = multiprocessing.Process(target=siege.attack, args=(kind, relay.port, n, done), daemon=True)
            attacker.start()
            until, enough = time.monotonic() + LONGEST, before + (20 if kind == siege.not_reading else 60)
            while time.monotonic() < until and (done.value < enough or not has_told(relay.party, earlier, wanted)):
                talk.goes_on(said)
                said += 1
                most = max(most, siege.rss(worker))
            assert any(siege.come_in(relay.port, 3 * n + i) for i in range(3)), 'nobody comes in: ' + kind.__name__
            attacker.kill()
            assert done.value > before, 'no attack: ' + kind.__name__
            assert has_told(relay.party, earlier, wanted), 'not in the log: ' + kind.__name__
        talk.goes_on(said)
        assert most < MOST_KB, '%d KB' % most
        lines = Counter((line['source'], line['event'], line['time'][:16]) for line in lines_of(relay.party))
        twice = {what: n for what, n in lines.items() if n > 1}
        assert lines and not twice, twice
        assert not any(source in (O_ADDRESS, V_ADDRESS) for source, _, _ in lines), lines
