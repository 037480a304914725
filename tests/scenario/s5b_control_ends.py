"""Each way in which control of this computer ends, while keys and a button are held: nothing stays down, the controller is told, and
the trail has the reason, how long it lasted and how much was done, never what."""
import os
import signal

from desk import Desk
from hands import HOST, VIEWER, Control, Terminal, hold_keys, let_go, until_down, until_obeyed
from trail import events_of, noted

TOLD = {'member', 'name', 'why', 'lasted', 'keys', 'buttons', 'motions', 'untyped'}


def ended(s, viewer, terminal, other, how, why):
    """Control, something held, how() does it."""
    desk, done = s.desk, len(events_of(s.desk, 'control_off'))
    rect = s.give(viewer)
    terminal.focus()                # keys do not reach vitrine's own windows
    until_obeyed(desk, other, rect)
    tries = hold_keys(desk, other, rect)
    since, theirs = s.host.mark(), viewer.mark()
    how()
    s.host.wait('control', 10, since, state='off', why=why, mine=False)
    s.nobody()
    until_down(desk, 0)
    if why != 'gone':
        viewer.wait('control', 10, theirs, state='off', mine=True)
    let_go(other)
    fields = noted(desk, 'control_off', done + 1)[-1]['fields']
    assert fields['why'] == why, fields
    assert set(fields) <= TOLD and (tries > 1 or (fields['keys'], fields['buttons']) == ('2', '1')), fields


def test_by_the_owner():
    """Ctrl+F12, the bar, a pause, a locked screen: control is over, and what was shared before is shared, or paused."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            viewer = s.begin(other)

            def still_shared():
                assert s.host.worker_pids('vitrine-capture')

            ended(s, viewer, terminal, other, lambda: desk.tap('Control_L', 'F12'), 'hotkey')
            still_shared()
            ended(s, viewer, terminal, other, lambda: s.host.press('sharing-bar-control', 'stop_ctl'), 'owner')
            still_shared()
            ended(s, viewer, terminal, other, lambda: desk.call('xset', 's', 'activate'), 'screen')
            desk.call('xset', 's', 'reset')
            desk.move(200, 20)
            since = s.host.mark()
            ended(s, viewer, terminal, other, lambda: s.host.press('host-panel', 'pause'), 'owner')
            s.host.wait('share', 10, since, state='paused')
            s.host.no_capture()


def test_and_sharing_with_it():
    """Twice Ctrl+F12, Stop sharing, `vitrine stop`: the screen is not read any more either."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            viewer = s.begin(other)

            def twice():
                desk.tap('Control_L', 'F12', times=2)

            def command():      # what `vitrine stop` sends (s30_errors), to this one only
                os.kill(s.host.process.pid, signal.SIGUSR1)

            for how, why in ((twice, 'hotkey'), (command, 'command'),
                             (lambda: s.host.press('sharing-bar-control', 'stop'), 'owner')):
                since = s.host.mark()
                ended(s, viewer, terminal, other, how, why)
                s.host.wait('share', 10, since, state='off', why=why)
                s.host.no_capture()
                if why != 'owner':
                    s.share()
            assert len(noted(desk, 'kill_switch')) == 1


def test_by_the_others():
    """Ctrl+Esc (not beside Ctrl+F12: the second key soon after stops sharing, too); the controller lets go of it, a keyboard is taken
    away, the controller is removed: shared before is shared."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            viewer = s.begin(other)

            def release():
                other.button(1, False)      # it takes that button to press with it
                viewer.press('viewer', 'ask')

            ended(s, viewer, terminal, other, lambda: desk.tap('Control_L', 'Escape'), 'hotkey')
            assert s.host.worker_pids('vitrine-capture')
            ended(s, viewer, terminal, other, release, 'controller')
            ended(s, viewer, terminal, other, lambda: desk.call('xinput', 'disable', 'test keyboard'), 'device')

            def remove():
                s.host.press('host-panel', 'row_2')
                s.host.press('host-panel', 'remove')

            ended(s, viewer, terminal, other, remove, 'gone')
            assert s.host.worker_pids('vitrine-capture')


for test in (test_by_the_owner, test_and_sharing_with_it, test_by_the_others):
    test.limit = 150
