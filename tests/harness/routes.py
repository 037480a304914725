"""Every way a program has to a prompt that is no person's hand (consent by physical press and release alone)."""
import contextlib
import subprocess
import time

from desk import PATIENCE, middle, stop_program, tool

RETURN, SPACE = 36, 65      # keycodes


def poke(desk, what, *numbers):
    desk.call(tool('poke'), what, *(str(int(n)) for n in numbers))


def devices(desk, what, *numbers):
    desk.call(tool('devices'), what, *(str(int(n)) for n in numbers))


def click_here(desk):
    desk.button(1, True)
    desk.button(1, False)


# Each route is a function of the desk, the prompt's window and the middle of its yes, for a pointer that lies elsewhere.

def made_up(desk, window, yes):
    """SendEvent: core button and keys."""
    poke(desk, 'press', *window, *yes)
    poke(desk, 'key', *window, RETURN)
    poke(desk, 'key', *window, SPACE)


def warped(desk, _, yes):
    """XWarpPointer, then a hand clicks where it thinks it is."""
    poke(desk, 'warp', *yes)
    click_here(desk)


def warped_device(desk, _, yes):
    """The same by XIWarpPointer."""
    devices(desk, 'warp', *yes)
    click_here(desk)


def replayed(desk, _, yes):
    """A hand's press is held back by a grab, and let go when the pointer has been put there."""
    with waiting(desk, 'replay', *yes) as program:
        desk.button(1, True)
        said(program, b'done')
        desk.button(1, False)


def stolen(desk, _, yes):
    """A hand presses there, into another's grab; only its release comes to the prompt."""
    with waiting(desk, 'steal') as program:
        desk.move(*yes)
        desk.button(1, True)
        said(program, b'done')
        desk.button(1, False)


def latched(desk, _, __):
    """A hand's Tab is Shift+Tab, which goes to the yes, and its Enter comes too soon."""
    devices(desk, 'latch')
    desk.keys(('Tab', True), ('Tab', False), ('Return', True), ('Return', False))


def carried(desk, _, yes):
    """XTEST moves the pointer, a hand clicks."""
    desk.call('xdotool', 'mousemove', *map(str, yes), 'mousemove_relative', '1', '0')
    click_here(desk)


def clicked(desk, _, yes):
    """XTEST alone: button and keys."""
    desk.move(*yes)
    desk.call('xdotool', 'click', '1', 'key', 'Tab', 'space', 'Return')


def other_master(desk, _, yes):
    """The XTEST device of a pointer that a program has made."""
    devices(desk, 'master', *yes)


def other_keyboard(desk, _, yes):
    """The XTEST device of a keyboard that a program has made."""
    devices(desk, 'typist', *yes)


def mouse_keys(desk, _, yes):
    """The keypad clicks: a hand's key, a button of an XTEST device."""
    desk.move(*yes)
    devices(desk, 'mousekeys', 1)
    desk.tap('KP_5')
    devices(desk, 'mousekeys', 0)


MISLED = (made_up, warped, warped_device, replayed, stolen, latched)    # these begin the guard again
PROGRAMS = (carried, clicked, other_master, other_keyboard, mouse_keys) # these spoil a dialog for good, where the rules say so


@contextlib.contextmanager
def waiting(desk, *command):
    program = desk.run(tool('devices'), *(str(c) for c in command), stdout=subprocess.PIPE)
    try:
        said(program, b'ready')
        yield program
        assert program.wait(PATIENCE) == 0
    finally:
        stop_program(program)
        program.stdout.close()


def said(program, word):
    assert program.stdout.readline().strip() == word


def unanswered(party, kind, since, seconds=0.25):
    party.never('prompt', seconds, since=since, kind=kind, state='closed')


def go(desk, routes, window, yes):
    for route in routes:
        route(desk, window, yes)
        desk.move(3, 3)


def walk(desk, party, kind, ask, modal=True, first=0):
    """Opens the prompt with ask() and tries every route to its yes, two of them when it can be answered. Nothing does; the owner's no closes it.

    Where synthetic sources may not answer (box.py, assistive_may_answer = no), a dialog that saw one is spoilt for good."""
    since = party.mark()
    ask()
    prompt = party.wait('prompt', 20, since, kind=kind, armed=True)
    window = party.find('window', name=prompt['window'], state='mapped')['rect']
    yes = middle(prompt['buttons']['yes'])
    desk.move(3, 3)
    go(desk, turned(MISLED, first), window, yes)
    unanswered(party, kind, since)
    party.armed(kind)
    go(desk, turned(PROGRAMS, first), window, yes)
    unanswered(party, kind, since)
    if modal:
        time.sleep(1.2)
        desk.click_rect(prompt['buttons']['yes'])           # a hand's yes comes too late
        unanswered(party, kind, since)
    desk.click_rect(prompt['buttons']['no'])
    party.wait('prompt', since=since, kind=kind, state='closed')


def turned(routes, first):
    first %= len(routes)
    return routes[first:] + routes[:first]


def locked(desk, party, kind, ask):
    """The same prompt, and the screen is locked: a no."""
    since = party.mark()
    ask()
    party.wait('prompt', 20, since, kind=kind)
    desk.call('xset', 's', 'activate')
    party.wait('prompt', since=since, kind=kind, state='closed')
    desk.call('xset', 's', 'reset')
    desk.move(200, 200)


def distracted(desk, party, kind, ask):
    """The keyboard goes elsewhere and a window lies over it: the guard begins again each time. Answered with no."""
    since = party.mark()
    ask()
    prompt = party.wait('prompt', 20, since, kind=kind, armed=True)
    mark = party.mark()
    poke(desk, 'cover', *prompt['buttons']['yes'], 200)
    party.wait('prompt', since=mark, kind=kind, armed=False)
    party.wait('prompt', since=mark, kind=kind, armed=True)
    desk.click_rect(prompt['buttons']['no'])
    party.wait('prompt', since=since, kind=kind, state='closed')
