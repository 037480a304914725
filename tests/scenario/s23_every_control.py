"""Controls that no other scenario presses: each by physical input, and what it does is read where a person would: from the
clipboard, from the words of a window, from the picture."""
import os
import re
import subprocess
import time

from desk import Desk, until, user
from hands import TRIES, VIEWER, Control, until_obeyed
from party import Party, binaries
from session import Session, enlarge, open_door
from wire import Wire

CTL = (0x74, 0x81, 0x8b)        # what the dots of the guard are drawn with, in light colours
LOCAL = ('--listen', '127.0.0.1:0')


def texts(party, window):
    return party.window(window)['texts']


def until_texts(party, window, *want):
    """Until that window says all of them."""
    until(lambda: set(want) <= set(texts(party, window)), lambda: (window, want, texts(party, window)))


def toast(party, since, *want):
    """A toast with exactly those words."""
    party.wait('window', since=since, name='toast', state='mapped', texts=list(want))


def state(party, window, control):
    return next((c['state'] for c in party.window(window)['controls'] if c['id'] == control), 'away')


def pasted(desk, end):
    """What a hand has pasted from the clipboard into a terminal, once it ends so."""
    path = os.path.join(desk.dir, 'pasted')
    terminal = desk.show('xterm', '-xrm', '*selectToClipboard: true', '-geometry', '60x8+0-0', '-e', 'sh', '-c',
                         'stty -icanon && exec cat > pasted')

    def read():
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()
    until(lambda: os.path.exists(path), lambda: 'the terminal does not begin')
    desk.move(100, desk.size[1] - 60)
    desk.button(2, True)
    desk.button(2, False)
    until(lambda: read().endswith(end), lambda: (read(), end))
    text = read()
    terminal.kill()
    terminal.wait()
    os.unlink(path)
    return text


def parts(report):
    """What each part that runs may do, by that report; how long it took to start left out."""
    rows = [re.sub(r'[0-9.]+ *ms', '', line).split() for line in report.split('\n\n')[2].splitlines()]
    return {row[0]: row[1:] for row in rows if 'running' not in row}


def test_copied():
    """Copy invitation, the security status's Copy report and its Check again, which measures anew."""
    with Desk() as desk, Session(desk, *LOCAL) as s:
        since = s.host.mark()
        s.host.press('host-panel', 'copy')
        toast(s.host, since, 'Invitation copied', 'Send it only to people you chose.')
        number = re.sub('(...)(?=.)', r'\1 ', s.info['id'])
        want = 'Join my vitrine session. Number: %s.\nPassword: %s. Only enter these in vitrine itself.\n%s\n' % (
            number, s.info['password'], s.info['invitation'])
        assert pasted(desk, s.info['invitation'] + '\n') == want, want
        s.host.press('host-panel', 'doctor')
        when = lambda: next((t for t in texts(s.host, 'doctor') if t.startswith('Checked ')), '')      # noqa: E731
        until(when, lambda: texts(s.host, 'doctor'))
        first = when()
        s.host.press('doctor', 'copy')
        said = subprocess.run([os.path.join(binaries(), 'vitrine'), 'doctor'], env=desk.env, cwd=desk.dir, capture_output=True,
                              text=True, timeout=100, check=False, **user()).stdout
        report = pasted(desk, 'from clone to verified.\n')
        assert {'broker', 'net', 'seal', 'ui', 'relay', 'audit'} <= set(parts(report)), report
        assert parts(report).items() <= parts(said).items(), (report, said)
        time.sleep(1)                           # it is told to the second
        s.host.press('doctor', 'again')
        until(lambda: when() > first, lambda: (first, when()))


