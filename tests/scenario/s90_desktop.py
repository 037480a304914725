"""As installed: the tree `make install` leaves, the desktop entry, and links that the desktop hands over."""
import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import time

from desk import Desk, scratch, user
from party import BUILD, ROOT, Party

NUMBER = '417902653'
LINK = 'vitrine://192.0.2.7/%s#v1.secret1..' % NUMBER
# What a page could put into a link. A desktop gives it as one argument: nothing is split, nothing expanded.
HOSTILE = ('vitrine://192.0.2.7/%s#v1... --relay 192.0.2.9' % NUMBER, 'vitrine://192.0.2.7/%s --no-password' % NUMBER,
           'vitrine:///%s#v1...' % NUMBER, 'vitrine:%s' % NUMBER, 'vitrine://$(id)/%s#v1...' % NUMBER,
           'vitrine://192.0.2.7/%s#v1...\nhost' % NUMBER, 'vitrine://192.0.2.7/%s?name=x#v1...' % NUMBER,
           'vitrine://192.0.2.7:99999/%s#v1...' % NUMBER, 'vitrine://user@192.0.2.7/%s#v1...' % NUMBER,
           'vitrine://192.0.2.7/../%s#v1...' % NUMBER, 'vitrine://192.0.2.7/%s#v2...' % NUMBER,
           'vitrine://192.0.2.7/%s#v1.\x1b[31m..' % NUMBER, 'vitrine://' + 'a' * 100000, 'http://192.0.2.7/%s' % NUMBER,
           'file:///etc/passwd', '%u')


def installed(desk):
    """`make install` into a folder of its own; what starts there is the normal user's."""
    where = scratch('vti')
    os.chmod(where, 0o755)
    subprocess.run(['make', '-s', 'install', 'B=' + BUILD, 'DESTDIR=' + where, 'PREFIX=/usr'], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    return where


def entry(where):
    parser = configparser.ConfigParser(interpolation=None, delimiters='=')
    parser.optionxform = str
    with open(os.path.join(where, 'usr/share/applications/vitrine.desktop')) as file:
        parser.read_file(file)
    return parser['Desktop Entry']


def opened(desk, where, command, link):
    """Runs the entry's command as xdg-open does: the field code becomes one argument, or goes."""
    words = [link if word == '%u' else word for word in command if word != '%u' or link is not None]
    return subprocess.Popen([os.path.join(where, 'usr/bin', words[0]), *words[1:]], env=desk.env, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **user())


def valid(path, fields):
    said = subprocess.run(['desktop-file-validate', path], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    assert fields['Type'] == 'Application' and fields['Name'] and fields['TryExec'] == 'vitrine'
    assert fields['MimeType'].split(';')[:-1] == ['x-scheme-handler/vitrine']
    assert all(value.endswith(';') for name, value in fields.items() if name.split('[')[0] in ('Keywords', 'Categories', 'MimeType'))


def test_installed():
    """Every program in one folder that nobody else can write, its own folder of workers found through the link in bin."""
    with Desk((1024, 768)) as desk:
        where = installed(desk)
        try:
            names = sorted(os.listdir(os.path.join(where, 'usr/lib/vitrine')))
            assert names == sorted(n for n in os.listdir(BUILD) if re.fullmatch(r'vitrine(-\w+)?', n)), names
            for folder, _, files in os.walk(where):
                for name in files:
                    assert not os.lstat(os.path.join(folder, name)).st_mode & 0o022 or os.path.islink(os.path.join(folder, name))
            fields = entry(where)
            valid(os.path.join(where, 'usr/share/applications/vitrine.desktop'), fields)
            assert os.path.exists(os.path.join(where, 'usr/share/icons/hicolor/scalable/apps', fields['Icon'] + '.svg'))
            links(desk, where, shlex.split(fields['Exec']))
        finally:
            shutil.rmtree(where, ignore_errors=True)


def refused(desk, where, link):
    """One window that says so, and nothing of the link; no session is tried. Closing it is the end, with status 2."""
    with Party(desk, 'join', link, programs=os.path.join(where, 'usr/bin')) as me:
        assert me.wait('error')['code'] == 'J-LINK'
        me.press('error', 'details')
        me.wait('window', name='error', state='mapped')
        while not any(text.startswith('link: ') for text in me.window('error')['texts']):
            time.sleep(0.02)
        told = json.dumps(me.events) + open('/proc/%d/cmdline' % me.process.pid).read()
        assert NUMBER not in told and '192.0.2' not in told and 'aaaa' not in told, (link[:60], told)
        assert {e['name'] for e in me.events if e['event'] == 'window'} == {'error'}, me.transcript()
        assert {e['role'] for e in me.events if e['event'] == 'worker'} <= {'ui', 'audit', 'launcher'}, me.transcript()
        me.press('error', 'close2')
        assert me.wait_exit() == 2
        assert len(me.errors) == 1 and '\x1b' not in me.errors[0], me.errors


def links(desk, where, command):
    """A good one fills in the join form and nothing more; a bad one is told in a window; what is no link at all is one line and
    status 2."""
    for link in HOSTILE:
        if link.startswith('vitrine:'):
            refused(desk, where, link)
            continue
        program = opened(desk, where, command, link)
        out, err = program.communicate(timeout=100)
        assert program.returncode == 2 and not out, (link[:60], program.returncode, out)
        assert err.count(b'\n') == 1 and b'\x1b' not in err and len(err) < 400, (link[:60], err)
    with Party(desk, 'join', LINK, programs=os.path.join(where, 'usr/bin')) as me:
        me.window('join')
        me.never('worker', 0.7, role='dial', state='started')
        assert 'secret1' not in ' '.join(open('/proc/%d/cmdline' % me.process.pid).read().split('\0'))
