"""Lock screens that say on a message bus that they are up: a no to every dialog, and the end of control, as any locked screen."""
import contextlib
import os
import subprocess
import time

import box
import party
from bus import SYSTEM, Bus, Locker, desktop_bus
from desk import PATIENCE, Desk
from hands import HOST, VIEWER, Control, Terminal, until_obeyed
from session import Session
from trail import noted

GNOME, MATE, LOGIND = 'org.gnome.ScreenSaver', 'org.mate.ScreenSaver', 'org.freedesktop.login1'


@contextlib.contextmanager
def desk_with_bus(**more):
    with Desk(HOST) as desk, desktop_bus(desk, **more) as bus:
        yield desk, bus


def lockers(s, since, **more):
    return s.host.wait('lockers', 20, since, **more)


def ask(s):
    since = s.host.mark()
    s.ask_share()
    return since


def refused(desk, s, since):
    """The dialog that was up is a no, because of the screen."""
    s.host.wait('prompt', 20, since, kind='share', state='closed')
    s.host.never('share', 0.3, since=since, state='on')
    s.host.no_capture()
    assert noted(desk, 'consent_refused')[-1]['fields']['how'] == 'screen'


def not_offered(s):
    """Share my screen cannot be pressed."""
    end = time.monotonic() + PATIENCE
    while any(c['id'] == 'share' and 'off' not in c['state'] for c in s.host.window('host-panel')['controls']):
        assert time.monotonic() < end, s.host.transcript()
        time.sleep(0.05)
    panel = s.host.window('host-panel')     # and why: on the window, and with the button
    why = [c['why'] for c in panel['controls'] if c['id'] == 'share'][0]
    assert 'locked' in why and why in panel['texts'], panel


def test_dialog_is_no():
    """A dialog is up when the lock screen comes; somebody without the name says that it has gone; then it goes."""
    with desk_with_bus(names={GNOME: ':1.7'}) as (desk, bus):
        with Session(desk) as s:
            lockers(s, 0, there=[GNOME], locked=[])
            assert noted(desk, 'lock_screens')[-1]['fields'] == {'heard': GNOME, 'why': ''}
            since = ask(s)
            bus.says(':1.7', GNOME, True)
            lockers(s, since, locked=[GNOME])
            refused(desk, s, since)
            since = s.host.mark()
            bus.says(':1.8', GNOME, False)
            bus.own(MATE, ':1.8')
            bus.says(':1.8', MATE, False)
            lockers(s, since, there=[GNOME, MATE], locked=[GNOME])
            not_offered(s)
            bus.says(':1.7', GNOME, False)
            lockers(s, since, locked=[])
            s.share()


def test_up_before():
    """It is up when the session begins: nothing is asked until it goes."""
    with desk_with_bus(names={GNOME: ':1.7'}, locked={':1.7': 1}) as (desk, bus):
        with Session(desk) as s:
            lockers(s, 0, locked=[GNOME])
            since = s.host.mark()
            not_offered(s)
            bus.says(':1.7', GNOME, False)
            lockers(s, since, locked=[])
            s.share()


def test_ends_control():
    with desk_with_bus(names={GNOME: ':1.7'}) as (desk, bus), Desk(VIEWER) as other:
        terminal = Terminal(desk)
        with Control(desk) as s:
            viewer = s.begin(other)
            rect = s.give(viewer)
            terminal.focus()
            until_obeyed(desk, other, rect)
            since, theirs = s.host.mark(), viewer.mark()
            bus.says(':1.7', GNOME, True)
            s.host.wait('control', 20, since, state='off', why='screen', mine=False)
            viewer.wait('control', 20, theirs, state='off', mine=True)
            s.nobody()
            assert noted(desk, 'control_off')[-1]['fields']['why'] == 'screen'


def bus_ended(desk, s, since):
    """The worker is gone, that is told, and the session goes on."""
    s.host.wait('worker', 20, since, role='bus', state='ended')
    lockers(s, since, there=[])
    assert noted(desk, 'lock_screens', 2)[-1]['fields']['heard'] == ''
    assert not s.host.worker_pids('vitrine-bus')


def test_garbage_ends_it():
    """What no bus says ends the worker; the session goes on, and can be shared."""
    with desk_with_bus(names={GNOME: ':1.7'}) as (desk, bus):
        with Session(desk) as s:
            lockers(s, 0, there=[GNOME])
            since = s.host.mark()
            bus.raw(os.urandom(64).replace(b'l', b'x').replace(b'B', b'x'))
            bus_ended(desk, s, since)
            s.share()


@contextlib.contextmanager
def system_bus(desk):
    """One of our own, and what makes it the system's for a program."""
    folder = os.path.join(desk.dir, 'run-dbus')
    os.mkdir(folder)
    with Bus(folder + '/system_bus_socket', names={LOGIND: ':1.3'}) as bus:
        yield bus, box.box('mount -t tmpfs none /run', 'mkdir /run/dbus', 'mount --bind %s /run/dbus' % folder)


