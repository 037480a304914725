"""A counting TCP hop between a client and the relay: knows nothing of what passes but its size.

It can also hold traffic back or cut it, as a bad network would."""
import socket
import threading


def end(*sockets):
    """Drops these connections, where they are there still."""
    for each in sockets:
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def pump(source, sink, passing=lambda size: None):
    """Hands on what comes until one of the two ends; then both do. passing: called before so many bytes go on."""
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            passing(len(data))
            sink.sendall(data)
    except OSError:
        pass
    end(source, sink)


class Wire:
    """Listens on a free loopback port and forwards to `port`. down: bytes from the relay, up: to it."""

    def __init__(self, port):
        self.target, self.up, self.down = port, 0, 0
        self.server = socket.create_server(('127.0.0.1', 0))
        self.port = self.server.getsockname()[1]
        self.open, self.flowing, self.blocked, self.lock = [], threading.Event(), False, threading.Lock()
        self.flowing.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.server.accept()
                if self.blocked:
                    client.close()
                    continue
                relay = socket.create_connection(('127.0.0.1', self.target))
            except ConnectionRefusedError:
                client.close()
                continue
            except OSError:
                return
            with self.lock:     # a connection that was being made when the network went is none
                late = self.blocked
                self.open += [] if late else [client, relay]
            if late:
                client.close()
                relay.close()
                continue
            threading.Thread(target=self._pump, args=(client, relay, 'up'), daemon=True).start()
            threading.Thread(target=self._pump, args=(relay, client, 'down'), daemon=True).start()

    def _pump(self, source, sink, count):
        def passing(size):
            self.flowing.wait()
            setattr(self, count, getattr(self, count) + size)

        pump(source, sink, passing)

    def cut(self):
        """Drops the connections that exist now."""
        with self.lock:
            ends, self.open = self.open, []
        end(*ends)

    def block(self):
        """The network is gone: what there is is dropped, what is tried fails, until allow()."""
        with self.lock:
            self.blocked = True
        self.cut()

    def allow(self):
        self.blocked = False

    def deafen(self):
        """The connections that exist now end, and from then on nobody answers: whoever connects waits."""
        self.server.shutdown(socket.SHUT_RDWR)      # or the thread that accepts would keep it
        self.server.close()
        self.cut()
        self.server = socket.create_server(('127.0.0.1', self.port), backlog=0)
        for _ in range(3):                          # more than there is room for
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(self.server.getsockname())
            self.open.append(waiting)

    def close(self):
        self.server.close()
        self.cut()