def test_error_copied():
    """Copy stands beside the details of an error, and copies them as they are told."""
    with Desk() as desk, Party(desk, 'join', '--relay', '127.0.0.1:9', '482915306') as me:
        desk.click_rect(me.control('join', 'password'))
        desk.type('amber canal violet orbit')
        me.press('join', 'join')
        text = me.wait('error', code='R-NET')['text']
        me.window('error')
        assert text and state(me, 'error', 'copy') == 'away', me.window('error')
        me.press('error', 'details')
        me.press('error', 'copy')
        copied = pasted(desk, 'refused')
        assert '(%s)' % copied in text and copied in texts(me, 'error'), (copied, text)


def test_left_while_reconnecting():
    """Whose line is lost leaves at once by the button in the picture, and nothing tries on."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other, Session(desk, *LOCAL) as s:
        wire = Wire(s.port())
        viewer = s.start_join(other, invitation=s.local_invitation().replace(':%d/' % s.port(), ':%d/' % wire.port))
        s.admit('Vera')
        viewer.wait('member', 15, state='joined')
        s.share()
        viewer.wait('member', state='presenter', name='Helga')
        wire.block()
        viewer.wait('line', state='lost')
        viewer.press('viewer', 'leave2')
        viewer.wait('ended', how='properly')
        until_texts(viewer, 'ended', 'You left the session')
        viewer.until_workers(lambda names: not names & {'vitrine-net', 'vitrine-seal'})
        wire.close()


def new_password(s, kind, text=''):
    since = s.host.mark()
    s.host.press('host-panel', 'change_pw')
    s.host.press('new-password', kind)
    if text:
        s.desk.click_rect(s.host.control('new-password', 'password'))
        s.desk.type(text)
    s.host.press('new-password', 'set')
    s.info = s.host.wait('session', since=since)


def refused(s, desk, password):
    guest = s.start_join(desk, name='Otto', password=password)
    guest.wait('error', code='J-PASS')
    guest.stop()


def test_own_password():
    """While a session runs, offered after a wrong try: an own password, by which people join. None is not offered then."""
    with Desk((800, 600)) as desk, Desk(VIEWER) as other, Session(desk, *LOCAL) as s:
        old = s.info
        refused(s, other, 'four wrong words here')
        new_password(s, 'own', 'amber canal')
        assert s.info['password'] == 'ambercanal' and s.info['id'] == old['id'], s.info
        refused(s, other, old['password'])
        s.join(other)
        s.host.press('host-panel', 'change_pw')
        s.host.window('new-password')
        assert state(s.host, 'new-password', 'none') == 'off'


def choose(me, *controls):
    """Presses these in the settings window and saves."""
    me.press('home', 'settings')
    for control in controls:
        before = state(me, 'settings', control)
        me.press('settings', control)
        until(lambda was=before, now=control: state(me, 'settings', now) != was, lambda: me.window('settings'))
    me.press('settings', 'save')
    me.wait('window', name='settings', state='closed')


def test_own_password_from_start():
    """An own one by the settings: also `vitrine host` asks for it, and then hosts."""
    with Desk((1024, 768)) as desk:
        with Party(desk, 'join') as me:
            choose(me, 'pw_own')
        with Party(desk, 'host', *LOCAL) as me:
            me.window('new-password')
            assert not me.find('session')
            desk.click_rect(me.control('new-password', 'password'))
            desk.type('amber canal')
            me.press('new-password', 'set')
            assert me.wait('session', 20)['password'] == 'ambercanal'


def test_no_password_in_window():
    """An own one by the settings, so that Host asks for it first; and none is chosen there."""
    with Desk((1024, 768)) as desk, Party(desk, 'join') as me:
        choose(me, 'pw_own')
        me.press('home', 'host')
        me.press('new-password', 'none')
        until(lambda: state(me, 'new-password', 'none') == 'chosen', lambda: me.window('new-password'))
        me.press('new-password', 'set')
        assert not me.wait('session')['password']
        until_texts(me, 'host-panel', 'No password')


def guarded_dots(desk, party):
    """The share dialog's yes while it cannot be answered yet: one dot full, one empty, and nothing moves; no bar."""
    for _ in range(TRIES):
        prompt = party.wait('prompt', kind='share')
        x, y, w, h = prompt['buttons']['yes']
        foot, mid = desk.shot([x, y + h - 14, w, 14]), w // 2
        time.sleep(0.2)
        again = desk.shot([x, y + h - 14, w, 14])
        if not party.find('prompt', kind='share')['armed'] and foot.pixel(mid - 7, 7) == CTL:
            break
        party.armed('share')
        since = party.mark()
        desk.tap('Control_L', 'F11')            # a machine that stood still: the guard begins again
        party.wait('prompt', since=since, kind='share', armed=False)
    assert foot.pixel(mid - 7, 7) == CTL and foot.data == again.data, foot.pixel(mid - 7, 7)
    assert foot.pixel(mid + 7, 7) != CTL, foot.pixel(mid + 7, 7)
    assert all(foot.pixel(n, 7) == foot.pixel(20, 3) for n in (12, 30, w - 12)), 'a bar'