def test_one_bus_is_lost():
    """One of two says what no bus says: the other one is heard, and events and trail say what is left."""
    with desk_with_bus(names={GNOME: ':1.7'}) as (desk, bus), system_bus(desk) as (system, wrap):
        with Session(desk, wrap=wrap) as s:
            lockers(s, 0, buses=['desktop', 'system'], there=[GNOME, LOGIND], locked=[])
            assert noted(desk, 'lock_screens')[-1]['fields'] == {'heard': GNOME + ' ' + LOGIND, 'why': ''}
            since = s.host.mark()
            system.raw(b'x' * 64)
            lockers(s, since, buses=['desktop'], there=[GNOME])
            assert noted(desk, 'lock_screens', 2)[-1]['fields'] == {'heard': GNOME, 'why': "the system's message bus is not heard"}
            bus.says(':1.7', GNOME, True)
            lockers(s, since, locked=[GNOME])


def test_dies_locked():
    """Its death is no word for open: nothing is asked any more in this session."""
    with desk_with_bus(names={GNOME: ':1.7'}) as (desk, bus):
        with Session(desk) as s:
            lockers(s, 0, there=[GNOME])
            bus.says(':1.7', GNOME, True)
            lockers(s, 0, locked=[GNOME])
            since = s.host.mark()
            pid, = s.host.worker_pids('vitrine-bus')
            os.kill(pid, 9)
            bus_ended(desk, s, since)
            not_offered(s)


def test_logind():
    """The system's bus: logind tells lock screens to come up; then one tells logind that it is."""
    with Desk(HOST) as desk, system_bus(desk) as (bus, wrap):
        with Session(desk, wrap=wrap) as s:
            lockers(s, 0, there=[LOGIND], locked=[])
            path = '/org/freedesktop/login1/session/_32'
            since = ask(s)
            bus.signal(':1.3', LOGIND + '.Session', 'Lock', path=path)
            lockers(s, since, locked=[LOGIND])
            refused(desk, s, since)
            since = s.host.mark()
            bus.locked[':1.3'] = 1
            bus.signal(':1.3', 'org.freedesktop.DBus.Properties', 'PropertiesChanged', 's', LOGIND + '.Session', path=path)
            bus.answered(s.host.process.pid, 'Get', 2)
            bus.signal(':1.8', LOGIND + '.Session', 'Unlock', path=path)
            not_offered(s)
            bus.locked[':1.3'] = 0
            bus.signal(':1.3', 'org.freedesktop.DBus.Properties', 'PropertiesChanged', 's', LOGIND + '.Session', path=path)
            lockers(s, since, locked=[])
            s.share()


def real_bus(desk):
    path = desk.dir + '/bus'
    desk.env['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=' + path
    daemon = desk.run('dbus-daemon', '--session', '--nofork', '--nopidfile', '--print-address', '--address=unix:path=' + path,
                      stdout=subprocess.PIPE)
    assert daemon.stdout.readline().startswith(b'unix:path=' + path.encode())
    return path


def test_real_bus():
    """The real dbus-daemon: a lock screen with its name, and dbus-send without."""
    with Desk(HOST) as desk:
        path = real_bus(desk)

        def forged(locked):
            desk.call('dbus-send', '--session', '--type=signal', '/org/gnome/ScreenSaver', GNOME + '.ActiveChanged', 'boolean:' + locked)

        with Session(desk) as s:
            lockers(s, 0, there=[], locked=[])
            since = s.host.mark()
            with Locker(path, GNOME) as one:
                lockers(s, since, there=[GNOME], locked=[])
                since = ask(s)
                forged('true')
                s.host.never('lockers', 0.5, since=since)
                one.says(True)
                lockers(s, since, locked=[GNOME])
                refused(desk, s, since)
                since = s.host.mark()
                forged('false')
                s.host.never('lockers', 0.5, since=since)
                one.says(False)
                lockers(s, since, locked=[])
                s.share()


def test_lock_screen_dies():
    """The real dbus-daemon: a program takes a free name, says "locked" and exits. Its windows went with it; the session goes on."""
    with Desk(HOST) as desk:
        path = real_bus(desk)
        with Session(desk) as s:
            lockers(s, 0, there=[], locked=[])
            since = s.host.mark()
            with Locker(path, GNOME) as one:
                one.says(True)
                lockers(s, since, there=[GNOME], locked=[GNOME])
                not_offered(s)
            lockers(s, since, there=[], locked=[])
            since = s.host.mark()
            with Locker(path, GNOME) as one:
                one.says(True)
                lockers(s, since, locked=[GNOME])
                one.release()       # alive it has not unlocked
                lockers(s, since, there=[], locked=[GNOME])
            lockers(s, since, there=[], locked=[])
            s.share()


def test_doctor_says():
    """Where there is a bus, and where there is none; without one nothing is started to listen."""
    with desk_with_bus() as (desk, _):
        assert "by what is said on the desktop's message bus (GNOME" in party.doctor(desk)
        desk.env['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=%s/none' % desk.dir
        assert "desktop's message bus alone: there is none" in party.doctor(desk)
        if not os.path.exists(SYSTEM):
            with Session(desk) as s:
                s.share()
                assert not s.host.worker_pids('vitrine-bus') and not s.host.find('lockers')
                assert noted(desk, 'lock_screens')[-1]['fields'] == {'heard': '', 'why': 'there is no message bus'}
