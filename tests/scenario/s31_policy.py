"""The organisation's policy: several files, each tightening the one before; a signature over all of them; what each
key refuses. Files are mounted over /etc/vitrine in namespaces of their own (box.py)."""
import glob
import os
import re
import shutil
import subprocess

import box
import party
from authority import Authority
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
    assert '; ' in done.stderr or ' takes ' in done.stderr, ('what is to be done?', done)
    for word in words:
        assert word in done.stderr, (word, done)


SAYS = '(/etc/vitrine/vitrine.conf:%d: %s)'


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
                    POLICY + 'conf.d/b.conf:%d: control_longest:' % (loose.count('\n')), 'loosens', 'leave it out or tighten it')
        refused(explain(desk, base, more=conf_d(a='frob = 1\n')), POLICY + 'conf.d/a.conf:1: frob:', 'no such key')
        refused(explain(desk, base, more=conf_d(a='control = no\n') + ['chmod 666 conf.d/a.conf']), 'conf.d/a.conf', 'chmod')
        refused(explain(desk, base, more=conf_d(a='control = no\n') + ['chmod 777 conf.d']), 'conf.d', 'chmod')
        # A file of the real system's root, who is somebody else in this namespace.
        not_ours = ['mount --bind %s vitrine.conf' % os.path.join(desk.dir, 'etc/services')]
        refused(explain(desk, base, more=not_ours), POLICY + 'vitrine.conf', 'chown root')
        refused(explain(desk, base, more=['echo >conf.d']), POLICY + 'conf.d is not a directory; put one there')
        refused(explain(desk, base, more=['ln -s vitrine.conf other', 'mkdir -m 755 conf.d', 'ln -s ../vitrine.conf conf.d/a.conf']),
                'conf.d/a.conf is a link; put the file itself there')


