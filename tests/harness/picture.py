"""Pictures of a screen: taken apart, compared, kept."""
import struct
import zlib


class Picture:
    """32-bit pixels, rows packed; byte 3 of each pixel is cleared, so that equality means equal colours."""

    def __init__(self, width, height, data):
        self.width, self.height, self.data = width, height, data

    @classmethod
    def from_dump(cls, dump):
        head, _, body = dump.partition(b'\n')
        width, height = map(int, head.split())
        data = bytearray(body)
        data[3::4] = bytes(len(data) // 4)
        return cls(width, height, bytes(data))

    def crop(self, rect):
        if rect is None:
            return self
        x, y, w, h = rect
        rows = [self.data[(y + i) * self.width * 4 + x * 4:(y + i) * self.width * 4 + (x + w) * 4] for i in range(h)]
        return Picture(w, h, b''.join(rows))

    def pixel(self, x, y):
        b, g, r = self.data[(y * self.width + x) * 4:(y * self.width + x) * 4 + 3]
        return r, g, b

    def blank(self, rect, colour=(0, 0, 0)):
        """The same picture with one rectangle filled: for areas that are not to be compared."""
        x, y, w, h = rect
        x, y, w, h = max(0, x), max(0, y), min(w, self.width - max(0, x)), min(h, self.height - max(0, y))
        data = bytearray(self.data)
        fill = bytes((colour[2], colour[1], colour[0], 0)) * w
        for i in range(y, y + h):
            data[(i * self.width + x) * 4:(i * self.width + x + w) * 4] = fill
        return Picture(self.width, self.height, bytes(data))

    def same(self, other, ignore=()):
        """Equal everywhere but in those rectangles; quick also for the largest screens."""
        if (self.width, self.height) != (other.width, other.height):
            return False
        for y in range(self.height):
            at = 0
            for x, end in sorted((r[0], r[0] + r[2]) for r in ignore if r[1] <= y < r[1] + r[3]) + [(self.width, 0)]:
                row = slice((y * self.width + at) * 4, (y * self.width + max(at, min(x, self.width))) * 4)
                if self.data[row] != other.data[row]:
                    return False
                at = max(at, min(end, self.width))
        return True

    def differences(self, other):
        """How many pixels differ; None when the sizes do."""
        if (self.width, self.height) != (other.width, other.height):
            return None
        if self.data == other.data:
            return 0
        a, b = memoryview(self.data).cast('I'), memoryview(other.data).cast('I')
        return sum(1 for p, q in zip(a, b) if p != q)

    def save(self, path):
        """Writes a PNG."""
        rows = bytearray()
        for y in range(self.height):
            row = self.data[y * self.width * 4:(y + 1) * self.width * 4]
            rgb = bytearray(3 * self.width)
            rgb[0::3], rgb[1::3], rgb[2::3] = row[2::4], row[1::4], row[0::4]
            rows += b'\0' + rgb

        def chunk(kind, body):
            return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
        with open(path, 'wb') as out:
            out.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', self.width, self.height, 8, 2, 0, 0, 0)) +
                      chunk(b'IDAT', zlib.compress(bytes(rows), 6)) + chunk(b'IEND', b''))
