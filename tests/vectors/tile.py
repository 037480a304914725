#!/usr/bin/env python3
"""The known answers of the tile format, tests/vectors/tile.txt: `tile.py check` decodes them with tile_decoder.py, which was
written from lib/tile/FORMAT.md alone; `tile.py make` writes them anew, always the same.

Most streams are made by running that decoder on decisions that are thrown, and coding what was thrown: so every rule has
its turn, also those that our own encoder never uses."""
import os
import random
import struct
import sys
import zlib

import tile_decoder as t
import tile_streams as streams

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tile.txt')
KEY, LAST = 1, 2
W, H = 150, 70                  # six tiles, those at the edges smaller


# -------------------------------------------------------------------------------- streams of thrown decisions
class Named(streams.Chances):
    """Chances that know their name."""

    def __init__(self):
        super().__init__()
        self.names = {}

    def __call__(self, *index):
        chance = super().__call__(*index)
        self.names[id(chance)] = index
        return chance


class Thrown(streams.Coder):
    """A coder the other way round. `ones`: how likely 1 is, by name; else it is as likely as 0."""

    def __init__(self, dice, ones):
        self.dice, self.ones, self.low, self.range, self.words, self.forced = dice, ones, 0, 2 ** 64 - 1, 0, []
        self.named = []

    def decide(self, chance):
        names = next((n.names[id(chance)] for n in self.named if id(chance) in n.names), ('', ))
        one = self.forced.pop(0) if self.forced else int(self.dice.random() < self.ones.get(names[0], 0.5))
        bound, s = (self.range >> 16) * (chance.zero | 1), streams.SETTLE[chance.taken]
        if one:
            self.low += bound
            self.range -= bound
            chance.zero -= chance.zero >> s
        else:
            self.range = bound
            chance.zero += (65535 - chance.zero) >> s
        chance.taken = min(chance.taken + 1, 11)
        self.fill()
        return one

    def even(self, n):
        self.range >>= n
        v = self.dice.getrandbits(n)
        self.low += v * self.range
        self.fill()
        return v

    def fill(self):
        if self.range < 2 ** 32:
            self.range <<= 32
            self.low <<= 32
            self.words += 1

    def tree(self, chances, bits, *index):
        if self.dice.random() < 0.7:                    # near to nothing, so that colours are near to each other
            v = self.dice.choice((0, 0, 1, 2, 2 ** bits - 1, 3))
            self.forced = [v >> i & 1 for i in range(bits - 1, -1, -1)]
        return super().tree(chances, bits, *index)

    def bytes(self):
        return self.low.to_bytes(8 + 4 * self.words, 'big')


INK_ONES = {'row': 0.8, 'span_all': 0.6, 'span_bits': 0.6, 'edge': 0.4, 'seen': 0.5, 'pair': 0.6, 'near': 0.7, 'some': 0.4, 'bits': 0.4}
WILD = {'bits': 0.9, 'flat_bits': 0.9, 'flat_some': 0.8, 'more': 0.8, 'most': 0.8}
CALM = {'bits': 0.3, 'flat_bits': 0.7, 'more': 0.3, 'most': 0.2}


def thrown_ink(dice, depth, rects):
    coder = Thrown(dice, INK_ONES)
    model = streams.Ink(coder, depth)
    model.is_ = Named()
    coder.named = [model.is_]
    for _, _, w, h in rects:
        streams.rows_of(model, w, h)
    return coder.bytes()


def thrown_rough(dice, depth, rects, ones):
    coder = Thrown(dice, ones)
    model = streams.Rough(coder, depth, 1)
    model.is_ = coder.named = [Named() for _ in range(3)]
    for _, _, w, h in rects:
        model.rect(w, h)
    return coder.bytes()


