#!/usr/bin/env python3
"""Every test and file that the auditor's documents name exists, every claim has its evidence on one page, every property of e2e/1 has its test, every key of vitrine.conf is in a scenario, every event of the trail is looked for in one, every alert is in the guide, seeds are text: tests/policy/documents.py [ROOT]."""
import glob
import os
import re
import sys

ROOT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROPERTIES = 'tests/hostile/PROPERTIES.md'
REQUIREMENTS, EVIDENCE, TARGET = 'audit/REQUIREMENTS.md', 'audit/EVIDENCE.md', 'audit/TARGET.md'
DOCUMENTS = (REQUIREMENTS, EVIDENCE, TARGET, 'BENCHMARKS.md', PROPERTIES)
# What an auditor takes in at once: rows, words of a claim, words without the lines between cells.
PAGE_ROWS, CLAIM_WORDS, PAGE_WORDS = 30, 12, 560
SCENARIO = re.compile(r'^([hs]\d\w_\w+)\.(\w+)$')


def exists(name):
    """FILE.TEST of the scenarios, unit/PROCESS/PROGRAM, hostile/PROGRAM, or a path."""
    scenario = SCENARIO.match(name)
    if scenario:
        folder = 'hostile' if name[0] == 'h' else 'scenario'
        path = os.path.join(ROOT, 'tests', folder, scenario.group(1) + '.py')
        if not os.path.exists(path):
            return False
        with open(path) as text:
            return re.search(r'^def test_%s\(' % scenario.group(2), text.read(), re.M) is not None
    if name.startswith(('unit/', 'hostile/')):
        return os.path.exists(os.path.join(ROOT, 'tests', name + '.c'))
    return os.path.exists(os.path.join(ROOT, name))


def named(line):
    """What stands in code marks and looks like a test."""
    for word in re.findall(r'`([^`]+)`', line):
        if SCENARIO.match(word) or word.endswith('.pml') or word.startswith(('unit/', 'hostile/', 'tests/fuzz', 'tests/models/', 'tests/hostile/')) and ' ' not in word:
            yield word


def keys():
    """The keys of vitrine.conf as it is shipped, each with what holds where no file names it."""
    with open(os.path.join(ROOT, 'policy/vitrine.conf')) as text:
        return dict(re.findall(r'^#([a-z_]+) = (.*)$', text.read(), re.M))


def is_set(key, default, text):
    """Something else stands for it in a string that is a rule: no name of Python's, and no sentence about it."""
    return any(value != default for value in re.findall(r"""(?:['"]|\\n)%s = ((?::(?! )|[^\\'":])+)(?:\\n|['"])""" % key, text))


def unnamed_keys():
    """Every key has a scenario that sets it, to show what it refuses."""
    text = ''
    for folder in ('scenario', 'hostile'):
        for name in sorted(os.listdir(os.path.join(ROOT, 'tests', folder))):
            if name.endswith('.py'):
                with open(os.path.join(ROOT, 'tests', folder, name)) as source:
                    text += source.read()
    return ['policy/vitrine.conf: no scenario sets %s' % key for key, default in sorted(keys().items()) if not is_set(key, default, text)]


# Events that no scenario brings about, and the unit test that looks for them.
ELSEWHERE = {'joining_stopped': 'unit/vitrine/test_session_door', 'still_asked': 'unit/vitrine/test_session_prompts',
             'still_kept': 'unit/vitrine/test_session_prompts'}


def source(name):
    with open(os.path.join(ROOT, 'tests', name)) as text:
        return text.read()


def unseen_events():
    """Every event of the trail is looked for in a scenario that reads trails, or where ELSEWHERE says; what it holds is compared with the
    catalogue in all of them (tests/harness/desk.py)."""
    with open(os.path.join(ROOT, 'policy/audit.def')) as text:
        events = re.findall(r'^\d+\s+(\w+) ', text.read(), re.M)
    readers = [text for text in (source(os.path.relpath(path, os.path.join(ROOT, 'tests')))
                                 for path in glob.glob(os.path.join(ROOT, 'tests', '*', '[hs]??_*.py'))) if re.search(r'^from trail import', text, re.M)]
    for event in events:
        seen = any("'%s'" % event in text for text in readers)
        if event in ELSEWHERE:
            seen = re.search(r'\b(AUDIT_)?%s\b' % event, source(ELSEWHERE[event] + '.c'), re.I)
        if not seen:
            yield 'policy/audit.def: no test looks for %s' % event


