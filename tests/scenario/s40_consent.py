"""Consent cannot be given by a program, by haste or by accident (architecture 7, invariants 1 and 3)."""
import time

import box
from desk import PATIENCE, middle, tool
from session import Desk, Session
from trail import noted

HOST = (800, 600)
STRICT = 'assistive_may_answer = no\n'
TRIES = 5       # of what must be done within a second of the guard


def strict(desk):
    return box.box(box.rules(desk, STRICT))


def poke(desk, what, *numbers):
    desk.call(tool('poke'), what, *(str(int(n)) for n in numbers))


def refused(s, since):
    """The prompt is closed and nothing is shared."""
    s.host.wait('prompt', since=since, kind='share', state='closed')
    s.host.never('share', 0.3, since=since, state='on')
    s.host.no_capture()


def ask(s):
    """Presses Share; returns where the events of this prompt begin, and the prompt before its guard is over."""
    since = s.host.mark()
    s.host.press('host-panel', 'share')
    return since, s.host.wait('prompt', 15, since, kind='share')


def dialog(s):
    return s.host.window('consent-share')['rect']


def focus(s):
    """Which control of the dialog has the keyboard."""
    controls = s.host.find('window', name='consent-share', state='mapped')['controls']
    return next((c['id'] for c in controls if c['focus']), None)


def tab_to_yes(s):
    while focus(s) != 'yes':
        since = s.host.mark()
        s.desk.tap('Tab')
        s.host.window('consent-share', since=since)         # told again: another has the keyboard


def test_physical_click():
    """Press and release of a physical device after the guard: yes. Said in the trail."""
    with Desk(HOST) as desk:
        with Session(desk, wrap=strict(desk)) as s:
            asked = time.monotonic()
            s.host.no_capture()
            s.share()
            assert time.monotonic() - asked > 1.0
            assert s.host.worker_pids('vitrine-capture')
            assert noted(desk, 'consent_given')[-1]['fields']['device'] == 'physical'


def test_physical_keys():
    """Tab to the yes and Enter, by a physical keyboard."""
    with Desk(HOST) as desk:
        with Session(desk, wrap=strict(desk)) as s:
            since, _ = ask(s)
            s.host.wait('prompt', since=since, kind='share', armed=True)
            tab_to_yes(s)
            s.host.armed('share')
            desk.tap('Return')
            s.host.wait('share', since=since, state='on')


def test_enter_alone_is_no():
    """The focus is on the safe answer."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since, _ = ask(s)
            s.host.wait('prompt', since=since, kind='share', armed=True)
            desk.tap('Return')
            refused(s, since)


def test_synthetic_where_it_may():
    """No input worker has existed: an on-screen keyboard's click counts, after the guard, and is told apart."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since, prompt = ask(s)
            s.host.wait('prompt', since=since, kind='share', armed=True)
            mark = s.host.mark()
            desk.call('xdotool', 'mousemove', *map(str, middle(prompt['buttons']['yes'])))
            s.host.wait('prompt', since=mark, kind='share', armed=False)
            s.host.armed('share')
            desk.call('xdotool', 'click', '1')
            s.host.wait('share', since=since, state='on')
            assert noted(desk, 'consent_given')[-1]['fields']['device'] == 'assistive'


def test_synthetic_where_it_may_not():
    """A rule of the organisation: a program's click is nothing, and spoils the prompt for every yes after it."""
    with Desk(HOST) as desk:
        with Session(desk, wrap=strict(desk)) as s:
            since, prompt = ask(s)
            s.host.wait('prompt', since=since, kind='share', armed=True)
            desk.move(*middle(prompt['buttons']['yes']))
            mark = s.host.mark()
            desk.call('xdotool', 'click', '1')
            s.host.wait('prompt', since=mark, kind='share', armed=False)
            mark = s.host.mark()
            s.host.never('prompt', 1.5, since=mark, kind='share', armed=True)
            desk.click_rect(prompt['buttons']['yes'])
            s.host.never('share', 0.3, since=since, state='on')
            s.host.no_capture()
            desk.click_rect(prompt['buttons']['no'])
            refused(s, since)


