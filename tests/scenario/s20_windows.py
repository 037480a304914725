"""Physical hands on the windows alone: what a click must be to count as consent (platform.md 5).

Starts the window rig of the unit tests on a desk with physical devices; its painter is played by the test, the judge,
the dialogs and the X server are real.
"""
import os
import signal
import time

from desk import Desk, middle, stop_program
from rig import Rig

TRIES = 5       # of what must be done within a second of the guard


def refuse(rig):
    rig.desk.tap('Escape')
    assert (rig.answer() or '').startswith('no hand=2 why=1'), rig.answer()


def while_guarded(rig, start, act):
    """Does it and asks for no answer. False: there is one, and the guard was over by then; a test that stands still for
    a second shows nothing."""
    act()
    if rig.answer() is None:
        return True
    last = [line for line in rig.lines[start:] if 'closed=0' in line][-1:]
    assert last and ' armed=1' in last[0], rig.lines[start:]
    return False


def physical_click(rig):
    yes, _ = rig.ask()
    rig.armed()
    rig.desk.click(*middle(yes))
    assert rig.answer() == 'yes hand=2 why=0', rig.answer()


def too_early(rig):
    for _ in range(TRIES):
        start = rig.mark()
        yes, _ = rig.ask()
        guarded = while_guarded(rig, start, lambda: rig.desk.click(*middle(yes)))
        if guarded:
            break
    assert guarded
    rig.armed()
    rig.desk.click(*middle(yes))
    assert rig.answer() == 'yes hand=2 why=0', rig.answer()


def stopped_meanwhile(rig):
    """Pressed within the second, read after it: a broker that is stopped, by the machine or by a program of this user."""
    for _ in range(TRIES):
        begun = time.monotonic()
        yes, _ = rig.ask()
        rig.sync()                      # it has been seen: the guard runs
        os.kill(rig.process.pid, signal.SIGSTOP)
        rig.desk.click(*middle(yes))
        guarded = time.monotonic() - begun < 1
        time.sleep(1.2)
        os.kill(rig.process.pid, signal.SIGCONT)
        if guarded:
            break
    assert guarded and rig.answer() is None, rig.answer()
    rig.armed()
    rig.desk.click(*middle(yes))
    assert rig.answer() == 'yes hand=2 why=0', rig.answer()


def xtest_click(rig):
    yes, _ = rig.ask()
    rig.armed()
    rig.desk.move(*middle(yes))
    rig.desk.call('xdotool', 'click', '1')
    assert rig.answer() is None
    rig.wait('hint')
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
    rig.armed()
    rig.desk.button(1, True)            # quiet alone is not enough: the hand has not aimed
    rig.desk.button(1, False)
    assert rig.answer() is None
    rig.desk.move(*middle(yes))
    rig.armed()
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
    rig.desk.keys(('Shift_L', True), ('Tab', True), ('Tab', False), ('Shift_L', False),      # backwards from "no": the grant
                  ('Return', True), ('Return', False))
    assert rig.answer() is None         # a key is noise: the guard runs again
    rig.armed()
    rig.desk.tap('Return')
    assert rig.answer() == 'yes hand=2 why=0', rig.answer()


def enter_is_no(rig):
    rig.ask()
    rig.armed()
    rig.desk.tap('Return')
    assert rig.answer() == 'no hand=2 why=0', rig.answer()


def covered_by_others(rig):
    for _ in range(TRIES):
        yes, _ = rig.ask()
        rig.armed()
        start = rig.mark()
        other = rig.desk.run('xev', '-geometry', '300x300+0+0')
        rig.wait('prompt %d .* armed=0' % rig.serial, start=start)
        guarded = while_guarded(rig, start, lambda: rig.desk.click(*middle(yes)))
        stop_program(other)
        if guarded:
            break
    assert guarded
    rig.armed()
    rig.desk.click(*middle(yes))
    assert rig.answer() == 'yes hand=2 why=0', rig.answer()


def typing(rig):
    found = rig.wait(r'window home mapped (\d+) (\d+)')
    x, y = int(found.group(1)), int(found.group(2))
    rig.desk.click(x + 400, y + 250)
    rig.wait('focus=join_number')
    rig.desk.call('xdotool', 'type', '777')          # a program's keys are ignored
    rig.desk.type('482 915 306')
    rig.sync()
    rig.say('text')
    assert rig.wait('text (.*)').group(1) == '482 915 306', rig.lines[-3:]


def test_rig():
    """One case after the other on the same windows."""
    with Desk() as desk:
        rig = Rig(desk)
        rig.say('assistive 0')
        for case in (physical_click, too_early, stopped_meanwhile, xtest_click, warp_and_click, drag_off, keys, enter_is_no,
                     covered_by_others, typing):
            try:
                case(rig)
            except AssertionError as error:
                rig.read()
                raise AssertionError('%s; last lines: %s' % (case.__name__, rig.lines[-16:])) from error
