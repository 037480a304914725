"""Every way a program has to a prompt that is no person's hand (consent by physical press and release alone)."""
import time

from desk import middle, tool

RETURN, SPACE = 36, 65      # keycodes


def poke(desk, what, *numbers):
    desk.call(tool('poke'), what, *(str(int(n)) for n in numbers))


def click_here(desk):
    desk.button(1, True)
    desk.button(1, False)


def unanswered(party, kind, since, seconds=0.25):
    party.never('prompt', seconds, since=since, kind=kind, state='closed')


def walk(desk, party, kind, ask, modal=True):
    """Opens the prompt with ask() and tries every route to its yes. Nothing answers it; the owner's no closes it.

    Where synthetic sources may not answer (box.py, assistive_may_answer = no), a dialog that saw one is spoilt for good."""
    since = party.mark()
    ask()
    prompt = party.wait('prompt', 20, since, kind=kind, armed=True)
    window = party.find('window', name=prompt['window'], state='mapped')['rect']
    yes = middle(prompt['buttons']['yes'])
    poke(desk, 'press', *window, *yes)                      # SendEvent, core button and keys
    poke(desk, 'key', *window, RETURN)
    poke(desk, 'key', *window, SPACE)
    unanswered(party, kind, since)
    desk.move(3, 3)
    poke(desk, 'warp', *yes)                                # XWarpPointer, then a hand clicks where it thinks it is
    click_here(desk)
    unanswered(party, kind, since)
    desk.move(3, 3)
    desk.call('xdotool', 'mousemove', *map(str, yes))       # the same by XTEST
    click_here(desk)
    unanswered(party, kind, since)
    desk.call('xdotool', 'mousemove', *map(str, yes), 'click', '1')     # XTEST alone
    desk.call('xdotool', 'key', 'Tab', 'space', 'Return')
    unanswered(party, kind, since)
    if modal:
        time.sleep(1.2)
        desk.click_rect(prompt['buttons']['yes'])           # a hand's yes comes too late
        unanswered(party, kind, since)
    desk.click_rect(prompt['buttons']['no'])
    party.wait('prompt', since=since, kind=kind, state='closed')


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
