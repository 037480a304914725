#!/usr/bin/env python3
"""The figures of audit/EVIDENCE.md that are the same on every run are those that the tests have just printed: tests/policy/figures.py
LOG [EVIDENCE.md]. The last stage of tests/check, whose log it reads. Each figure is also tried with one more: that has to be noticed."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# The test as the table names it, and what it prints; the groups stand in its row, in this order.
PRINTED = (
    ('unit/vitrine/test_session_walk', r'^# walk: (\d+) states, (\d+) transitions .* depth 4 from'),
    ('unit/lib/test_calls', r'^# (\d+) calls tried under (\d+) policies, (\d+) of them permitted'),
    ('unit/lib/test_schema', r'^# (\d+) messages at (\d+) ends, (\d+) bounds and (\d+) texts broken, (\d+) datagrams'),
    ('unit/gate/test_server', r'^# capture: (\d+) requests of the core and (\d+) of (\d+) extensions .* (\d+) rows pass'),
    ('unit/gate/test_server', r'^# input: .* (\d+) rows pass'),
    ('unit/verify/test_check', r'^ *TEST +verify/test_check +(\d+) ok'),
    ('unit/verify/test_recovery', r'^ *TEST +verify/test_recovery +(\d+) ok'),
    ('unit/verify/test_full_disk', r'^ *TEST +verify/test_full_disk +(\d+) ok'),
    ('tests/fuzz/run', r'^# (\d+) targets, (\d+) executions'),
    ('broker/consent.pml', r'MODEL +consent: every property holds in all (\d+) states'),
    ('net/seal/epoch.pml', r'MODEL +epoch: every property holds in all (\d+) states'),
    ('tests/policy/documents.py', r'^documents: .* (\d+) keys'),
    ('s89_guide.as_printed', r's89_guide\.as_printed \((\d+) commands\) ok'),
)
# Rules of a model that can be taken away: nothing prints their number in `make check`.
MODELS = ('broker/consent.pml', 'net/seal/epoch.pml')


def printed(log):
    """(test, figures) for each of them that the log has, and a line for each that is missing or says two things."""
    found, wrong = [], []
    for test, pattern in PRINTED:
        said = {match.groups() for match in re.finditer(pattern, log, re.M)}
        if len(said) == 1:
            found.append((test, said.pop()))
        else:
            wrong.append('%s: printed %s' % (test, ' and '.join(map(str, sorted(said))) or 'nothing like ' + pattern))
    return found, wrong


def rules(path):
    with open(os.path.join(ROOT, path)) as model:
        return str(len(set(re.findall(r'^#ifdef (NO_\w+) /\* \w+ \*/$', model.read(), re.M))))


def rows(document):
    """(test column, figures of the next one) for each row."""
    for line in document.split('\n'):
        cells = line.split('|')
        if len(cells) == 6 and not line.startswith('|---'):
            yield cells[2], [n.replace(',', '') for n in re.findall(r'\d[\d,]*', cells[3])]


def stands(table, test, figures):
    """One of that test's rows has all of them in this order."""
    for tests, numbers in table:
        at = iter(numbers)
        if '`%s`' % test in tests and all(figure in at for figure in figures):
            return True
    return False


def one_more(figures):
    """The same with each of them changed in turn."""
    for i, figure in enumerate(figures):
        yield (*figures[:i], str(int(figure) + 1), *figures[i + 1:])


def main():
    with open(sys.argv[1], errors='replace') as log:
        found, wrong = printed(log.read())
    with open(sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, 'audit/EVIDENCE.md')) as document:
        table = list(rows(document.read()))
    found += [(model, (rules(model),)) for model in MODELS]
    for test, figures in found:
        if not stands(table, test, figures):
            wrong.append('audit/EVIDENCE.md: %s printed %s' % (test, ', '.join('{:,}'.format(int(f)) for f in figures)))
        elif any(stands(table, test, other) for other in one_more(figures)):
            wrong.append('audit/EVIDENCE.md: %s: another figure would not be noticed' % test)
    for line in wrong:
        print(line)
    print('figures: %d compared; %d passed, %d failed' % (sum(len(f) for _, f in found), not wrong, bool(wrong)))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
