"""Every prompt there is, by every route that is no hand, on the windows alone (tests/harness/rig.py): nothing is granted.

With the real programs: s41_routes. Here a rule forbids synthetic answers, as it is once an input worker has existed."""
from desk import Desk, middle
from rig import Rig
from routes import MISLED, PROGRAMS, carried, mouse_keys, other_keyboard, turned

NEW_PASSWORD = 15       # enum ui_window
SET = (468, 320)        # the middle of its button, layout.tsv


def fresh(rig, kind, panel=False):
    yes, no = rig.ask(kind, panel)
    rig.armed()
    return middle(yes), no


def closed(rig, kind, no):
    """Nothing has answered it; the owner's no does."""
    assert rig.answer() is None, (kind, rig.lines[-6:])
    rig.desk.click_rect(no)
    assert rig.answer() == 'no hand=2 why=0' or kind == 'still', (kind, rig.answer())     # the bar's Stop is an action of its own


def go(rig, routes, yes):
    for route in routes:
        route(rig.desk, rig.window, yes)
        rig.desk.move(3, 3)


def walk(rig, kind, turn, panel=False):
    """All of them, one after another; the first of each sort when it could be answered."""
    yes, no = fresh(rig, kind, panel)
    rig.desk.move(3, 3)
    go(rig, turned(MISLED, turn), yes)
    assert rig.answer() is None, (kind, rig.lines[-6:])
    rig.armed()
    go(rig, turned(PROGRAMS, turn), yes)
    closed(rig, kind, no)


def test_each_on_its_own():
    """One prompt for each route: it is refused as itself, not for what came before. Where programs may answer, the same ones do."""
    with Desk((1024, 768)) as desk:
        rig = Rig(desk)
        for route in PROGRAMS:
            yes, no = fresh(rig, 'share')
            go(rig, (route,), middle(no) if route is mouse_keys else yes)
            if route in (carried, other_keyboard):  # a hand's click where a program aimed is nobody's; those keys press no yes
                closed(rig, route.__name__, no)
            elif route is mouse_keys:       # its key is noise to a guard, but the no has none
                assert rig.answer() == 'no hand=1 why=0', rig.lines[-6:]
            else:
                assert rig.answer() == 'yes hand=1 why=0', (route.__name__, rig.lines[-6:])
        rig.say('assistive 0')
        for route in MISLED + PROGRAMS:
            yes, no = fresh(rig, 'share')
            desk.move(3, 3)
            go(rig, (route,), yes)
            assert rig.answer() is None, (route.__name__, rig.lines[-6:])
            closed(rig, route.__name__, no)


def test_every_prompt():
    with Desk((1024, 768)) as desk:
        rig = Rig(desk)
        rig.say('assistive 0')
        for turn, kind in enumerate(('control', 'second', 'whole', 'key', 'still', 'words', 'present', 'hand-over', 'admit')):
            walk(rig, kind, turn)
        walk(rig, 'admit', 9, panel=True)
        programs_press_nothing(rig)


def programs_press_nothing(rig):
    """No grants, and still no program's: the end for everyone, a new password."""
    yes, no = rig.ask('end')
    go(rig, PROGRAMS[1:], middle(yes))
    closed(rig, 'end', no)
    rig.say('show %d' % NEW_PASSWORD)
    rig.window = rig.place('new-password')
    mark = rig.mark()
    button = (rig.window[0] + SET[0], rig.window[1] + SET[1])
    go(rig, PROGRAMS[1:], button)
    rig.desk.move(*button)
    rig.sync()
    assert not [line for line in rig.lines[mark:] if line.startswith('action')], rig.lines[mark:]
    rig.desk.click(*button)
    rig.wait('^action', start=mark)
