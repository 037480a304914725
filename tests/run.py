#!/usr/bin/env python3
"""Runs the scenario tests: every test_* function of tests/scenario/*.py and tests/hostile/*.py.

    tests/run.py [-k WORD] [-j N] [--long] [FILE ...]

One line a test as it ends, with the seconds it took and those of them that it kept a core busy; a count at the end. Each test runs
in a process of its own, N of them at once (without -j two more than there are cores: they mostly wait, for guards and for people).
One that waits for the clock nearly all its time says so, `test_x.waits = True`, and takes none of the N places: WAITING of them run
beside the others. A test about the whole machine says so, `test_x.alone = True`, and runs with no other beside it. One of
`make check-long` says `test_x.long = True`: --long runs those, and no others. `test_x.limit` is how many seconds it should take, half
of what it may; those that may take longest begin first. One that cannot run here (desk.Skipped) is
counted apart, and the last line says what it needs; a run in which nothing passed has failed.
"""
import argparse
import collections
import glob
import importlib.util
import os
import signal
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'harness'))
import desk  # noqa: E402
import party  # noqa: E402

GRACE = 30      # seconds for a test that is over its limit to stop what it started
WAITING = 2     # tests that wait for the clock, at once
PASSED, FAILED, SKIPPED = 0, 1, 77      # exit status of a test's process


def load(path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tests(paths, word, long):
    for path in paths:
        module = load(path)
        for name, function in list(vars(module).items()):
            if name.startswith('test_') and callable(function) and (not word or word in name) and \
                    getattr(function, 'long', False) == long:
                yield '%s.%s' % (module.__name__, name[5:]), function


def limit(function):
    """Seconds it may take: what it says is for a machine that works, and this one may stand still."""
    return 2 * getattr(function, 'limit', 120)


def too_long(*_):
    raise TimeoutError('the test took longer than its limit')


class Running:
    """One test in a process of its own; what it prints is kept until it ends."""

    def __init__(self, name, function):
        self.name, self.start = name, time.monotonic()
        self.limit = limit(function)
        self.waits = getattr(function, 'waits', False)
        self.output, self.needs = tempfile.TemporaryFile(), None
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            self.child(function)

    def child(self, function):
        os.dup2(self.output.fileno(), 1)
        os.dup2(self.output.fileno(), 2)
        signal.signal(signal.SIGALRM, too_long)
        signal.alarm(self.limit)
        status = FAILED
        try:
            function()
            status = PASSED
        except desk.Skipped as why:
            print(why)
            status = SKIPPED
        except BaseException:
            traceback.print_exc(file=sys.stdout)
            print(party.last_words())
        finally:
            signal.alarm(0)
            sys.stdout.flush()
            os._exit(status)        # the copies that all tests share are the parent's to remove

    def stuck(self):
        return time.monotonic() > self.start + self.limit + GRACE

    def report(self, status, used):
        self.output.seek(0)
        said = self.output.read().decode('utf-8', 'replace')
        seconds = '(%.1f s, busy %.1f)' % (time.monotonic() - self.start, used.ru_utime + used.ru_stime)
        outcome = os.waitstatus_to_exitcode(status)
        if outcome == PASSED:
            print('  RUN     %s ok %s' % (' '.join([self.name, *said.split()]), seconds), flush=True)
        elif outcome == SKIPPED:
            self.needs = said.strip()
            print('  RUN     %s skipped: %s' % (self.name, self.needs), flush=True)
        else:
            print('  RUN     %s FAILED %s\n%s' % (self.name, seconds, said), flush=True)
            outcome = FAILED
        return outcome, self.needs


def end_one(running):
    """Waits until one of them has ended, and takes it out; its outcome, and what it needs where it was skipped."""
    while True:
        for test in running:
            pid, status, used = os.wait4(test.pid, os.WNOHANG)
            if pid:
                running.remove(test)
                return test.report(status, used)
            if test.stuck():
                os.kill(test.pid, signal.SIGKILL)
        time.sleep(0.02)


def has_room(running, function, at_once):
    """May it begin beside those?"""
    if getattr(function, 'alone', False):
        return not running
    waits = getattr(function, 'waits', False)
    return sum(r.waits == waits for r in running) < (WAITING if waits else at_once)


def run(waiting, at_once):
    """Yields for each test what end_one says. Those that must be alone come last, among the others the longest first."""
    running = []
    waiting = sorted(waiting, key=lambda test: (getattr(test[1], 'alone', False), -limit(test[1])))
    while waiting or running:
        next_one = next((test for test in waiting if has_room(running, test[1], at_once)), None)
        if next_one:
            waiting.remove(next_one)
            running.append(Running(*next_one))
        else:
            yield end_one(running)


def main():
    options = argparse.ArgumentParser()
    options.add_argument('-k', dest='word')
    options.add_argument('-j', dest='at_once', type=int, default=(os.cpu_count() or 1) + 2)
    options.add_argument('--long', action='store_true')
    options.add_argument('files', nargs='*')
    args = options.parse_args()
    paths = args.files or sorted(
        path for folder in ('scenario', 'hostile') for path in glob.glob(os.path.join(HERE, folder, '*.py')))
    desk.make_tools()
    party.binaries()
    try:
        ended = list(run(tests(paths, args.word, args.long), max(1, args.at_once)))
    finally:
        party.forget_binaries()
    outcomes = [outcome for outcome, _ in ended]
    skipped = ''.join(', %d skipped: %s' % (n, needs) for needs, n in collections.Counter(
        needs for outcome, needs in ended if outcome == SKIPPED).items())
    print('%d passed, %d failed%s' % (outcomes.count(PASSED), outcomes.count(FAILED), skipped))
    return 0 if PASSED in outcomes and FAILED not in outcomes else 1


if __name__ == '__main__':
    sys.exit(main())
