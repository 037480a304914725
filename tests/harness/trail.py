"""The audit trail of a desk's user, as its lines."""
import json
import os
import time

from desk import PATIENCE


def path_of(desk):
    return os.path.join(desk.env['XDG_STATE_HOME'], 'vitrine/audit.log')


def events_of(desk, name=None):
    """Lines of that event (all without a name), oldest first."""
    try:
        with open(path_of(desk)) as log:
            lines = [json.loads(line) for line in log if line.endswith('\n')]
    except FileNotFoundError:
        return []
    return [line for line in lines if name is None or line['event'] == name]


def noted(desk, name, n=1):
    """Lines of that event, once there are n: another process writes them, when it comes to it."""
    end = time.monotonic() + PATIENCE
    while len(events_of(desk, name)) < n:
        assert time.monotonic() < end, '%d of %d %s in the trail: %s' % (
            len(events_of(desk, name)), n, name, [line['event'] for line in events_of(desk)])
        time.sleep(0.05)
    return events_of(desk, name)
