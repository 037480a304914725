"""Pixels from streams, for tile_decoder.py: sections 4 to 8 of lib/tile/FORMAT.md, from which alone it was written. Numbers in
brackets are sections of that document."""
SETTLE = (1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5)


class Bad(Exception):
    """The unit is bad: the stream ends."""


def need(true):
    if not true:
        raise Bad


class Reader:
    """Numbers of a unit, big-endian."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def take(self, n):
        need(self.at + n <= len(self.data))
        self.at += n
        return self.data[self.at - n:self.at]

    def u(self, n):
        return int.from_bytes(self.take(n), 'big')


# ------------------------------------------------------------------------------------------ [4]
def predict(a, b, c):
    if c >= max(a, b):
        return min(a, b)
    return max(a, b) if c <= min(a, b) else a + b - c


def parts(p, depth):
    """Upper eight bits of red, green, blue; the lower two of each."""
    if depth == 24:
        return p >> 16 & 255, p >> 8 & 255, p & 255, 0
    return p >> 22 & 255, p >> 12 & 255, p >> 2 & 255, (p & 3) | (p >> 10 & 3) << 2 | (p >> 20 & 3) << 4


def whole(r, g, b, low, depth):
    if depth == 24:
        return r << 16 | g << 8 | b
    return (r << 2 | low >> 4 & 3) << 20 | (g << 2 | low >> 2 & 3) << 10 | b << 2 | low & 3


# ------------------------------------------------------------------------------ [5], the coder
class Chance:
    __slots__ = ('zero', 'taken')

    def __init__(self):
        self.zero, self.taken = 32768, 0


class Chances:
    """Chances by any index, each new at first."""

    def __init__(self):
        self.all = {}

    def __call__(self, *index):
        return self.all.setdefault(index, Chance())


class Coder:
    """`more` makes a stream instead of reading one: bytes that are not there yet."""

    def __init__(self, data, more=None):
        self.data, self.more, self.at = bytearray(data), more, 0
        self.range = 2 ** 64 - 1
        self.code = self.next(8)

    def next(self, n):
        self.at += n
        while self.more and len(self.data) < self.at:
            self.data.append(self.more())
        need(self.at <= len(self.data) + 8)
        return int.from_bytes(self.data[self.at - n:self.at].ljust(n, b'\0'), 'big')

    def finish(self):
        need(self.at >= len(self.data))

    def fill(self):
        if self.range < 2 ** 32:
            self.range <<= 32
            self.code = (self.code << 32 | self.next(4)) & 2 ** 64 - 1

    def decide(self, chance):
        bound, s = (self.range >> 16) * (chance.zero | 1), SETTLE[chance.taken]
        one = self.code >= bound
        if one:
            self.code -= bound
            self.range -= bound
            chance.zero -= chance.zero >> s
        else:
            self.range = bound
            chance.zero += (65535 - chance.zero) >> s
        chance.taken = min(chance.taken + 1, 11)
        self.fill()
        return int(one)

    def even(self, n):
        self.range >>= n
        v = min(self.code // self.range, 2 ** n - 1)
        self.code -= v * self.range
        self.fill()
        return v

    def append(self, v, n):
        """n even bits to the right of v, highest first, eight at a time and the rest at last."""
        while n > 0:
            k = min(n, 8)
            v, n = v << k | self.even(k), n - k
        return v

    def tree(self, chances, bits, *index):
        node = 1
        for _ in range(bits):
            node = 2 * node + self.decide(chances(*index, node))
        return node - (1 << bits)

    def small(self, chances, *index):
        if not self.decide(chances(*index, 'some')):
            return 0
        minus = self.decide(chances(*index, 'minus'))
        size, v = 1, 1
        while size < 8 and self.decide(chances(*index, 'bits', size)):
            size += 1
        if size > 1:
            v = 2 * v + self.decide(chances(*index, 'top', size))
        if size > 2:
            v = v << size - 2 | self.even(size - 2)
        return (256 - v if minus else v) % 256


# ------------------------------------------------------------- [5], what INK and QUICK have in common
K1, K2, K3, K4, K5, K6 = 0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1, 0x2545f491
ONES = 2 ** 32 - 1


class Row:
    """A row being written: the two above it, with what stands beside them."""

    def __init__(self, above, above2, width):
        self.n, self.nn, self.w, self.p = above, above2, width, []

    def left(self, x):
        return self.p[x] if x >= 0 else self.n[0]

    def right(self, row, x):
        return row[min(x, self.w - 1)]

    def look(self, x):
        self.W, self.WW, self.N = self.left(x - 1), self.left(x - 2), self.n[x]
        self.NW, self.NE, self.NN = self.n[max(x - 1, 0)], self.right(self.n, x + 1), self.nn[x]

    def above_ne(self, x):
        return self.right(self.nn, x + 1)

    def is_span(self):
        return self.N == self.NE and (self.W == self.N or (self.W == self.WW and self.N == self.NW))

    def room(self, x):
        end = x
        while end < self.w and self.right(self.n, end + 1) == self.N:
            end += 1
        return end - x

    def hash(self):
        h = self.N * K2 + self.NW * K3 + self.NE * K4 + self.NN * K5 & ONES
        h ^= h >> 15
        h = h + self.W * K1 + self.WW * K6 & ONES
        h ^= h >> 13
        return (h * K1 & ONES) >> 20

    def pair_hash(self):
        return ((self.W * K1 & ONES ^ self.N) * K2 & ONES) >> 22


def near(a, b, depth):
    u = 0x010101 if depth == 24 else 0x00100401
    return (a - b + u & ONES) & ~(3 * u) == 0


def remember(table, at, pixel):
    there, confidence = table.get(at, (0, 0))
    if confidence and there == pixel:
        table[at] = (there, min(confidence + 1, 3))
    elif confidence > 1:
        table[at] = (there, confidence - 1)
    else:
        table[at] = (pixel, 1)


def slope_of(row, depth):
    d = abs(parts(row.W, depth)[1] - parts(row.N, depth)[1])
    return 0 if d < 4 else 1 if d < 32 else 2


def new_colour(row, depth, read_green, read_red, read_blue, read_low):
    e = [predict(parts(row.W, depth)[k], parts(row.N, depth)[k], parts(row.NW, depth)[k]) for k in range(3)]
    dg = read_green(slope_of(row, depth))
    dr = read_red(dg)
    db = read_blue(dr)
    low = read_low() if depth == 30 else 0
    return whole((e[0] + dg + dr) % 256, (e[1] + dg) % 256, (e[2] + dg + db) % 256, low, depth)


def rows_of(model, w, h):
    """The pixels of one rectangle, row by row."""
    out, above, above2, last = [], [0] * w, [0] * w, 0
    for _ in range(h):
        if model.row_is_same(last):
            row, last = list(above), 1
        else:
            r = Row(above, above2, w)
            while len(r.p) < w:
                r.look(len(r.p))
                model.step(r, len(r.p))
            row, last = r.p, 0
        out += row
        above, above2 = row, above
    return out


# ------------------------------------------------------------------------------------------ [5]
class Ink:
    def __init__(self, coder, depth):
        self.c, self.depth, self.is_ = coder, depth, Chances()
        self.seen, self.pairs = {}, {}

    def row_is_same(self, last):
        return not self.c.decide(self.is_('row', last))

    def step(self, r, x):
        c, is_ = self.c, self.is_
        if r.is_span():
            room, kind = r.room(x), int(r.W == r.N)
            size, n = room.bit_length(), room
            if c.decide(is_('span_all', kind, size)):
                bits, v = 1, 1
                while bits < size and c.decide(is_('span_bits', kind, bits)):
                    bits += 1
                if bits > 1:
                    v = 2 * v + c.decide(is_('span_top', kind, bits))
                n = min(c.append(v, bits - 2) - 1, room)
            r.p += [r.W] * n
            if n < room:
                r.look(x + n)
                self.pixel(r, {r.W})
        elif r.W == r.N and r.N != r.NE and near(r.N, r.NE, self.depth):
            before = int(r.above_ne(x) == r.NE)
            if c.decide(is_('edge', before)):
                self.pixel(r, {r.NE})
            elif c.decide(is_('left', before)):
                r.p.append(r.NE)
            else:
                r.p += [r.N, r.NE]
        else:
            self.pixel(r, set())

    def guess(self, r, refused):
        c, is_ = self.c, self.is_
        for name, table, at in (('seen', self.seen, r.hash()), ('pair', self.pairs, r.pair_hash())):
            value, s = table.get(at, (0, 0))
            if s and value not in refused:
                like = (value == r.W) + 2 * (value == r.N)
                if not c.decide(is_(name, s if name == 'seen' else s > 1, like)):
                    return value, name
                refused.add(value)
        shape = (r.W == r.NW) + 2 * (r.N == r.NW) + 4 * (r.N == r.NE) + 8 * (r.W == r.WW) + 16 * (r.N == r.NN)
        for i, value in enumerate((r.N, r.W, r.NE, r.NW)):
            if value not in refused:
                if not c.decide(is_('near', i, shape)):
                    return value, 'near'
                refused.add(value)
        return new_colour(r, self.depth, lambda slope: c.tree(is_, 8, 'green', slope), lambda dg: c.small(is_, 'red', dg == 0),
                          lambda dr: c.small(is_, 'blue', dr == 0), lambda: c.tree(is_, 6, 'low')), 'new'

    def pixel(self, r, refused):
        value, how = self.guess(r, refused)
        remember(self.seen, r.hash(), value)
        if how != 'seen':
            remember(self.pairs, r.pair_hash(), value)
        r.p.append(value)


# ------------------------------------------------------------------------------------------ [6]
class Bits:
    """From the lowest bit of each byte on."""

    def __init__(self, data, at=0, more=None):
        self.data, self.at, self.more, self.bit = bytearray(data), at, more, 0

    def one(self):
        while self.more and len(self.data) <= self.at:
            self.data.append(self.more())
        need(self.at < len(self.data))
        b = self.data[self.at] >> self.bit & 1
        self.bit += 1
        if self.bit == 8:
            self.at, self.bit = self.at + 1, 0
        return b

    def even(self, n):
        return sum(self.one() << i for i in range(n))

    def to_byte(self):
        self.at, self.bit = self.at + (self.bit > 0), 0

    def symbol(self, codes):
        if codes is None:
            return 0
        code, length = 0, 0
        while True:
            code, length = code << 1 | self.one(), length + 1
            if (length, code) in codes:
                return codes[length, code]


def lengths_of(data):
    return [b >> 4 if k == 0 else b & 15 for b in data for k in range(2)]


def codes_of(lengths, most):
    need(max(lengths) <= most and sum(2 ** (most - n) for n in lengths if n) == 2 ** most)
    codes, code, last = {}, 0, 0
    for n, value in sorted((n, v) for v, n in enumerate(lengths) if n):
        code = (code + 1 if codes else 0) << (n - last if codes else 0)
        last = n
        codes[n, code] = value
    return codes


def plane_bytes(bits, n):
    reader = Reader(bits.data, bits.at)
    kind = reader.u(1)
    need(kind <= 2)
    if kind == 1:
        out = bytes([reader.u(1)]) * n
    elif kind == 2:
        out = bytes(reader.take(n))
    else:
        codes = codes_of(lengths_of(reader.take(128)), 12)
        bits.at = reader.at
        out = bytes(bits.symbol(codes) for _ in range(n))
        bits.to_byte()
        return out
    bits.at = reader.at
    return out


def unpredict(plane, w, h):
    out = []
    for i, d in enumerate(plane):
        x, y = i % w, i // w
        if x == 0 and y == 0:
            e = 0
        elif y == 0:
            e = out[i - 1]
        elif x == 0:
            e = out[i - w]
        else:
            e = predict(out[i - 1], out[i - w], out[i - w - 1])
        out.append((d + e) % 256)
    return out


def photo(bits, w, h, depth):
    g, b, r = (unpredict(plane_bytes(bits, w * h), w, h) for _ in range(3))
    low = plane_bytes(bits, w * h) if depth == 30 else bytes(w * h)
    return [whole((r[i] + g[i]) % 256, g[i], (b[i] + g[i]) % 256, low[i] & 63, depth) for i in range(w * h)]


# ------------------------------------------------------------------------------------------ [7]
T = ((8, 8, 8, 8, 8, 8, 8, 8), (12, 10, 6, 3, -3, -6, -10, -12), (8, 4, -4, -8, -8, -4, 4, 8), (10, -3, -12, -6, 6, 12, 3, -10),
     (8, -8, -8, 8, 8, -8, -8, 8), (6, -12, 3, 10, -10, -3, 12, -6), (4, -8, 8, -4, -4, 8, -8, 4), (3, -6, 10, -12, 12, -10, 6, -3))
KIND = (0, 1, 2, 1, 0, 1, 2, 1)
K = {(0, 0): 256, (0, 1): 241, (0, 2): 324, (1, 1): 227, (1, 2): 305, (2, 2): 410}
CLASSES = (1, 2, 3, 5, 7, 10, 14, 20, 30, 50)
# v,u = 0,1 comes before 1,0; along each diagonal the way turns
ZIGZAG = sorted(((v, u) for v in range(8) for u in range(8)),
                key=lambda p: (p[0] + p[1], p[0] if (p[0] + p[1]) % 2 else p[1]))


def most(v, limit):
    return max(-limit, min(limit, v))


class Block:
    def __init__(self, first=0):
        self.level, self.last = {(0, 0): first}, 0

    def __getitem__(self, at):
        return self.level.get(at, 0)

    def size(self, v, u):
        return min(abs(self[v, u]), 255)


class Rough:
    def __init__(self, coder, depth, step):
        self.c, self.depth, self.step = coder, depth, step
        self.is_ = [Chances() for _ in range(3)]

    def size(self, is_, *name):
        n = 1
        while n < 13 and self.c.decide(is_(*name, n)):
            n += 1
        return self.c.append(1, n - 1)

    def plane(self, is_, W, N, NW):
        c, b = self.c, Block()
        b.last = c.tree(is_, 6, 'last', ((W.last + N.last + 1) // 2).bit_length())
        for place in range(b.last, 0, -1):
            v, u = ZIGZAG[place]
            total = (2 * (b.size(v, u + 1) + b.size(v + 1, u)) + b.size(v + 1, u + 1) + b.size(v, u + 2) + b.size(v + 2, u) +
                     2 * (W.size(v, u) + N.size(v, u)))
            a = sum(total >= limit for limit in CLASSES)
            if place != b.last and not c.decide(is_('some', u + v, a)):
                continue
            size = 1
            if c.decide(is_('more', u + v < 4, a)):
                size = 2
                if c.decide(is_('most', a)):
                    size = 2 + self.size(is_, 'bits', a)
            b.level[v, u] = most(-size if c.even(1) else size, 4095)
        first = predict(W[0, 0], N[0, 0], NW[0, 0])
        if c.decide(is_('flat_some', b.last.bit_length())):
            size = self.size(is_, 'flat_bits')
            first += -size if c.even(1) else size
        b.level[0, 0] = most(first, 4095)
        return b

    def values(self, block, step):
        s = {at: most((level * step * K[tuple(sorted((KIND[at[0]], KIND[at[1]])))] + 32) // 64, 131071)
             for at, level in block.level.items() if level}
        return [[sum(f * T[v][y] * T[u][x] for (v, u), f in s.items()) for x in range(8)] for y in range(8)]

    def rect(self, w, h):
        out, columns = [[0] * w for _ in range(h)], (w + 7) // 8
        top = 255 if self.depth == 24 else 1023
        above = [[Block()] * columns for _ in range(3)]
        for y0 in range(0, h, 8):
            now = [[], [], []]
            for i in range(columns):
                shown = []
                for k in range(3):
                    N = above[k][i]
                    if i == 0:
                        W = NW = Block(N[0, 0])
                    else:
                        W, NW = now[k][i - 1], above[k][i - 1]
                    now[k].append(self.plane(self.is_[k], W, N, NW))
                    shown.append(self.values(now[k][i], (5 * self.step + 2) // 4 if k == 1 else self.step))
                for y in range(min(8, h - y0)):
                    for x in range(min(8, w - 8 * i)):
                        lum, o, g = (shown[k][y][x] for k in range(3))
                        r, g, b = (max(0, min(top, (v + 4096) // 8192)) for v in (lum + o - g, lum + g, lum - o - g))
                        out[y0 + y][8 * i + x] = r << 16 | g << 8 | b if self.depth == 24 else r << 20 | g << 10 | b
            above = now
        return [p for row in out for p in row]


# ------------------------------------------------------------------------------------------ [8]
QUICK_KINDS = ((('row', 2), 16, 8), (('span', 4), 16, 8), (('edge', 2), 16, 8), (('pixel', 8), 16, 8),
               (('green', 3), 256, 11), (('red', 1), 256, 11), (('blue', 1), 256, 11))
QUICK_LOW = (('low', 1), 64, 11)


def quick_kinds(depth):
    return QUICK_KINDS + ((QUICK_LOW,) if depth == 30 else ())


class Quick:
    def __init__(self, bits, depth):
        self.b, self.depth, self.seen, self.codes = bits, depth, {}, {}
        reader = Reader(bits.data, bits.at)
        for (name, n), symbols, longest in quick_kinds(depth):
            for i in range(n):
                lengths = lengths_of(reader.take(symbols // 2))
                self.codes[name, i] = codes_of(lengths, longest) if any(lengths) else None
        bits.at = reader.at

    def finish(self):
        self.b.to_byte()
        need(self.b.at == len(self.b.data))

    def symbol(self, name, i=0):
        return self.b.symbol(self.codes[name, i])

    def row_is_same(self, last):
        return self.symbol('row', last) != 0

    def step(self, r, x):
        if r.is_span():
            self.span(r, x)
        elif r.W == r.N and r.N != r.NE and near(r.N, r.NE, self.depth):
            s = self.symbol('edge', int(r.above_ne(x) == r.NE))
            if s == 0:
                r.p.append(r.NE)
            elif s == 1:
                r.p += [r.N, r.NE]
            else:
                self.pixel(r)
        else:
            self.pixel(r)

    def span(self, r, x):
        room = r.room(x)
        e, N = x + room, r.N
        kind = 0
        if r.W == N:
            kind = 1
            if e < r.w and near(N, r.right(r.n, e + 1), self.depth):
                kind = 2 + (r.above_ne(e) == r.right(r.n, e + 1))
        s = self.symbol('span', kind)
        if s > 2:
            n = min((1 << s - 3) + self.b.even(s - 3) - 1, room)
            r.p += [r.W] * n
            if n < room:
                r.look(x + n)
                self.pixel(r)
            return
        r.p += [r.W] * room
        if kind < 2:
            return
        if s == 0:
            r.p.append(r.right(r.n, e + 1))
        elif s == 1:
            r.p += [N, r.right(r.n, e + 1)]
        else:
            r.look(e)
            self.pixel(r)

    def pixel(self, r):
        value, c = self.seen.get(r.hash(), (0, 0))
        s = self.symbol('pixel', 2 * c + (r.W == r.N))
        if s > 4:
            value = new_colour(r, self.depth, lambda slope: self.symbol('green', slope), lambda dg: self.symbol('red'),
                               lambda dr: self.symbol('blue'), lambda: self.symbol('low'))
        elif s > 0:
            value = (r.N, r.W, r.NE, r.NW)[s - 1]
        remember(self.seen, r.hash(), value)
        r.p.append(value)
