"""The log of a relay: a line for each intrusion event, rotated by a rename and SIGHUP, in the form that policy/relay/ reads."""
import configparser
import json
import os
import re
import signal
import stat
import sys
import time

from desk import PATIENCE
from party import Party
from relay import Relay, folder

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(ROOT, 'tests', 'hostile'))
import h30_wire  # noqa: E402

# What fail2ban puts in the place of <SUBNET>.
SUBNET = r'(?P<host>\d+\.\d+\.\d+\.\d+|[0-9a-f:]+:[0-9a-f:.]*)(?:/\d+)?'


def example(name, section, option):
    parser = configparser.ConfigParser()
    parser.read(os.path.join(ROOT, 'policy', 'relay', name))
    return parser[section][option]


def pattern():
    return re.compile(example('fail2ban-filter.conf', 'Definition', 'failregex').replace('<SUBNET>', SUBNET))


def lines(path, n, timeout=PATIENCE):
    """The lines of that file, once there are n."""
    end = time.monotonic() + timeout
    while True:
        text = open(path).read() if os.path.exists(path) else ''
        if text.count('\n') >= n:
            return text.splitlines()
        assert time.monotonic() < end, text
        time.sleep(0.02)


def misbehave(relay, address):
    """A frame of no type, from that address."""
    client = h30_wire.Client(relay.port, address)
    client.frame(0xee, b'x')
    client.answer(0x7f)


def reopened(relay):
    since = relay.party.mark()
    relay.party.process.send_signal(signal.SIGHUP)
    relay.party.wait('session', since=since)        # it has read certificate and key anew, and the log before them


def test_log():
    path = os.path.join(folder(), 'relay.log')
    with Relay('--log', path) as relay:
        assert stat.S_IMODE(os.stat(path).st_mode) & 0o137 == 0
        misbehave(relay, '127.0.0.2')
        first = lines(path, 1)
        fields = json.loads(first[0])
        assert (fields['event'], fields['source'], fields['count']) == ('malformed', '127.0.0.2', 1), fields
        for _ in range(3):                          # more of it within the minute: no further line
            misbehave(relay, '127.0.0.2')
        os.rename(path, path + '.1')
        misbehave(relay, '127.0.0.3')              # the renamed file is the log until it is told
        assert len(lines(path + '.1', 2)) == 2 and not os.path.exists(path)
        reopened(relay)
        misbehave(relay, '127.0.0.4')
        assert json.loads(lines(path, 1)[0])['source'] == '127.0.0.4'
        os.remove(path)
        os.mkdir(path)                              # cannot be opened any more: said, and the old one goes on
        reopened(relay)
        misbehave(relay, '127.0.0.5')
        relay.party.said('cannot be opened')
        seen = lines(path + '.1', 2) + first
        assert all(pattern().search(line) for line in seen), seen
        assert not any(line.startswith('{') for line in relay.party.errors), relay.party.errors


def test_every_event_is_found():
    """Each event that is a guess or an attack, and each form of a source, is found by the example for fail2ban; what honest
    people of one school may do, or somebody else says of them, is not: three lines would shut the port to all of them."""
    with open(os.path.join(ROOT, 'broker', 'relay_cmd.c')) as source:
        kinds = re.search(r'kinds\[\] = \{(.*?)\}', source.read(), re.S).group(1)
    events = [kind for kind in re.findall(r'"(\w*)"', kinds) if kind]
    assert len(events) == 10, events
    line = '{"time":"2026-01-31T12:00:00.123Z","event":"%s","source":"%s","count":3}'
    told_only = {'slow', 'nonsense', 'no_place', 'no_number', 'wrong_password', 'flood'}
    assert told_only < set(events), events
    for event in events:
        if event in told_only:
            assert not pattern().search(line % (event, '192.0.2.7')), event
            continue
        for host, text in (('192.0.2.7', '192.0.2.7'), ('2001:db8:1:2::', '2001:db8:1:2::/64')):
            assert pattern().search(line % (event, text)).group('host') == host
    assert not pattern().search(line % ('other', '192.0.2.7'))
    assert example('fail2ban-jail.conf', 'vitrine-relay', 'port') == '7443'


def test_no_log_no_relay():
    """A log that cannot be had: one line that says so, and exit 2."""
    where = folder()
    os.mkfifo(os.path.join(where, 'pipe'))
    os.symlink('/dev/null', os.path.join(where, 'link'))
    for name in ('pipe', 'link', 'none/relay.log', '.'):
        with Party(None, 'relay', '--listen', '127.0.0.1:0', '--log', os.path.join(where, name)) as relay:
            assert relay.wait_exit() == 2
            assert len(relay.errors) == 1 and 'the log' in relay.errors[0], (name, relay.errors)