def test_synthetic_keys_where_they_may_not():
    with Desk(HOST) as desk:
        with Session(desk, wrap=strict(desk)) as s:
            since, _ = ask(s)
            s.host.wait('prompt', since=since, kind='share', armed=True)
            tab_to_yes(s)
            s.host.armed('share')
            desk.call('xdotool', 'key', 'Return')
            s.host.never('share', 0.5, since=since, state='on')
            s.host.no_capture()


def test_synthetic_click_elsewhere_where_it_may_not():
    """The panel's buttons do not answer programs either: neither Share nor the door."""
    with Desk(HOST) as desk:
        with Session(desk, wrap=strict(desk)) as s:
            since = s.host.mark()
            desk.call('xdotool', 'mousemove', *map(str, middle(s.host.control('host-panel', 'share'))), 'click', '1')
            s.host.never('prompt', 0.5, since=since)


def test_made_up_events():
    """Events sent to the window (SendEvent) are nothing at all, whatever the rules are."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since, prompt = ask(s)
            where = dialog(s)
            s.host.wait('prompt', since=since, kind='share', armed=True)
            for _ in range(3):
                poke(desk, 'press', *where, *middle(prompt['buttons']['yes']))
                poke(desk, 'key', *where, 36)
            s.host.never('share', 0.5, since=since, state='on')
            assert not s.host.find('prompt', since, kind='share', state='closed')
            s.host.no_capture()


def test_pointer_carried_there():
    """A program puts the pointer on the yes while the person clicks: that is no answer."""
    for wrap in (False, True):
        with Desk(HOST) as desk:
            with Session(desk, wrap=strict(desk) if wrap else ()) as s:
                since, prompt = ask(s)
                desk.move(5, 5)
                s.host.wait('prompt', since=since, kind='share', armed=True)
                poke(desk, 'warp', *middle(prompt['buttons']['yes']))
                desk.button(1, True)
                desk.button(1, False)
                time.sleep(1.2)
                desk.button(1, True)
                desk.button(1, False)
                s.host.never('share', 0.5, since=since, state='on')
                s.host.no_capture()


def test_too_early():
    """A click before the guard is over is nothing, and begins the guard again."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            for _ in range(TRIES):
                since, prompt = ask(s)
                clicked = time.monotonic()
                desk.click_rect(prompt['buttons']['yes'])
                armed = s.host.wait('prompt', since=since, kind='share', armed=True)
                if clicked_in_time(s, since, clicked, armed):
                    break
            else:
                raise AssertionError('this test stands still all the time')
            s.host.no_capture()


def clicked_in_time(s, since, clicked, armed):
    """False: the test stood still for so long that the guard was over before the click, which then was a yes."""
    given = s.host.within('share', 0.2 if armed['_at'] - clicked > 1.0 else 15, since, state='on')
    if not given:
        assert armed['_at'] - clicked > 1.0, 'the guard did not begin again'
        return True
    told = [e for e in s.host.events[since:] if e['event'] == 'prompt' and e['kind'] == 'share']
    assert [e['armed'] for e in told[-2:]] == [True, False], told       # not before it was over
    s.host.press('sharing-bar', 'stop')
    s.host.wait('share', since=since, state='off')
    return False


def test_typing_on():
    """Who types on while the prompt comes up agrees to nothing: every key begins the guard again. (Tried again where it was quiet
    for a second, because everything stood still.)"""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            for _ in range(TRIES):
                since, prompt = ask(s)
                end = time.monotonic() + 2.5
                while time.monotonic() < end:
                    desk.keys(*[(key, press) for key in ('Return', 'space', 'y') for press in (True, False)])
                    time.sleep(0.1)
                quiet = s.host.find('prompt', since, kind='share', armed=True)
                assert not s.host.find('share', since, state='on')
                if not quiet:
                    break
                if not s.host.within('prompt', 1, since, kind='share', state='closed'):     # Enter is a no then
                    s.host.click_answer(prompt, 'no')
            assert not quiet and not s.host.find('prompt', since, kind='share', state='closed')
            s.host.wait('prompt', since=since, kind='share', armed=True)
            s.host.no_capture()


