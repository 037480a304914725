"""A bad network between a client and the relay: delays, splits, truncates, duplicates and flips bytes.

Delays and splits go on all the time and must be noticed by nobody. What spoils bytes comes now and then, and costs a
connection each time, because TLS finds it: the client has to come back by itself."""
import random
import time

from wire import Wire, end

FAULTS = ('truncate', 'duplicate', 'flip', 'reset')


class Chaos(Wire):
    """fierce: bytes are spoiled as well, on the average every `every` seconds."""

    def __init__(self, port, seed, every=15, fierce=True):
        self.random, self.every, self.fierce = random.Random(seed), every, fierce
        self.done = dict.fromkeys(FAULTS, 0)
        self._plan()
        super().__init__(port)

    def _plan(self):
        self.next = time.monotonic() + self.random.expovariate(1 / self.every)

    def _fault(self):
        """What is to happen to the bytes that pass now; None: nothing."""
        if not self.fierce or time.monotonic() < self.next:
            return None
        self._plan()
        fault = self.random.choice(FAULTS)
        self.done[fault] += 1
        return fault

    def _pieces(self, data):
        while data:
            size = len(data) if self.random.random() < 0.7 else self.random.randint(1, 1500)
            yield data[:size]
            data = data[size:]

    def _spoil(self, fault, data):
        at = self.random.randrange(len(data))
        if fault == 'flip':
            return data[:at] + bytes([data[at] ^ 1 << self.random.randrange(8)]) + data[at + 1:]
        if fault == 'duplicate':
            return data + data[at:]
        return data[:at]

    def _pump(self, source, sink, count):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                fault = self._fault()
                if fault:
                    sink.sendall(self._spoil(fault, data))
                if fault in ('truncate', 'reset'):
                    break
                for piece in () if fault else self._pieces(data):
                    if self.random.random() < 0.1:
                        time.sleep(self.random.uniform(0, 0.03))
                    sink.sendall(piece)
                setattr(self, count, getattr(self, count) + len(data))
        except OSError:
            pass
        end(source, sink)