def candidate(desk, name, text):
    """A file that somebody wants to install."""
    path = os.path.join(desk.dir, 'new', name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as out:
        out.write(text)
    for each in (os.path.join(desk.dir, 'new'), os.path.dirname(path), path):
        own(each)
    return path


def test_check_among_those_installed():
    """A file is judged in the place that its name gives it; what it loosens, or what would loosen it, is named."""
    with Desk(HOST, kind='xvfb') as desk:
        more = conf_d(b='control_for = verified\n')

        def check(name, text, more=more):
            path = candidate(desk, name, text)
            return command(desk, 'control_longest = 60\n', 'policy', 'check', path, more=more), path

        def good(done, *words):
            assert done[0].returncode == 0 and done[0].stdout.count('\n') == 1, done
            for word in words:
                assert word in done[0].stdout, (word, done)

        good(check('50-x.conf', 'control_longest = 30\n'), 'as /etc/vitrine/conf.d/50-x.conf with the 2 other files there')
        done, path = check('50-x.conf', '\ncontrol_longest = 61\n')
        refused(done, 'in order by itself, but not with what is installed', path + ':2: control_longest: loosens', POLICY + 'vitrine.conf:1')
        done, path = check('a.conf', 'control_for = certified\n')
        refused(done, POLICY + 'conf.d/b.conf:1: control_for: loosens', path + ':1')
        good(check('c.conf', 'control_for = certified\n'), 'conf.d/c.conf')
        good(check('b.conf', 'control_for = anyone\n'), 'as /etc/vitrine/conf.d/b.conf with the 1 other file there')
        good(check('vitrine.conf', 'control_longest = 240\n'), 'as /etc/vitrine/vitrine.conf with the 1 other')
        good(check('rules', 'control_longest = 5\n'), 'behind the 2 files of /etc/vitrine', 'end in .conf')
        refused(check('rules', 'control_for = anyone\n')[0], 'loosens', POLICY + 'conf.d/b.conf:1')
        done, path = check('x.conf', 'frob = 1\n')
        refused(done, path + ':1: frob: no such key')
        assert 'installed' not in done.stderr, done
        refused(check('x.conf', 'control = no\n', more + ['chmod 666 conf.d/b.conf'])[0], 'by itself, but not', 'conf.d/b.conf', 'chmod')
        refused(command(desk, 'control = no\n', 'policy', 'check', POLICY + 'vitrine.conf', more=['chmod 666 vitrine.conf']), 'chmod')
        folder = sign(desk, main='control = no\n')
        good((command(desk, 'control = no\n', 'policy', 'check', candidate(desk, 'x.conf', ''), more=put(folder, 'policy.pub')),),
             'sign them anew')


def test_check_what_would_be_refused():
    """What vitrine refuses to start with, once the file is installed, is no good before: one more than are read, a file of
    authorities that is not there, or a signature without its key."""
    with Desk(HOST, kind='xvfb') as desk:
        full = ['mkdir -m 755 conf.d', 'for i in $(seq 10 73); do : >conf.d/$i.conf; done; chmod 644 conf.d/*']

        def check(name, more):
            return command(desk, 'control = no\n', 'policy', 'check', candidate(desk, name, 'control_longest = 5\n'), more=more)

        for name in ('99.conf', 'rules'):
            refused(check(name, full), 'in order by itself, but not', 'conf.d holds 64 files, and no more are read')
        refused(explain(desk, 'control = no\n', more=full + [': >conf.d/99.conf']), 'conf.d holds more than 64 files')
        for name in 'nothing', 'new/nothing.conf':
            refused(command(desk, '', 'policy', 'check', name), name + ' does not exist')
        refused(command(desk, '', 'policy', 'check', '/dev/null'), '/dev/null is not a file')
        large = candidate(desk, 'large.conf', '# %s\n' % ('x' * 999) * 70)
        refused(command(desk, '', 'policy', 'check', large), large, 'larger than 64 KiB')
        for name in ('10.conf', 'vitrine.conf'):
            assert check(name, full).returncode == 0, name
        assert check('99.conf', full + ['rm conf.d/10.conf']).returncode == 0
        nobody = candidate(desk, 'helpers.conf', 'helper_certificates = /etc/vitrine/helpers.pem\n')
        missing = '/etc/vitrine/helpers.pem does not exist', 'helpers.conf:1: helper_certificates'
        refused(command(desk, '', 'policy', 'check', nobody), 'in order by itself, but not', *missing)
        refused(command(desk, '', 'policy', 'check', POLICY, more=['mkdir conf.d', 'cp %s conf.d' % nobody]), *missing)
        none = 'helpers.pem holds no certificate', missing[1]
        ours, other = Authority(desk, 'Ours'), Authority(desk, 'Other', ('RSA', 'rsa_keygen_bits:2048'))
        for more in (['cp /etc/services helpers.pem'], [': >helpers.pem'], other.installed(), ours.installed() + ['head -c 300 %s >>helpers.pem' % ours.cert],
                     ['openssl x509 -in %s -outform DER -out helpers.pem' % ours.cert], ['cp %s helpers.pem' % ours.key]):
            refused(command(desk, '', 'policy', 'check', nobody, more=more + ['chmod 644 helpers.pem']), 'in order by itself, but not', *none)
            refused(command(desk, '\nhelper_certificates = /etc/vitrine/helpers.pem\n', 'host', more=more + ['chmod 644 helpers.pem']), none[0],
                    SAYS % (2, 'helper_certificates'))
        assert command(desk, '', 'policy', 'check', nobody, more=ours.installed()).returncode == 0
        alone = put(sign(desk, main='control = no\n'), 'policy.sig')
        refused(check('99.conf', alone), 'in order by itself, but not', 'policy.sig is there, but not', 'policy.pub')


def test_check_a_folder():
    """A set that is not installed: its order, its signature; said that nobody judged whose it is."""
    with Desk(HOST, kind='xvfb') as desk:
        def check(path, more=()):
            return command(desk, 'control = no\n', 'policy', 'check', path, more=more)

        candidate(desk, 'vitrine.conf', 'control_longest = 60\n')
        second = candidate(desk, 'conf.d/a.conf', 'control_longest = 30\n')
        new = os.path.join(desk.dir, 'new')
        done = check(new)
        assert done.returncode == 0 and '2 files' in done.stdout and 'signed by nobody' in done.stdout, done
        assert 'whose they are was not judged' in done.stdout, done
        assert 'not read' not in done.stdout, done
        candidate(desk, 'conf.d/b.txt', 'control = no\n')
        assert 'conf.d/b.txt is not read' in check(new).stdout, check(new)
        candidate(desk, 'conf.d/a\x1b[2J', 'control = no\n')        # first of both, and would clear the screen
        done = check(new)
        assert 'conf.d/? and others are not read' in done.stdout and '\x1b' not in done.stdout, done
        steers = candidate(desk, 'conf.d/b\x1b[2J.conf', 'frob = 1\n')        # so would what is said of this one
        done = check(new)
        refused(done, 'new/conf.d/b?[2J.conf: that name is not plain text', 'rename the file')
        assert '\x1b' not in done.stderr, done
        os.unlink(steers)
        candidate(desk, 'conf.d/a.conf', '# more\ncontrol_longest = 90\n')
        refused(check(new), second + ':2: control_longest: loosens', 'new/vitrine.conf:1')
        refused(check(os.path.join(new, 'conf.d')), 'holds neither vitrine.conf nor conf.d')
        refused(check(os.path.join(new, 'nothing')), 'does not exist')
        folder = sign(desk, main='control = no\n', a='control_longest = 5\n')
        done = check(folder)
        assert done.returncode == 0 and '2 files' in done.stdout and 'rightly signed' in done.stdout, done
        with open(os.path.join(folder, 'conf.d', 'a.conf'), 'a') as out:
            out.write('# changed\n')
        refused(check(folder), 'policy.sig does not fit')
        done = check(POLICY)
        assert done.returncode == 0 and '1 file in' in done.stdout and 'judged, too' in done.stdout, done
        refused(check(POLICY, ['chmod 666 vitrine.conf']), 'chmod')


def test_check_a_folder_of_a_stranger():
    """Where a policy.pub is installed, a set is rightly signed by that key alone, whichever key lies beside it."""
    with Desk(HOST, kind='xvfb') as desk:
        ours = sign(desk, main='control = no\n')
        pinned = put(ours, 'policy.pub', 'policy.sig')

        def check(path, more=pinned):
            return command(desk, 'control = no\n', 'policy', 'check', path, more=more)

        done = check(ours)
        assert done.returncode == 0 and 'rightly signed' in done.stdout, done
        theirs = sign(desk, 'stranger', main='control = no\n')
        refused(check(theirs), theirs + '/policy.pub is not the key that is installed')
        for name in ('policy.pub', 'policy.sig'):
            os.unlink(os.path.join(theirs, name))
        refused(check(theirs), theirs + ' has no policy.pub, but ' + POLICY + 'policy.pub is installed')
        done = check(theirs, ())
        assert done.returncode == 0 and 'signed by nobody' in done.stdout, done
        refused(check(ours, pinned + ['chmod 666 policy.pub']), POLICY + 'policy.pub', 'chmod')


def test_every_key_is_explained():
    """Those of the shipped file, all of them: value, meaning, what follows, and where it says so."""
    with open(os.path.join(os.path.dirname(__file__), '..', '..', 'policy', 'vitrine.conf')) as shipped:
        keys = re.findall(r'^#(\w+) = ', shipped.read(), re.M)
    with Desk(HOST, kind='xvfb') as desk:
        text = 'audit_file = /var/log/trail\n\naudit_sinks = journal\n'
        done = command(desk, text, 'policy', 'explain')
        assert done.returncode == 0 and len(keys) > 20, (keys, done)
        for key in keys:
            rows = re.search(r'^    %s = (.+)\n        (.+)\n        (.+)\n        (.+)$' % key, done.stdout, re.M)
            assert rows, (key, done.stdout)
            place = {'audit_file': POLICY + 'vitrine.conf:1', 'audit_sinks': POLICY + 'vitrine.conf:3'}.get(key, 'built in: no file says so')
            assert rows.group(4) == place, (key, rows.groups())
        one = command(desk, text, 'policy', 'explain', 'audit_sinks')
        assert one.returncode == 0 and '    audit_sinks = journal\n' in one.stdout and 'audit_file' not in one.stdout, one
        both = command(desk, text, 'policy', 'explain', 'control')          # an action, and a key
        assert 'policy/roles.def:' in both.stdout and '    control = yes\n' in both.stdout, both
        none = command(desk, text, 'policy', 'explain', 'frob')
        assert none.returncode == 2 and none.stderr.count('\n') == 1 and 'no action and no key frob' in none.stderr, none


def sign(desk, into='signing', last='', **files):
    """Key pair and signature as the document says, with openssl(1) alone; NAME_conf stands for conf.d/NAME.conf; last: how
    the file of authorities, helpers.pem there, is called in the text that is signed. Each folder has a key of its own."""
    folder = os.path.join(desk.dir, into)
    os.makedirs(os.path.join(folder, 'conf.d'), exist_ok=True)
    for old in glob.glob(os.path.join(folder, 'conf.d', '*')):
        os.unlink(old)
    for name, text in files.items():
        with open(os.path.join(folder, 'vitrine.conf' if name == 'main' else 'conf.d/%s.conf' % name), 'w') as out:
            out.write(text)
    script = ('[ -e key.pem ] || openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out policy.pub;'
              'names=vitrine.conf; for f in conf.d/*.conf; do [ ! -e $f ] || names="$names $f"; done;'
              '(echo vitrine policy 1; LC_ALL=C sha256sum $names; [ -z "$0" ] || sha256sum helpers.pem | sed "s# .*#  $0#") >text;'
              'openssl pkeyutl -sign -rawin -inkey key.pem -in text -out policy.sig')
    subprocess.run(['sh', '-ec', script, last], cwd=folder, check=True)
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
        refused(explain(desk, main, more=['ln -s nowhere policy.sig']), 'policy.sig is there, but not', 'policy.pub')
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


ELSEWHERE = '/etc/organisation/pki/helpers.pem'


def elsewhere(*more):
    """Lines of sh that make the folders for it; more: lines run in the upper one."""
    return ['mkdir -p -m 755 /etc/organisation/pki; cd /etc/organisation; ' + '; '.join(('chmod 755 . pki',) + more)]


def test_authorities_where_others_write():
    """Who may write a folder on the way to the file of authorities puts another one there: it is held to what the policy's own
    files are held to, up to the top, whether it is looked at by a session, by check or by explain."""
    with Desk(HOST, kind='xvfb') as desk:
        ours = Authority(desk, 'Ours')
        text = '\nhelper_certificates = %s\n'
        others = os.path.join(desk.dir, 'etc')            # the real system's folders, whose root is somebody else here
        inside = POLICY + 'pki/helpers.pem'

        def done(*lines, value=ELSEWHERE, words=('policy', 'explain', 'grant')):
            more = elsewhere() + ['mkdir -m 755 pki'] + ours.installed(value) + list(lines)
            return command(desk, text % value, *words, more=more)

        for value in ELSEWHERE, inside:
            good = done(value=value)
            assert good.returncode == 0 and value in good.stdout, good
        top, pki = ELSEWHERE.rsplit('/', 2)[0], ELSEWHERE.rsplit('/', 1)[0]
        where = SAYS % (2, 'helper_certificates')
        for folder in pki, top:
            for mode in '775', '757', '1777':
                refused(done('chmod %s %s' % (mode, folder)), folder + ' is not a directory of root',
                        'chmod go-w it, or put the certificates elsewhere', where)
        refused(done('mount --bind %s %s' % (others, top)), top + ' is not a directory of root', 'chown root', where)
        refused(done('mv {0} {0}.old; ln -s {0}.old {0}'.format(pki)), pki + ' is not a directory; put one there', where)
        refused(done('chmod 777 ' + POLICY + 'pki', value=inside), POLICY + 'pki is not a directory of root', where)
        for words in ('host',), ('policy', 'check', POLICY):
            refused(done('chmod 777 ' + top, words=words), top + ' is not a directory of root', where)
        new = candidate(desk, 'new.conf', 'helper_certificates = %s\n' % ELSEWHERE)
        refused(command(desk, '', 'policy', 'check', new, more=elsewhere('chmod 777 .') + ours.installed(ELSEWHERE)),
                top + ' is not a directory of root', 'new.conf:1: helper_certificates')


def test_signed_authorities():
    """Who is certified is said by the file that helper_certificates names: exchanged, emptied or taken away, the set is not the
    one that was signed; and one signed without it is none. Where it is outside of /etc/vitrine, too."""
    with Desk(HOST, kind='xvfb') as desk:
        ours, theirs = Authority(desk, 'Ours'), Authority(desk, 'Theirs')
        for value, name in (POLICY + 'helpers.pem', 'helpers.pem'), (ELSEWHERE, ELSEWHERE):
            main = 'helper_certificates = %s\ncontrol_for = certified\n' % value
            folder = os.path.join(desk.dir, 'signing')
            os.makedirs(folder, exist_ok=True)
            shutil.copy(ours.cert, os.path.join(folder, 'helpers.pem'))
            sign(desk, last=name, main=main)
            both, here = put(folder, 'policy.pub', 'policy.sig'), elsewhere() + ours.installed(value)
            done = explain(desk, main, more=both + here)
            assert done.returncode == 0 and ', signed)' in done.stdout, done
            done = command(desk, '', 'policy', 'check', folder, more=here)
            assert done.returncode == 0 and 'rightly signed' in done.stdout, done
            unfit = 'policy.sig does not fit', value + ' of helper_certificates included'
            for change in theirs.installed(value), ['cat %s >>%s' % (theirs.cert, value)], ['echo >>' + value]:
                refused(explain(desk, main, more=both + here + change), *unfit)
                refused(command(desk, main, 'policy', 'check', POLICY, more=both + here + change), *unfit)
                with Party(desk, 'host', '--listen', '127.0.0.1:0', wrap=box.box(box.rules(desk, main, *both, *here, *change))) as p:
                    assert p.wait_exit() == 6 and unfit[1] in p.errors[0], p.errors
            sign(desk, main=main)
            refused(explain(desk, main, more=both + here), *unfit)
        shutil.copy(theirs.cert, os.path.join(folder, 'helpers.pem'))      # a folder's own, whatever is installed
        sign(desk, main='helper_certificates = /etc/vitrine//helpers.pem\n', last='helpers.pem')
        assert command(desk, '', 'policy', 'check', folder, more=here).returncode == 0
        shutil.copy(ours.cert, os.path.join(folder, 'helpers.pem'))
        refused(command(desk, '', 'policy', 'check', folder, more=here), 'does not fit', folder + '/helpers.pem of helper_certificates')


def test_relays_and_pins():
    """`relays`: another one, or the right one under another key, is refused before anything connects."""
    pin = '00112233445566778899aabbccddeeff'
    text = 'relays = relay.example/%s other.example:9000\n' % pin
    with Desk(HOST, kind='xvfb') as desk:
        for relay in ('elsewhere.example', 'relay.example:7444', 'relay.example/' + pin[::-1], 'other.example'):
            refused(command(desk, text, 'host', '--relay', relay), 'does not allow that relay', SAYS % (1, 'relays'))
        invitation = 'vitrine://elsewhere.example/123456789#v1.fourplainwords.%s.%s' % ('ab' * 16, pin)
        done = command(desk, text, 'join', invitation)
        refused(done, 'relay', SAYS % (1, 'relays'))
        refused(command(desk, text + 'own_relay = no\n', 'host'), 'relay', SAYS % (2, 'own_relay'))
        for more in '', 'own_relay = yes\n':        # one's own is none of those
            refused(command(desk, text + more, 'host', '--listen', '127.0.0.1:0'), "one's own", SAYS % (1, 'relays'))


def test_refusals_name_their_rule():
    """What a key forbids is refused with the file, the line and the key that say so."""
    with Desk(HOST, kind='xvfb') as desk:
        refused(command(desk, '\npassword_required = yes\n', 'host', '--no-password'), 'password', SAYS % (2, 'password_required'))
        refused(command(desk, 'identity_required = yes\n', 'host'), 'identity new', SAYS % (1, 'identity_required'))
        text = 'helper_certificates = /etc/vitrine/helpers.pem\n'
        for more in [], ['echo >helpers.pem'], ['echo >helpers.pem; chmod 666 helpers.pem'], ['ln -s vitrine.conf helpers.pem']:
            refused(command(desk, text, 'host', more=more), '/etc/vitrine/helpers.pem', SAYS % (1, 'helper_certificates'))
        for level in 'verified', 'certified':       # who was nobody before would be somebody
            first = 'control_for = %s\n' % level
            refused(explain(desk, first, more=conf_d(a=text)), 'conf.d/a.conf:1: helper_certificates: loosens', 'vitrine.conf:1')
            done = explain(desk, text, more=Authority(desk, level).installed() + conf_d(a=first))
            assert done.returncode == 0, done


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
    """`audit_sinks` or `audit_file` that cannot be reached, where a record is mandatory: said, and nothing is shared."""
    with Desk(HOST) as desk:
        text = 'audit_sinks = syslog journal\naudit_mandatory = yes\n'
        steps = [box.rules(desk, text), box.hidden('/run'), 'rm -f /dev/log || true']
        with Party(desk, 'host', '--listen', '127.0.0.1:0', wrap=box.box(*steps)) as p:
            p.wait('error', 15)
            p.said('audit sink')
            assert any(SAYS % (1, 'audit_sinks') in line for line in p.errors), p.errors
            assert not p.find('session')
        with Party(desk, 'host', '--listen', '127.0.0.1:0',
                   wrap=box.box(box.rules(desk, 'audit_mandatory = yes\naudit_file = /nowhere/trail\n'))) as p:
            p.wait('error', 15)
            p.said('audit trail /nowhere/trail')
            assert any(SAYS % (2, 'audit_file') in line for line in p.errors), p.errors
