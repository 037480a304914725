"""Two relays with one key behind HAProxy in TCP mode: the one that has the session is killed, and it goes on."""
import os
import signal
import socket
import subprocess
import time

from desk import PATIENCE, own, scratch
from relay import Relay, free_port
from session import Desk, Session, compare

CONFIG = '''
global
    maxconn 2000
    stats socket {folder}/stats mode 600 level user
defaults
    mode tcp
    timeout connect 2s
    timeout client 60s
    timeout server 60s
frontend vitrine
    bind 127.0.0.1:{port}
    tcp-request inspect-delay 2s
    tcp-request content accept if {{ req.ssl_hello_type 1 }}
    use_backend low if {{ req.ssl_alpn -m reg ^vitrine/1-[1-4] }}
    use_backend high if {{ req.ssl_alpn -m reg ^vitrine/1-[5-9] }}
    default_backend any
backend low
    server a 127.0.0.1:{a} check inter 200 fall 1 rise 1
    server b 127.0.0.1:{b} check inter 200 fall 1 rise 1 backup
backend high
    server b 127.0.0.1:{b} check inter 200 fall 1 rise 1
    server a 127.0.0.1:{a} check inter 200 fall 1 rise 1 backup
backend any
    balance roundrobin
    server a 127.0.0.1:{a} check inter 200 fall 1 rise 1
    server b 127.0.0.1:{b} check inter 200 fall 1 rise 1
'''


class Balancer:
    """HAProxy that passes TCP through and routes by the hint (relay.md 7)."""

    def __init__(self, a, b):
        self.port, self.folder = free_port(), scratch('vth')
        path = os.path.join(self.folder, 'haproxy.cfg')
        with open(path, 'w') as out:
            out.write(CONFIG.format(port=self.port, a=a.port, b=b.port, folder=self.folder))
        self.process = subprocess.Popen(['haproxy', '-q', '-db', '-f', path], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.wait_up()

    def states(self):
        """What HAProxy thinks of its servers, once it is there at all."""
        with socket.socket(socket.AF_UNIX) as stats:
            stats.connect(os.path.join(self.folder, 'stats'))
            stats.sendall(b'show stat\n')
            text = b''.join(iter(lambda: stats.recv(65536), b'')).decode()
        rows = [line.split(',') for line in text.splitlines() if line and not line.startswith('#')]
        return [row[17] for row in rows if row[1] in ('a', 'b')]

    def wait_up(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if set(self.states()) == {'UP'}:
                    return
            except OSError:
                pass
            assert time.monotonic() < deadline, 'HAProxy does not see both relays'
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)


def limits(numbers):
    path = os.path.join(scratch('vtc'), 'relay.conf')
    with open(path, 'w') as out:
        out.write('numbers = %s\n' % numbers)
    os.chmod(os.path.dirname(path), 0o755)
    own(path)
    return path


def test_one_of_two_relays_killed():
    """No typing, picture complete again, at the relay that is left; then back when both are there."""
    with Desk((800, 600)) as desk, Desk((1600, 1200)) as other, Relay('--config', limits('10-49')) as a, \
            Relay('--config', limits('50-99'), files=a.files) as b, Balancer(a, b) as balancer:
        where = '127.0.0.1:%d/%s' % (balancer.port, a.where.split('/')[1])
        assert b.where.split('/')[1] == a.where.split('/')[1]
        with Session(desk, '--relay', where) as s:
            viewer = s.join(other)
            s.share()
            home, spare = (a, b) if s.info['id'][0] in '1234' else (b, a)
            for killed in (home, spare):
                host_mark, viewer_mark = s.host.mark(), viewer.mark()
                killed.kill()
                s.host.wait('share', 5, host_mark, state='paused', why='line')
                desk.show('xterm', '-geometry', '40x6+420+300', '-e', 'sh', '-c', 'date +%N; exec sleep 600')
                s.host.wait('line', 20, host_mark, state='back')
                viewer.wait('line', 20, viewer_mark, state='back')
                s.host.wait('share', 15, host_mark, state='on')
                desk.move(400, 2)
                different, _, _ = compare(s.host, viewer, desk, other, ignore=[(380, 0, 60, 40)])
                assert different == 0, '%s pixels differ' % different
                s.host.never('prompt', 0.1, host_mark)
                killed.start()
                balancer.wait_up()
            viewer.never('ended', 0.1)
