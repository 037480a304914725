"""Strangers on the wire: raw bytes to the relay, malformed frames after a good handshake, nonsense through the relay to
the organizer. Each loses its own connection, in the end its address; the session and everybody in it goes on.

The attackers come from other loopback addresses than the people, as they would from other computers."""
import itertools
import os
import random
import socket
import ssl
import struct
import time

from desk import PATIENCE
from session import Desk, Session, compare
from trail import events_of

HOST, VIEWER = (800, 600), (1200, 900)
BAD, NONE, LOCKED = 2, 3, 5
addresses = itertools.count(2)


def connect(port, source):
    return socket.create_connection(('127.0.0.1', port), timeout=PATIENCE, source_address=(source, 0))


def stranger():
    return '127.0.%d.%d' % divmod(next(addresses) + 256, 256)


class Client:
    """Speaks relay/1 as far as frames; what is in them is up to the test."""

    def __init__(self, port, source):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.set_alpn_protocols(['vitrine/1'])
        self.sock = context.wrap_socket(connect(port, source))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            pass                        # thrown out already; what was answered is still there to read

    def frame(self, kind, body=b'', length=None):
        self.send(struct.pack('>B', kind) + (len(body) if length is None else length).to_bytes(3, 'big') + body)

    def read(self, size):
        data = b''
        while len(data) < size:
            more = self.sock.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def answer(self, wanted=0x7f):
        """The body of the next frame of that type; None when the connection ends without one."""
        try:
            while True:
                head = self.read(4)
                body = self.read(int.from_bytes(head[1:], 'big'))
                if head[0] == wanted:
                    return body
                if head[0] == 0x7f:
                    return None
        except (OSError, EOFError):
            return None

    def refusal(self):
        body = self.answer()
        return struct.unpack('>H', body)[0] if body else None


def attach(number, as_what=0, token=bytes(48), version=1):
    return struct.pack('>B', version) + number.encode() + struct.pack('>B', as_what) + token


class Besieged(Session):
    """A session with a viewer who sees the screen; after the siege it must be as before, and open to others."""

    def __init__(self, desk, other):
        super().__init__(desk)
        self.other = other

    def __enter__(self):
        super().__enter__()
        self.viewer = self.join(self.other, name='Vera')
        self.share()
        return self

    def stands(self):
        self.desk.move(400, 2)
        different, _, _ = compare(self.host, self.viewer, self.desk, self.other, ignore=[(380, 0, 60, 40)])
        assert different == 0, different
        for one in (self.host, self.viewer):
            assert one.process.poll() is None and not one.find('ended') and not one.find('error'), one.transcript()


def intrusions(desk, kind):
    """Those in the trail, once there is one: the relay tells, and another process writes."""
    end = time.monotonic() + PATIENCE
    while True:
        found = [e['fields'] for e in events_of(desk, 'relay_intrusion') if e['fields']['kind'] == str(kind)]
        if found or time.monotonic() > end:
            return found
        time.sleep(0.05)


def test_raw_bytes():
    """No TLS at all, half of it, other protocols, silence."""
    rnd = random.Random(11)
    hello = bytes.fromhex('16030100c8010000c40303') + rnd.randbytes(32)
    shots = [b'', b'\0', b'GET / HTTP/1.1\r\nHost: x\r\n\r\n', b'SSH-2.0-x\r\n', hello, hello[:7], rnd.randbytes(100000),
             b'\x16\x03\x01\xff\xff' + bytes(70000), b'\x80\x2e\x01\0\x02', b'\x15\x03\x03\0\x02\x02\x28']
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Besieged(desk, other) as s:
            open_ones = []
            for shot in shots * 3:
                sock = connect(s.port(), stranger())
                try:
                    sock.sendall(shot)
                except OSError:
                    pass
                open_ones.append(sock)
            source = stranger()
            for _ in range(60):
                open_ones.append(connect(s.port(), source))
            s.stands()
            for sock in open_ones:
                sock.close()
            third = s.start_join(other, name='Theo')
            s.admit('Theo')
            third.wait('member', state='joined')


