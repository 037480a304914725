"""An HTTP proxy that knows CONNECT and one user, as a company's would."""
import base64
import socket
import threading

from listener import Listener
from wire import pump


class HttpProxy(Listener):
    """Listens on a free loopback port. asked: [(target, given credentials or None, status)]."""

    def __init__(self, user=None, password=None):
        self.wanted = (user, password) if user else None
        self.asked = []
        super().__init__()

    def _head(self, client):
        head = b''
        while not head.endswith(b'\r\n\r\n') and len(head) < 8192:
            byte = client.recv(1)
            if not byte:
                break
            head += byte
        return head.decode('latin-1').split('\r\n')

    def _serve(self, client):
        first, *fields = self._head(client)
        method, target, _ = first.split(' ')
        given = None
        for field in fields:
            if field.lower().startswith('proxy-authorization: basic '):
                given = tuple(base64.b64decode(field.split(' ')[2]).decode().split(':', 1))
        status = 405 if method != 'CONNECT' else 407 if self.wanted not in (None, given) else 200
        self.asked.append((target, given, status))
        client.sendall(b'HTTP/1.1 %d x\r\nVia: 1.1 test\r\n\r\n' % status)
        if status == 200:
            self._join(client, target)
        client.close()

    def _join(self, client, target):
        host, port = target.rsplit(':', 1)
        try:
            relay = socket.create_connection((host.strip('[]'), int(port)))
        except OSError:
            return
        threading.Thread(target=pump, args=(relay, client), daemon=True).start()
        pump(client, relay)
