"""Everything by keyboard alone: every window is walked with Tab and back, and what it does is done by keys.

The pointer is only laid on a window first: these desks have no window manager, so that the keyboard follows it.
"""
import os

from desk import Desk, until
from hands import HOST, Control, Terminal, until_obeyed
from party import Party, guarded_again
from session import Session

VIEWER = (1600, 1200)
NO_STOP = ('minimise', 'close')         # the window manager's keys do that
NO_ROLE = ('area',)


def newest(party, window):
    return party.find('window', name=window, state='mapped')


def focus(party, window):
    event = newest(party, window)
    return next((c['id'] for c in event['controls'] if c['focus']), None)


def stops(party, window):
    return {c['id'] for c in newest(party, window)['controls']
            if c['id'] not in NO_STOP and c['role'] not in NO_ROLE and 'off' not in c['state']}


def controls(party, window):
    return [(c['id'], c['focus'], c['state']) for c in newest(party, window)['controls']]


def step(party, window, *keys):
    """One key; returns what has the focus when something has changed: with Tab the focus. (A window may tell of other things
    meanwhile.)"""
    look_at = focus if 'Tab' in keys else controls
    before, since = look_at(party, window), party.mark()
    party.desk.tap(*keys)
    until(lambda: look_at(party, window) != before, lambda: (window, keys, before, party.mark() - since))
    return focus(party, window)


def label(party, window, control):
    return next(c['label'] for c in newest(party, window)['controls'] if c['id'] == control)


def lay(party, window, at=(0.5, 0.02)):
    """Lays the pointer on the window's header, where nothing can be pressed, and waits until it rests."""
    x, y, w, h = party.window(window)['rect']
    party.desk.move(x + int(w * at[0]), y + int(h * at[1]))


def walk(party, window):
    """Tab goes round all that can be used, Shift+Tab the same way back; every stop is seen on the screen."""
    if focus(party, window) is None:
        step(party, window, 'Tab')
    want, first, order = stops(party, window), focus(party, window), []
    for control in newest(party, window)['controls']:
        assert control['label'] or control['role'] in NO_ROLE, (window, control)
    while not order or focus(party, window) != first:
        order.append(focus(party, window))
        assert len(order) <= len(want), (window, order)
        if len(want) == 1:
            break
        step(party, window, 'Tab')
    assert set(order) == want, (window, order, want)
    for control in reversed(order[1:]):
        back = step(party, window, 'Shift_L', 'Tab')
        assert back == control, (window, control, back, order)
    if len(order) > 1:
        step(party, window, 'Shift_L', 'Tab')
    return order


def to(party, window, control):
    for _ in range(40):
        if focus(party, window) == control:
            return
        step(party, window, 'Tab')
    raise AssertionError('%s is not in the Tab order of %s' % (control, window))


def state(party, window, control):
    return next(c['state'] for c in newest(party, window)['controls'] if c['id'] == control)


def look(desk, party, window):
    """The window's own pixels."""
    return desk.shot(newest(party, window)['rect'])


def next_window(party, window):
    """F6 leads there."""
    party.desk.tap('F6')
    until(lambda: focus(party, window), lambda: 'F6 does not lead to ' + window)


def move_bar(party, key, moved):
    """Ctrl and an arrow move it along the top edge, as dragging does."""
    before = newest(party, 'sharing-bar')['rect']
    party.desk.tap('Control_L', key)
    until(lambda: moved(before, newest(party, 'sharing-bar')['rect']), lambda: (key, before, newest(party, 'sharing-bar')['rect']))
    assert newest(party, 'sharing-bar')['rect'][1] == before[1]


