"""Windows without a broker on a desk: the rig of the unit tests (tests/unit/vitrine/windows_rig.h), driven by a test.

Its painter is the rig's own; judge, dialogs and X server are real."""
import os
import re
import shutil
import subprocess
import time

from desk import PATIENCE, scratch
from party import BUILD

PROMPT = re.compile(r'prompt (\d+) (\S+) armed=(\d) closed=(\d) yes=(\S+) no=(\S+)')
KINDS = ('admit', 'share', 'present', 'hand-over', 'words', 'key', 'still', 'control', 'second', 'whole', 'end')   # enum prompt_kind


def numbers(text):
    return tuple(map(int, text.split(',')))


class Rig:
    def __init__(self, desk):
        folder = scratch('vtw')
        os.chmod(folder, 0o755)
        program = shutil.copy(os.path.join(BUILD, 'tests/unit/vitrine/test_windows'), folder)
        self.desk = desk
        self.process = desk.run(program, 'rig', stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.lines, self.rest = [], b''
        self.serial = self.turn = 0
        self.wait('shown 1')
        shutil.rmtree(folder)  # it runs

    def say(self, command):
        self.process.stdin.write(command.encode() + b'\n')
        self.process.stdin.flush()

    def read(self):
        chunk = self.process.stdout.read()
        if chunk:
            *whole, self.rest = (self.rest + chunk).split(b'\n')
            self.lines += [line.decode() for line in whole]

    def mark(self):
        self.read()
        return len(self.lines)

    def wait(self, pattern, seconds=PATIENCE, start=0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read()
            for line in self.lines[start:]:
                found = re.search(pattern, line)
                if found:
                    return found
            time.sleep(0.01)
        raise AssertionError('no line like %r in %r' % (pattern, self.lines[-8:]))

    def ask(self, kind='share', panel=False):
        """A fresh prompt; returns the rectangles of yes and no. self.window: its window's."""
        self.serial += 1
        self.desk.move(5, 5)
        self.say('panel %d' % self.serial if panel else 'prompt %d %d' % (self.serial, KINDS.index(kind)))
        found = self.wait('prompt %d .*closed=0' % self.serial)
        found = PROMPT.match(found.string)
        self.window = self.place(found.group(2))
        return numbers(found.group(5)), numbers(found.group(6))

    def place(self, window):
        """Where it was said last to be."""
        self.wait('window %s mapped' % window)
        return [numbers(found.group(1).replace(' ', ',')) for line in self.lines
                for found in [re.match(r'window %s mapped (\d+ \d+ \d+ \d+)' % window, line)] if found][-1]

    def sync(self):
        """What was done until now has come to it, and what it says of that has been read."""
        self.turn += 1
        self.say('sync %d' % self.turn)
        self.wait('^sync %d$' % self.turn)

    def armed(self, seconds=PATIENCE):
        """Waits until it can be answered, also if it could already."""
        self.sync()
        end = time.monotonic() + seconds
        while ' armed=1' not in [line for line in self.lines if line.startswith('prompt %d ' % self.serial)][-1]:
            assert time.monotonic() < end, self.lines[-8:]
            time.sleep(0.01)
            self.read()

    def answer(self):
        """What has been answered by now; None: nothing, whatever hands and programs have done."""
        self.sync()
        said = [line.split(' ', 2)[2] for line in self.lines if line.startswith('answer %d ' % self.serial)]
        return said[0] if said else None
