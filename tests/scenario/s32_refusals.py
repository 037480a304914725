"""The windows of the errors that nobody sees who meets honest people and relays: what they say, in words and in the window, and
what they offer (ui.md 10). Who refuses lies (tests/harness/false_relay.py)."""
import os
import time

from desk import own
from false_relay import ATTACH, CREATE, FalseRelay
from session import Desk, Party

DESK = (800, 600)
NUMBER = '482915306'
E_BUSY, E_LIMIT = 6, 7                  # PROTOCOL.md 16: the organizer
BUSY, LOCKED, KEY = 4, 5, 6             # PROTOCOL.md 6: the relay
GERMAN = {'LANG': 'de_DE.UTF-8'}

WORDS = {
    'J-STOP': (['Too many wrong tries', 'The host has to make a new password.', 'Ask the person who invited you.'],
               ['Zu viele falsche Versuche', 'Die Leitung muss ein neues Passwort vergeben.', 'Fragen Sie die Person, die Sie eingeladen hat.']),
    'J-WAIT': (['Please wait', 'There were too many tries, or the session is busy.', 'Try again in a minute.'],
               ['Bitte warten', 'Es gab zu viele Versuche, oder die Sitzung ist ausgelastet.',
                'Versuchen Sie es in einer Minute noch einmal.']),
    'R-NO': (['This relay starts no sessions for you', 'Ask whoever runs the relay for its key.'],
             ['Dieses Relay eröffnet Ihnen keine Sitzung', 'Bitten Sie den Betreiber des Relays um dessen Schlüssel.']),
}


def password_file(desk):
    path = os.path.join(desk.dir, 'a-password')
    with open(path, 'w') as out:
        out.write('four plain words here\n')
    os.chmod(path, 0o600)
    own(path)
    return path


def join(desk, relay, **more):
    return Party(desk, 'join', NUMBER, '--relay', relay.where, '--password-file', password_file(desk), **more)


def host(desk, relay, **more):
    return Party(desk, 'host', '--relay', relay.where, **more)


def window_says(party, code, language, buttons):
    """The error is told with its code, and its window has these words, these buttons, and its code in the footer."""
    told = party.wait('error', code=code)['text']
    window = party.window('error')
    words = WORDS[code][language]
    assert [text for text in window['texts'] if text in words] == words, window['texts']
    assert any(code in text for text in window['texts']), window['texts']
    found = {c['id'] for c in window['controls']} - {'minimise', 'close', 'details'}
    assert found == set(buttons), window['controls']
    assert '\n' not in told and told, told
    return window


def refused(start, code, status, buttons, **lies):
    """In both languages; what is offered first has the keyboard, and the window can be closed."""
    for language, env in ((0, {}), (1, GERMAN)):
        with Desk(DESK) as desk, FalseRelay(**lies) as relay:
            with start(desk, relay, env=env) as p:
                window = window_says(p, code, language, buttons)
                assert not p.workers().keys() & set(p.role_pids('net') + p.role_pids('seal')), p.workers()
                assert relay.asked == [CREATE if start is host else ATTACH], relay.asked
                assert [c['label'] for c in window['controls'] if c['id'] == buttons[0]]
                p.press('error', 'close')
                assert p.wait_exit() == status


def test_too_many_wrong_tries():
    """J-STOP: the organizer takes no more guesses. Trying again is not offered."""
    refused(join, 'J-STOP', 3, ['back'], said=E_LIMIT)


def test_busy_organizer():
    """J-WAIT: no guess is free there."""
    refused(join, 'J-WAIT', 3, ['retry', 'back'], said=E_BUSY)


def test_busy_relay():
    """J-WAIT: the relay is full, or has locked out where we come from."""
    for code in (BUSY, LOCKED):
        refused(join, 'J-WAIT', 3, ['retry', 'back'], err=code)


def test_relay_wants_a_key():
    """R-NO."""
    refused(host, 'R-NO', 4, ['back'], err=KEY)


def test_again_and_again():
    """J-WAIT of our own: at most five tries a minute leave, whoever presses. (Tried as long as a minute is not over.)"""
    with Desk(DESK) as desk, FalseRelay(said=E_BUSY) as relay:
        begun = time.monotonic()
        with join(desk, relay) as p:
            for tries in range(1, 7):
                window_says(p, 'J-WAIT', 0, ['retry', 'back'])
                since, asked = p.mark(), len(relay.asked)
                p.press('error', 'retry')
                p.wait('error', since=since, code='J-WAIT')
                if time.monotonic() - begun > 50:
                    break
                assert len(relay.asked) == asked + (tries < 5), (tries, relay.asked)
                if tries < 5:
                    p.window('error', since=since)
            said = [e['texts'][0] for e in p.events if e['event'] == 'window' and e['name'] == 'error' and e['state'] == 'mapped']
            assert set(said) == {WORDS['J-WAIT'][0][0]}, said       # and nothing else on its way out


test_again_and_again.limit = 200
