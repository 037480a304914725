"""What the measuring programs share: percentiles, and displays and ports that nobody uses."""
import math
import os
import re
import socket
import sys


def percentile(values, part):
    """The nearest rank: the smallest value that `part` of all values do not exceed."""
    values = sorted(values)
    return values[max(math.ceil(part * len(values)), 1) - 1] if values else float('nan')


def free_displays():
    """Two that nobody uses now: several people may measure on one machine, though not at once."""
    return free(range(141, 200), lambda n: any(os.path.exists(p % n) for p in ('/tmp/.X%d-lock', '/tmp/.X11-unix/X%d')))


def free_ports():
    return free(range(5941, 7000, 7), listens)


def free(numbers, taken):
    return [n for n in numbers if not taken(n)][:2]


def listens(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(('127.0.0.1', port))
        except OSError:
            return True
    return False


def lab_program(lab, tmp):
    """The lab's program, written into tmp with displays and ports that are free: those it names itself are the same for everybody."""
    displays, ports = free_displays(), free_ports()
    with open(os.path.join(lab, 'lab.py')) as text:
        program = text.read()
    for old, new in ((r'^SRC, VIEW = .*$', 'SRC, VIEW = ":%d", ":%d"' % tuple(displays)), (r'^PORT, VPORT = .*$', 'PORT, VPORT = %d, %d' % tuple(ports)),
                     (r'^LAB = .*$', 'LAB = %r' % os.path.abspath(lab))):
        program, n = re.subn(old, new, program, flags=re.M)
        if n != 1:
            sys.exit('bench: another lab than this was written for')
    path = os.path.join(tmp, 'lab.py')
    os.makedirs(tmp, exist_ok=True)
    with open(path, 'w') as out:
        out.write(program)
    return path