def thrown_lengths(dice, symbols, longest, used):
    """A complete code of so many of the symbols."""
    leaves = [0]
    while len(leaves) < used:
        i = dice.randrange(len(leaves))
        if leaves[i] < longest:
            leaves[i] += 1
            leaves.append(leaves[i])
    lengths = [0] * symbols
    for symbol, n in zip(dice.sample(range(symbols), used), leaves):
        lengths[symbol] = n
    return lengths


def packed(lengths):
    return bytes(lengths[i] << 4 | lengths[i + 1] for i in range(0, len(lengths), 2))


class ThrownBits(streams.Bits):
    def __init__(self, dice):
        self.dice, self.list, self.codes = dice, [], None

    def one(self):
        self.list.append(self.dice.getrandbits(1))
        return self.list[-1]

    def symbol(self, codes):
        if codes is None:
            return 0
        length, code = self.dice.choice(sorted(codes))
        self.list += [code >> i & 1 for i in range(length - 1, -1, -1)]
        return codes[length, code]

    def bytes(self):
        bits = self.list + [1] * (-len(self.list) % 8)          # those left over mean nothing
        return bytes(sum(bits[i + k] << k for k in range(8)) for i in range(0, len(bits), 8))


def thrown_quick(dice, depth, rects, none=()):
    """none: kinds that have one symbol only."""
    tables = b''
    for (name, n), symbols, longest in streams.quick_kinds(depth):
        for _ in range(n):
            used = 0 if name in none else dice.randint(2, min(symbols, 24))
            tables += packed(thrown_lengths(dice, symbols, longest, used) if used else [0] * symbols)
    model = streams.Quick(streams.Bits(tables), depth)
    model.b = ThrownBits(dice)
    for _, _, w, h in rects:
        streams.rows_of(model, w, h)
    return tables + model.b.bytes()


def thrown_plane(dice, n, kind):
    if kind == 1:
        return bytes([1, dice.getrandbits(8)])
    if kind == 2:
        return b'\2' + dice.randbytes(n)
    lengths, bits = thrown_lengths(dice, 256, 12, dice.randint(2, 60)), ThrownBits(dice)
    codes = streams.codes_of(lengths, 12)
    for _ in range(n):
        bits.symbol(codes)
    return b'\0' + packed(lengths) + bits.bytes()


# ------------------------------------------------------------------------------------------- units, put together
def head(flags, update, depth=24, size=(W, H), version=t.VERSION):
    return struct.pack('>BBBIIHH', version, flags, depth, update, 4711, *size)


def fill(first, count, colour):
    return struct.pack('>BHHI', 1, first, count, colour)


def copy(x, y, to):
    return struct.pack('>BHH4H', 3, x, y, *to)


def listed(rects, stream, length=None):
    length = len(stream) if length is None else length
    return struct.pack('>H', len(rects)) + b''.join(struct.pack('>4H', *r) for r in rects) + struct.pack('>I', length) + stream


def ink(rects, stream, length=None):
    return b'\4' + listed(rects, stream, length)


def quick(rects, stream):
    return b'\x09' + listed(rects, stream)


def rough(step, rects, stream):
    return struct.pack('>BB', 6, step) + listed(rects, stream)


def photo(rect, planes):
    return struct.pack('>B4H', 5, *rect) + b''.join(planes)


def shelve(first, count, slot, op=7):
    return struct.pack('>BHHH', op, first, count, slot)


def recall(first, count, slot):
    return shelve(first, count, slot, 8)


GREY = {24: 0x808080, 30: 0x20080200}
RECTS = [(0, 0, 1, 1), (3, 2, 40, 1), (149, 0, 1, 40), (20, 5, 33, 24), (90, 30, 60, 40)]


def grey(depth=24, update=7, flags=KEY | LAST):
    return head(flags, update, depth) + fill(0, 6, GREY[depth])


