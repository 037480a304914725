"""Message buses (D-Bus) for tests: one of our own that says what a test wants, and a program on any bus.

Enough of the wire format for both: heads, and bodies of texts, paths, booleans, numbers and variants of a boolean."""
import contextlib
import os
import socket
import struct
import threading

from desk import PATIENCE, own, user

CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4
FIELDS = {'path': (1, 'o'), 'interface': (2, 's'), 'member': (3, 's'), 'error': (4, 's'), 'reply': (5, 'u'), 'to': (6, 's'),
          'sender': (7, 's'), 'signature': (8, 'g')}
BUS = 'org.freedesktop.DBus'
SYSTEM = '/run/dbus/system_bus_socket'


@contextlib.contextmanager
def as_user():
    """Who listens on a socket is told to whoever connects: the one that the desk's programs are."""
    before = os.geteuid()
    os.seteuid(user().get('user', before))
    try:
        yield
    finally:
        os.seteuid(before)


def pad(data, to):
    return data + bytes(-len(data) % to)


def put(data, kind, value):
    if kind == 'g':
        return data + bytes([len(value)]) + value.encode() + b'\0'
    if kind == 'v':
        return put(put(data, 'g', 'b'), 'b', value)
    data = pad(data, 4)
    if kind in 'bu':
        return data + struct.pack('<I', value)
    return data + struct.pack('<I', len(value.encode())) + value.encode() + b'\0'


def message(kind, serial, *body, **fields):
    """One message, little-endian."""
    head, content = b'', b''
    for name, value in fields.items():
        code, of = FIELDS[name]
        head = put(pad(head, 8) + bytes([code]) + bytes([1]) + of.encode() + b'\0', of, value)
    for of, value in zip(fields.get('signature', ''), body):
        content = put(content, of, value)
    return pad(struct.pack('<cBBBIII', b'l', kind, 0, 1, len(content), serial, len(head)) + head, 8) + content


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, kind):
        if kind == 'y':
            self.at += 1
            return self.data[self.at - 1]
        if kind == 'g':
            n = self.take('y')
        elif kind == 'v':
            return self.take(self.take('g'))
        else:
            self.at += -self.at % 4
            n = struct.unpack_from('<I', self.data, self.at)[0]
            self.at += 4
            if kind in 'bu':
                return n
        self.at += n + 1
        return self.data[self.at - n - 1:self.at - 1].decode()


class Message:
    """One that came: kind, serial, its fields by name ('' where it has none), body."""

    def __init__(self, data):
        kind, self.serial, length = data[1], *struct.unpack_from('<II', data, 8)
        self.kind, names = kind, {code: name for name, (code, _) in FIELDS.items()}
        self.fields, reader = {}, Reader(data[:16 + length])
        reader.at = 16
        while reader.at < 16 + length:
            reader.at += -reader.at % 8
            code, of = reader.take('y'), reader.take('g')
            self.fields[names.get(code, code)] = reader.take(of)
        body = Reader(data[16 + length + -length % 8:])
        known = all(c in 'sogubv' for c in self.fields.get('signature', ''))
        self.body = [body.take(c) for c in self.fields.get('signature', '')] if known else []

    def __getattr__(self, name):
        return self.fields.get(name, '')


def read_message(stream):
    head = stream.read(16)
    if len(head) < 16:
        return None
    body, fields = struct.unpack_from('<I', head, 4)[0], struct.unpack_from('<I', head, 12)[0]
    return Message(head + stream.read(fields + -fields % 8 + body))