def unwatched_alerts():
    """What an auditor is told to watch for has every event of severity alert."""
    watched = content('audit/GUIDE.md').split('## What to watch for')[1]
    for event in re.findall(r'^\d+\s+(\w+)\s+alert ', content('policy/audit.def'), re.M):
        if '`%s`' % event not in watched:
            yield 'audit/GUIDE.md: does not say why to watch for %s' % event


def property_tests():
    """The tests that are named after a property, pNN_..., of the programs and of the scenarios in tests/hostile."""
    for path in sorted(glob.glob(os.path.join(ROOT, 'tests/hostile/*.[cp]*'))):
        with open(path) as text:
            yield from re.findall(r'^(?:static void |def test_)(p\d\d_\w+)\(', text.read(), re.M)


def properties():
    """Each of the twenty has a test of its number, and the table names these tests, no others."""
    tests = set(property_tests())
    with open(os.path.join(ROOT, PROPERTIES)) as text:
        named_there = set(re.findall(r'`(?:h40_secrets\.)?(p\d\d_\w+)`', text.read()))
    for number in range(1, 21):
        if not any('p%02d_' % number in test for test in tests):
            yield 'tests/hostile: no test of property %d' % number
    for test in sorted(tests ^ named_there):
        yield '%s: %s' % (PROPERTIES, test + (' is not named' if test in tests else ' does not exist'))


def binary_seeds():
    """Seeds are text, the others stand in base64 (tests/fuzz/seeds)."""
    for folder, _, names in sorted(os.walk(os.path.join(ROOT, 'tests/corpus'))):
        for name in names:
            with open(os.path.join(folder, name), 'rb') as seed:
                seeds = seed.read()
            try:
                text = seeds.decode()
            except UnicodeDecodeError:
                text = '\0'
            if re.search(r'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', text):
                yield 'tests/corpus/%s/%s: is no text' % (os.path.basename(folder), name)


def content(document):
    with open(os.path.join(ROOT, document)) as text:
        return text.read()


def evidence():
    """Every claim has a row, and all of it is a page: what is longer belongs into TARGET.md or BENCHMARKS.md."""
    text = content(EVIDENCE)
    rows = [line.split('|')[1].split() for line in re.findall(r'^\| C\d.*$', text, re.M)]
    numbers = {word for row in rows for word in row if re.match(r'C\d+$', word)}
    for claim in re.findall(r'^\| (C\d+) \|', content(TARGET), re.M):
        if claim not in numbers:
            yield '%s: nothing shows %s' % (EVIDENCE, claim)
    for row in rows:
        if len([word for word in row if not re.match(r'C\d+$', word)]) > CLAIM_WORDS:
            yield '%s: a claim of more than %d words: %s' % (EVIDENCE, CLAIM_WORDS, ' '.join(row))
    if len(rows) > PAGE_ROWS or len(text.replace('|', ' ').split()) > PAGE_WORDS:
        yield '%s: more than a page (%d rows, %d words)' % (EVIDENCE, len(rows), len(text.replace('|', ' ').split()))


def main():
    missing, found = unnamed_keys() + list(unseen_events()) + list(binary_seeds()) + list(properties()) + list(evidence()) + list(unwatched_alerts()), 0
    for document in DOCUMENTS:
        for number, line in enumerate(content(document).splitlines(), 1):
            names = list(named(line))
            cells = line.split('|') if document == REQUIREMENTS else []
            settings = re.findall(r'`([a-z]+_[a-z_]+|relays|control|clipboard)`', cells[2]) if len(cells) == 5 else []
            if len(cells) == 5 and not line.startswith('|---') and '| Test |' not in line and not names:
                missing.append('%s:%d: names no test' % (document, number))
            missing += ['%s:%d: no test %s' % (document, number, name) for name in names if not exists(name)]
            missing += ['%s:%d: no key %s' % (document, number, name) for name in settings if name not in keys()]
            found += len(names)
    for line in missing:
        print(line)
    print('documents: %d tests named, %d keys; %d passed, %d failed' % (found, len(keys()), not missing, bool(missing)))
    return 1 if missing else 0


if __name__ == '__main__':
    sys.exit(main())
