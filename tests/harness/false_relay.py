"""A relay that lies: it takes every connection and answers what a test wants, in the relay's name or in the organizer's.

It has a key of its own, so that clients which were given its PIN believe that it is the one they mean; beyond that they believe it
nothing (PROTOCOL.md 3, 8)."""
import hashlib
import secrets
import ssl
import struct
import subprocess

from listener import Listener
from relay import folder, key_pair

CREATE, ATTACH, OPENED, MSG, ERR = 0x01, 0x02, 0x03, 0x10, 0x7f
ORGANIZER = 1
ERROR = 0x7f
G = bytes.fromhex('046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'
                  '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5')      # any point of P-256 will do


def frame(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, 'big') + body


def outer(kind, body):
    """A message around the channel, PROTOCOL.md 8."""
    return struct.pack('>BBH', 1, kind, 1) + body


M0 = outer(0x01, bytes([1, 1, 1, 0]) + secrets.token_bytes(32) + G)


def pin_of(cert):
    """The first 16 bytes of the hash of the certificate's public key."""
    key = subprocess.run(['openssl', 'x509', '-in', cert, '-noout', '-pubkey'], check=True, capture_output=True).stdout
    der = subprocess.run(['openssl', 'pkey', '-pubin', '-outform', 'DER'], input=key, check=True, capture_output=True).stdout
    return hashlib.sha256(der).hexdigest()[:32]


class FalseRelay(Listener):
    """err: answers whatever comes first with that ERR of its own. said: opens the session, and answers the first message to its
    organizer with that ERROR. `asked` holds the type of every connection's first frame."""

    def __init__(self, err=None, said=None):
        self.err, self.said, self.asked = err, said, []
        cert, key = key_pair(folder(), name='false')
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.num_tickets = 0
        self.context.set_alpn_protocols(['vitrine/1'])
        self.context.load_cert_chain(cert, key)
        super().__init__()
        self.where = '127.0.0.1:%d/%s' % (self.port, pin_of(cert))

    def _serve(self, client):
        try:
            with self.context.wrap_socket(client, server_side=True) as sock:
                self._answer(sock)
        except (OSError, EOFError):     # as the client sees fit
            pass

    def _answer(self, sock):
        kind, body = read_frame(sock)
        self.asked.append(kind)
        if self.err is not None:
            sock.sendall(frame(ERR, struct.pack('>H', self.err)))
        else:
            sock.sendall(frame(OPENED, body[1:10] + struct.pack('>I', 7) + bytes(48) + bytes([len(M0)]) + M0))
            while kind != MSG:
                kind, body = read_frame(sock)
            sock.sendall(frame(MSG, struct.pack('>I', ORGANIZER) + outer(ERROR, struct.pack('>H', self.said))))
        while sock.recv(4096):
            pass


def read(sock, size):
    data = b''
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def read_frame(sock):
    head = read(sock, 4)
    return head[0], read(sock, int.from_bytes(head[1:], 'big'))
