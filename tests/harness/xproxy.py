"""An X server as an older or smaller one would be, for one program: between it and a desk's server, extensions are hidden and
the version of XInput that it announces is lowered. The server itself then treats it as a program of that time."""
import os
import random
import socket
import struct
import threading

from wire import end

QUERY_EXTENSION, XI_QUERY_VERSION = 98, 47      # opcode; minor opcode, of whatever extension has one that is 8 bytes long
ROOM, FDS = 65536, 16


class Lacking:
    """Use as a context manager; `env` is for the program. xinput: (major, minor) at most; without: names of extensions;
    also: names of extensions that seem to be there and are not (RANDR's numbers stand for theirs)."""

    def __init__(self, desk, xinput=(9, 9), without=(), also=()):
        self.real = '/tmp/.X11-unix/X' + desk.display[1:]
        self.xinput, self.without = xinput, [name.encode() for name in without]
        self.also = [name.encode() for name in also]
        self.server = socket.socket(socket.AF_UNIX)
        self.number = self._bind()
        self.env = {'DISPLAY': ':%d' % self.number}

    def _bind(self):
        while True:
            number = random.randrange(30000, 60000)
            try:
                self.server.bind('/tmp/.X11-unix/X%d' % number)
            except OSError:
                continue
            os.chmod('/tmp/.X11-unix/X%d' % number, 0o777)
            return number

    def __enter__(self):
        self.server.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        os.unlink('/tmp/.X11-unix/X%d' % self.number)

    def _accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.real)
            threading.Thread(target=pass_on, args=(client, server, Requests(self)), daemon=True).start()
            threading.Thread(target=self.back, args=(server, client), daemon=True).start()

    def back(self, server, client):
        pass_on(server, client, None)

    def change(self, request):
        """One whole request, as it is to arrive."""
        if request[0] == QUERY_EXTENSION:
            n = struct.unpack_from('<H', request, 4)[0]
            name = bytes(request[8:8 + n])
            if name in self.without:
                request[8:8 + n] = b'-' * n
            elif name in self.also:
                assert (n + 3) // 4 == 2, name      # as long as that one, or the lengths differ
                request[8:13] = b'RANDR'
                struct.pack_into('<H', request, 4, 5)
        elif request[0] >= 128 and request[1] == XI_QUERY_VERSION and len(request) == 8:
            struct.pack_into('<HH', request, 4, *min(struct.unpack_from('<HH', request, 4), self.xinput))


class Silent(Lacking):
    """An X server that says nothing any more: after that part of its greeting and so many bytes behind it, or, accepts False, to
    nobody at all."""

    def __init__(self, desk, greeting=0.0, more=0, accepts=True):
        super().__init__(desk)
        self.greeting, self.more, self.accepts = greeting, more, accepts
        self.waiting = []

    def __enter__(self):
        if self.accepts:
            return super().__enter__()
        self.server.listen(0)
        while True:     # until its queue is full
            self.waiting.append(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK))
            try:
                self.waiting[-1].connect('/tmp/.X11-unix/X%d' % self.number)
            except BlockingIOError:
                return self

    def __exit__(self, *_):
        for client in self.waiting:
            client.close()
        super().__exit__()

    def back(self, server, client):
        """Reads on; nobody is told that it is gone."""
        head = server.recv(8, socket.MSG_WAITALL)
        length = 8 + 4 * struct.unpack_from('<H', head, 6)[0]
        said = head + server.recv(length - 8, socket.MSG_WAITALL)
        try:
            client.sendall(said[:int(length * self.greeting)])
            left = self.more
            while data := server.recv(ROOM):
                client.sendall(data[:left])
                left -= len(data[:left])
        except OSError:
            pass


class Requests:
    """Cuts what a program sends: first its greeting, then requests by their own length."""

    def __init__(self, lacking):
        self.lacking, self.held, self.greeted = lacking, bytearray(), False

    def _length(self):
        """Of what comes first; None: not known yet."""
        if not self.greeted and len(self.held) >= 12:
            name, data = struct.unpack_from('<HH', self.held, 6)
            return 12 + (name + 3) // 4 * 4 + (data + 3) // 4 * 4
        if not self.greeted or len(self.held) < 4:
            return None
        words = struct.unpack_from('<H', self.held, 2)[0]
        if words:
            return words * 4
        return struct.unpack_from('<I', self.held, 4)[0] * 4 if len(self.held) >= 8 else None

    def take(self, data):
        """What may go on now, changed."""
        self.held += data
        out = bytearray()
        while (n := self._length()) and n <= len(self.held):
            first, self.held = self.held[:n], self.held[n:]
            if self.greeted:
                self.lacking.change(first)
            self.greeted = True
            out += first
        return out


def pass_on(source, sink, requests):
    """Until one side is gone; descriptors go with the bytes they came with, or the next."""
    waiting = []
    try:
        while True:
            data, fds, _, _ = socket.recv_fds(source, ROOM, FDS)
            if not data:
                break
            waiting += fds
            if requests:
                data = requests.take(data)
            if not data:
                continue
            sent = socket.send_fds(sink, [data], waiting) if waiting else 0
            while waiting:
                os.close(waiting.pop())
            sink.sendall(data[sent:])
    except OSError:
        pass
    end(source, sink)
