"""A stand-alone relay that can be killed and started again."""
import os
import random
import socket
import subprocess

from desk import own, scratch
from party import Party


def key_pair(folder, host='127.0.0.1', name='relay'):
    """Certificate and key of a relay, in files that this user may read."""
    cert, key = os.path.join(folder, name + '.crt'), os.path.join(folder, name + '.key')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                    '-days', '1', '-subj', '/CN=test relay', '-addext', 'subjectAltName=IP:' + host,
                    '-keyout', key, '-out', cert], check=True, stderr=subprocess.DEVNULL)
    os.chmod(key, 0o600)
    own(key)
    own(cert)
    return cert, key


class Relay:
    """`vitrine relay` with a key that outlives it."""

    def __init__(self, *args, files=None):
        self.args, self.port, self.party, self.files = args, free_port(), None, files
        if not files:
            self.new_key()
        self.start()

    def new_key(self):
        self.files = key_pair(folder())

    def start(self):
        cert, key = self.files
        self.party = Party(None, 'relay', '--listen', '127.0.0.1:%d' % self.port, '--cert', cert, '--key', key,
                           *self.args)
        self.where = self.party.wait('session', 10)['relay']

    def kill(self):
        """As a power cut would: parent and worker at once."""
        pids = list(self.party.workers()) + [self.party.process.pid]
        for pid in pids:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                pass
        self.party.process.wait()

    def through(self, wire):
        """The same relay behind a hop."""
        return self.where.replace(':%d' % self.port, ':%d' % wire.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.party.stop()


def free_port():
    """One that nothing else gets: not of those that the system gives to whoever asks for any."""
    with open('/proc/sys/net/ipv4/ip_local_port_range') as numbers:
        first = int(numbers.read().split()[0])
    while True:
        try:
            with socket.create_server(('127.0.0.1', random.randrange(first // 2, first))) as server:
                return server.getsockname()[1]
        except OSError:
            continue


def folder():
    path = scratch('vtr')
    os.chmod(path, 0o755)
    return path
