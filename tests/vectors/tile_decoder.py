"""A decoder of the tile format that was written from lib/tile/FORMAT.md alone: plain, slow, and independent of the one in C.
Numbers in brackets are sections of that document."""
import zlib

from tile_streams import Bad, Bits, Coder, Ink, Quick, Reader, Rough, need, photo, rows_of

VERSION, SLOTS = 7, 1024
MASK = {24: 0xffffff, 30: 0x3fffffff}


class NeedKey(Exception):
    """A unit before the first KEY unit: ignored."""


# --------------------------------------------------------------------------------- [1], [2], [3]
class Decoder:
    def __init__(self):
        self.pixels = None

    # --- tiles
    def columns(self):
        return (self.width + 63) // 64

    def tiles(self):
        return self.columns() * ((self.height + 63) // 64)

    def tile(self, i):
        x, y = i % self.columns() * 64, i // self.columns() * 64
        return x, y, min(64, self.width - x), min(64, self.height - y)

    # --- pixels
    def get(self, rect):
        x, y, w, h = rect
        return [p for row in range(y, y + h) for p in self.pixels[row * self.width + x:row * self.width + x + w]]

    def put(self, rect, pixels):
        x, y, w, h = rect
        for i in range(h):
            at = (y + i) * self.width + x
            self.pixels[at:at + w] = pixels[i * w:(i + 1) * w]
        for i in range(self.tiles()):
            tx, ty, tw, th = self.tile(i)
            if x <= tx and y <= ty and tx + tw <= x + w and ty + th <= y + h:
                self.written.add(i)

    # --- a unit
    def head(self, r):
        version, flags, depth, update = r.u(1), r.u(1), r.u(1), r.u(4)
        r.u(4)
        width, height = r.u(2), r.u(2)
        key, self.shows = flags & 1, flags >> 2 & 3
        need(version == VERSION and flags < 16 and depth in MASK and self.shows < 3 and (key or not self.shows))
        need(1 <= width <= 7680 and 1 <= height <= 4320)
        if key:
            self.width, self.height, self.depth = width, height, depth
            self.pixels, self.shelf, self.written, self.in_key = [0] * (width * height), {}, set(), True
        else:
            if self.pixels is None:
                raise NeedKey
            need((width, height, depth) == (self.width, self.height, self.depth))
            need(update == (self.update + self.last) % 2 ** 32)
        self.update, self.last = update, flags >> 1 & 1

    def unit(self, data):
        """Takes one unit; Bad, NeedKey, or the picture is as it says."""
        need(len(data) <= 131072)
        r = Reader(data)
        self.head(r)
        self.named = self.area = 0
        while r.at < len(data):
            op = r.u(1)
            need(op in self.OPS)
            self.OPS[op](self, r)
            even = (self.width + 7) // 8 * 8 * ((self.height + 7) // 8 * 8)
            need(self.named <= 2 * self.tiles() and self.area <= 2 * even)
        if self.last:
            need(not self.in_key or len(self.written) == self.tiles())
            self.in_key = False

    def lies_in(self, x, y, w, h):
        return x + w <= self.width and y + h <= self.height

    def rect(self, r):
        rect = r.u(2), r.u(2), r.u(2), r.u(2)
        need(rect[2] >= 1 and rect[3] >= 1 and self.lies_in(*rect))
        return rect

    def rects(self, r):
        n = r.u(2)
        need(n >= 1)
        return [self.rect(r) for _ in range(n)]

    def run(self, r):
        first, count = r.u(2), r.u(2)
        need(count >= 1 and first + count <= self.tiles())
        self.named += count
        need(self.named <= 2 * self.tiles())
        return range(first, first + count)

    def fill(self, r):
        run, colour = self.run(r), r.u(4)
        need(colour & ~MASK[self.depth] == 0)
        for i in run:
            rect = self.tile(i)
            self.put(rect, [colour] * (rect[2] * rect[3]))

    def copy(self, r):
        x, y = r.u(2), r.u(2)
        to = self.rect(r)
        need(not self.in_key and self.lies_in(x, y, *to[2:]))
        self.area += to[2] * to[3]
        self.put(to, self.get((x, y, *to[2:])))

    def even_area(self, rect):
        return (rect[2] + 7) // 8 * 8 * ((rect[3] + 7) // 8 * 8)

    def coded(self, r, make):
        rects = self.rects(r)
        self.area += sum(w * h for _, _, w, h in rects)
        need(self.area <= 2 * self.even_area((0, 0, self.width, self.height)))
        model, finish = make(bytes(r.take(r.u(4))))
        for rect in rects:
            self.put(rect, rows_of(model, rect[2], rect[3]))
        finish()

    def ink(self, r):
        def make(stream):
            coder = Coder(stream)
            return Ink(coder, self.depth), coder.finish
        self.coded(r, make)

    def quick(self, r):
        def make(stream):
            quick = Quick(Bits(stream), self.depth)
            return quick, quick.finish
        self.coded(r, make)

    def photo(self, r):
        rect = self.rect(r)
        n = rect[2] * rect[3]
        self.area += n
        need(n <= 32768 and self.area <= 2 * self.even_area((0, 0, self.width, self.height)))
        bits = Bits(r.data, r.at)
        self.put(rect, photo(bits, rect[2], rect[3], self.depth))
        r.at = bits.at

    def rough(self, r):
        step = r.u(1)
        rects = self.rects(r)
        need(step >= 1 and all((x[2] + 7) // 8 * 8 <= 512 and self.even_area(x) <= 32768 for x in rects))
        self.area += sum(self.even_area(x) for x in rects)
        need(self.area <= 2 * self.even_area((0, 0, self.width, self.height)))
        coder = Coder(bytes(r.take(r.u(4))))
        model = Rough(coder, self.depth, step)
        for rect in rects:
            self.put(rect, model.rect(rect[2], rect[3]))
        coder.finish()

    def shelved(self, r):
        run, slot = self.run(r), r.u(2)
        need(slot + len(run) <= SLOTS)
        return zip(run, range(slot, slot + len(run)))

    def shelve(self, r):
        need(not self.in_key)
        for i, slot in self.shelved(r):
            self.shelf[slot] = self.tile(i)[2:], self.get(self.tile(i))

    def recall(self, r):
        for i, slot in self.shelved(r):
            need(slot in self.shelf and self.shelf[slot][0] == self.tile(i)[2:])
            self.put(self.tile(i), self.shelf[slot][1])

    OPS = {1: fill, 3: copy, 4: ink, 5: photo, 6: rough, 7: shelve, 8: recall, 9: quick}

    def crc(self):
        """Of the pixels in reading order, four bytes each, highest first."""
        return zlib.crc32(b''.join(p.to_bytes(4, 'big') for p in self.pixels))


# ------------------------------------------------------------------------------------------ [9]
def cursor(data):
    """kind, x, y, and of a shape width, height, hot x, hot y, its pixels."""
    r = Reader(data)
    version, kind = r.u(1), r.u(1)
    r.u(4)
    x, y = (int.from_bytes(r.take(4), 'big', signed=True) for _ in range(2))
    need(version == 1 and kind <= 3 and abs(x) <= 65536 and abs(y) <= 65536)
    if kind != 2:
        need(r.at == len(data))
        return kind, x, y
    w, h, hot_x, hot_y = (r.u(2) for _ in range(4))
    need(1 <= w <= 256 and 1 <= h <= 256 and hot_x < w and hot_y < h)
    z = zlib.decompressobj()
    try:
        plain = z.decompress(data[r.at:])
    except zlib.error:
        raise Bad from None
    need(z.eof and not z.unused_data and len(plain) == 4 * w * h)
    for i in range(0, len(plain), 4):
        need(max(plain[i + 1:i + 4]) <= plain[i])
    return kind, x, y, w, h, hot_x, hot_y, plain
