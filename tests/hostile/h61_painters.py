"""Painters gone bad: in a dialog a no, in the other windows replaced and the window drawn again (issue: people, bad input)."""
import os
import signal

import party
from desk import middle, until
from hands import Control
from rogue import corrupt, heal
from session import Desk, Session
from trail import noted

BAD = ('outside', 'another', 'stalls')      # tests/hostile/rogue.c
LIE = (255, 0, 255)


def painters(s):
    return s.host.worker_pids('vitrine-render')


def windows_painter(s):
    """The one of all windows but dialogs: it has never waited for one."""
    return next((pid for pid in s.host.role_pids('ui') if not s.host.find('worker', pid=pid, state='spare')), None)


def refused(s, since):
    """That painter is gone, its dialog with it, and nothing is shared."""
    bad = s.host.wait('worker', 20, since, role='ui', state='prompt')['pid']
    s.host.wait('worker', 20, since, role='ui', state='ended', pid=bad)
    s.host.never('share', 0.3, since=since, state='on')
    s.host.no_capture()
    until(lambda: s.host.find('prompt', since, kind='share', state='closed') or not s.host.find('prompt', since, kind='share'))
    waiting = s.host.spare(since)
    until(lambda: set(painters(s)) == {windows_painter(s), waiting})


def test_bad_painter_of_a_dialog():
    """It writes beyond its memory, says it has painted what nobody ordered, or stops after the first picture: no."""
    with party.copy() as folder, Desk((1280, 800)) as desk:
        with Session(desk, programs=folder) as s:
            since = 0
            for what in BAD:
                corrupt(folder, 'ui', 'ready', 'control', what)
                s.host.end_spare(since)     # an honest one, or a bad one of the round before
                since = s.host.mark()
                s.host.press('host-panel', 'share')
                if what == 'stalls':
                    prompt = s.host.wait('prompt', 20, since, kind='share')
                    desk.move(*middle(prompt['buttons']['no']))     # it looks pressed soon: another picture is due
                refused(s, since)
                heal(folder, 'ui')
            s.host.end_spare(since)
            s.share()           # an honest one again


def spoil_spare(s, folder, what):
    """A dialog is answered with no, and a bad painter waits for the next one; its pid."""
    since = s.host.mark()
    corrupt(folder, 'ui', 'ready', 'control', what)
    prompt = s.ask_share()
    bad = s.host.spare(since)
    heal(folder, 'ui')
    s.desk.click_rect(prompt['buttons']['no'])
    s.host.wait('prompt', since=since, kind='share', state='closed')
    return bad


def test_bad_spare():
    """Who waits for the next dialog speaks unasked: ended, and nothing else is lost. Who paints it badly then: its dialog is a no."""
    with party.copy() as folder, Desk((1280, 800)) as desk:
        with Session(desk, programs=folder) as s:
            s.host.spare()
            bad = spoil_spare(s, folder, 'garbage')
            assert s.host.wait('worker', pid=bad, state='ended')['why'] == 'unknown'
            since = s.host.mark()
            s.share(button='no')
            s.host.spare(since)
            bad = spoil_spare(s, folder, 'another')
            since = s.host.mark()
            s.host.press('host-panel', 'share')
            assert s.host.wait('worker', since=since, role='ui', state='prompt')['pid'] == bad
            refused(s, since)
            s.share()
            assert s.host.process.poll() is None and not s.host.find('ended')


def test_bad_painter_of_the_panel():
    """Killed from outside, and started as a bad one: ended in turn, and an honest one draws the window again."""
    with party.copy() as folder, Desk((1280, 800)) as desk:
        with Session(desk, programs=folder) as s:
            s.host.spare()      # so that whoever is started from here on is for the windows
            row = s.host.control('host-panel', 'share')
            for what in BAD:
                corrupt(folder, 'ui', 'ready', 'control', what)
                since = s.host.mark()
                os.kill(windows_painter(s), signal.SIGKILL)
                bad = s.host.wait('worker', 20, since, role='ui', state='verified')['pid']
                heal(folder, 'ui')
                if what == 'stalls':
                    until(lambda: desk.shot().pixel(row[0] - 6, row[1] - 2) == LIE)
                    desk.move(*middle(row))
                s.host.wait('worker', 20, since, role='ui', state='ended', pid=bad)
                until(lambda: s.host.find('worker', since, role='ui', state='verified')['pid'] != bad)
                until(lambda: desk.shot().pixel(row[0] - 6, row[1] - 2) != LIE)
            s.share()
            assert s.host.process.poll() is None


def test_killed_under_a_question():
    """That is a no, and the trail says why: a part of vitrine died, nobody has pressed anything. The one who asks next is asked about
    as if nothing had been.

    Seen to fail: it was told of twice, as a no and as a death. The trail said refused, and nothing of the death; the second was taken
    for that of the next question's painter, so that that went, too."""
    with Desk((1280, 800)) as desk, Desk((1280, 800)) as other, Desk((1280, 800)) as third:
        with Control(desk) as s:
            first, second = s.begin(other), s.join(third, name='Wim')
            s.ask(first)
            since = s.host.mark()
            second.press('viewer', 'ask')
            noted(desk, 'control_asked', 2)
            painter = [e for e in s.host.events if e['event'] == 'worker' and e['state'] == 'prompt'][-1]['pid']
            os.kill(painter, signal.SIGKILL)
            s.host.wait('prompt', since=since, kind='control', name='Wim', armed=True)
            assert noted(desk, 'consent_refused')[0]['fields']['how'] == 'worker'
            assert noted(desk, 'worker_end')[-1]['fields']['pid'] == str(painter)
            s.host.never('prompt', 0.5, since=since, kind='control', name='Wim', state='closed')
            s.host.click_answer(s.host.find('prompt', kind='control'), 'no')
            assert [e['fields']['how'] for e in noted(desk, 'consent_refused', 2)] == ['worker', 'refused']
            until(lambda: 'The question was closed' in s.host.window('toast', since=since)['texts'])    # behind the dialog
