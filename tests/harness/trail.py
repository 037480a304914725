"""The audit trail of a desk's user, as its lines."""
import contextlib
import glob
import json
import os
import re
import time

from desk import PATIENCE


def path_of(desk):
    return os.path.join(desk.env['XDG_STATE_HOME'], 'vitrine/audit.log')


def events_in(path, name=None):
    """Lines of that event (all without a name), oldest first."""
    try:
        with open(path) as log:
            text = log.read()       # at once: the rest of a line that is being written would be taken for the next one
    except FileNotFoundError:
        return []
    lines = [json.loads(line) for line in text.split('\n')[:-1]]
    return [line for line in lines if name is None or line['event'] == name]


def events_of(desk, name=None):
    return events_in(path_of(desk), name)


def catalogue():
    """policy/audit.def: of each event its number and its fields."""
    rows = {}
    with open(os.path.join(os.path.dirname(__file__), '..', '..', 'policy', 'audit.def')) as rules:
        for line in rules:
            found = re.match(r'(\d+)\s+(\w+)\s+\w+\s+([^#]*)#', line)
            if found:
                rows[found.group(2)] = (int(found.group(1)), found.group(3).split())
    return rows


def whole_lines(desk):
    """Of every part of that desk's log; a line that is torn is for `vitrine audit verify`."""
    for path in glob.glob(path_of(desk) + '*'):
        if path.endswith('.key') or not os.path.isfile(path):
            continue
        with open(path, errors='replace') as log:
            for line in log:
                with contextlib.suppress(ValueError):
                    yield json.loads(line)


def as_catalogued(desk):
    """Every line has the number and the fields that the catalogue says, none more and, but for the parts of a record, none less: asked
    of every desk that is left (desk.py)."""
    rows = catalogue()
    for line in whole_lines(desk):
        number, fields = rows[line['event']]
        said = list(line['fields'])
        assert line['id'] == number, line
        assert said == (fields[:len(said)] if line['event'] == 'record_part' else fields), (line, fields)


def noted(desk, name, n=1):
    """Lines of that event, once there are n: another process writes them, when it comes to it."""
    end = time.monotonic() + PATIENCE
    while len(events_of(desk, name)) < n:
        assert time.monotonic() < end, '%d of %d %s in the trail: %s' % (
            len(events_of(desk, name)), n, name, [line['event'] for line in events_of(desk)])
        time.sleep(0.05)
    return events_of(desk, name)
