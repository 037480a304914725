"""Physical hands on the windows alone: what a click must be to count as consent (platform.md 5).

Starts the window rig of the unit tests on a desk with physical devices; its painter is played by the test, the judge,
the dialogs and the X server are real.
"""
import time

from desk import Desk, middle, stop_program
from rig import Rig

TRIES = 5       # of what must be done within a second of the guard


def refuse(rig):
    rig.desk.tap('Escape')
    assert rig.answer(2).startswith('no hand=2 why=1'), rig.answer()


def while_guarded(rig, start, act):
    """Does it and asks for no answer. False: there is one, and the guard was over by then; a machine that stands still for
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
        if while_guarded(rig, start, lambda: rig.desk.click(*middle(yes))):
            break
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
    def grant():
        rig.desk.key('Shift_L', True)
        rig.desk.tap('Tab')             # backwards from "no": the grant
        rig.desk.key('Shift_L', False)
        rig.desk.tap('Return')
    for _ in range(TRIES):
        rig.ask()
        rig.armed()
        if while_guarded(rig, rig.mark(), grant):   # a key is noise: the guard runs again
            break
    time.sleep(1.2)
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
        if guarded:
            time.sleep(1.2)
        stop_program(other)
        if guarded:
            break
    assert guarded
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
    with Desk() as desk:
        rig = Rig(desk)
        rig.say('assistive 0')
        for case in (physical_click, too_early, xtest_click, warp_and_click, drag_off, keys, enter_is_no,
                     covered_by_others, typing):
            try:
                case(rig)
            except AssertionError as error:
                rig.read()
                raise AssertionError('%s; last lines: %s' % (case.__name__, rig.lines[-16:])) from error
