"""The audit trail of a desk's user, as its lines."""
import json
import os


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
