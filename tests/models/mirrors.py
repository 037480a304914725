#!/usr/bin/env python3
"""Which code each rule of the models mirrors, and that it is still the code the rule was compared with: tests/models/mirrors.py check, or
update RULE... for rules that have been compared again. The table is tests/models/mirrors: model, rule, file, function, and a digest of the
function's text without comments and white space. Each row is also tried with the function renamed, changed, and spaced otherwise."""
import hashlib
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TABLE = os.path.join(HERE, 'mirrors')
MODELS = {'consent': 'broker/consent.pml', 'epoch': 'net/seal/epoch.pml'}

STRING = r'"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])*'"
COMMENT = re.compile(r'(%s)|/\*.*?\*/|//[^\n]*' % STRING, re.S)
SPACE = re.compile(r'(%s)|\s+' % STRING)


def content(path):
    with open(os.path.join(ROOT, path)) as text:
        return text.read()


def source_of(file):
    """Nothing where there is no such file any more."""
    return content(file) if os.path.isfile(os.path.join(ROOT, file)) else ''


def rules():
    """(model, rule) for each of both."""
    return [(model, rule) for model, file in MODELS.items() for rule in re.findall(r'^#ifdef NO_(\w+) /\* \w+ \*/$', content(file), re.M)]


def rows():
    return [line.split() for line in content('tests/models/mirrors').splitlines() if line and not line.startswith('#')]


def definition(source, function):
    """As clang-format writes one: its first line and its last brace begin their lines. Empty where there is none."""
    bare = COMMENT.sub(lambda m: m.group(1) or ' ', source)
    found = re.findall(r'^(?![ \t])[^;={}#]*\b%s\([^;{}]*\)\s*\{.*?^\}' % function, bare, re.M | re.S)
    return SPACE.sub(lambda m: m.group(1) or '', ''.join(found))


def digest(source, function):
    text = definition(source, function)
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ''


def judge(row, source):
    """What is wrong with a row, or nothing."""
    model, rule, file, function, compared = row
    now = digest(source, function)
    if not now:
        return '%s is not in %s any more, which %s of %s mirrors' % (function, file, rule, model)
    if now != compared:
        return ('%s in %s has changed since %s of %s was compared with it: read both, then `tests/models/mirrors.py update %s`'
                % (function, file, rule, model, rule))
    return None


def incomplete(known, table):
    """Rules without a row, rows without a rule."""
    named = {(row[0], row[1]) for row in table}
    yield from ('%s of %s: tests/models/mirrors does not say what it mirrors' % (rule, model) for model, rule in known if (model, rule) not in named)
    yield from ('tests/models/mirrors: %s has no rule %s' % (model, rule) for model, rule in sorted(named - set(known)))


def unnoticed(known, table):
    """Each thing that has to be noticed, tried."""
    for model, rule in known:
        if not any(incomplete(known, [row for row in table if (row[0], row[1]) != (model, rule)])):
            yield '%s of %s could lose its rows' % (rule, model)
        if not any(incomplete([other for other in known if other != (model, rule)], table)):
            yield '%s of %s could be gone' % (rule, model)
    for row in table:
        source, function = source_of(row[2]), row[3]
        begin = re.compile(r'^((?![ \t])[^;={}#\n]*\b%s)(\([^;{}]*\)\s*\{)' % function, re.M)
        for change, wanted in ((lambda m: m[1] + '_of' + m[2], True), (lambda m: m[0] + ' return;', True),
                               (lambda m: m[1] + m[2][:-1] + ' /* as ever */\n\n{ ', False)):
            changed = begin.sub(change, source)
            if changed == source or (judge(row, changed) is not None) != wanted:
                yield '%s in %s changed: not judged rightly' % (function, row[2])


def check():
    known, table = rules(), rows()
    wrong = ['tests/models/mirrors: not model, rule, file, function, digest: ' + ' '.join(row) for row in table if len(row) != 5]
    table = [row for row in table if len(row) == 5]
    wrong += incomplete(known, table)
    wrong += filter(None, (judge(row, source_of(row[2])) for row in table))
    wrong += [] if wrong else unnoticed(known, table)
    for line in wrong:
        print(line)
    print('  MODEL   mirrors: %d rules, each compared with the code as it is in %d places' % (len(known), len(table)) if not wrong
          else '  MODEL   mirrors FAILED')
    return 1 if wrong else 0


def update(wanted):
    """Only what was named, and only what is there."""
    lines, left = content('tests/models/mirrors').splitlines(), set(wanted)
    for i, line in enumerate(lines):
        cells = line.split()
        if len(cells) < 4 or line.startswith('#') or cells[1] not in wanted:
            continue
        left.discard(cells[1])
        now = digest(source_of(cells[2]), cells[3])
        if not now:
            sys.exit('%s is not in %s' % (cells[3], cells[2]))
        lines[i] = '%-8s %-20s %-28s %-26s %s' % (*cells[:4], now)
    if left:
        sys.exit('tests/models/mirrors: no row of ' + ' '.join(sorted(left)))
    with open(TABLE, 'w') as out:
        out.write('\n'.join(lines) + '\n')
    return 0


if __name__ == '__main__':
    if sys.argv[1:] == ['check']:
        sys.exit(check())
    if len(sys.argv) > 2 and sys.argv[1] == 'update':
        sys.exit(update(sys.argv[2:]))
    sys.exit('tests/models/mirrors.py check | update RULE...')
