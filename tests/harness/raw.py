"""What the X server has done for injected devices, as another of its clients is told: raw events of the XTEST devices."""
import os
import re
import time


class Raw:
    def __init__(self, desk):
        self.desk = desk
        self.injected = {line.split('id=')[1].split()[0] for line in desk.call('xinput', 'list', '--short').decode().splitlines()
                         if 'XTEST' in line}
        self.path = os.path.join(desk.dir, 'raw')
        self.out = open(self.path, 'w')
        desk.run('stdbuf', '-oL', 'xinput', 'test-xi2', '--root', stdout=self.out)

    def events(self):
        """(kind, detail) of all until now: ('KeyPress', 38), ('Motion', 0), ('ButtonRelease', 5)."""
        self.desk.call('xinput', 'list', '--short')     # what was done before has been told
        with open(self.path) as lines:
            text = lines.read()
        found = []
        for block in text.split('EVENT type ')[1:]:
            kind, source, detail = (re.search(form, block) for form in (r'\(Raw(\w+)\)', r'device: \d+ \((\d+)\)', r'detail: (\d+)'))
            if kind and source and detail and source.group(1) in self.injected:
                found.append((kind.group(1), int(detail.group(1))))
        return found

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