def test_half_clicks():
    """Pressed outside and released inside, the other way round, or with another button: no answer."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since, prompt = ask(s)
            yes = middle(prompt['buttons']['yes'])
            beside = (prompt['buttons']['yes'][0] + 20, prompt['buttons']['yes'][1] - 60)
            for first, second, button in ((beside, yes, 1), (yes, beside, 1), (yes, yes, 3), (yes, yes, 2)):
                desk.move(*first)
                mark = s.host.mark()
                if not s.host.events[-1].get('armed'):
                    s.host.wait('prompt', since=since, kind='share', armed=True)
                time.sleep(1.1)
                desk.button(button, True)
                desk.move(*second)
                desk.button(button, False)
                s.host.never('share', 0.2, since=mark, state='on')
            assert not s.host.find('prompt', since, kind='share', state='closed')
            s.host.no_capture()


def escape(s, since):
    """Again where it came before the dialog had the keyboard."""
    for _ in range(TRIES):
        s.desk.tap('Escape')
        if s.host.within('prompt', 2, since, kind='share', state='closed'):
            return


def test_ways_of_no():
    """Escape, closing the dialog, taking it off the screen: all no."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            for way in ('escape', 'close', 'unmap'):
                since, _ = ask(s)
                where = dialog(s)
                time.sleep(0.3)         # nobody answers in the millisecond in which it appears
                if way == 'escape':
                    escape(s, since)
                else:
                    poke(desk, way, *where)
                refused(s, since)
            assert len(noted(desk, 'consent_refused', 3)) == 3


def test_covered():
    """A window laid over the dialog begins its guard again; the dialog comes back to the top."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since, prompt = ask(s)
            s.host.wait('prompt', since=since, kind='share', armed=True)
            covered = time.monotonic()
            mark = s.host.mark()
            poke(desk, 'cover', *prompt['buttons']['yes'], 300)
            s.host.wait('prompt', since=mark, kind='share', armed=False)
            s.host.wait('prompt', since=mark, kind='share', armed=True)
            assert time.monotonic() - covered > 1.0
            s.host.no_capture()


def test_covered_composited():
    """The same where windows are composited, and the server says of none that it is covered; also by one that comes to the
    top more often than the dialog does, and stays there."""
    with Desk(HOST) as desk:
        desk.run('xcompmgr')
        with Session(desk) as s:
            since, prompt = ask(s)
            s.host.wait('prompt', since=since, kind='share', armed=True)
            no = prompt['buttons']['no']         # filled: what lies over it is another colour
            before = desk.shot(no)
            mark = s.host.mark()
            poke(desk, 'cover', *no, 300)
            s.host.wait('prompt', since=mark, kind='share', armed=False)
            s.host.wait('prompt', since=mark, kind='share', armed=True)
            mark = s.host.mark()
            fight = desk.run(tool('poke'), 'bury', *(str(n) for n in (*no, 30000)))
            s.host.wait('prompt', since=mark, kind='share', armed=False)
            armed_on_top(desk, s, mark, no, before)
            fight.kill()


def test_not_on_the_screen():
    """A dialog that gets its clicks and is not what the screen shows, because a program keeps it from there, gives nothing; when the
    screen shows it, and the guard has passed, it does."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since, prompt = ask(s)
            s.host.armed('share')
            mark = s.host.mark()
            hostile = desk.run(tool('poke'), 'keep', *(str(int(n)) for n in (*dialog(s), 600000)))
            s.host.wait('prompt', since=mark, kind='share', armed=False, why='effects')
            desk.click_rect(prompt['buttons']['yes'])
            s.host.never('prompt', 1.5, since=mark, kind='share', armed=True)
            s.host.never('share', 0.1, since=since, state='on')
            s.host.no_capture()
            mark = s.host.mark()
            hostile.kill()
            s.host.click_answer(s.host.wait('prompt', since=mark, kind='share', armed=True), 'yes')
            s.host.wait('share', since=since, state='on')


