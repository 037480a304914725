"""The organisation's policy: several files, each tightening the one before; a signature over all of them; what each
key refuses. Files are mounted over /etc/vitrine in namespaces of their own (box.py)."""
import glob
import os
import subprocess

import box
import party
from desk import Desk, own, user
from session import Party, Session
from trail import events_of

HOST = (800, 600)
VIEWER = (1200, 900)
POLICY = '/etc/vitrine/'


def command(desk, text, *words, more=()):
    """`vitrine WORDS` where the policy says `text`; more: lines of sh run in /etc/vitrine."""
    wrap = box.box(box.rules(desk, text, *more))
    return subprocess.run([*wrap, os.path.join(party.binaries(), 'vitrine'), *words], env=desk.env, capture_output=True,
                          text=True, timeout=100, check=False, **user())


def explain(desk, text, action='control', more=()):
    return command(desk, text, 'policy', 'explain', action, more=more)


def refused(done, *words):
    assert done.returncode == 6, done
    assert done.stderr.count('\n') == 1 and done.stderr.startswith('vitrine: '), done
    for word in words:
        assert word in done.stderr, (word, done)


def conf_d(**files):
    """Lines of sh that put files into conf.d."""
    return ['mkdir -m 755 -p conf.d'] + ["printf '%%s' '%s' >conf.d/%s.conf; chmod 644 conf.d/%s.conf" % (text, name, name)
                                         for name, text in files.items()]


def test_files_only_tighten():
    with Desk(HOST, kind='xvfb') as desk:
        done = explain(desk, 'control_longest = 60\n', more=conf_d(a='control_longest = 30\n', b='# nothing\ncontrol_for = verified\n'))
        assert done.returncode == 0, done
        assert 'control_longest = 30' in done.stdout and POLICY + 'conf.d/a.conf:1' in done.stdout, done.stdout
        assert 'control_for = verified' in done.stdout and POLICY + 'conf.d/b.conf:2' in done.stdout, done.stdout
        assert 'policy/roles.def:' in done.stdout and 'no file says so' in done.stdout
        base = 'control_longest = 60\n'
        for loose in ('control_longest = 61\n', '\n\ncontrol_longest = 240\n'):
            refused(explain(desk, base, more=conf_d(a='control = no\n', b=loose)),
                    POLICY + 'conf.d/b.conf:%d: control_longest:' % (loose.count('\n')), 'loosens')
        refused(explain(desk, base, more=conf_d(a='frob = 1\n')), POLICY + 'conf.d/a.conf:1: frob:', 'no such key')
        refused(explain(desk, base, more=conf_d(a='control = no\n') + ['chmod 666 conf.d/a.conf']), 'conf.d/a.conf', 'chmod')
        refused(explain(desk, base, more=conf_d(a='control = no\n') + ['chmod 777 conf.d']), 'conf.d', 'chmod')
        # A file of the real system's root, who is somebody else in this namespace.
        not_ours = ['mount --bind %s vitrine.conf' % os.path.join(desk.dir, 'etc/services')]
        refused(explain(desk, base, more=not_ours), POLICY + 'vitrine.conf', 'chown root')
        refused(explain(desk, base, more=['ln -s vitrine.conf other', 'mkdir -m 755 conf.d', 'ln -s ../vitrine.conf conf.d/a.conf']),
                'conf.d/a.conf', 'link')


def sign(desk, **files):
    """Key pair and signature as the document says, with openssl(1) alone; NAME_conf stands for conf.d/NAME.conf."""
    folder = os.path.join(desk.dir, 'signing')
    os.makedirs(os.path.join(folder, 'conf.d'), exist_ok=True)
    for old in glob.glob(os.path.join(folder, 'conf.d', '*')):
        os.unlink(old)
    for name, text in files.items():
        with open(os.path.join(folder, 'vitrine.conf' if name == 'main' else 'conf.d/%s.conf' % name), 'w') as out:
            out.write(text)
    script = ('[ -e key.pem ] || openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out policy.pub;'
              'names=vitrine.conf; for f in conf.d/*.conf; do [ ! -e $f ] || names="$names $f"; done;'
              '(echo vitrine policy 1; LC_ALL=C sha256sum $names) >text; openssl pkeyutl -sign -rawin -inkey key.pem -in text -out policy.sig')
    subprocess.run(['sh', '-ec', script], cwd=folder, check=True)
    for path in glob.glob(os.path.join(folder, '**'), recursive=True):
        own(path)
    return folder


