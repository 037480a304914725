"""The security status inside a session: it looks at what runs and starts nothing."""
import time

from session import Desk, Session


def test_security_status_starts_nothing():
    with Desk((1024, 768)) as desk:
        with Session(desk) as s:
            before, seen = s.host.workers(), set()
            s.host.press('host-panel', 'doctor')
            s.host.window('doctor')
            end = time.monotonic() + 2
            while time.monotonic() < end:
                seen |= {name for pid, name in s.host.workers().items() if pid not in before}
                time.sleep(0.002)
            assert not {'vitrine-capture', 'vitrine-gate', 'vitrine-input'} & seen, seen
            assert not any(e['event'] == 'worker' and e['role'] == 'capture' for e in s.host.events)
