"""Where secrets are, and where they are not: the memory of every process, read from outside (properties 1, 14, 15).

Reading it takes root; without, the kernel refuses, which is itself the protection.
"""
import os
import re
import time

from desk import Desk
from relay import Relay
from session import Session

NAME = 'Wilhelmine Canary'


def memory(pid):
    """All readable memory of a process, region by region."""
    with open('/proc/%d/maps' % pid) as maps, open('/proc/%d/mem' % pid, 'rb', 0) as mem:
        for line in maps:
            span, modes = line.split()[:2]
            if 'r' not in modes or '[v' in line:
                continue
            start, end = (int(x, 16) for x in span.split('-'))
            try:
                mem.seek(start)
                yield mem.read(end - start)
            except OSError:
                pass


def holds(pid, *texts):
    """Which of the texts that process has in its memory."""
    found = set()
    for region in memory(pid):
        found.update(t for t in texts if t.encode() in region)
    return found


def everyone(party):
    return {party.process.pid: 'vitrine', **party.workers()}


def of_kind(party, name):
    pids = party.worker_pids(name)
    assert pids, (name, party.workers())
    return pids


def forms(password):
    """As it is read out, as it is proved, as it stands in a link."""
    return [password, re.sub('[ -]', '', password), password.replace(' ', '%20')]


def test_15_and_1_net_and_relay_know_nothing():
    """net and relay, under load: no password in any form, no name of a member; the control finds both elsewhere."""
    if os.geteuid():
        return
    with Desk((800, 600)) as desk, Desk((1600, 1200)) as other, Relay() as relay:
        desk.show('xterm', '-geometry', '60x12+4+420', '-e', 'sh', '-c', 'while :; do date +%N; done')
        with Session(desk, '--relay', relay.where) as s:
            viewer = s.join(other, name=NAME)
            s.share()
            time.sleep(1)
            secrets = forms(s.info['password']) + [NAME]
            assert s.info['password'] in holds(s.host.process.pid, *secrets), 'control: the broker shows the password'
            assert NAME in holds(of_kind(s.host, 'vitrine-seal')[0], NAME), 'control: seal has the roster'
            for party, name in ((s.host, 'vitrine-net'), (viewer, 'vitrine-net'), (relay.party, 'vitrine-relay')):
                for pid in of_kind(party, name):
                    assert not holds(pid, *secrets), (name, holds(pid, *secrets))
            with open('/proc/%d/cmdline' % viewer.process.pid) as line:
                assert forms(s.info['password'])[1] not in line.read(), 'the link stands in the list of processes'
            # seal has stretched it: the password itself is gone (e2e.md 12)
            for party in (s.host, viewer):
                for pid in of_kind(party, 'vitrine-seal'):
                    assert not holds(pid, *forms(s.info['password'])), 'seal keeps the password'


def test_14_nothing_is_left_after_the_end():
    """After END: seal, net, view, capture are gone, and what lives on holds no password and no name of a member."""
    if os.geteuid():
        return
    with Desk((800, 600)) as desk, Desk((1600, 1200)) as other:
        with Session(desk, '--listen', '127.0.0.1:0') as s:
            viewer = s.join(other, name=NAME)
            s.share()
            passwords = forms(s.info['password'])
            s.host.press('sharing-bar', 'stop')
            s.host.wait('share', state='off')
            s.host.press('host-panel', 'end')
            s.host.answer('end', 'yes')
            for party in (s.host, viewer):
                party.wait('ended', 15, how='properly')
                party.window('ended')
            time.sleep(0.5)
            left = []
            for who, party in (('host', s.host), ('viewer', viewer)):
                for pid, name in everyone(party).items():
                    assert name in ('vitrine', 'vitrine-render', 'vitrine-audit', 'vitrine-watch', 'vitrine-launch'), name
                    left += ['%s %s: %s' % (who, name, text) for text in holds(pid, *passwords)]
            assert not left, left
