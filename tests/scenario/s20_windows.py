"""Physical hands on the windows alone: what a click must be to count as consent (platform.md 5).

Starts the window rig of the unit tests on a desk with physical devices; its painter is played by the test, the judge,
the dialogs and the X server are real.
"""
import os
import re
import shutil
import subprocess
import time

from desk import Desk, middle, scratch, stop_program
from party import BUILD

WHOLE = re.compile(r'prompt (\d+) (\S+) armed=(\d) closed=(\d) yes=(\S+) no=(\S+)')


class Rig:
    def __init__(self, desk, program):
        self.desk = desk
        self.process = desk.run(program, 'rig', stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.lines, self.rest = [], b''
        self.serial = 0

    def say(self, command):
        self.process.stdin.write(command.encode() + b'\n')
        self.process.stdin.flush()

    def read(self):
        chunk = self.process.stdout.read()
        if chunk:
            *whole, self.rest = (self.rest + chunk).split(b'\n')
            self.lines += [line.decode() for line in whole]

    def wait(self, pattern, seconds=3, start=0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read()
            for line in self.lines[start:]:
                found = re.search(pattern, line)
                if found:
                    return found
            time.sleep(0.01)
        raise AssertionError('no line like %r in %r' % (pattern, self.lines[-8:]))

    def ask(self):
        """A fresh consent dialog; returns the rectangles of yes and no."""
        self.serial += 1
        self.desk.move(5, 5)
        self.say('prompt %d' % self.serial)
        found = self.wait('prompt %d .*closed=0' % self.serial)
        found = WHOLE.match(found.string)
        return [tuple(map(int, found.group(i).split(','))) for i in (5, 6)]

    def armed(self):
        self.wait('prompt %d .* armed=1' % self.serial)

    def answer(self, seconds=0.4):
        try:
            return self.wait('answer %d (.*)' % self.serial, seconds).group(1)
        except AssertionError:
            return None


def refuse(rig):
    rig.desk.tap('Escape')
    assert rig.answer(2).startswith('no hand=2 why=1'), rig.answer()


def physical_click(rig):
    yes, _ = rig.ask()
    rig.armed()
    rig.desk.click(*middle(yes))
    assert rig.answer() == 'yes hand=2 why=0', rig.answer()


def too_early(rig):
    yes, _ = rig.ask()
    rig.desk.click(*middle(yes))
    assert rig.answer() is None
    rig.armed()
    rig.desk.click(*middle(yes))
    assert rig.answer() == 'yes hand=2 why=0'


def xtest_click(rig):
    yes, _ = rig.ask()
    rig.armed()
    rig.desk.move(*middle(yes))
    rig.desk.call('xdotool', 'click', '1')
    assert rig.answer() is None
    rig.wait('hint', 1)
    time.sleep(1.2)
    rig.desk.click(*middle(yes))        # the dialog is spoilt for good
    assert rig.answer() is None
    refuse(rig)


def warp_and_click(rig):
    yes, _ = rig.ask()
    rig.armed()
    rig.desk.move(20, 20)
    rig.desk.call('xdotool', 'mousemove', *map(str, middle(yes)))     # XWarpPointer
    rig.desk.button(1, True)
    rig.desk.button(1, False)
    assert rig.answer() is None
    time.sleep(1.2)
    rig.desk.button(1, True)            # quiet alone is not enough: the hand has not aimed
    rig.desk.button(1, False)
    assert rig.answer() is None
    rig.desk.move(*middle(yes))
    time.sleep(1.2)
    rig.desk.click(*middle(yes))
    assert rig.answer() == 'yes hand=2 why=0', rig.answer()


def drag_off(rig):
    yes, no = rig.ask()
    rig.armed()
    rig.desk.move(*middle(yes))
    rig.desk.button(1, True)
    rig.desk.move(*middle(no))
    rig.desk.button(1, False)
    assert rig.answer() is None
    refuse(rig)


def keys(rig):
    rig.ask()
    rig.armed()
    rig.desk.key('Shift_L', True)
    rig.desk.tap('Tab')                 # backwards from "no": the grant
    rig.desk.key('Shift_L', False)
    rig.desk.tap('Return')
    assert rig.answer() is None         # a key is noise: the guard runs again
    time.sleep(1.2)
    rig.desk.tap('Return')
    assert rig.answer() == 'yes hand=2 why=0', rig.answer()


def enter_is_no(rig):
    rig.ask()
    rig.armed()
    rig.desk.tap('Return')
    assert rig.answer() == 'no hand=2 why=0', rig.answer()


def covered_by_others(rig):
    yes, _ = rig.ask()
    rig.armed()
    other = rig.desk.run('xev', '-geometry', '300x300+0+0')
    rig.wait('prompt %d .* armed=0' % rig.serial)
    rig.desk.click(*middle(yes))
    assert rig.answer() is None
    time.sleep(1.2)
    stop_program(other)
    rig.desk.click(*middle(yes))
    assert rig.answer() is not None


def typing(rig):
    found = rig.wait(r'window home mapped (\d+) (\d+)')
    x, y = int(found.group(1)), int(found.group(2))
    rig.desk.click(x + 400, y + 250)
    rig.wait('focus=join_number', 2)
    rig.desk.call('xdotool', 'type', '777')          # a program's keys are ignored
    rig.desk.type('482 915 306')
    rig.say('text')
    assert rig.wait('text (.*)').group(1) == '482 915 306', rig.lines[-3:]


def test_rig():
    """One case after the other on the same windows."""
    folder = scratch('vtw')
    os.chmod(folder, 0o755)
    program = shutil.copy(os.path.join(BUILD, 'tests/unit/vitrine/test_windows'), folder)
    with Desk() as desk:
        rig = Rig(desk, program)
        shutil.rmtree(folder)  # it runs
        rig.wait('shown 0 1', 5)
        rig.say('assistive 0')
        for case in (physical_click, too_early, xtest_click, warp_and_click, drag_off, keys, enter_is_no,
                     covered_by_others, typing):
            try:
                case(rig)
            except AssertionError as error:
                rig.read()
                raise AssertionError('%s; last lines: %s' % (case.__name__, rig.lines[-16:])) from error
