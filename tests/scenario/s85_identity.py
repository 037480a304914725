"""Identities: keys that are remembered, a known name with another key, certificates of the organisation's helpers."""
import os
import re
import shutil
import subprocess

import box
from authority import Authority
from desk import Desk, own, user
from hands import Control
from party import binaries
from session import Session, enlarge
from trail import events_of, noted


HOST = (800, 600)
OTHER = (1000, 700)


# ------------------------------------------------------------------------------------------------ own keys
def command(desk, *args):
    """`vitrine identity ...` as this desk's user: status, what it printed, what it said."""
    done = subprocess.run([os.path.join(binaries(), 'vitrine'), 'identity', *args], env=desk.env, cwd=desk.dir,
                          capture_output=True, text=True, timeout=100, **user())
    return done.returncode, done.stdout.split('\n'), done.stderr


def config(desk, name):
    return os.path.join(desk.env['XDG_CONFIG_HOME'], 'vitrine', name)


def become_new(desk):
    """Another key than before; how people compare it."""
    if os.path.exists(config(desk, 'identity.pem')):
        os.remove(config(desk, 'identity.pem'))
    status, lines, said = command(desk, 'new')
    assert status == 0, said
    return lines[1]


def known(desk):
    """{name: beginning of the fingerprint as people compare it}"""
    path = config(desk, 'known')
    assert os.stat(path).st_mode & 0o777 == 0o600
    with open(path) as lines:
        found = re.findall(r'^key = ([0-9a-f]{64}) (\S+)$', lines.read(), re.M)
    return {name: ' '.join(re.findall('....', key[:32])) for key, name in found}


def trail(desk, event, n=1):
    """Fields of the trail's lines of that event, once there are n."""
    return [line['fields'] for line in noted(desk, event, n)]


def test_identity_command():
    """Made once, never over another one; shown again; a file that others can read is refused."""
    with Desk(OTHER, kind='xvfb') as desk:
        status, lines, _ = command(desk, 'new', '--ed25519')
        assert status == 0 and lines[0] == 'Ed25519' and re.fullmatch('([0-9a-f]{4} ){7}[0-9a-f]{4}', lines[1]), lines
        assert os.stat(config(desk, 'identity.pem')).st_mode & 0o777 == 0o600
        assert command(desk, 'show')[1] == lines
        status, _, said = command(desk, 'new')
        assert status == 1 and 'is there already' in said
        os.chmod(config(desk, 'identity.pem'), 0o644)
        status, _, said = command(desk, 'show')
        assert status == 1 and 'chmod' in said
        with open(config(desk, 'identity.pem'), 'w') as out:
            out.write('nothing\n')
        os.chmod(config(desk, 'identity.pem'), 0o600)
        status, _, said = command(desk, 'show')
        assert status == 1 and 'no key' in said


def test_known_helper_and_another_key():
    """The key of the first meeting is remembered; another one under the same name waits for the owner, who is asked."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        with Session(desk) as s:
            first = become_new(other)
            v = s.start_join(other)
            s.admit('Vera')
            s.host.wait('member', state='joined', name='Vera')
            assert [e['name'] for e in trail(desk, 'key_pinned')] == ['Vera'] and known(desk) == {'Vera': first}
            v.stop()

            since = s.host.mark()
            v = s.start_join(other)                     # the same again: nobody is asked about it
            s.host.wait('prompt', since=since, kind='admit', name='Vera')
            assert not s.host.find('prompt', kind='key')
            v.stop()
            s.host.wait('prompt', since=since, kind='admit', state='closed')

            second = become_new(other)
            assert second != first
            since = s.host.mark()
            v = s.start_join(other)
            prompt = s.host.wait('prompt', 20, since, kind='key', name='Vera', armed=True)
            assert prompt['window'] == 'key-changed' and not s.host.find('prompt', since, kind='admit')
            assert known(desk) == {'Vera': first}
            s.host.click_answer(prompt, 'no')
            assert v.wait('error')['code'] == 'J-WHO' and not v.find('member')
            s.host.never('prompt', 0.3, since, kind='admit')
            assert trail(desk, 'key_changed') and trail(desk, 'identity_refused')
            assert known(desk) == {'Vera': first}

            since = s.host.mark()                       # once more at once: the owner is not asked again
            v = s.start_join(other)
            assert v.wait('error')['code'] == 'J-WHO' and not s.host.find('prompt', since)
            v.stop()
        with Session(desk) as s:
            since = s.host.mark()
            v = s.start_join(other)
            s.host.answer('key', 'yes', since=since)
            s.host.answer('admit', 'yes', since=since)
            v.wait('member', state='joined')
            assert [e['device'] for e in trail(desk, 'key_replaced')] == ['physical']
            assert known(desk) == {'Vera': second}


def test_two_of_one_name():
    """Two people come under one new name: it belongs to the first one who is in, and the other one is not let in by it."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as first, Desk(OTHER, kind='xvfb') as second:
        keys = [become_new(first), become_new(second)]
        assert keys[0] != keys[1]
        with Session(desk) as s:
            v = s.start_join(first)
            s.host.wait('member', state='waiting', name='Vera')
            since = s.host.mark()
            w = s.start_join(second)
            s.host.wait('member', since=since, state='waiting', name='Vera')
            prompt = s.host.armed('admit')              # the panel's text has changed: the guard begins again
            s.host.click_answer(prompt, 'yes')
            s.host.wait('member', state='joined', name='Vera')
            v.wait('member', state='joined')
            prompt = s.host.wait('prompt', 20, kind='admit', id=prompt['id'] + 1, armed=True)
            since = s.host.mark()
            s.host.click_answer(prompt, 'yes')
            assert w.wait('error', 20)['code'] == 'J-NO'
            assert not s.host.find('member', since, state='joined')
            assert known(desk) == {'Vera': keys[0]}
            assert 'another key' in trail(desk, 'identity_refused')[-1]['why']