def answers():
    """Name and units of each vector; a bad unit is the last of its own."""
    dice = random.Random(20261130)
    noise = ink([(0, 0, W, H)], thrown_ink(dice, 24, [(0, 0, W, H)]))
    for depth in (24, 30):
        def of(name, *ops, d=depth):
            return '%s-%d' % (name, d), [grey(d)] + [head(LAST, 8 + i, d) + op for i, op in enumerate(ops)]
        yield of('fill', fill(0, 2, t.MASK[depth]), fill(5, 1, 0) + fill(1, 4, 0x123456), b'')
        for i in range(4):
            yield of('ink-%d' % i, ink(RECTS, thrown_ink(dice, depth, RECTS)))
        yield of('ink-wide', ink([(0, 3, W, 50)], thrown_ink(dice, depth, [(0, 0, W, 50)])))
        for i in range(4):
            yield of('quick-%d' % i, quick(RECTS, thrown_quick(dice, depth, RECTS)))
        yield of('quick-wide', quick([(0, 3, W, 40)], thrown_quick(dice, depth, [(0, 0, W, 40)])))
        yield of('quick-one-symbol', quick([(0, 3, W, 20)], thrown_quick(dice, depth, [(0, 0, W, 20)], ('row', 'red', 'span', 'edge'))))
        yield of('quick-no-bits', quick([(0, 0, 9, 9)], bytes(128 + 5 * 128 + (32 if depth == 30 else 0))))
        for kinds in ((0, 0, 0, 0), (0, 1, 2, 0), (1, 1, 1, 1), (2, 0, 1, 2), (0, 2, 0, 1)):
            rect = (70, 8, 31, 13)
            planes = [thrown_plane(dice, 31 * 13, k) for k in kinds[:3 if depth == 24 else 4]]
            yield of('photo-%d%d%d%d' % kinds, photo(rect, planes) + photo((0, 0, 1, 1), [b'\1\7'] * len(planes)))
        rects = [(0, 0, 1, 1), (5, 3, 16, 9), (100, 20, 50, 50)]
        for step, ones in ((1, CALM), (28, CALM), (255, CALM), (28, WILD), (255, WILD)):
            yield of('rough-%d-%s' % (step, 'wild' if ones is WILD else 'calm'), rough(step, rects, thrown_rough(dice, depth, rects, ones)))
        yield of('rough-then-exact', rough(9, [(0, 0, W, 8)], thrown_rough(dice, depth, [(0, 0, W, 8)], CALM)), ink([(0, 0, W, 8)], thrown_ink(dice, depth, [(0, 0, W, 8)])))

    # moves: overlapping in every direction
    ways = [(0, 0, 3, 2), (3, 2, 0, 0), (0, 2, 3, 0), (3, 0, 0, 2), (0, 0, 0, 1), (1, 0, 0, 0), (0, 0, 90, 40), (0, 0, 0, 0)]
    yield 'copy', [grey(), head(LAST, 8) + noise] + [
        head(LAST, 9 + i) + copy(x, y, (to_x, to_y, 60, 30)) for i, (x, y, to_x, to_y) in enumerate(ways)]
    yield 'copy-all', [grey(), head(LAST, 8) + noise, head(LAST, 9) + copy(0, 0, (0, 0, W, H)) + copy(0, 1, (0, 0, W, H - 1))]
    # the shelf: kept over updates, emptied by KEY
    yield 'shelf', [grey(), head(LAST, 8) + noise, head(LAST, 9) + shelve(0, 6, 1018) + fill(0, 6, 5), head(LAST, 10) + recall(0, 2, 1018) + recall(4, 1, 1022),
                    head(LAST, 11) + shelve(1, 1, 1018) + recall(0, 1, 1018), head(LAST, 12) + recall(1, 2, 1019), grey(), head(LAST, 8) + recall(0, 1, 1018)]
    yield 'shelf-of-the-update', [grey(), head(LAST, 8) + fill(0, 1, 77) + shelve(0, 1, 0) + fill(0, 1, 78) + recall(1, 1, 0)]
    yield 'shelf-other-size', [grey(), head(LAST, 8) + shelve(2, 1, 0), head(LAST, 9) + recall(0, 1, 0)]
    yield 'shelf-same-size', [grey(), head(LAST, 8) + fill(2, 1, 3) + shelve(2, 1, 0), head(LAST, 9) + recall(2, 1, 0)]
    yield 'shelf-empty-slot', [grey(), head(LAST, 8) + shelve(0, 1, 0) + recall(0, 1, 1)]
    yield 'shelf-behind-the-last-slot', [grey(), head(LAST, 8) + shelve(0, 2, 1023)]
    yield 'shelf-in-key', [head(KEY, 7) + fill(0, 6, 5) + shelve(0, 1, 0)]
    yield 'recall-in-key', [grey(), head(LAST, 8) + shelve(0, 1, 0), head(KEY, 9) + fill(0, 6, 5) + recall(0, 1, 0)]
    # order
    yield 'before-key', [head(LAST, 3) + fill(0, 1, 1), head(0, 9, 30, (9, 9)), grey(), head(LAST, 8)]
    yield 'bad-head-before-key', [head(LAST, 3, version=6)]
    yield 'two-units', [grey(), head(0, 8) + fill(0, 1, 1), head(LAST, 8) + fill(1, 1, 2), head(LAST, 9) + fill(2, 1, 3)]
    yield 'two-units-numbered-on', [grey(), head(0, 8) + fill(0, 1, 1), head(LAST, 9) + fill(1, 1, 2)]
    yield 'number-kept', [grey(), head(LAST, 7)]
    yield 'number-skipped', [grey(), head(LAST, 9)]
    yield 'number-wraps', [grey(update=2 ** 32 - 1), head(LAST, 0) + fill(0, 1, 1), head(LAST, 1)]
    yield 'key-in-three-units', [head(KEY, 7) + fill(0, 2, 1), head(0, 7) + fill(3, 3, 2), head(LAST, 7) + fill(2, 1, 3), head(LAST, 8) + copy(0, 0, (1, 1, 9, 9))]
    yield 'key-with-a-tile-missing', [head(KEY, 7) + fill(0, 2, 1), head(LAST, 7) + fill(3, 3, 2)]
    yield 'key-tile-partly-written', [head(KEY | LAST, 7) + fill(1, 5, 2) + photo((0, 0, 64, 63), [b'\1\7'] * 3) + photo((0, 63, 64, 1), [b'\1\7'] * 3)]
    yield 'key-tiles-by-rectangles', [head(KEY | LAST, 7) + photo((0, 0, 150, 64), [b'\1\7'] * 3) + fill(3, 3, 9)]
    yield 'copy-in-key', [head(KEY | LAST, 7) + fill(0, 6, 5) + copy(0, 0, (9, 9, 1, 1))]
    yield 'copy-in-key-later', [head(KEY, 7) + fill(0, 6, 5), head(LAST, 7) + copy(0, 0, (9, 9, 1, 1))]
    yield 'key-begins-anew', [head(KEY, 7) + fill(0, 2, 1), grey(update=99, depth=30), head(LAST, 100, 30)]
    yield 'key-other-size', [grey(), head(KEY | LAST, 3, 30, (1, 1)) + fill(0, 1, 2 ** 30 - 1), head(LAST, 4, 30, (1, 1))]
    yield 'size-without-key', [grey(), head(LAST, 8, size=(W, H + 1))]
    yield 'depth-without-key', [grey(), head(LAST, 8, 30)]
    # heads
    for what in range(4):
        yield 'shows-%d' % what, [grey(flags=KEY | LAST | what << 2)]
    yield 'shows-without-key', [grey(), head(LAST | 4, 8)]
    yield 'flag-unknown', [grey(flags=KEY | LAST | 16)]
    yield 'version-before', [head(KEY | LAST, 7, version=6) + fill(0, 6, 5)]
    yield 'version-behind', [head(KEY | LAST, 7, version=8) + fill(0, 6, 5)]
    yield 'depth-unknown', [head(KEY | LAST, 7, 32) + fill(0, 6, 5)]
    for size in ((0, 1), (1, 0), (7681, 1), (1, 4321)):
        yield 'size-%d-%d' % size, [head(KEY | LAST, 7, size=size) + fill(0, 1, 5)]
    yield 'widest', [head(KEY | LAST, 7, size=(7680, 1)) + fill(0, 120, 5)]
    yield 'highest', [head(KEY | LAST, 7, size=(1, 4320)) + fill(0, 68, 5)]
    yield 'head-cut', [grey()[:14]]
    # operations: bounds
    for name, op in (('unknown-0', b'\0'), ('unknown-2', b'\2'), ('unknown-10', b'\x0a'), ('fill-cut', fill(0, 1, 1)[:-1]), ('fill-none', fill(0, 0, 1)),
                     ('fill-behind', fill(5, 2, 1)), ('fill-colour', fill(0, 1, 1 << 24)), ('copy-cut', copy(0, 0, (0, 0, 1, 1))[:-1]),
                     ('copy-flat', copy(0, 0, (0, 0, 0, 1))), ('copy-low', copy(0, 0, (0, 0, 1, 0))), ('copy-to-right', copy(0, 0, (1, 0, W, 1))),
                     ('copy-to-below', copy(0, 0, (0, 1, 1, H))), ('copy-from-right', copy(1, 0, (0, 0, W, 1))), ('copy-from-below', copy(0, 1, (0, 0, 1, H))),
                     ('copy-far', copy(65535, 65535, (65535, 65535, 65535, 65535))), ('ink-none', ink([], b'')), ('ink-outside', ink([(149, 0, 2, 1)], bytes(8))),
                     ('ink-longer-than-the-unit', ink([(0, 0, 1, 1)], bytes(8), 9)), ('ink-cut', ink([(0, 0, 1, 1)], b'')[:-1]),
                     ('photo-too-large', photo((0, 0, W, H), [b'\1\7'] * 3)), ('photo-cut', photo((0, 0, 1, 1), [b'\1\7', b'\1\7', b'\1'])),
                     ('photo-kind', photo((0, 0, 1, 1), [b'\1\7', b'\1\7', b'\3'])), ('photo-plain-cut', photo((0, 0, 9, 9), [b'\2' + bytes(81)] * 2 + [b'\2' + bytes(80)])),
                     ('rough-step', rough(0, [(0, 0, 1, 1)], bytes(8))), ('rough-none', rough(1, [], b'')), ('shelve-cut', shelve(0, 1, 0)[:-1]),
                     ('shelve-none', shelve(0, 0, 0)), ('shelve-behind', shelve(6, 1, 0)), ('recall-none', recall(0, 0, 0)), ('quick-cut', quick([(0, 0, 1, 1)], bytes(767))),
                     ('quick-longer', quick([(0, 0, 1, 1)], bytes(769))),
                     ('quick-code-incomplete', quick([(0, 0, 1, 1)], b'\x12' + bytes(767))), ('quick-code-over', quick([(0, 0, 1, 1)], b'\x11\x10' + bytes(766))),
                     ('quick-code-too-long', quick([(0, 0, 1, 1)], packed([1, 2, 3, 4, 5, 6, 7, 9, 9] + [8] + [0] * 6) + bytes(760)))):
        yield 'op-' + name, [grey(), head(LAST, 8) + op]
    lengths = [1] + [0] * 255
    for name, plane in (('incomplete', packed(lengths)), ('over', packed([1, 1, 1] + [0] * 253)), ('too-long', packed([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 13] + [12] + [0] * 242)),
                        ('none', bytes(128))):
        yield 'photo-code-' + name, [grey(), head(LAST, 8) + photo((0, 0, 1, 1), [b'\0' + plane + b'\0'] + [b'\1\7'] * 2)]
    yield 'photo-rest-of-a-byte', [grey(), head(LAST, 8) + photo((0, 0, 3, 1), [b'\0' + packed([1, 1] + [0] * 254) + b'\xfd'] + [b'\1\7'] * 2)]
    # how much of a picture one unit may name, and draw
    yield 'tiles-twice', [grey(), head(LAST, 8) + fill(0, 6, 1) + fill(0, 6, 2)]
    yield 'tiles-more-than-twice', [grey(), head(LAST, 8) + fill(0, 6, 1) + fill(0, 6, 2) + fill(5, 1, 3)]
    yield 'tiles-shelved-and-filled', [grey(), head(LAST, 8) + shelve(0, 6, 0) + recall(0, 6, 0) + fill(0, 1, 3)]
    yield 'pixels-twice', [grey(), head(LAST, 8) + copy(0, 0, (0, 0, W, H)) * 2 + copy(0, 0, (0, 0, 111, 8))]       # 2 x 152 x 72
    yield 'pixels-more-than-twice', [grey(), head(LAST, 8) + copy(0, 0, (0, 0, W, H)) * 2 + copy(0, 0, (0, 0, 111, 8)) + copy(0, 0, (0, 0, 1, 1))]
    flat = thrown_rough(dice, 24, [(0, 0, W, H)], CALM)
    yield 'pixels-rough-as-blocks', [grey(), head(LAST, 8) + rough(28, [(0, 0, W, H)], flat) * 2]
    yield 'pixels-rough-as-blocks-and-one', [grey(), head(LAST, 8) + rough(28, [(0, 0, W, H)], flat) * 2 + copy(0, 0, (0, 0, 1, 1))]
    for name, size, good in (('512', (512, 64), True), ('513', (513, 1), False), ('blocks', (505, 65), False), ('area', (512, 65), False)):
        rects = [(0, 0, *size)]
        stream = thrown_rough(dice, 24, rects, {'last': 0, 'more': 0, 'some': 0, 'flat_some': 0}) if good else bytes(8)
        yield 'rough-%s' % name, [head(KEY | LAST, 7, size=(600, 70)) + fill(0, 20, 1), head(LAST, 8, size=(600, 70)) + rough(1, rects, stream)]
    # the ends of coded streams
    stream = thrown_ink(dice, 24, RECTS[:4])
    for name, s in (('cut-by-8', stream[:-8]), ('cut-by-9', stream[:-9]), ('one-byte-more', stream + b'\0')):
        yield 'ink-' + name, [grey(), head(LAST, 8) + ink(RECTS[:4], s)]
    for n in range(10):
        yield 'ink-zeros-%d' % n, [grey(), head(LAST, 8) + ink([(0, 0, 3, 3)], bytes(n))]
    for i in range(6):
        yield whatever('ink', i, dice)
        yield whatever('rough', i, dice)


