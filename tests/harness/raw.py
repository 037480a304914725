"""What the X server has done for injected devices, as another of its clients is told: raw events of the XTEST devices."""
import os
import re
import time

from desk import PATIENCE


class Raw:
    def __init__(self, desk):
        self.desk = desk
        self.injected = {line.split('id=')[1].split()[0] for line in desk.call('xinput', 'list', '--short').decode().splitlines()
                         if 'XTEST' in line}
        self.marks, self.path = 0, os.path.join(desk.dir, 'raw')
        self.out = open(self.path, 'w')
        desk.run('stdbuf', '-oL', 'xinput', 'test-xi2', '--root', stdout=self.out)
        assert any(self.read(2) for _ in range(20)), 'it is told nothing'       # once it listens

    def events(self):
        """(kind, detail) of all until now: ('KeyPress', 38), ('Motion', 0), ('ButtonRelease', 5)."""
        found = []
        for block in self.read().split('EVENT type ')[1:]:
            kind, source, detail = (re.search(form, block) for form in (r'\(Raw(\w+)\)', r'device: \d+ \((\d+)\)', r'detail: (\d+)'))
            if kind and source and detail and source.group(1) in self.injected:
                found.append((kind.group(1), int(detail.group(1))))
        return found

    def read(self, seconds=PATIENCE):
        """All it was told until now: a property that is set is told like everything else, behind it. None: not in that time."""
        self.marks += 1
        mark = 'vitrine test %d' % self.marks
        self.desk.call('xinput', 'set-prop', '--type=int', '--format=32', min(self.injected), mark, '1')
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with open(self.path) as lines:
                text = lines.read()
            if "'%s'" % mark in text:
                return text
            time.sleep(0.02)
        return None

    def until(self, since, event, n=1):
        """Until that has happened so often since then, and what came with it is over; what has happened since then."""
        end = time.monotonic() + PATIENCE
        while sum(each == event for each in self.events()[since:]) < n:
            assert time.monotonic() < end, self.events()[since:]
        self.settled()
        return self.events()[since:]

    def count(self):
        return len(self.events())

    def settled(self):
        """The count, once it has stood still."""
        last = self.count()
        while True:
            time.sleep(0.15)
            now = self.count()
            if now == last:
                return now
            last = now
