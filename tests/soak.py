#!/usr/bin/env python3
"""The long one: a session under a bad network for --seconds (1200), members coming and going at random.

    tests/soak.py [--seconds N] [--seed N]

Prints the seed, figures of every lasting process each minute, and at the end what happened. `make soak`."""
import argparse
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'harness'))
import crowd  # noqa: E402
import party  # noqa: E402


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--seconds', type=int, default=1200)
    options.add_argument('--seed', type=int, default=random.randrange(1 << 32))
    args = options.parse_args()
    try:
        crowd.soak(args.seconds, args.seed, lambda line: print(line, flush=True))
    finally:
        party.forget_binaries()
    print('soak: 1 passed, 0 failed')


if __name__ == '__main__':
    main()