def changed_and_not(desk, party, rect, kind, window):
    """The prompt while its colours are inverted: it says why no yes counts, a yes does nothing, and when they are not any more the
    sentence goes. Returns it armed, and what it said."""
    prompt = party.wait('prompt', kind=kind, window=window, armed=True)
    before, yes = texts(party, window), prompt['buttons']['yes']
    mark = party.mark()
    lens = desk.run(tool('poke'), 'invert', *(str(int(n)) for n in (*rect, 600000)))
    party.wait('prompt', since=mark, kind=kind, window=window, armed=False, why='effects')
    said = [text for text in texts(party, window) if text not in before]
    assert said, 'the prompt does not say why'
    assert party.find('prompt', kind=kind)['buttons'] == prompt['buttons']
    mark = party.mark()
    if window != 'host-panel':          # there a press asks in a dialog
        desk.click_rect(yes)
    party.never('prompt', 1.5, since=mark, kind=kind, armed=True)
    assert not party.find('prompt', since=mark, kind=kind, state='closed')
    lens.kill()
    prompt = party.wait('prompt', since=mark, kind=kind, armed=True)
    assert not [text for text in texts(party, window) if text in said], 'it still says so'
    return prompt, said


def texts(party, window):
    return party.find('window', name=window, state='mapped')['texts']


def test_inverted():
    """A lens, or whatever else a desktop does to the picture, takes every yes away; the prompt itself says so, and what to do, on the
    screen and to who cannot see it. When that is done, the yes counts; No does all the time."""
    with Desk(HOST) as desk, Desk((1000, 700), kind='xvfb') as other:
        with Session(desk) as s:
            viewer = s.start_join(other, name='Anna')
            prompt = s.host.wait('prompt', 20, kind='admit', window='host-panel', armed=True)
            prompt, said = changed_and_not(desk, s.host, s.host.window('host-panel')['rect'], 'admit', 'host-panel')
            assert any('admit' in text and 'covers or changes' in text for text in said)
            s.host.click_answer(prompt, 'yes')
            viewer.wait('member', state='joined')
            since, _ = ask(s)
            prompt, said = changed_and_not(desk, s.host, dialog(s), 'share', 'consent-share')
            assert any('covers or changes' in text and 'magnifier' in text for text in said)
            s.host.no_capture()
            s.host.click_answer(prompt, 'yes')
            s.host.wait('share', since=since, state='on')


def test_inverted_no():
    """Don't share can be pressed while the dialog says why a yes does not count."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since, prompt = ask(s)
            desk.run(tool('poke'), 'invert', *(str(int(n)) for n in (*dialog(s), 600000)))
            s.host.wait('prompt', since=since, kind='share', why='effects')
            desk.click_rect(prompt['buttons']['no'])
            refused(s, since)


def test_composited():
    """A compositing manager that shows what is there, with shadows and fading, takes no answer away: neither a dialog's nor that of
    Admit in the panel, which needs none."""
    with Desk(HOST) as desk, Desk((1000, 700), kind='xvfb') as other:
        composited(desk, '-c', '-f')
        with Session(desk) as s:
            viewer = s.start_join(other, name='Anna')
            prompt = s.host.wait('prompt', 20, kind='admit', armed=True)
            assert prompt['window'] == 'host-panel'
            s.host.click_answer(prompt, 'yes')
            viewer.wait('member', state='joined')
            assert not s.host.find('prompt', kind='admit', window='admit')
            s.share()


def test_covered_inside():
    """A window put into the dialog, made there or moved there, hides what it says and the server tells nobody: it is put out
    again, and the guard begins anew."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            since, prompt = ask(s)
            s.host.wait('prompt', since=since, kind='share', armed=True)
            no, where = prompt['buttons']['no'], dialog(s)
            before = desk.shot(no)
            for moved in (0, 1):
                s.host.armed('share')
                mark = s.host.mark()
                stranger = desk.run(tool('poke'), 'inside', *(str(n) for n in (*where, 600000, moved)))
                s.host.wait('prompt', since=mark, kind='share', armed=False)
                armed_on_top(desk, s, mark, no, before)
                stranger.kill()
            assert not s.host.find('prompt', since, kind='share', state='closed')       # no more than covered
            s.host.no_capture()