def test_organizer_with_another_key():
    """The one who joins is asked too, before anything of the session is shown; a no ends it there."""
    with Desk(HOST) as desk, Desk(OTHER) as other:
        become_new(desk)
        with Session(desk) as s:
            s.join(other)
        become_new(desk)
        with Session(desk) as s:
            v = s.start_join(other)
            s.admit('Vera')                             # whatever the other side does
            prompt = v.wait('prompt', 20, kind='key', name='Helga', armed=True)
            assert not v.find('window', name='viewer', state='mapped')
            other.click_rect(prompt['buttons']['no'])
            assert v.wait('error')['code'] == 'J-KEY'
            assert not v.find('window', name='viewer', state='mapped')
            s.host.wait('member', state='left')


# ------------------------------------------------------------------------------------------------ certificates
def ruled(desk, authority, text, anchors='/etc/vitrine/helpers.pem'):
    """The organisation's policy: its authority, and `text`. /etc/organisation is a folder that tests can look into."""
    folder = os.path.join(desk.dir, 'organisation')
    os.makedirs(folder, exist_ok=True)
    own(folder)
    mounted = 'mkdir /etc/organisation; mount --bind %s /etc/organisation' % folder
    return box.box(box.rules(desk, text + 'helper_certificates = %s\n' % anchors, mounted, *authority.installed(anchors)))


def test_control_for_certified_helpers():
    """Who shows a certificate gets control, under the name in it; who does not is refused without the owner being asked."""
    with Desk(HOST) as desk, Desk((1600, 1200)) as helper, Desk(OTHER) as guest:
        authority = Authority(desk, 'Helpers')
        authority.give(helper, 'Hanna Helper')
        with Control(desk, wrap=ruled(desk, authority, 'control_for = certified\n')) as s:
            certified = s.start_join(helper, name='Somebody')
            s.admit('Hanna Helper')
            certified.wait('member', state='joined')
            certified.window('viewer')
            enlarge(helper)
            plain = s.join(guest, name='Hanna')
            s.share()
            assert [e['name'] for e in trail(desk, 'identity_good')] == ['Hanna Helper']
            since = s.host.mark()
            plain.press('viewer', 'ask')
            s.host.wait('window', 15, since, name='toast', state='mapped')
            assert not s.host.find('prompt', since, kind='control')
            refused = trail(desk, 'control_refused')
            assert [(e['name'], e['how']) for e in refused] == [('Hanna', 'rule')], refused
            s.give(certified, 'Hanna Helper')
            assert trail(desk, 'control_on')[-1]['name'] == 'Hanna Helper'
            assert trail(desk, 'control_proof')[-1]['words'] == 'certified'
            assert trail(desk, 'share_on')[-1]['compared'] == '1'       # Hanna without a certificate is not


def test_certificates_that_do_not_count():
    """Of another authority, expired, or none: refused, each with its reason in the trail. The authorities are those the
    session began with, whatever becomes of the file."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        authority, stranger = Authority(desk, 'Helpers'), Authority(desk, 'Strangers')
        with Session(desk, wrap=ruled(desk, authority, 'admission = certified\n', '/etc/organisation/helpers.pem')) as s:
            shutil.copy(stranger.cert, os.path.join(desk.dir, 'organisation', 'helpers.pem'))
            for n, (issuer, days, why) in enumerate(((stranger, '30', 'authority'), (authority, '-1', 'expired')), 1):
                issuer.give(other, 'Hanna Helper', days)
                v = s.start_join(other)
                error = v.wait('error')
                assert error['code'] == 'J-WHO', (error, v.transcript()[-2500:], s.host.transcript()[-2500:], events_of(desk)[-8:], v.errors, s.host.errors)
                assert why in trail(desk, 'identity_refused', n)[-1]['why']
                v.stop()
            os.remove(config(other, 'identity.pem'))
            v = s.start_join(other)
            assert v.wait('error')['code'] == 'J-NO' and not s.host.find('prompt')
            authority.give(other, 'Hanna Helper')
            v = s.start_join(other)
            s.admit('Hanna Helper')
            v.wait('member', state='joined')


def test_identity_required():
    """identity_required: no session without one, and nobody in it who shows none."""
    with Desk(HOST) as desk, Desk(OTHER, kind='xvfb') as other:
        wrap = box.box(box.rules(desk, 'identity_required = yes\n'))
        with Control(desk, wrap=wrap).host as host:
            assert host.wait_exit() == 6 and 'identity' in '\n'.join(host.errors)
        become_new(desk)
        with Session(desk, wrap=wrap) as s:
            v = s.start_join(other)
            assert v.wait('error')['code'] == 'J-WHO' and not s.host.find('prompt')
            v.stop()
            become_new(other)
            os.chmod(config(other, 'identity.pem'), 0o640)
            v = s.start_join(other)
            error = v.wait('error')
            assert error['code'] == 'J-WHO' and 'chmod' in error['text'], error
            v.stop()
            os.chmod(config(other, 'identity.pem'), 0o600)
            v = s.start_join(other)
            s.admit('Vera')
            v.wait('member', state='joined')
