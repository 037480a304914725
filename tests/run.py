#!/usr/bin/env python3
"""Runs the scenario tests: every test_* function of tests/scenario/*.py and tests/hostile/*.py.

    tests/run.py [-k WORD] [-v] [FILE ...]

One line a test, a count at the end. A failing test leaves its pictures and transcripts in build/tests/NAME/.
"""
import argparse
import glob
import importlib.util
import os
import signal
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'harness'))
import party  # noqa: E402


def load(path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tests(paths, word):
    for path in paths:
        module = load(path)
        for name, function in list(vars(module).items()):
            if name.startswith('test_') and callable(function) and (not word or word in name):
                yield '%s.%s' % (module.__name__, name[5:]), function


def too_long(*_):
    raise TimeoutError('the test took longer than its limit')


def main():
    options = argparse.ArgumentParser()
    options.add_argument('-k', dest='word')
    options.add_argument('files', nargs='*')
    args = options.parse_args()
    paths = args.files or sorted(
        path for folder in ('scenario', 'hostile') for path in glob.glob(os.path.join(HERE, folder, '*.py')))
    signal.signal(signal.SIGALRM, too_long)
    passed = failed = 0
    try:
        for name, function in tests(paths, args.word):
            start = time.monotonic()
            print('  RUN     %s ' % name, end='', flush=True)
            signal.alarm(getattr(function, 'limit', 120))
            try:
                function()
                passed += 1
                print('ok (%.1f s)' % (time.monotonic() - start), flush=True)
            except Exception:
                failed += 1
                print('FAILED (%.1f s)' % (time.monotonic() - start))
                traceback.print_exc(file=sys.stdout)
                sys.stdout.flush()
            finally:
                signal.alarm(0)
    finally:
        party.forget_binaries()
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