def test_settings_hold():
    """No password, nothing moves and Ctrl+Esc is the desktop's: chosen by hand, and so it is in the session that follows."""
    with Desk() as desk, Desk(VIEWER) as other:
        with Party(desk, 'join') as me:
            choose(me, 'pw_none', 'still', 'ctrl_esc')
        with Control(desk, *LOCAL) as s, Party(other, 'join', s.local_invitation(), '--name', 'Vera') as viewer:
            assert not s.info['password'], s.info
            until_texts(s.host, 'host-panel', 'No password')
            viewer.press('join', 'join')
            s.admit('Vera')
            viewer.wait('member', state='joined')
            viewer.window('viewer')
            enlarge(other)
            s.host.press('host-panel', 'row_2')
            s.host.press('host-panel', 'words')
            s.host.answer('words', 'yes')
            s.host.press('host-panel', 'share')
            guarded_dots(desk, s.host)
            s.host.click_answer(s.host.armed('share'), 'yes')
            s.host.wait('share', state='on')
            rect = s.give(viewer)
            since = s.host.mark()
            desk.tap('Control_L', 'Escape')
            until_obeyed(desk, other, rect)
            s.host.never('control', 0.3, since, state='off')
            desk.tap('Control_L', 'F12')
            s.host.wait('control', since=since, state='off', why='hotkey')


