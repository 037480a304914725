"""The receipt of a session with control: a stranger checks both sides' signatures and the organizer's word for their keys."""
import hashlib
import json
import os
import re
import struct
import subprocess
import sys

import box
from desk import Desk
from hands import HOST, VIEWER, Control
from party import Party
from relay import Relay
from session import Session, enlarge
from trail import events_of, path_of

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s70_trail import audit  # noqa: E402
from s31_policy import conf_d  # noqa: E402


def signatures(done):
    found = re.search(r'(\d+) signatures of people', done.stdout)
    return int(found.group(1)) if found else 0


def number(raw):
    """As DER has it: no zero byte too many, one where the sign would be wrong."""
    raw = raw.lstrip(b'\0') or b'\0'
    raw = b'\0' + raw if raw[0] & 0x80 else raw
    return b'\x02' + bytes([len(raw)]) + raw


def by_hand(folder, key, message, signature):
    """The command of audit/FORMAT.md 10, by openssl alone; whether it said that the signature is right."""
    r, s = number(signature[:32]), number(signature[32:])
    files = {'key.der': bytes.fromhex('3059301306072a8648ce3d020106082a8648ce3d030107034200') + key,
             'sig': b'\x30' + bytes([len(r + s)]) + r + s, 'm': message}
    for name, content in files.items():
        with open(os.path.join(folder, name), 'wb') as out:
            out.write(content)
    done = subprocess.run(['openssl', 'dgst', '-sha256', '-verify', 'key.der', '-keyform', 'DER', '-signature', 'sig', 'm'],
                          cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode == 0 and 'Verified OK' in done.stdout


def signed_statements(desk):
    """(key, bytes, signature) of every line that people have signed in that trail, put together as audit/FORMAT.md 10 says."""
    p = {k: bytes.fromhex(v) if len(v) >= 16 else v for k, v in events_of(desk, 'control_proof')[-1]['fields'].items()}
    said = p['bind'] + p['session'] + p['grant'] + struct.pack('>HHHIH', *(int(p[k]) for k in (
        'controller', 'presenter', 'caps', 'seconds', 'idle')))
    for which, key, sig in ((0, 'key_c', 'sig_c'), (1, 'key_p', 'sig_p')):
        yield p[key], b'e2e/1 sig pair auth\0' + bytes([which]) + said, p[sig]
    f = events_of(desk, 'share_proof')[-1]['fields']
    share = bytes.fromhex(f['session']) + struct.pack('>IH', int(f['epoch']), int(f['member']))
    yield bytes.fromhex(f['key']), b'e2e/1 sig share\0' + share, bytes.fromhex(f['sig'])
    parts = [line['fields'] for line in events_of(desk, 'record_part')]
    last = [i for i, part in enumerate(parts) if part['part'] == parts[0]['part']][-1]      # the newest record begins there
    record = bytes.fromhex(''.join(part.get('d%d' % d, '') for part in parts[last:] for d in range(1, 13)))
    yield p['key_p'], b'e2e/1 sig record\0' + record[:-64], record[-64:]


def check_by_hand(desk):
    n = 0
    for key, message, signature in signed_statements(desk):
        assert by_hand(desk.dir, key, message, signature), (n, message)
        assert not by_hand(desk.dir, key, message[:-1] + bytes([message[-1] ^ 1]), signature), n
        n += 1
    assert n == 4


def written_anew(desk, lines):
    """Those lines as whoever has the key file can write them: numbers, hashes and heads made to fit. Seals are left: a receipt's are not looked at."""
    with open(path_of(desk) + '.key') as text:
        private = bytes.fromhex(re.search('^private (.*)$', text.read(), re.M).group(1))
    der, signed, out = (os.path.join(desk.dir, name) for name in ('owner.der', 'head', 'head.sig'))
    with open(der, 'wb') as key:
        key.write(bytes.fromhex('302e020100300506032b657004220420') + private)
    n, prev = (json.loads(lines[0])[name] for name in ('n', 'prev'))
    for line in lines:
        if '"event":"signed_head"' in line:
            with open(signed, 'wb') as message:
                message.write(b'vitrine/1 audit head\0' + struct.pack('>Q', n - 1) + bytes.fromhex(prev))
            subprocess.run(['openssl', 'pkeyutl', '-sign', '-rawin', '-keyform', 'DER', '-inkey', der, '-in', signed, '-out', out], check=True)
            with open(out, 'rb') as made:
                line = re.sub('("signature":")[0-9a-f]+', r'\g<1>' + made.read().hex(), line)
        body = re.sub('^{"n":[0-9]+', '{"n":%d' % n, line.partition('"hash":')[0])
        body = re.sub('"prev":"[0-9a-f]+",$', '"prev":"%s"' % prev, body)
        n, prev = n + 1, hashlib.sha256(body.encode()).hexdigest()
        yield '%s,"hash":"%s",%s' % (body, prev, line[line.index('"seal":'):])


def left_out(desk, stranger, receipt):
    """The owner of the computer leaves out what people signed, and signs the rest: that is said, with the line."""
    head, *lines = receipt.splitlines(keepends=True)
    for event, status, said in ((None, 0, 'a receipt, and right: '), ('control', 7, "a receipt, and right as this computer's word; but"),
                                ('share', 7, "a receipt, and right as this computer's word; but")):
        anew = list(written_anew(desk, [line for line in lines if '"event":"%s_proof"' % event not in line]))
        with open(stranger, 'w') as out:
            out.write(head + ''.join(anew))
        done = audit(desk, 'verify', stranger)
        assert done.returncode == status and said in done.stdout, (event, done)
        if status == 7:
            at = [i for i, line in enumerate(anew, 2) if '"event":"%s_on"' % event in line]
            assert ': line %d: ' % at[0] in done.stdout, (at, done)


def test_control_receipt():
    """One for the share, two for the grant; the controller's own trail has the two as well. A changed receipt is refused."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            s.give(viewer)
            since = s.host.mark()
            viewer.press('viewer', 'ask')       # Release control
            s.host.wait('control', 15, since, state='off')
            s.host.wait('window', 15, since, name='toast', state='closed')
            s.host.press('host-panel', 'end')
            s.host.answer('end', 'yes')
            viewer.wait('ended', how='properly')
            s.host.wait('ended')
        proof = events_of(desk, 'control_proof')[-1]['fields']
        theirs = events_of(other, 'control_proof')[-1]['fields']
        for field in ('grant', 'session', 'bind', 'sig_c', 'sig_p', 'key_c', 'key_p', 'epoch', 'controller', 'presenter'):
            assert proof[field] == theirs[field], field
        assert (proof['words'], proof['seconds'], proof['presenter']) == ('no', '900', '1'), proof
        assert events_of(desk, 'share_on')[-1]['fields']['compared'] == '0'
        assert signatures(audit(other, 'verify', path_of(other))) == 2
        check_by_hand(desk)
        exported = audit(desk, 'export', '--format', 'json', path_of(desk))
        with open(path_of(desk)) as trail:
            assert exported.returncode == 0 and exported.stdout == trail.read(), exported
        assert audit(desk, 'export', '--format', 'cef', path_of(desk)).returncode == 0
        receipt = audit(desk, 'receipt', path_of(desk))
        assert receipt.returncode == 0 and '"control_proof"' in receipt.stdout, receipt
        stranger = os.path.join(other.dir, 'receipt')
        with open(stranger, 'w') as out:
            out.write(receipt.stdout)
        os.chmod(stranger, 0o644)
        done = audit(other, 'verify', stranger)
        assert done.returncode == 0 and signatures(done) == 3, done
        nine = events_of(desk, 'session_start')[-1]['fields']['session']
        assert 'a receipt, and right' in done.stdout and ', session %s;' % nine in done.stdout, done
        with open(stranger, 'w') as out:
            out.write(receipt.stdout.partition('\n')[2])
        done = audit(other, 'verify', stranger)     # the same lines, and nothing that says what they are
        assert done.returncode == 7 and 'whole as a part of a trail' in done.stdout, done
        for field in ('sig_c', 'bind', 'd1'):
            changed = re.sub(r'("%s":".)(.)' % field, lambda m: m.group(1) + ('1' if m.group(2) != '1' else '2'),
                             receipt.stdout, count=1)
            assert changed != receipt.stdout
            with open(stranger, 'w') as out:
                out.write(changed)
            done = audit(other, 'verify', stranger)
            assert done.returncode == 1 and 'NOT whole' in done.stdout, done
        left_out(desk, stranger, receipt.stdout)


test_control_receipt.limit = 120


def test_each_share():
    """What goes on after a pause, and what is shared after a stop, is a share of its own, signed by itself: without its line, or with a copy of
    another share's in that place, it is this computer's word alone."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            s.join(other)
            s.share()
            for state in ('paused', 'off'):
                since = s.host.mark()
                s.host.press('sharing-bar', 'pause' if state == 'paused' else 'stop')
                s.host.wait('share', since=since, state=state)
                since = s.host.mark()
                if state == 'paused':
                    s.host.press('sharing-bar', 'resume')
                else:
                    s.share()
                s.host.wait('share', since=since, state='on')
            s.host.press('host-panel', 'end')
            s.host.answer('end', 'yes')
            s.host.wait('ended')
        head, *lines = audit(desk, 'receipt', path_of(desk)).stdout.splitlines(keepends=True)
        proofs = [i for i, line in enumerate(lines) if '"event":"share_proof"' in line]
        assert len(proofs) == sum('"event":"share_on"' in line for line in lines) == 3, lines
        assert len({json.loads(lines[i])['fields']['sig'][:64] for i in proofs}) == 3, lines
        stranger = os.path.join(desk.dir, 'receipt')
        for wrong in (None, proofs[1], proofs[2]):
            for copied in ([], [lines[proofs[0]]]) if wrong else ([],):
                anew = list(written_anew(desk, lines[:wrong] + copied + lines[wrong + 1:] if wrong else lines))
                with open(stranger, 'w') as out:
                    out.write(head + ''.join(anew))
                done = audit(desk, 'verify', stranger)
                on = [i for i, line in enumerate(anew, 2) if '"event":"share_on"' in line]
                said = ': line %d: a receipt, and right as this' % on[proofs.index(wrong)] if wrong else ': a receipt, and right: '
                assert done.returncode == (7 if wrong else 0) and said in done.stdout, (wrong, copied, done)


test_each_share.limit = 120


def test_compared_words():
    """Words that were compared before are in the lines that prove what was shared, and who controlled; at the other side nobody has compared them."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk, wrap=box.box(box.rules(desk, 'admission = verified\n'))) as s:
            viewer = s.start_join(other)
            s.host.answer('words', 'yes')
            s.admit('Vera')
            viewer.wait('member', 15, state='joined')
            viewer.window('viewer')
            enlarge(other)
            s.share()
            s.give(viewer)
        receipt = audit(desk, 'receipt', path_of(desk))
        said = {line['event']: line['fields'] for line in map(json.loads, receipt.stdout.splitlines()[1:])}
        assert said['control_proof']['words'] == 'compared', said['control_proof']
        assert said['share_on']['compared'] == '1', said['share_on']
        assert events_of(other, 'control_proof')[-1]['fields']['words'] == 'no'


def test_one_session():
    """Two sessions of one run: the receipt holds the newest alone, and the organisation's rules that were in force in it."""
    with Desk((1024, 768)) as desk, Relay() as relay:
        long = 'x' + '\u00e4' * 40          # cut in the middle of a letter where a place is as long as it may be
        relays = ' '.join(['relay-%02d.an-organisation.example:9000' % n for n in range(13)] + [relay.where])
        with Party(desk, 'join', '--relay', relay.where, wrap=box.box(box.rules(
                desk, 'control_longest = 15\nnever_share = One, Two\nrelays = %s\n' % relays,
                *conf_d(**{long: 'largest_session = 50\n'})))) as p:
            for again in ('home', None):
                since = p.mark()
                p.press('home', 'host')
                p.wait('session', 20, since)
                p.press('host-panel', 'end')
                p.wait('ended', 20, since)
                if again:
                    p.press('ended', again)
        receipt = audit(desk, 'receipt', path_of(desk))
        lines = [json.loads(line) for line in receipt.stdout.splitlines()[1:]]
        events = [line['event'] for line in lines]
        assert receipt.returncode == 0 and events[0] == 'rules', receipt
        assert events.count('session_start') == events.count('session_end') == 1, events
        assert lines[0]['fields']['signature'] == 'no' and lines[0]['fields']['keys'] == '4', lines[0]
        rules = [line['fields'] for line in lines if line['event'] == 'rule']
        assert [(r['value'], r['place'].endswith('vitrine.conf:1')) for r in rules if r['key'] == 'control_longest'] == [('15', True)]
        assert ''.join(r['value'] for r in rules if r['key'] == 'relays') == relays, rules
        assert [r['value'] for r in rules if r['key'] == 'never_share'] == ['2'], rules
        assert [r['value'] for r in rules if r['key'] == 'largest_session'] == ['50'], rules
        assert not [line for line in events_of(desk) if line['event'] == 'error'], events_of(desk)