def put(folder, *names):
    return ['cp %s/%s . && chmod 644 %s' % (folder, name, name) for name in names]


def test_signed_policy():
    """A set signed as a whole; changed, added to, unsigned or signed by nobody known: no start."""
    with Desk(HOST, kind='xvfb') as desk:
        main, more = 'control_longest = 60\n', 'control_longest = 5\n'
        folder = sign(desk, main=main)
        both = put(folder, 'policy.pub', 'policy.sig')
        done = explain(desk, main, more=both)
        assert done.returncode == 0 and ', signed)' in done.stdout, done
        refused(explain(desk, 'control_longest = 61\n', more=both), 'policy.sig does not fit')
        refused(explain(desk, main, more=both + conf_d(a=more)), 'policy.sig does not fit')
        refused(explain(desk, main, more=put(folder, 'policy.pub')), 'policy.sig does not exist', 'policy.pub demands')
        refused(explain(desk, main, more=put(folder, 'policy.sig')), 'policy.sig is there, but not', 'policy.pub')
        refused(explain(desk, main, more=both + ['chmod 666 policy.pub']), 'policy.pub', 'chmod')
        refused(explain(desk, main, more=both + ['echo x >policy.pub']), 'policy.sig does not fit')
        refused(explain(desk, main, more=both + ['echo x >>policy.sig']), 'policy.sig does not fit')
        with Party(desk, 'host', '--listen', '127.0.0.1:0', wrap=box.box(box.rules(desk, 'control = no\n', *both))) as p:
            assert p.wait_exit() == 6 and 'policy.sig does not fit' in p.errors[0], p.errors
        folder = sign(desk, main=main, a=more)
        both = put(folder, 'policy.pub', 'policy.sig')
        done = explain(desk, main, more=both + conf_d(a=more))
        assert done.returncode == 0 and 'control_longest = 5' in done.stdout, done
        refused(explain(desk, main, more=both), 'policy.sig does not fit')


def test_relays_and_pins():
    """`relays`: another one, or the right one under another key, is refused before anything connects."""
    pin = '00112233445566778899aabbccddeeff'
    text = 'relays = relay.example/%s other.example:9000\n' % pin
    with Desk(HOST, kind='xvfb') as desk:
        for relay in ('elsewhere.example', 'relay.example:7444', 'relay.example/' + pin[::-1], 'other.example'):
            refused(command(desk, text, 'host', '--relay', relay), 'relay')
        invitation = 'vitrine://elsewhere.example/123456789#v1.fourplainwords.%s.%s' % ('ab' * 16, pin)
        done = command(desk, text, 'join', invitation)
        refused(done, 'relay')
        refused(command(desk, text + 'own_relay = no\n', 'host'), 'relay')


def test_trail_elsewhere():
    """`audit_file`: the trail is where the organisation wants it, and nowhere else."""
    with Desk(HOST) as desk:
        folder = os.path.join(desk.dir, 'records')
        os.makedirs(folder)
        own(folder)
        path = os.path.join(folder, 'trail')
        with Session(desk, wrap=box.box(box.rules(desk, 'audit_file = %s\n' % path))) as s:
            assert s.info
        with open(path) as log:
            assert '"session_start"' in log.read()
        assert not events_of(desk)


def test_sink_not_there():
    """`audit_sinks` that cannot be reached, where a record is mandatory: said, and nothing is shared."""
    with Desk(HOST) as desk:
        text = 'audit_sinks = syslog journal\naudit_mandatory = yes\n'
        steps = [box.rules(desk, text), box.hidden('/run'), 'rm -f /dev/log || true']
        with Party(desk, 'host', '--listen', '127.0.0.1:0', wrap=box.box(*steps)) as p:
            p.wait('error', 15)
            p.said('audit sink')
            assert not p.find('session')
