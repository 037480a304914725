"""Programs in which one worker has gone bad (tests/hostile/rogue.c, steer.c, grip.c)."""
import contextlib
import os

import party
from desk import own

PLACE = b'ORDERS:'
ROOM = 63


def program(role):
    return 'vitrine-render' if role in ('ui', 'view') else 'vitrine-' + role


def place(folder, name, data):
    """Puts a program there in one step, as an update would."""
    path = os.path.join(folder, name)
    with open(path + '.new', 'wb') as out:
        out.write(data)
    os.chmod(path + '.new', 0o755)
    own(path + '.new')
    os.rename(path + '.new', path)


def replace(folder, role, program_name, orders):
    """From now on that role is played by that program of tests/hostile, with these orders."""
    with open(os.path.join(party.BUILD, 'tests/hostile', program_name), 'rb') as source:
        data = source.read()
    orders = PLACE + orders.encode()
    assert data.count(PLACE + b' ' * 8) == 1 and len(orders) < ROOM
    at = data.index(PLACE + b' ' * 8)
    place(folder, program(role), data[:at] + orders.ljust(ROOM) + data[at + ROOM:])


def corrupt(folder, role, when, where, what):
    """From now on that role is played by a bad one."""
    replace(folder, role, 'rogue', ' '.join((role, when, str(where), what)))


def heal(folder, role):
    """The honest program again."""
    with open(os.path.join(party.binaries(), program(role)), 'rb') as source:
        place(folder, program(role), source.read())


@contextlib.contextmanager
def rogue(*orders):
    """A folder of programs in which one is bad from the start."""
    with party.copy() as folder:
        corrupt(folder, *orders)
        yield folder