def whatever(kind, i, dice):
    """Bytes of which nobody made anything: they mean something, too. Every second begins with what is more than any range."""
    begin = [b'\xff' * 9, b''][i % 2]

    def more(given=list(begin)):
        return given.pop(0) if given else dice.getrandbits(8)
    depth = 24 if i < 3 else 30
    coder = streams.Coder(b'', more)
    rect = (0, 0, 41, 17)
    if kind == 'ink':
        streams.rows_of(streams.Ink(coder, depth), *rect[2:])
        op = ink([rect], bytes(coder.data))
    else:
        streams.Rough(coder, depth, 28).rect(*rect[2:])
        op = rough(28, [rect], bytes(coder.data))
    return '%s-whatever-%d' % (kind, i), [grey(depth), head(LAST, 8, depth) + op]


def cursors():
    def unit(kind, x, y, rest=b'', version=1):
        return struct.pack('>BBIii', version, kind, 4711, x, y) + rest

    def shape(w, h, hot_x, hot_y, pixels):
        return struct.pack('>4H', w, h, hot_x, hot_y) + zlib.compress(pixels)
    two = bytes((255, 1, 2, 3, 0, 0, 0, 0))
    yield from (('hidden', unit(0, 0, 0)), ('moved', unit(1, -65536, 65536)), ('arrow', unit(3, 65536, -65536)),
                ('shape', unit(2, 10, -7, shape(2, 1, 1, 0, two))), ('kind', unit(4, 0, 0)), ('version', unit(1, 0, 0, version=2)),
                ('far', unit(1, 65537, 0)), ('far-up', unit(1, 0, -65537)), ('moved-and-more', unit(1, 0, 0, b'\0')), ('cut', unit(1, 0, 0)[:-1]),
                ('hot-x', unit(2, 0, 0, shape(2, 1, 2, 0, two))), ('hot-y', unit(2, 0, 0, shape(2, 1, 0, 1, two))), ('no-width', unit(2, 0, 0, shape(0, 1, 0, 0, b''))),
                ('wide', unit(2, 0, 0, shape(257, 1, 0, 0, bytes(257 * 4)))), ('widest', unit(2, 0, 0, shape(256, 256, 255, 255, bytes(2 ** 18)))),
                ('few-pixels', unit(2, 0, 0, shape(2, 1, 0, 0, two[:-1]))), ('many-pixels', unit(2, 0, 0, shape(2, 1, 0, 0, two + b'\0'))),
                ('brighter-than-alpha', unit(2, 0, 0, shape(2, 1, 0, 0, two[:-1] + b'\1'))), ('shape-cut', unit(2, 0, 0, shape(2, 1, 0, 0, two))[:-1]),
                ('shape-and-more', unit(2, 0, 0, shape(2, 1, 0, 0, two) + b'\0')), ('no-stream', unit(2, 0, 0, struct.pack('>4H', 2, 1, 0, 0) + b'\x78')))