def test_home_and_settings():
    """Home, settings, security status and the password window; what was chosen holds at once and next time."""
    with Desk((1024, 768)) as desk, Party(desk, 'join') as me:
        lay(me, 'home')
        assert set(walk(me, 'home')) == {'host', 'join_number', 'your_name', 'settings', 'doctor'}
        to(me, 'home', 'settings')
        before = look(desk, me, 'home')
        desk.tap('Return')
        lay(me, 'settings', (0.4, 0.02))
        order = walk(me, 'settings')
        assert order.index('cancel') == (order.index('save') + 1) % len(order), order
        to(me, 'settings', 'theme_auto')
        step(me, 'settings', 'Down')            # arrows move inside a group, and choose
        assert state(me, 'settings', 'theme_light') == 'chosen'
        step(me, 'settings', 'Down')
        assert state(me, 'settings', 'theme_dark') == 'chosen' and state(me, 'settings', 'theme_auto') == ''
        to(me, 'settings', 'lang_de')
        step(me, 'settings', 'space')
        desk.tap('Right')                       # the last of its group: the next one is another choice
        to(me, 'settings', 'sound')
        step(me, 'settings', 'space')
        assert state(me, 'settings', 'sound') == ''
        to(me, 'settings', 'pw_own')
        step(me, 'settings', 'space')
        me.control('settings', 'save')          # there long enough to be read
        to(me, 'settings', 'save')
        since = me.mark()
        desk.tap('Return')
        me.window('home', 5, since)
        until(lambda: label(me, 'home', 'settings') == 'Einstellungen', lambda: label(me, 'home', 'settings'))
        me.wait('window', 8, since, name='toast', state='mapped')
        lay(me, 'home')
        until(lambda: before.differences(look(desk, me, 'home')) > before.width * before.height // 2, lambda: 'not dark')
        with open(os.path.join(desk.dir, 'config/vitrine/settings')) as file:
            text = file.read()
        for line in ('theme = dark', 'language = de', 'sound = no', 'password_kind = own'):
            assert line + '\n' in text, (line, text)
        to(me, 'home', 'doctor')
        desk.tap('space')
        lay(me, 'doctor', (0.4, 0.02))
        until(lambda: 'next' in stops(me, 'doctor'), lambda: 'nothing is measured')
        walk(me, 'doctor')
        page = look(desk, me, 'doctor')
        desk.tap('Next')
        until(lambda: page.differences(look(desk, me, 'doctor')) > 0, lambda: 'the same page')
        since = me.mark()
        desk.tap('Escape')
        me.wait('window', 5, since, name='doctor', state='closed')
        lay(me, 'home')
        to(me, 'home', 'host')
        desk.tap('Return')                      # an own password is asked for first
        lay(me, 'new-password', (0.4, 0.02))
        walk(me, 'new-password')
        to(me, 'new-password', 'password')
        for key in 'ab':
            desk.tap(key)
        desk.tap('Return')                      # too short: marked, nothing begins
        until(lambda: state(me, 'new-password', 'password') == 'error', lambda: 'too short, and not marked')
        to(me, 'new-password', 'password')
        for key in 'cdefgh':
            desk.tap(key)
        desk.tap('Return')
        assert me.wait('session', 20)['password'] == 'abcdefgh'


def test_session():
    """The windows of a session on both sides: panel, consent, bar, viewer, the end."""
    with Desk((1024, 768)) as desk, Desk(VIEWER) as other:
        with Session(desk) as s:
            viewer = s.join(other)
            lay(s.host, 'host-panel')
            walk(s.host, 'host-panel')
            to(s.host, 'host-panel', 'row_2')
            since = s.host.mark()
            desk.tap('space')                   # opens the row
            s.host.window('host-panel', since=since)
            to(s.host, 'host-panel', 'remove')
            to(s.host, 'host-panel', 'share')
            since = s.host.mark()
            desk.tap('Return')
            s.host.window('consent-share', 15, since)
            assert focus(s.host, 'consent-share') == 'no'
            s.host.wait('prompt', 10, since, kind='share', armed=True)      # keys before that are swallowed
            order = walk(s.host, 'consent-share')
            assert order[0] == 'no' and order[-1] == 'yes', order
            s.host.armed('share')
            desk.tap('Escape')                  # the safe answer
            s.host.wait('prompt', 5, since, kind='share', state='closed')
            s.host.never('share', 0.3, since)
            s.share()
            lay(s.host, 'host-panel')
            next_window(s.host, 'sharing-bar')
            walk(s.host, 'sharing-bar')
            move_bar(s.host, 'Right', lambda before, now: now[0] > before[0])
            move_bar(s.host, 'Left', lambda before, now: now[0] < before[0])
            to(s.host, 'sharing-bar', 'see')
            desk.tap('space')                   # what others see, and back
            s.host.window('mirror')
            next_window(s.host, 'host-panel')
            next_window(s.host, 'mirror')
            next_window(s.host, 'sharing-bar')
            to(s.host, 'sharing-bar', 'see')
            since = s.host.mark()
            desk.tap('space')                   # opened there, and closed
            s.host.wait('window', 5, since, name='mirror', state='closed')
            to(s.host, 'sharing-bar', 'pause')
            since = s.host.mark()
            desk.tap('space')
            s.host.wait('share', 5, since, state='paused')
            lay(viewer, 'viewer', (0.1, 0.02))     # beside the toasts
            walk(viewer, 'viewer')
            to(viewer, 'viewer', 'one')
            step(viewer, 'viewer', 'space')
            assert state(viewer, 'viewer', 'one') == 'chosen'
            to(viewer, 'viewer', 'leave')
            other.tap('Return')
            lay(viewer, 'ended', (0.4, 0.02))
            assert set(walk(viewer, 'ended')) == {'close2', 'home'}
            other.tap('Escape')
            assert viewer.wait_exit() == 0


def test_join_and_error():
    """The join form by keys; an error, its details by F1, and back."""
    with Desk((1024, 768)) as desk, Party(desk, 'join', '--relay', '127.0.0.1:9', '482915306') as me:
        lay(me, 'join', (0.4, 0.02))
        walk(me, 'join')
        to(me, 'join', 'password')
        for key in 'amber canal violet orbit':
            desk.tap(key)
        desk.tap('Return')
        me.wait('error', 20, code='R-NET')
        lay(me, 'error', (0.4, 0.02))
        walk(me, 'error')
        desk.tap('F1')
        until(lambda: label(me, 'error', 'details') == 'Hide details', lambda: label(me, 'error', 'details'))
        since = me.mark()
        desk.tap('Escape')
        me.window('home', 5, since)


def has_keyboard(party):
    """One of its windows that are there has it."""
    latest = {e['name']: e for e in party.events if e['event'] == 'window' and e['name'] != 'toast'}
    return [name for name, e in latest.items() if e['state'] == 'mapped' and any(c['focus'] for c in e['controls'])]


def typed(desk, terminal, word):
    """Another program has the keyboard: what is typed goes there. Function keys leave their sequences in the line before."""
    for key in ('Return', *word, 'Return'):
        desk.tap(key)
    terminal.until(word)


def press_again(party, window, control):
    """Space on what has taken another's place, once it has been there long enough to be read."""
    party.control(window, control)
    to(party, window, control)
    party.desk.tap('space')


def test_from_another_program():
    """Ctrl+F11 leads from another program to bar and panel, closed or not, and everything of the bar is done by keys."""
    with Desk((1024, 768)) as desk, Desk(VIEWER, kind='xvfb') as other:
        terminal = Terminal(desk)
        with Session(desk) as s:
            s.join(other)
            s.share()
            since = s.host.mark()
            s.host.press('host-panel', 'close')
            s.host.wait('window', 5, since, name='host-panel', state='closed')
            desk.move(1000, 700)
            terminal.focus()
            typed(desk, terminal, 'before')
            # a program's keys are not the owner's
            since = s.host.mark()
            desk.call('xdotool', 'key', '--clearmodifiers', 'ctrl+F11')
            desk.call('xdotool', 'keydown', 'ctrl')
            desk.tap('F11')
            desk.call('xdotool', 'keyup', 'ctrl')
            desk.key('Control_L', True)
            desk.call('xdotool', 'key', 'F11')
            desk.key('Control_L', False)
            typed(desk, terminal, 'after')
            assert not has_keyboard(s.host) and not s.host.find('window', since, name='host-panel'), s.host.steps(since)
            desk.tap('Control_L', 'F11')
            until(lambda: focus(s.host, 'sharing-bar'), lambda: s.host.steps(since))
            to(s.host, 'sharing-bar', 'pause')
            since = s.host.mark()
            desk.tap('space')
            s.host.wait('share', 5, since, state='paused')
            press_again(s.host, 'sharing-bar', 'resume')
            s.host.wait('share', 15, since, state='on')
            press_again(s.host, 'sharing-bar', 'see')
            s.host.window('mirror', since=since)
            terminal.focus()
            desk.tap('Control_L', 'F11')
            until(lambda: focus(s.host, 'sharing-bar'), lambda: s.host.steps(since))
            move_bar(s.host, 'Right', lambda before, now: now[0] > before[0])
            desk.tap('F6')                      # the panel that was closed
            s.host.window('host-panel', since=since)
            until(lambda: focus(s.host, 'host-panel'), lambda: s.host.steps(since))
            desk.tap('Control_L', 'F11')        # once there it leads on, as F6 does
            until(lambda: focus(s.host, 'mirror'), lambda: s.host.steps(since))
            desk.tap('Control_L', 'F11')
            until(lambda: focus(s.host, 'sharing-bar'), lambda: s.host.steps(since))
            to(s.host, 'sharing-bar', 'stop')
            desk.tap('Return')
            s.host.wait('share', 5, since, state='off')
            s.host.no_capture()


def test_take_control_back():
    """The owner takes control back by keys from another program; whoever controls cannot bring vitrine there."""
    with Desk(HOST) as desk, Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            viewer = s.begin(other)
            rect = s.give(viewer)
            since = s.host.mark()
            s.host.press('host-panel', 'close')
            s.host.wait('window', 5, since, name='host-panel', state='closed')
            until_obeyed(desk, other, rect)
            terminal.focus()
            since = s.host.mark()
            other.tap('Control_L', 'F11')       # it stays on the controller's side
            desk.call('xdotool', 'key', '--clearmodifiers', 'ctrl+F11')     # what an input worker could send at most
            until_obeyed(desk, other, rect)
            assert not has_keyboard(s.host) and not s.host.find('window', since, name='host-panel'), s.host.steps(since)
            desk.tap('Control_L', 'F11')
            until(lambda: focus(s.host, 'sharing-bar-control'), lambda: s.host.steps(since))
            to(s.host, 'sharing-bar-control', 'stop_ctl')
            desk.tap('space')
            s.host.wait('control', 5, since, state='off')
            s.nobody()


def test_not_beside_a_question():
    """While a consent dialog is up the key leads nowhere, and its guard begins again."""
    with Desk((1024, 768)) as desk, Desk(VIEWER, kind='xvfb') as other:
        with Session(desk) as s:
            s.join(other)
            prompt = s.ask_share()
            since = s.host.mark()
            desk.tap('Control_L', 'F11')
            s.host.wait('prompt', 5, since, kind='share', armed=False)
            assert s.host.wait('prompt', 5, since, kind='share', armed=True)['id'] == prompt['id']
            assert focus(s.host, 'host-panel') is None and focus(s.host, 'consent-share') == 'no', s.host.steps(since)
            s.host.click_answer(s.host.armed('share'), 'yes')
            s.host.wait('share', 15, since, state='on')


def test_door_by_keys():
    """The key leads to the panel that asks who is to be let in; Admit, armed before, waits a whole second again."""
    with Desk((1024, 768)) as desk, Desk(VIEWER, kind='xvfb') as other:
        terminal = Terminal(desk)
        with Session(desk) as s:
            viewer = s.start_join(other)
            prompt = s.host.wait('prompt', 20, kind='admit')
            desk.move(1000, 700)
            terminal.focus()
            s.host.armed('admit')
            since = s.host.mark()
            desk.tap('Control_L', 'F11')
            until(lambda: focus(s.host, 'host-panel'), lambda: s.host.steps(since))
            until(lambda: s.host.find('prompt', since, kind='admit', armed=False), lambda: s.host.steps(since))
            s.host.armed('admit')
            assert guarded_again(s.host.events, since, prompt['id']), s.host.steps(since)
            to(s.host, 'host-panel', 'admit')
            s.host.armed('admit')
            desk.tap('Return')
            viewer.wait('member', 15, state='joined')


def test_minimised():
    """With a window manager: a panel that is minimised comes back with the keyboard."""
    with Desk((1024, 768)) as desk, Desk(VIEWER, kind='xvfb') as other:
        desk.run('openbox')
        until(lambda: b'window id' in desk.call('xprop', '-root', '_NET_SUPPORTING_WM_CHECK'), lambda: 'no window manager')
        terminal = Terminal(desk)
        with Session(desk) as s:
            s.join(other)
            since = s.host.mark()
            s.host.press('host-panel', 'minimise')
            s.host.wait('window', 5, since, name='host-panel', state='closed')
            terminal.focus()
            typed(desk, terminal, 'away')
            since = s.host.mark()
            desk.tap('Control_L', 'F11')
            s.host.window('host-panel', since=since)
            until(lambda: focus(s.host, 'host-panel'), lambda: s.host.steps(since))