def test_bar_dragged():
    """The bar goes with the pointer along the top edge, stays where it is let go, and works there."""
    with Desk() as desk, Desk(VIEWER, kind='xvfb') as other, Session(desk, *LOCAL) as s:
        s.join(other)
        s.share()
        x, y, w, h = s.host.window('sharing-bar')['rect']
        where = lambda: s.host.window('sharing-bar')['rect']        # noqa: E731
        desk.move(x + 100, y + h // 2)
        desk.button(1, True)
        for step in range(20, 161, 20):
            desk.move(x + 100 - step, y + h // 2 + step)
        until(lambda: where() == [x - 160, y, w, h], where)
        desk.button(1, False)
        desk.move(x + 300, y + h + 200)
        s.host.never('window', 0.3, s.host.mark(), name='sharing-bar')
        s.host.press('sharing-bar', 'pause')
        s.host.wait('share', state='paused')
        assert where()[:2] == [x - 160, y], where()


def test_presenting_now():
    """Who watches is told by name who presents now; and, when it is over, who ended it."""
    with Desk() as desk, Desk(VIEWER) as hers, Desk(VIEWER) as his, Session(desk, *LOCAL) as s:
        vera = s.join(hers)
        kim = s.join(his, name='Kim')
        s.share()
        kim.wait('member', state='presenter', name='Helga')
        mark, since = s.host.mark(), kim.mark()
        s.host.press('host-panel', 'row_2')
        s.host.press('host-panel', 'mk_presenter')
        s.host.answer('present', 'yes', since=mark)
        vera.answer('hand-over', 'yes')
        vera.answer('share', 'yes')
        toast(kim, since, '“Vera”', 'is presenting now.')
        s.host.press('viewer', 'leave')
        s.host.press('host-panel', 'end')
        s.host.answer('end', 'yes')
        for party in (vera, kim):
            until(lambda who=party: 'ended by' in ' '.join(texts(who, 'ended')) and '“Helga”' in texts(who, 'ended'),
                  lambda who=party: texts(who, 'ended'))


def minutes(party, end):
    """What the foot of its last window tells."""
    found = []
    until(lambda: found or found.extend(m for t in texts(party, 'ended') for m in [re.match(r'Lasted (\d+) minutes? · ' + end, t)] if m),
          lambda: texts(party, 'ended'))
    return int(found[0].group(1))


def test_lasted():
    """How long it lasted is told to both sides, each from its own beginning."""
    with Desk((1024, 768)) as desk, Desk(VIEWER, kind='xvfb') as other:
        begun = time.monotonic()
        with Session(desk, *LOCAL) as s:
            viewer = s.join(other)
            time.sleep(61)
            s.host.press('host-panel', 'end')
            s.host.answer('end', 'yes')
            for party, end in ((s.host, 'ended by you'), (viewer, 'ended by')):
                assert 1 <= minutes(party, end) <= (time.monotonic() - begun) // 60, (begun, texts(party, 'ended'))
            assert '“Helga”' in texts(viewer, 'ended')


test_lasted.waits = True        # a minute

CROWD = ('Ada', 'Bo', 'Cem', 'Dora', 'Eva', 'Finn', 'Gil', 'Hana', 'Ida', 'Kim', 'Lee')


def test_twelve_people():
    """More than the panel shows: all of them by F1 in the share dialog; one of them found by name, and what can be done about them."""
    with Desk() as desk, Desk((1024, 768), kind='xvfb') as crowd:
        open_door(desk)
        with Session(desk, *LOCAL) as s:
            guests = {}
            for some in (CROWD[:4], CROWD[4:8], CROWD[8:]):     # not all knock at once: a relay holds strangers back
                guests.update((name, s.start_join(crowd, name=name)) for name in some)
                for name in some:
                    guests[name].wait('member', state='joined', name=name)
                    s.host.wait('member', state='joined', name=name)
            in_share_dialog(s)
            s.host.press('host-panel', 'all')
            until_texts(s.host, 'people', '1–7 of 12')
            row_actions(s, guests['Kim'])


def in_share_dialog(s):
    s.ask_share()
    few = state(s.host, 'consent-share', 'whole')
    assert few != 'away'
    for want in ('away', few):                  # F1 leads to everybody, and back
        s.host.armed('share')
        s.desk.tap('F1')
        until(lambda now=want: state(s.host, 'consent-share', 'whole') == now, lambda: s.host.window('consent-share'))
        if want == 'away':
            until(lambda: sum('“%s”' % name in texts(s.host, 'consent-share') for name in CROWD) > 3,
                  lambda: texts(s.host, 'consent-share'))
    s.host.click_answer(s.host.armed('share'), 'no')


def row_actions(s, kim):
    s.host.press('people', 'search')
    s.desk.type('KI')
    until(lambda: state(s.host, 'people', 'row_2') == 'away', lambda: s.host.window('people'))
    s.host.press('people', 'row_1')
    for control, kind in (('words', 'words'), ('mk_presenter', 'present')):
        since = s.host.mark()
        s.host.press('people', control)
        prompt = s.host.wait('prompt', since=since, kind=kind, name='Kim', armed=True)
        s.host.click_answer(prompt, 'no')
        s.host.wait('window', since=since, name=prompt['window'], state='closed')     # what it lay over can be pressed again
    since = s.host.mark()
    s.host.press('people', 'remove')
    s.host.wait('member', since=since, state='removed', name='Kim')
    kim.wait('error', code='J-OUT')
    until_texts(s.host, 'people', 'Nobody has such a name.')


test_twelve_people.limit = 150
