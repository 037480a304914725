"""Through an HTTP proxy, and with the keys of relays used before."""
import os

from desk import own
from http_proxy import HttpProxy
from relay import Relay, folder
from session import Desk, Party, Session


def settings_path(desk):
    return os.path.join(desk.dir, 'config', 'vitrine', 'settings')


def write_settings(desk, *lines):
    path = settings_path(desk)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as out:
        out.write('\n'.join(lines) + '\n')
    os.chmod(path, 0o600)
    for each in (os.path.dirname(os.path.dirname(path)), os.path.dirname(path), path):
        own(each)


def test_connect():
    """Both sides reach the relay through CONNECT with user and password; nothing goes straight."""
    with Desk((800, 600)) as desk, Desk((800, 600), kind='xvfb') as other, Relay() as relay, \
            HttpProxy('ada', 'love:lace') as proxy:
        for each in (desk, other):
            write_settings(each, 'proxy = 127.0.0.1:%d' % proxy.port, 'proxy_user = ada', 'proxy_password = love:lace')
        with Session(desk, '--relay', relay.where) as s:
            s.join(other)
            target = '127.0.0.1:%d' % relay.port
            assert proxy.asked == [(target, ('ada', 'love:lace'), 200)] * 2, proxy.asked


def test_refused():
    """A proxy that wants somebody else: R-NET, and the details say so."""
    with Desk((800, 600), kind='xvfb') as desk, Relay() as relay, HttpProxy('ada', 'x') as proxy:
        write_settings(desk, 'proxy = 127.0.0.1:%d' % proxy.port)
        with Party(desk, 'host', '--relay', relay.where) as host:
            text = host.wait('error', 15, code='R-NET')['text']
            assert 'proxy' in text and '407' in text, text


def test_create_key():
    """A relay that asks for a key: who has it in the settings, for that relay, begins a session there; nobody else is told it."""
    conf = os.path.join(folder(), 'relay.conf')
    with open(conf, 'w') as out:
        out.write('create_key = correct horse\n')
    own(conf)
    with Desk((800, 600), kind='xvfb') as desk, Relay('--config', conf) as relay:
        here = '127.0.0.1:%d' % relay.port
        for line in ('name = Ada', 'create_key = 127.0.0.1:1 correct horse', 'create_key = %s wrong horse' % here):
            write_settings(desk, line)
            with Party(desk, 'host', '--relay', relay.where) as host:
                host.wait('error', 15, code='R-NO')
        write_settings(desk, 'create_key = %s correct horse' % here)
        with Session(desk, '--relay', relay.where):
            pass
        with open(settings_path(desk)) as settings:
            assert 'create_key = %s correct horse\n' % here in settings.read()


def test_pin_is_remembered():
    """A relay used once with its PIN is asked for that PIN when only its name is given; another key is refused."""
    with Desk((800, 600), kind='xvfb') as desk, Relay() as relay:
        with Session(desk, '--relay', relay.where):
            pass
        with open(settings_path(desk)) as settings:
            assert 'pin = %s\n' % relay.where in settings.read()
        name, pin = relay.where.split('/')
        with Session(desk, '--relay', name):
            pass
        relay.party.stop()
        relay.new_key()
        relay.start()
        with Party(desk, 'host', '--relay', name) as host:
            text = host.wait('error', 15, code='R-CERT')['text']
            assert pin in text and relay.where.split('/')[1] in text, text