def test_malformed_frames():
    """A good handshake, then frames that are none: ERR BAD and the end of that connection, nothing else."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Besieged(desk, other) as s:
            number = s.info['id']
            first = [(0x00, b'', None), (0x02, attach(number)[:-1], None), (0x02, attach(number) + b'x', None),
                     (0x02, attach(number, 9), None), (0x02, attach('12345678x'), None), (0x03, bytes(62), None),
                     (0x10, b'\0\0\0\1x', None), (0x11, bytes(200), None), (0x01, b'\1\xff', None), (0x7e, b'\2' + bytes(8), None),
                     (0x02, b'', 0xffffff), (0x11, bytes(1000), 135268), (0xee, bytes(10), None), (0x05, bytes(6), None)]
            for kind, body, length in first:
                with Client(s.port(), stranger()) as c:
                    c.frame(kind, body, length)
                    assert c.refusal() == BAD, (kind, body, length)
            later = [(0x02, attach(number)), (0x05, bytes(6)), (0x04, b'abc'), (0x09, b''), (0x11, bytes(100)), (0x10, b'\0\0\0\1'),
                     (0x10, bytes(16407)), (0x13, bytes(16)), (0x06, bytes(50)), (0x12, b'x')]
            for kind, body in later:
                with Client(s.port(), stranger()) as c:
                    c.frame(0x02, attach(number))
                    assert c.answer(0x03), 'not opened'
                    c.frame(kind, body)
                    assert c.refusal() == BAD, (kind, body)
            s.stands()
            assert intrusions(desk, 3)


AT_ONCE = 100       # RECORD_AT_WILL of policy/limits.h


def test_many_addresses():
    """However many somebody has, the trail does not grow with them: so many lines, and one that counts the rest."""
    crowd = AT_ONCE + 60
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Besieged(desk, other) as s:
            for _ in range(crowd):
                with Client(s.port(), stranger()) as c:
                    c.frame(0xee, b'x')
                    assert c.refusal() == BAD
            s.stands()
        told = len(intrusions(desk, 3))
        left = [e['fields'] for e in events_of(desk, 'left_out')]
        assert all(e['event'] == 'relay_intrusion' and e['kind'] == '3' for e in left), left
        assert AT_ONCE <= told < crowd, told
        assert told + sum(int(e['lines']) for e in left) == crowd, (told, left)
        names = [e['event'] for e in events_of(desk)]
        assert names.index('left_out') < names.index('session_end') and 'admit' in names, names


def test_source_is_locked_out():
    """An address that goes on like that is shut out; others are not."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Besieged(desk, other) as s:
            source = stranger()
            for _ in range(5):
                with Client(s.port(), source) as c:
                    c.frame(0xee, b'x')
                    assert c.refusal() == BAD
            with Client(s.port(), source) as c:
                c.frame(0x02, attach(s.info['id']))
                assert c.refusal() == LOCKED
            with Client(s.port(), stranger()) as c:
                c.frame(0x02, attach(s.info['id']))
                assert c.answer(0x03)
            assert intrusions(desk, 7), events_of(desk, 'relay_intrusion')
            s.stands()
            third = s.start_join(other, name='Theo')
            s.admit('Theo')
            third.wait('member', state='joined')


def test_nonsense_to_the_organizer():
    """Through the relay, as a newcomer: messages of every type and size that are no handshake, and handshakes cut off."""
    rnd = random.Random(5)
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Besieged(desk, other) as s:
            source = stranger()
            for kind in list(range(0, 80)) + [0x7f, 0x80, 0xff]:
                if kind % 10 == 0:
                    source = stranger()
                with Client(s.port(), source) as c:
                    c.frame(0x02, attach(s.info['id']))
                    if not c.answer(0x03):
                        source = stranger()
                        continue
                    for size in (0, 1, 31, 65, 133, 400):
                        c.frame(0x10, struct.pack('>IB', 1, kind) + rnd.randbytes(size))
                    c.frame(0x10, struct.pack('>I', 7) + os.urandom(16402))
            time.sleep(0.5)
            s.stands()
            third = s.start_join(other, name='Theo')
            s.admit('Theo')
            third.wait('member', state='joined')
            assert not s.host.find('prompt', kind='admit', name='')
            assert intrusions(desk, 9)


def test_tokens_and_numbers():
    """Guessed numbers and made-up tokens: refused, counted, shut out."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Besieged(desk, other) as s:
            for as_what in (1, 2):
                with Client(s.port(), stranger()) as c:
                    c.frame(0x02, attach(s.info['id'], as_what, os.urandom(48)))
                    assert c.refusal() is not None
            source, seen = stranger(), []
            for guess in range(14):
                with Client(s.port(), source) as c:
                    c.frame(0x02, attach('%09d' % (100000000 + guess * 7919)))
                    seen.append(c.refusal())
            assert seen[0] == NONE and seen[-1] == LOCKED, seen
            s.stands()
            assert intrusions(desk, 1) and intrusions(desk, 4)
