"""Remote control, from the question to the taking back: one computer's keys and clicks on another, over the network."""
import os
import signal
import time

from desk import PATIENCE, Desk
from hands import HOST, VIEWER, Control, Terminal, click_picture, down_now, hold_keys, let_go, until_down, until_obeyed
from trail import events_of, noted


def bar_is_whole(s, timeout=PATIENCE):
    """The double border does not lie over the bar: one colour between its text and its buttons."""
    x, y, _, h = s.host.window('sharing-bar-control')['rect']
    end = time.monotonic() + timeout
    while len(set(memoryview(s.desk.shot([x + 330, y, 60, h]).data).cast('I'))) > 1:
        assert time.monotonic() < end, 'something lies over the bar'
        time.sleep(0.1)


def test_grant_and_type():
    """Asked, allowed, typed and clicked; released by the controller; in the trail, without the keys."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            viewer = s.begin(other)
            s.nobody()
            rect = s.give(viewer)
            assert s.host.find('control', state='on')['name'] == 'Vera'
            bar_is_whole(s)
            assert all(len(pids) >= 1 for pids in s.pair())
            terminal.focus()
            until_obeyed(desk, other, rect)
            click_picture(other, rect, 30, 400)         # beside the host panel, which is out of reach
            other.type('Hello')
            other.tap('Return')
            terminal.until('Hello')
            since = s.host.mark()
            viewer.press('viewer', 'ask')       # Release control
            s.host.wait('control', since=since, state='off', why='controller')
            s.nobody()
            assert not down_now(desk)
            on, off = noted(desk, 'control_on')[-1]['fields'], noted(desk, 'control_off')[-1]['fields']
            assert on['name'] == 'Vera' and on['seconds'] == '900', on
            assert noted(desk, 'control_asked')[-1]['fields']['name'] == 'Vera'
            assert {'on', 'off'} <= {e['fields']['state'] for e in noted(other, 'control_mine', 2)}, events_of(other, 'control_mine')
            assert off['why'] == 'controller' and int(off['keys']) >= 7 and int(off['buttons']) >= 1, off


test_grant_and_type.limit = 120


def test_kill_switch():
    """A physical Ctrl+F12 while keys are held: gone, nothing down, both sides told; the next question is answered with no
    by every synthetic route."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            rect = s.give(viewer)
            hold_keys(desk, other, rect)
            since, theirs = s.host.mark(), viewer.mark()
            desk.tap('Control_L', 'F12')
            s.host.wait('control', since=since, state='off', why='hotkey')
            viewer.wait('control', since=theirs, state='off', mine=True)
            s.nobody()
            until_down(desk, 0)
            let_go(other)
            assert noted(desk, 'kill_switch') and noted(desk, 'control_off')[-1]['fields']['why'] == 'hotkey'
            assert s.host.worker_pids('vitrine-capture'), 'one press stopped sharing too'
            prompt = s.ask(viewer)
            x, y, w, h = prompt['buttons']['yes']
            since = s.host.mark()
            desk.call('xdotool', 'mousemove', str(x + w // 2), str(y + h // 2), 'click', '1')
            desk.call('xdotool', 'key', 'Tab', 'Tab', 'Tab', 'Tab', 'Return')
            s.host.never('control', 1, since=since, state='on')
            s.nobody()


test_kill_switch.limit = 120


def test_prompts_out_of_reach():
    """While somebody knocks gate and input worker are dead; afterwards control goes on without a question."""
    with Desk(HOST) as desk, Desk(VIEWER) as other, Desk(VIEWER, kind='xvfb') as third:
        with Control(desk) as s:
            viewer = s.begin(other)
            rect = s.give(viewer)
            hold_keys(desk, other, rect)
            since = s.host.mark()
            s.start_join(third, name='Kim')
            s.host.wait('prompt', 20, since, kind='admit', name='Kim')
            s.nobody()
            assert not down_now(desk), 'a prompt is up while keys are down'
            s.host.wait('control', since=since, state='paused')
            since = s.host.mark()
            s.admit('Kim', 'no')
            s.host.wait('control', 15, since, state='on')
            assert s.pair()[1]
            let_go(other)


test_prompts_out_of_reach.limit = 120


def test_second_waits_and_time_ends():
    """A second person is not asked about before the first one's minute is over."""
    import box
    with Desk(HOST) as desk, Desk(VIEWER) as other, Desk(VIEWER) as third:
        with Control(desk, wrap=box.box(box.rules(desk, 'control_longest = 1\n'))) as s:
            first = s.begin(other)
            second = s.join(third, name='Kim')
            rect = s.give(first)
            since = s.host.mark()
            hold_keys(desk, other, rect)
            second.press('viewer', 'ask')
            s.host.never('prompt', 2, since=since, kind='control')
            s.host.wait('control', 120, since, state='off', why='limit')
            until_down(desk, 0)
            assert int(noted(desk, 'control_off')[-1]['fields']['lasted']) >= 59
            s.host.wait('prompt', 15, since, kind='control', name='Kim', armed=True)
            let_go(other)


test_second_waits_and_time_ends.limit = 180
test_second_waits_and_time_ends.waits = True        # a minute of control, the shortest there is


def test_anybody_killed():
    """kill -9 of each process while keys are held: nothing stays down, control ends, the session goes on where it can."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            capture_gate = s.host.worker_pids('vitrine-gate')
            for who in ('vitrine-input', 'vitrine-gate', 'vitrine'):
                rect = s.give(viewer)
                hold_keys(desk, other, rect)
                since = s.host.mark()
                gates, workers = s.pair()
                pids = {'vitrine-input': workers, 'vitrine-gate': [p for p in gates if p not in capture_gate],
                        'vitrine': [s.host.process.pid]}[who]
                os.kill(pids[0], signal.SIGKILL)
                until_down(desk, 0)
                let_go(other)
                if who != 'vitrine':
                    s.host.wait('control', since=since, state='off', why='worker')
                    s.nobody()


test_anybody_killed.limit = 180


def test_owner_first_and_silence():
    """The owner's own hand lets go of everything; so does a line that is silent while something is held."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        with Control(desk) as s:
            viewer = s.begin(other)
            rect = s.give(viewer)
            hold_keys(desk, other, rect)
            desk.move(20, 500)
            until_down(desk, 0)
            let_go(other)
            hold_keys(desk, other, rect)
            net = viewer.worker_pids('vitrine-net')[0]
            os.kill(net, signal.SIGSTOP)
            until_down(desk, 0, 8)      # long before the line is given up
            os.kill(net, signal.SIGCONT)
            let_go(other)


test_owner_first_and_silence.limit = 120