# -------------------------------------------------------------------------------------------------- the file
def judge(decoder, unit):
    try:
        decoder.unit(unit)
        return '%08x' % decoder.crc()
    except streams.Bad:
        return 'bad'
    except t.NeedKey:
        return 'ignored'


def judge_cursor(unit):
    try:
        kind, *rest = t.cursor(unit)
        if kind == 2:
            rest[-1] = '%08x' % zlib.crc32(rest[-1])
        return ':'.join(map(str, [kind] + rest))
    except streams.Bad:
        return 'bad'


def make():
    names = set()
    with open(FILE, 'w') as out:
        out.write('# The tile format by example; README.md says how to read this. Written by tile.py.\n')
        for name, units in answers():
            assert name not in names, name
            names.add(name)
            decoder, said = t.Decoder(), ''
            out.write('screen %s\n' % name)
            for unit in units:
                assert said != 'bad', name
                said = judge(decoder, unit)
                out.write('  %s %s\n' % (said, unit.hex()))
        for name, unit in cursors():
            out.write('cursor %s\n  %s %s\n' % (name, judge_cursor(unit), unit.hex()))


def check():
    passed = failed = 0
    for line in open(FILE):
        words = line.split()
        if line[0] in '#\n':
            continue
        if line[0] != ' ':
            kind, name = words
            decoder = t.Decoder()
            continue
        unit = bytes.fromhex(words[1])
        got = judge(decoder, unit) if kind == 'screen' else judge_cursor(unit)
        passed, failed = passed + (got == words[0]), failed + (got != words[0])
        if got != words[0]:
            print('tile vectors: %s %s: %s in place of %s' % (kind, name, got, words[0]))
    print('tile vectors: %d passed, %d failed' % (passed, failed))
    return failed > 0 or passed == 0


if __name__ == '__main__':
    if sys.argv[1:] == ['make']:
        make()
    elif sys.argv[1:] == ['check']:
        sys.exit(check())
    else:
        sys.exit(__doc__)