def armed_on_top(desk, s, mark, button, before):
    """When the dialog can be answered again, its button is there to be seen."""
    end = time.monotonic() + s.host.patience
    while True:
        told = s.host.find('prompt', mark, kind='share', armed=True)
        seen = desk.shot(button)
        if told and s.host.find('prompt', mark, kind='share')['armed']:
            assert seen.differences(before) < button[2] * button[3] // 2, 'it is covered'
            return
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_door():
    """Admit is a grant like the others: a program's click lets nobody in."""
    with Desk(HOST) as desk, Desk((1000, 700), kind='xvfb') as other:
        with Session(desk, wrap=strict(desk)) as s:
            s.start_join(other, name='Mallory')
            prompt = s.host.wait('prompt', 20, kind='admit', armed=True)
            desk.move(*middle(prompt['buttons']['yes']))
            desk.call('xdotool', 'click', '1')
            s.host.never('member', 0.7, name='Mallory', state='joined')
            s.admit('Mallory', 'no')


def composited(desk, *how):
    """From now on the server says of no window that it is covered."""
    desk.run('xcompmgr', *how)
    end = time.monotonic() + PATIENCE
    while not desk.call(tool('poke'), 'composited'):
        assert time.monotonic() < end, 'no compositor'
        time.sleep(0.05)


def test_the_door_covered():
    """A window over the panel's row, which may show another name there, and lets the click through: it lets nobody in. What was
    meant is asked in a dialog, above that window, with the guard of its own."""
    for composed in (False, True):
        with Desk(HOST) as desk, Desk((1000, 700), kind='xvfb') as other:
            if composed:
                composited(desk)
            with Session(desk) as s:
                viewer = s.start_join(other, name='Mallory')
                prompt = s.host.wait('prompt', 20, kind='admit', window='host-panel', armed=True)
                yes, mark = prompt['buttons']['yes'], s.host.mark()
                desk.run(tool('poke'), 'glass', *(str(n) for n in (0, yes[1] - 10, desk.size[0], yes[3] + 20, 600000)))
                s.host.wait('prompt', since=mark, kind='admit', armed=False, why='covered')
                desk.click_rect(yes)
                asked = s.host.wait('prompt', since=mark, kind='admit', window='admit')
                assert asked['name'] == 'Mallory' and not s.host.find('member', name='Mallory', state='joined')
                s.host.click_answer(s.host.wait('prompt', since=mark, kind='admit', window='admit', armed=True), 'yes')
                viewer.wait('member', state='joined')


def test_the_door_another_row():
    """Pressed for the one who waited there, released over the next in line: nobody is let in."""
    with Desk(HOST) as desk, Desk((1000, 700), kind='xvfb') as other, Desk((1000, 700), kind='xvfb') as third:
        with Session(desk) as s:
            anna = s.start_join(other, name='Anna')
            prompt = s.host.wait('prompt', 20, kind='admit', name='Anna', armed=True)
            s.start_join(third, name='Mallory')
            s.host.wait('member', name='Mallory', state='waiting')
            desk.move(*middle(prompt['buttons']['yes']))
            s.host.armed('admit')
            desk.button(1, True)
            anna.stop()
            told = s.host.wait('prompt', 20, kind='admit', name='Mallory', armed=True)
            assert told['buttons'] == prompt['buttons']
            desk.button(1, False)
            s.host.never('member', 0.7, name='Mallory', state='joined')
            s.admit('Mallory')


def test_killed_at_once():
    """capture and its gate are gone when stop or pause is said, and at the end nothing is left."""
    with Desk(HOST) as desk:
        with Session(desk) as s:
            for control, state in (('pause', 'paused'), ('stop', 'off')):
                s.share()
                pids = s.host.worker_pids('vitrine-capture') + s.host.worker_pids('vitrine-gate')
                assert len(pids) == 2
                since = s.host.mark()
                s.host.press('sharing-bar', control)
                s.host.wait('share', since=since, state=state)
                s.host.no_capture()
                if state == 'paused':
                    s.host.press('sharing-bar', 'stop')
                    s.host.wait('share', state='off')
            s.share()
            s.host.press('host-panel', 'end')
            s.host.wait('ended')
            s.host.until_left('vitrine-launch', 'vitrine-watch', 'vitrine-render', 'vitrine-audit')
