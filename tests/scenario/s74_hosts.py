"""Three computers with a real network between them: presenter, relay, viewer, each in a network namespace of its own.

The test makes them inside a user namespace (unshare(1), no root needed): this file is started again in there and builds
a bridge, three pairs of interfaces and the namespaces, then plays a whole session over them. Links are cut by taking an
interface down, which no end is told of, as when a cable is pulled or a wireless network is left."""
import json
import os
import random
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), 'harness'), HERE]

ADDRESSES = {'presenter': '10.74.0.1', 'relay': '10.74.0.2', 'viewer': '10.74.0.3'}


# ---------------------------------------------------------------------------------------- outside: start it again in there
def play(name, seconds):
    """Runs inside_NAME() in fresh user, network and mount namespaces; its failure is ours."""
    command = ['unshare', '--user', '--map-root-user', '--net', '--mount', '--fork', '--kill-child',
               sys.executable, os.path.abspath(__file__), name]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=seconds, check=False)
    assert done.returncode == 0, done.stdout.decode('utf-8', 'replace')[-6000:]


def test_session_over_three_hosts():
    """Invitation, admission, sharing, the picture complete; the presenter's cable is pulled, then the viewer's: healed."""
    play('session', 340)


def test_relay_host_gone():
    """The relay's computer vanishes from the network and comes back: sharing pauses meanwhile, then goes on by itself."""
    play('relay_gone', 340)


test_session_over_three_hosts.limit = test_relay_host_gone.limit = 180


# ---------------------------------------------------------------------------------------- inside
def ip(*args):
    subprocess.run(['ip', *args], check=True)


class Lan:
    """A switch and three computers; `at(host)` is a command prefix that runs something on one of them."""

    def __init__(self):
        self.holders = {}
        ip('link', 'set', 'lo', 'up')
        ip('link', 'add', 'switch', 'type', 'bridge')
        ip('link', 'set', 'switch', 'up')
        for host, address in ADDRESSES.items():
            self.add(host, address)

    def add(self, host, address):
        holder = subprocess.Popen(['unshare', '--net', 'sleep', '3600'], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.holders[host] = holder
        own = os.readlink('/proc/self/ns/net')
        while os.readlink('/proc/%d/ns/net' % holder.pid) == own:
            time.sleep(0.01)
        ip('link', 'add', 'to-' + host, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', str(holder.pid))
        ip('link', 'set', 'to-' + host, 'master', 'switch', 'up')
        for command in (('link', 'set', 'lo', 'up'), ('addr', 'add', address + '/24', 'dev', 'eth0'), ('link', 'set', 'eth0', 'up')):
            subprocess.run([*self.at(host), 'ip', *command], check=True)

    def at(self, host):
        return ['nsenter', '--net', '--target', str(self.holders[host].pid), '--']

    def close(self):
        for holder in self.holders.values():
            holder.kill()

    def unplug(self, host):
        ip('link', 'set', 'to-' + host, 'nomaster')

    def plug(self, host):
        ip('link', 'set', 'to-' + host, 'master', 'switch')


def stage():
    """What the tests need of the harness, as this namespace's root."""
    import desk
    import party
    # In here root is the only user there is; and nothing of this user outside can be reached.
    desk.user = party.user = lambda: {}
    desk.own = lambda path: None
    import relay
    import session
    party.own = relay.own = session.own = desk.own
    return relay, session


def start_relay(lan, relay, session):
    cert, key = relay.key_pair(relay.folder(), ADDRESSES['relay'])
    party = session.Party(None, 'relay', '--listen', ADDRESSES['relay'] + ':7443', '--cert', cert, '--key', key,
                          wrap=lan.at('relay'))
    return party, party.wait('session', 15)['relay']


def same(s, viewer, desk, other):
    import s70_reconnect
    s70_reconnect.same(s, viewer, desk, other)


def begin(lan, relay, session, desk, other):
    party, where = start_relay(lan, relay, session)
    draw(desk, '300x150+4+420')     # before the panel, which has to lie on top
    s = session.Session(desk, '--relay', where, wrap=lan.at('presenter'))
    s.__enter__()
    viewer = s.start_join(other, invitation=s.info['invitation'], wrap=lan.at('viewer'))
    s.admit('Vera')
    viewer.wait('member', 20, state='joined')
    viewer.window('viewer')
    session.enlarge(other)
    s.share()
    same(s, viewer, desk, other)
    return party, s, viewer


def draw(desk, where):
    """A window in a colour of its own. (xterm wants a terminal, and there is no group tty in here.)"""
    desk.show('xlogo', '-geometry', where, '-fg', '#%06x' % random.randrange(1 << 24), kind='XLogo')


def change(desk):
    draw(desk, '250x120+420+300')


def heal(lan, host, seconds, away, s, viewer, desk, other):
    """Silence on that computer's cable; `away` are those who notice: they come back by themselves."""
    marks = {party: party.mark() for party in away}
    lan.unplug(host)
    change(desk)
    for party in away:
        party.wait('line', 25, marks[party], state='lost')
    if s.host in away:
        s.host.wait('share', 5, marks[s.host], state='paused', why='line')
        s.host.no_capture()
    time.sleep(seconds)
    lan.plug(host)
    for party in away:
        party.wait('line', 30, marks[party], state='back')
    if s.host in away:
        s.host.wait('share', 15, marks[s.host], state='on')
    same(s, viewer, desk, other)
    assert not s.host.find('ended') and not viewer.find('ended')


def with_stage(play_it):
    relay, session = stage()
    lan = Lan()
    with session.Desk((800, 600)) as desk, session.Desk((1600, 1200)) as other:
        party, s, viewer = begin(lan, relay, session, desk, other)
        try:
            play_it(lan, s, viewer, desk, other)
        finally:
            viewer.stop()
            s.host.stop()
            party.stop()
            lan.close()


def inside_session():
    def play_it(lan, s, viewer, desk, other):
        for address in ADDRESSES.values():
            assert address in json.dumps(s.info) or address != ADDRESSES['relay']
        heal(lan, 'viewer', 1, (viewer,), s, viewer, desk, other)
        heal(lan, 'presenter', 1, (s.host,), s, viewer, desk, other)
    with_stage(play_it)


def inside_relay_gone():
    def play_it(lan, s, viewer, desk, other):
        heal(lan, 'relay', 3, (s.host, viewer), s, viewer, desk, other)
    with_stage(play_it)


if __name__ == '__main__':
    try:
        globals()['inside_' + sys.argv[1]]()
    finally:
        import party as party_module
        if party_module._bin:
            shutil.rmtree(party_module._bin, ignore_errors=True)
