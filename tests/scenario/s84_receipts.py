"""The receipt of a session with control: a stranger checks both sides' signatures and the organizer's word for their keys."""
import os
import re
import sys

from desk import Desk
from trail import events_of, path_of

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from s53_control import HOST, VIEWER, Control  # noqa: E402
from s70_trail import audit  # noqa: E402


def signatures(done):
    found = re.search(r'(\d+) signatures of people', done.stdout)
    return int(found.group(1)) if found else 0


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
        receipt = audit(desk, 'receipt', path_of(desk))
        assert receipt.returncode == 0 and '"control_proof"' in receipt.stdout, receipt
        stranger = os.path.join(other.dir, 'receipt')
        with open(stranger, 'w') as out:
            out.write(receipt.stdout)
        os.chmod(stranger, 0o644)
        done = audit(other, 'verify', stranger)
        assert done.returncode == 0 and signatures(done) == 3, done
        for field in ('sig_c', 'bind', 'd1'):
            changed = re.sub(r'("%s":".)(.)' % field, lambda m: m.group(1) + ('1' if m.group(2) != '1' else '2'),
                             receipt.stdout, count=1)
            assert changed != receipt.stdout
            with open(stranger, 'w') as out:
                out.write(changed)
            done = audit(other, 'verify', stranger)
            assert done.returncode == 1 and 'NOT whole' in done.stdout, done


test_control_receipt.limit = 120
