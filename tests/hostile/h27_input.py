"""An input worker in somebody else's hands (tests/hostile/grip.c), in a whole session, while it holds keys and a button down.

It asks the X server for what it may not have, or for what it may, but not so: the gate ends it, control ends, the owner is told, the
trail names it, the screen is shown as before, and nothing stays down."""
import party
import rogue
from hands import HOST, VIEWER, Control, Terminal, click_picture, down_now, hold_keys, let_go, strike, until_down, until_obeyed
from raw import Raw
from session import Desk
from trail import events_of, noted

LENGTH, REQUEST, FORM, AREA, DESCRIPTOR = '2', '3', '4', '6', '7'     # rules of GATE_VIOLATION
# Requests that it may not make at all: who gets keys, what is down, the picture, made up events; a key that means something.
FORBIDDEN = {'grab': REQUEST, 'keys': REQUEST, 'picture': REQUEST, 'made-up': REQUEST, 'remap': FORM}
# Injections that it may not make: of another type or device, of no such button, elsewhere, later.
WRONG = {'type': FORM, 'device': FORM, 'button': FORM, 'outside': AREA, 'later': FORM}
# Bytes that are no request, or come with something.
BYTES = {'huge': LENGTH, 'noise': LENGTH, 'descriptor': DESCRIPTOR}


def violations(desk):
    return [e['fields'] for e in events_of(desk, 'gate_violation')]


def ends_it(s, desk, other, viewer, told):
    """Control, until `a` is pressed; what the trail has of it, once there is so much."""
    rect = s.give(viewer)
    since, theirs = s.host.mark(), viewer.mark()
    keys, seen, ended = desk.call('xmodmap', '-pke'), len(violations(desk)), len(events_of(desk, 'control_off'))
    hold_keys(desk, other, rect, stays=False)
    s.host.wait('control', 10, since, state='off', why='worker', mine=False)
    s.host.wait('window', 10, since, name='toast', state='mapped')
    viewer.wait('control', 10, theirs, state='off', mine=True)
    s.nobody()
    until_down(desk, 0)
    let_go(other)
    until_down(desk, 0)
    assert desk.call('xmodmap', '-pke') == keys, 'keys mean something else now'
    assert noted(desk, 'control_off', ended + 1)[-1]['fields']['why'] == 'worker'
    assert not s.host.find('share', since), 'sharing was touched'
    noted(desk, 'gate_violation', seen + told)
    return violations(desk)[seen:]


def each(deeds):
    with party.copy() as programs, Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk, programs=programs) as s:
            viewer = s.begin(other)
            for deed, rule in deeds.items():
                rogue.replace(programs, 'input', 'grip', ' ' + deed)
                try:
                    found = ends_it(s, desk, other, viewer, 1 if rule else 0)
                except AssertionError as e:
                    raise AssertionError('%s: %s' % (deed, e)) from e
                assert [(f['client'], f['rule']) for f in found] == ([('input', rule)] if rule else []), (deed, found)
            rogue.heal(programs, 'input')
            hold_keys(desk, other, s.give(viewer))       # the honest one: the same session, the same person
            let_go(other)
            until_down(desk, 0)
            assert s.host.worker_pids('vitrine-capture') and not viewer.find('ended')


def test_forbidden_requests():
    each(FORBIDDEN)


def test_wrong_injections():
    each(WRONG)


def test_no_requests():
    """... and one that goes in the middle of a request: what was begun is not completed by the releases."""
    each(dict(BYTES, half=None))


def test_blind_presses():
    """A button where the owner has left the pointer: nothing is pressed there, and nobody ends for it, because an honest worker's press
    may be on its way when the owner's hand comes first. Where the worker has gone itself its press is one."""
    a = 38
    with party.copy() as programs, Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal, raw = Terminal(desk), Raw(desk)
        with Control(desk, programs=programs) as s:
            viewer = s.begin(other)
            rogue.replace(programs, 'input', 'grip', ' blind')
            rect = s.give(viewer)
            terminal.focus()
            until_obeyed(desk, other, rect)
            click_picture(other, rect, 20, 440)     # gives the keyboard to the viewer's window
            raw.settled()
            theirs = viewer.mark()
            desk.move(100, 500)
            viewer.wait('control', since=theirs, state='held', mine=True)
            viewer.wait('control', since=theirs, state='on', mine=True)
            since = raw.settled()
            strike(other, a)
            assert ('ButtonPress', 2) not in raw.until(since, ('KeyRelease', a))
            until_obeyed(desk, other, rect)
            since = raw.settled()
            strike(other, a)
            raw.until(since, ('ButtonRelease', 2))
            assert not violations(desk)


def test_calls():
    """What it may not ask the kernel for ends it as well, before it has pressed anything."""
    with party.copy() as programs, Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk, programs=programs) as s:
            viewer = s.begin(other)
            for order in (('ready', 'control', 'socket'), ('given', 'control', 'garbage'), ('unready', 'control', 'unconfined')):
                rogue.corrupt(programs, 'input', *order)
                since = s.host.mark()
                s.host.click_answer(s.ask(viewer), 'yes')
                s.host.wait('worker', 15, since, role='input', state='ended')
                s.host.wait('worker', 15, since, role='gate', state='ended')
                s.host.wait('window', 15, since, name='toast', state='mapped')
                s.nobody()
                assert not down_now(desk) and not s.host.find('share', since)


for test in (test_blind_presses, test_forbidden_requests, test_wrong_injections, test_no_requests, test_calls):
    test.limit = 150
