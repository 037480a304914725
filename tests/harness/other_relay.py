"""A relay of the test's own, for what no relay of ours says: it answers the first frame of whoever comes as it is told."""
import hashlib
import socket
import ssl
import struct
import subprocess
import threading

from relay import folder, key_pair

NUMBER = '482915306'
ATTACH, OPENED, ERR = 0x02, 0x03, 0x7f


def frame(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, 'big') + body


def err(code):
    return frame(ERR, struct.pack('>H', code))


def opened(params):
    """As to a newcomer: a session of that number is here, and these are its parameters (M0)."""
    return frame(OPENED, NUMBER.encode() + struct.pack('>I', 7) + bytes(48) + bytes([len(params)]) + params)


class OtherRelay:
    """answer: what it says to CREATE or ATTACH; then it waits for the other side to close."""

    def __init__(self, answer):
        cert, key = key_pair(folder())
        self.answer = answer
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.set_alpn_protocols(['vitrine/1'])
        self.context.load_cert_chain(cert, key)
        public = subprocess.run('openssl x509 -in %s -noout -pubkey | openssl pkey -pubin -outform DER' % cert, shell=True,
                                check=True, stdout=subprocess.PIPE).stdout
        self.pin = hashlib.sha256(public).hexdigest()[:32]
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(caller,), daemon=True).start()

    def _talk(self, caller):
        try:
            with self.context.wrap_socket(caller, server_side=True) as line:
                line.recv(1024)
                line.sendall(self.answer)
                while line.recv(1024):
                    pass
        except OSError:
            pass

    def invitation(self, password):
        return 'vitrine://127.0.0.1:%d/%s#v1.%s..%s' % (self.port, NUMBER, password, self.pin)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
