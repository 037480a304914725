"""Canaries: random pixels and words that are shown or said in a session and must be nowhere afterwards.

The picture has three rows of tiles, to be shown at the corner of one: a photograph with edges, a drawing whose rows are equal, a soft
photograph. Its pixels are looked for in every representation that a picture has on its way:
- four bytes a pixel in both orders with any fourth byte, three bytes in both orders, one plane for each channel (of the drawing);
- in units, as the product's own coder writes them (coded.c): PHOTO with plain planes, where a byte depends on the pixels beside it
  alone; ROUGH, and PHOTO with codes, of the soft photograph, which is a rectangle by itself; INK where the drawing is the first in the
  stream, because a byte of it depends on all before it: so it is where it appears while the screen is shared, not in a KEY unit;
- scaled, by the product's own painter, for the windows that a test has named (fit).
All of it is random, because a coder without loss cannot make that smaller and a coincidence is as good as impossible: each needle has
twelve random bytes at least. Not looked for, because there can be no such needle: QUICK, of updates of 128 tiles or more, whose codes are
chosen from all of the update (photographs leave as PHOTO there, too); FILL, which has three bytes of a picture; COPY, SHELVE and
RECALL, which have none.

What was typed under control is looked for as text and as what it is on its way: events in memory, in messages and in records, and the
X requests that make keys of them.
"""
import glob
import os
import secrets
import struct
import subprocess
import time
import zlib

from desk import KEYS, own, tool

TILE = 64
WIDTH, ROWS = 2 * TILE, 3 * TILE
RUN = 6             # pixels of one needle
CODED = 20          # bytes of a unit
VARIED = 12         # of them that differ: no table, no run of zeros
PLANE = 14          # of one channel alone
EVERY = {'photo': 8 * WIDTH, 'ink': 40, 'rough': 200, 'exact': 200}      # so many bytes there is a needle
LETTERS = 3         # of what was typed, as events
BEGAN = time.time() - 1


def key_event(kind, letter, keysym_at, order, size):
    """One input event (lib/input_event.h): kind, keycode, and for a press the keysym; the rest may be anything."""
    data, mask = bytearray(size), bytearray(size)
    data[:2], mask[:2] = bytes((kind, KEYS[letter])), b'\xff\xff'
    if kind == 1:
        data[keysym_at:keysym_at + 4], mask[keysym_at:keysym_at + 4] = struct.pack(order + 'I', ord(letter)), b'\xff' * 4
    return bytes(data), bytes(mask)


def typed_forms(text):
    """Letters pressed and released one after the other, as name, bytes, mask: a struct, a message between processes, a record
    between computers (10 bytes an event), XTEST requests (36 bytes each)."""
    for form, keysym_at, order, size in (('struct', 4, '<', 16), ('message', 3, '>', 15), ('record', 2, '>', 10)):
        parts = [key_event(kind, letter, keysym_at, order, size) for letter in text for kind in (1, 2)]
        yield form, b''.join(data for data, _ in parts), b''.join(mask for _, mask in parts)
    yield ('fake', b''.join(bytes((kind, KEYS[letter])) + bytes(34) for letter in text for kind in (2, 3)),
           (b'\xff\xff' + bytes(34)) * 2 * len(text))


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