class Bus:
    """A bus of our own at that path. `names` is who has which name; `locked` what the owner of each answers to GetActive (or to
    Get LockedHint). It says to everybody who listens what a test tells it to, also what no bus may say."""

    def __init__(self, path, names=(), locked=()):
        self.path, self.names, self.locked = path, dict(names), dict(locked)
        self.asked, self.connections, self.came = [], [], threading.Condition()
        self.serial = 1000

    def __enter__(self):
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(self.path)
        os.chmod(self.path, 0o777)
        own(self.path)
        with as_user():
            self.server.listen(8)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.close()
        os.unlink(self.path)
        self.close()

    def close(self):
        """Everybody's connection ends."""
        for each in self.connections:
            with contextlib.suppress(OSError):      # gone already
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self):
        while True:
            try:
                one, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[one], daemon=True).start()

    def _serve(self, one):
        try:
            with one, one.makefile('rb') as stream:
                if not self._greet(one, stream):
                    return
                with self.came:
                    self.connections.append(one)
                who = struct.unpack('3i', one.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
                while (m := read_message(stream)) is not None:
                    self._answer(one, who, m)
        except OSError:
            pass

    @staticmethod
    def _greet(one, stream):
        """False: whoever it was only looked whether somebody is here, or says it wrong."""
        for said, answer in ((b'\0AUTH EXTERNAL\r\n', b'DATA\r\n'), (b'DATA\r\n', b'OK 0123456789abcdef0123456789abcdef\r\n'),
                             (b'BEGIN\r\n', b'')):
            if stream.readline() != said:
                return False
            one.sendall(answer)
        return True

    def _answer(self, one, who, m):
        def reply(sender, signature='', *body):
            one.sendall(message(RETURN, self._next(), *body, reply=m.serial, sender=sender, **({'signature': signature} if signature else {})))

        with self.came:
            self.asked.append((who, m.member))
            if m.member == 'Hello':
                reply(BUS, 's', ':1.99')
            elif m.member == 'AddMatch':
                reply(BUS)
            elif m.member == 'GetNameOwner' and (m.body[0] in self.names or m.body[0] in self.names.values()):
                reply(BUS, 's', self.names.get(m.body[0], m.body[0]))
            elif m.member == 'GetActive':
                reply(m.to, 'b', self.locked.get(m.to, 0))
            elif m.member == 'GetSession':
                reply(m.to, 'o', '/org/freedesktop/login1/session/_32')
            elif m.member == 'Get':
                reply(m.to, 'v', self.locked.get(m.to, 0))
            else:
                one.sendall(message(ERROR, self._next(), reply=m.serial, sender=BUS, error=BUS + '.Error.NameHasNoOwner'))
            self.came.notify_all()

    def _next(self):
        self.serial += 1
        return self.serial

    def answered(self, who, member, n):
        """Until the connection that process has made asked that so many times; the last answer is sent. Others may be here, too,
        where this stands in for the system's bus."""
        with self.came:
            assert self.came.wait_for(lambda: self.asked.count((who, member)) >= n, PATIENCE), self.asked

    def raw(self, data):
        with self.came:
            for each in self.connections:
                with contextlib.suppress(OSError):      # gone already; who was to hear it is seen by what it does
                    each.sendall(data)

    def signal(self, sender, interface, member, signature='', *body, path='/x'):
        more = {'signature': signature} if signature else {}
        self.raw(message(SIGNAL, self._next(), *body, path=path, interface=interface, member=member, sender=sender, **more))

    def says(self, sender, name, locked):
        """ActiveChanged, from that connection."""
        self.signal(sender, name, 'ActiveChanged', 'b', int(locked))

    def own(self, name, owner):
        """The name changes hands."""
        before = self.names.pop(name, '')
        if owner:
            self.names[name] = owner
        self.signal(BUS, BUS, 'NameOwnerChanged', 'sss', name, before, owner, path='/org/freedesktop/DBus')


@contextlib.contextmanager
def desktop_bus(desk, **more):
    """One of our own as that desk's, for programs started from now on."""
    with Bus(desk.dir + '/bus', **more) as bus:
        desk.env['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=%s/bus,guid=0123456789abcdef0123456789abcdef' % desk.dir
        yield bus


class Locker:
    """A program on a bus that has that name, as a lock screen has."""

    def __init__(self, path, name):
        self.name, self.serial, self.locked = name, 0, False
        self.speaks = threading.Lock()      # its word and its answers come in the order of what is so
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._connect(path)
        self.stream = self.socket.makefile('rb')
        self.socket.sendall(b'\0AUTH EXTERNAL\r\n')
        assert self.stream.readline() == b'DATA\r\n'
        self.socket.sendall(b'DATA\r\n')
        assert self.stream.readline().startswith(b'OK ')
        self.socket.sendall(b'BEGIN\r\n')
        self._call('Hello')
        self._call('RequestName', 'su', name, 4)
        threading.Thread(target=self._serve, daemon=True).start()

    def _connect(self, path):
        """As the desk's user: a bus of theirs lets in nobody else, and sees who it was that connected."""
        if os.geteuid():
            self.socket.connect(path)
            return
        os.seteuid(user()['user'])
        try:
            self.socket.connect(path)
        finally:
            os.seteuid(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _send(self, kind, *body, **fields):
        self.serial += 1
        self.socket.sendall(message(kind, self.serial, *body, **fields))

    def _call(self, member, signature='', *body):
        more = {'signature': signature} if signature else {}
        self._send(CALL, *body, path='/org/freedesktop/DBus', to=BUS, interface=BUS, member=member, **more)
        while (m := read_message(self.stream)) and m.reply != self.serial:
            pass
        assert m and m.kind == RETURN, m

    def _serve(self):
        try:
            while (m := read_message(self.stream)) is not None:
                if m.member == 'GetActive':
                    with self.speaks:
                        self._send(RETURN, int(self.locked), reply=m.serial, to=m.sender, signature='b')
        except OSError:
            pass

    def release(self):
        """Gives the name away."""
        with self.speaks:
            self._send(CALL, self.name, path='/org/freedesktop/DBus', to=BUS, interface=BUS, member='ReleaseName', signature='s')

    def says(self, locked):
        with self.speaks:
            self.locked = locked
            self._send(SIGNAL, int(locked), path='/' + self.name.replace('.', '/'), interface=self.name, member='ActiveChanged', signature='b')