class Canary:
    def __init__(self):
        self.words, self.typed = {}, {}
        self.paint()

    def paint(self):
        """Other pixels; those before are not looked for any more."""
        drawn = secrets.token_bytes(3 * WIDTH)
        self.rows = [*(secrets.token_bytes(3 * WIDTH) for _ in range(TILE)), *TILE * [drawn],
                     *(bytes(112 + v // 8 for v in secrets.token_bytes(3 * WIDTH)) for _ in range(TILE))]      # red, green, blue
        self.row = list(zip(drawn[::3], drawn[1::3], drawn[2::3]))
        self.coded, self.scaled = self.units(), {}

    def say(self, name, text):
        """A text that must be gone as well."""
        self.words[name] = text

    def type(self, name, text):
        """The same, of small letters that were typed over the picture."""
        self.words[name] = self.typed[name] = text

    def png(self, path):
        with open(path, 'wb') as out:
            out.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', WIDTH, ROWS, 8, 2, 0, 0, 0)) +
                      chunk(b'IDAT', zlib.compress(b''.join(b'\0' + row for row in self.rows), 0)) + chunk(b'IEND', b''))
        own(path)

    def made(self, *what):
        """What coder and painter make of it, as name, bytes."""
        pixels = b''.join(bytes((row[x + 2], row[x + 1], row[x], 0)) for row in self.rows for x in range(0, 3 * WIDTH, 3))
        said = subprocess.run([tool('coded'), *map(str, what)], input=pixels, capture_output=True, check=True, timeout=60).stdout
        return [(name, bytes.fromhex(data)) for name, data in (line.split() for line in said.decode().splitlines())]

    def units(self):
        """Needles of units. The last bytes of a stream are other ones where it goes on."""
        return [(name, data[at:at + CODED]) for name, data in self.made('units')
                for at in range(EVERY[name] // 32, len(data) - 2 * CODED, EVERY[name]) if len(set(data[at:at + CODED])) >= VARIED]

    def fit(self, name, picture, place, room):
        """Looks for it as it is shown in that room, too, where it stands at that place in a picture of that size."""
        self.scaled[name] = self.made('fit', *picture, *place, *room)[0][1]

    def forms(self):
        """Each needle as name, bytes, mask."""
        for name, data in self.coded:
            yield name, data, b'\xff' * len(data)
        for name, data in self.scaled.items():
            for at in range(0, len(data) - 4 * RUN, 8 * 4):
                yield name, data[at:at + 4 * RUN], b'\xff\xff\xff\0' * RUN
        for start in range(0, len(self.row) - PLANE, 8):
            run = self.row[start:start + RUN]
            for order, (a, b, c) in (('rgb', (0, 1, 2)), ('bgr', (2, 1, 0))):
                yield order + 'x', b''.join(bytes((p[a], p[b], p[c], 0)) for p in run), b'\xff\xff\xff\0' * RUN
                yield order, b''.join(bytes((p[a], p[b], p[c])) for p in run), b'\xff' * 3 * RUN
            for channel, letter in enumerate('RGB'):
                plane = bytes(p[channel] for p in self.row[start:start + PLANE])
                yield 'plane' + letter, plane, b'\xff' * PLANE
        for name, text in self.words.items():
            for form, data in (('utf8', text.encode()), ('utf16', text.encode('utf-16-le')), ('utf32', text.encode('utf-32-le'))):
                if len(data) <= 250:
                    yield name + '-' + form, data, b'\xff' * len(data)
        for name, text in self.typed.items():
            for start in range(len(text) - LETTERS + 1):
                for form, data, mask in typed_forms(text[start:start + LETTERS]):
                    yield name + '-' + form, data, mask

    def needles(self, path):
        forms = list(self.forms())
        assert len(forms) <= 1024, 'more than scan.c takes: %d' % len(forms)
        with open(path, 'w') as out:
            for name, data, mask in forms:
                out.write('%s %s %s\n' % (name, data.hex(), mask.hex()))
        os.chmod(path, 0o600)

    def scan(self, folder, *where):
        """Finds, as `NAME WHERE`, and how many bytes were looked at. Takes root to look into other processes."""
        path = os.path.join(folder, 'needles')
        self.needles(path)
        try:
            said = subprocess.run([tool('scan'), path, *where], capture_output=True, text=True, check=True, timeout=110).stdout
        finally:
            os.unlink(path)
        lines = said.splitlines()
        return lines[:-1], int(lines[-1].split()[1])


def new_below(folder):
    """Files there that are of this run; the desks, ours and those of tests beside this one, are not among them."""
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith('vt') and is_new(os.path.join(at, name))]
        yield from (path for path in (os.path.join(at, name) for name in names) if is_new(path))


def is_new(path):
    try:
        return os.lstat(path).st_ctime >= BEGAN
    except OSError:
        return False


def places(*desks):
    """What could have been written: everything below the desks, shared memory, temporary files, logs, and what the system keeps."""
    found = []
    for desk in desks:
        for folder, _, names in os.walk(desk.dir):
            found += [os.path.join(folder, name) for name in names if name not in ('needles', 'pointer', 'keyboard')]
    found += glob.glob('/dev/shm/*') + glob.glob('/var/crash/*') + glob.glob('/var/lib/systemd/coredump/*')
    with open('/proc/swaps') as swaps:
        found += [line.split()[0] for line in swaps.readlines()[1:]]
    for folder in ('/tmp', '/var/tmp', '/var/log', '/run/log', '/run/user'):
        found += new_below(folder)
    return [word for path in found if os.path.isfile(path) or path.startswith('/dev/') for word in ('-f', path)]


def memory(pids):
    return [word for pid in pids for word in ('-p', str(pid))]


def workers(party):
    """A party's processes: the broker and all it has started, whatever their environment says."""
    return memory(pid for pid in (party.process.pid, *party.workers()) if os.path.exists('/proc/%d' % pid))


__all__ = ['Canary', 'memory', 'places', 'workers']
