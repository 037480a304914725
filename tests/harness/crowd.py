"""A session under a bad network whose members come, go, are cut off, killed and removed at random.

After every step the promises are looked at: nothing looks at the screen unless it is shared; nobody but those for
whom there is a reason has ended, and each of those with the right words; a picture that is compared is complete, and
whose picture it is has the same people in the room as the host, which is what the epochs' records say. Who was removed
is told so, unless its line was lost just then, hears nothing after it, and has no process left that could. At the end
no process holds a descriptor more than at the beginning, and its memory is what it was; at each look every process of
the one looked at is compared with its first look."""
import os
import random
import time

from chaos import Chaos
from relay import Relay
from session import Desk, Missing, Session, compare, enlarge

HOST, VIEWER, SEATS = (800, 600), (1200, 900), 3
LASTING = ('vitrine', 'vitrine-net', 'vitrine-seal', 'vitrine-render', 'vitrine-audit', 'vitrine-relay')
GROWTH_KB = 8192
MORE_FDS = 4        # at a member between two looks: a line on its way, a window's picture
STAYING = ('vitrine', 'vitrine-launch', 'vitrine-watch', 'vitrine-render', 'vitrine-audit', 'vitrine-bus')     # behind the end
GONE = ('left', 'removed', 'lost')
RESUME = 75         # seconds: no lost member waits longer


class Broken(AssertionError):
    """A promise was not kept."""


class Member:
    def __init__(self, party, wire, desk):
        self.party, self.wire, self.desk, self.joined, self.reason = party, wire, desk, False, None
        self.first = None       # figures of its processes at its first look

    def over(self):
        """('error', 'J-OUT'), ('ended', 'cut') ...; None: goes on."""
        for kind, field in (('error', 'code'), ('ended', 'how')):
            event = self.party.find(kind)
            if event:
                return kind, event[field]
        return None

    def lost_line(self, since):
        """Its line was lost then, or has been since."""
        before = [e for e in self.party.events[:since] if e['event'] == 'line']
        return bool(before and before[-1]['state'] == 'lost' or self.party.find('line', since, state='lost'))

    def heard_after(self):
        """What it was told of the session behind its last word."""
        events = list(self.party.events)
        last = max(i for i, e in enumerate(events) if e['event'] in ('error', 'ended'))
        return [e for e in events[last:] if e['event'] in ('member', 'chat', 'share', 'control', 'session')]

    def said(self):
        """Its last words, as they are counted: 'J-OUT', 'cut', 'cut (seal 12)'."""
        event = self.party.find('error') or self.party.find('ended')
        if event['event'] == 'error':
            return event['code']
        return event['how'] + (' (%s %d)' % (event['said'], event['code']) if event['said'] else '')


class Crowd:
    def __init__(self, seed, say=print):
        self.random, self.seed, self.say = random.Random(seed), seed, say
        self.members, self.count, self.steps = [], 0, {}
        self.words, self.faults, self.wrong_at, self.resumed = {}, {}, 0, True
        self.rooms, self.most = 0, {}   # how often two sides had the same people; the most a member's process held

    # ------------------------------------------------------------------------------------ the stage
    def __enter__(self):
        self.desk = Desk(HOST)
        self.seats = [Desk(VIEWER, kind='xvfb') for _ in range(SEATS)]
        for desk in [self.desk] + self.seats:
            desk.__enter__()
        self.desk.show('xterm', '-geometry', '60x12+4+420', '-e', 'sh', '-c', 'while :; do date +%N; sleep 0.5; done')
        self.relay = Relay()
        self.wire = Chaos(self.relay.port, self.random.random(), every=40)
        self.wire.fierce = False
        self.session = Session(self.desk, '--relay', self.relay.through(self.wire)).__enter__()
        self.host = self.session.host
        self.host.patience = 15     # much of what is done here may be too late: somebody left, a line broke
        return self

    def __exit__(self, *_):
        for m in self.members:
            m.party.stop()
            m.wire.close()
        self.session.__exit__()
        self.wire.close()
        self.relay.party.stop()
        for desk in [self.desk] + self.seats:
            desk.stop()

    # ------------------------------------------------------------------------------------ steps
    def free_seat(self):
        taken = [m.desk for m in self.members]
        return next((d for d in self.seats if d not in taken), None)

    def start(self, password=None):
        self.count += 1
        desk, name = self.free_seat(), 'P%d' % self.count
        wire = Chaos(self.relay.port, self.random.random(), fierce=self.random.random() < 0.25)
        link = self.session.info['invitation'].replace(':%d/' % self.wire.port, ':%d/' % wire.port)
        m = Member(self.session.start_join(desk, name=name, password=password, invitation=link), wire, desk)
        m.name = name
        self.members.append(m)
        return m

    def join(self):
        if not self.free_seat():
            return
        since = self.host.mark()
        m = self.start()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not m.over():
            if self.host.find('prompt', kind='admit', name=m.name, armed=True):
                try:
                    self.session.admit(m.name)
                    m.party.wait('member', 15, state='joined')
                    m.joined = True
                    break
                except Missing:
                    pass            # its line broke at the door: what it says is looked at below
            time.sleep(0.05)
        viewing = m.joined and self.until(lambda: m.over() or m.party.find('window', name='viewer', state='mapped'), 45)
        if not m.over():
            if not viewing:
                raise Broken('%s neither came in nor heard why:\n%s' % (m.name, m.party.transcript()))
            enlarge(m.desk)
            m.wire.fierce = True
        elif m.wire.fierce or self.line_of(self.host) == 'lost' or self.host.find('line', since):
            m.reason = 'door'       # one of the two lines was not there, or not until it had its token

    def wrong(self):
        """One now and then: the relay and the host count them."""
        if not self.free_seat() or time.monotonic() < self.wrong_at:
            return
        self.wrong_at = time.monotonic() + 75
        m = self.start('four wrong words here')
        m.reason = 'wrong'
        deadline = time.monotonic() + 40
        while not m.over() and time.monotonic() < deadline:
            time.sleep(0.05)

    def one(self):
        there = [m for m in self.members if m.joined and not m.reason]
        return self.random.choice(there) if there else None

    def leave(self):
        m = self.one()
        if m:
            m.reason = 'left'
            m.party.process.terminate()

    def kill(self):
        m = self.one()
        if m:
            m.reason = 'killed'
            m.party.process.kill()

    def cut(self):
        m = self.one()
        if m:
            m.wire.block()
            time.sleep(self.random.uniform(0, 3))
            m.wire.allow()

    def host_cut(self):
        self.wire.block()
        time.sleep(self.random.uniform(0, 2))
        self.wire.allow()

    def kick(self):
        """The first of the list; the host says who that was. It may be somebody whose line is lost just then."""
        if not self.one():
            return
        self.quiet()
        since, marks = self.host.mark(), {m: m.party.mark() for m in self.members}
        try:
            self.host.press('host-panel', 'row_2', 5)
            self.host.press('host-panel', 'remove', 5)
            name = self.host.wait('member', 10, since, state='removed')['name']
        except Missing:
            return                  # somebody left in that moment, and the row is another's
        for m in self.members:
            if m.name == name and not m.reason:
                m.reason, m.since, m.mark = 'removed', time.monotonic(), marks[m]
        self.session.info = self.host.wait('session', 30, since)

    def pause(self):
        self.quiet()
        since = self.host.mark()
        try:
            self.host.press('sharing-bar', 'pause', 5)
            self.host.wait('share', 10, since, state='paused')
            self.resumed = False
            time.sleep(0.3)
            self.consent()
            self.resumed = True
            self.host.press('sharing-bar', 'resume', 5)
            self.host.wait('share', 20, since, state='on')
        except Missing:
            if not self.host.find('line', since, state='lost'):
                raise

    def look(self):
        """A member's picture is complete, once its line holds."""
        m = self.one()
        if not m:
            return
        self.rest()
        m.wire.fierce = False
        try:
            if self.until(lambda: self.line_of(m.party) == 'back', 40) and not m.over():
                different, _, _ = compare(self.host, m.party, self.desk, m.desk,
                                          ignore=[(0, 410, 400, 190)], timeout=60)
                if different:
                    raise Broken('%s pixels differ at %s' % (different, m.name))
                self.one_room(m)
                self.grows_not(m)
        finally:
            m.wire.fierce = True

    # ------------------------------------------------------------------------------------ promises
    @staticmethod
    def people(party):
        """Who is in the room, by what that side was told: the records of all epochs up to its own."""
        there = {}
        for e in list(party.events):
            if e['event'] == 'member' and e['id']:
                there[e['id']] = (e['name'], e['state'])
        return {name for name, state in there.values() if state not in GONE}

    def one_room(self, m):
        """The host and a member whose line holds come to the same people: to the same epoch."""
        both = lambda: (self.people(self.host) | {'Helga'}, self.people(m.party) | {'Helga', m.name})    # noqa: E731
        same = self.until(lambda: both()[0] == both()[1] or m.over() or 'lost' in (self.line_of(m.party), self.line_of(self.host)), 40)
        if not same:
            raise Broken('%s and the host do not have the same people: %s\n%s\nthe host:\n%s' % (
                m.name, both(), m.party.transcript(), self.host.transcript()))
        self.rooms += both()[0] == both()[1]

    def grows_not(self, m):
        now = processes(m.party)
        for name, (fds, rss) in now.items():
            most = self.most.get(name, (0, 0))
            self.most[name] = (max(fds, most[0]), max(rss, most[1]))
        m.first = m.first or now
        for name in set(now) & set(m.first):
            if now[name][0] > m.first[name][0] + MORE_FDS or now[name][1] > m.first[name][1] + 4 * GROWTH_KB:
                raise Broken('%s of %s: %s, %s at its first look' % (name, m.name, now[name], m.first[name]))

    def was_removed(self, m, over):
        """In the right words, and behind them nothing of the session, and nobody who could hear it."""
        if over != ('error', 'J-OUT') and not m.lost_line(m.mark):
            raise Broken('%s was removed and heard %s:\n%s' % (m.name, over, m.party.transcript()))
        if not over:
            return                  # with its line lost it need not have heard yet
        if not self.until(lambda: set(m.party.workers().values()) <= set(STAYING), 20):
            raise Broken('%s was removed and still has %s' % (m.name, m.party.workers()))
        if m.heard_after():
            raise Broken('%s was removed and then heard %s' % (m.name, m.heard_after()))

    @staticmethod
    def line_of(party):
        event = party.find('line')
        return event['state'] if event else 'back'

    def until(self, true, seconds):
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def quiet(self):
        """The host's own line holds and its screen is shared."""
        return self.until(lambda: self.line_of(self.host) == 'back' and
                          (self.host.find('share') or {}).get('state') == 'on', 60)

    def rest(self):
        """The same, or what is in the way: a share that has ended once would leave nothing to compare any more."""
        if not self.quiet():
            raise Broken('the host does not come to rest, %s:\n%s' % (self.host.find('share'), self.host.transcript()))

    def may_look(self):
        """Whether a process that sees the screen may be there: shared, or about to be again with the owner's yes."""
        share, line = self.host.find('share'), self.host.find('line')
        if share and share['state'] == 'paused' and share['why'] == 'line' and line['state'] == 'lost':
            return time.monotonic() - line['_at'] < 1
        return share and (share['state'] == 'on' or share['why'] == 'line' or self.resumed)

    def consent(self):
        if not self.may_look():
            looking = [pid for pid, name in self.host.workers().items() if name in ('vitrine-capture', 'vitrine-gate')]
            if looking and not self.until(lambda: self.may_look() or not set(looking) & set(self.host.workers()), 3):
                raise Broken('%s while nothing is shared:\n%s' % (self.host.workers(), self.host.transcript()))

    def endings(self):
        """Who has ended has a reason, and the words that go with it."""
        right = {'wrong': [('error', 'J-PASS'), ('error', 'J-WAIT'), ('error', 'R-NET')],
                 'removed': [None, ('error', 'J-OUT'), ('ended', 'cut')],
                 'door': [('error', 'R-NET'), ('error', 'J-WAIT'), ('ended', 'cut')],
                 'left': [None, ('ended', 'properly')], 'killed': [None]}
        right['removed, but left'] = right['removed'] + right['left']
        for m in list(self.members):
            over, gone = m.over(), m.party.process.poll() is not None
            if over and not m.reason:
                raise Broken('%s ended without a reason: %s\n%s\nthe host:\n%s' % (
                    m.name, m.said(), m.party.transcript(), self.host.transcript()))
            if m.reason and over not in right[m.reason]:
                raise Broken('%s, %s: %s\n%s' % (m.name, m.reason, m.said() if over else over, m.party.transcript()))
            if m.reason == 'removed' and not over and time.monotonic() - m.since > RESUME:
                raise Broken('%s was removed and has not heard of it:\n%s' % (m.name, m.party.transcript()))
            if m.reason == 'removed' and (over or gone):
                self.was_removed(m, over)
            self.heard(m, over)
            if gone and not m.reason:
                raise Broken('%s is gone: %s\n%s' % (m.name, m.party.transcript(), '\n'.join(m.party.errors)))
            if m.reason and (over or gone):
                m.party.stop()
                m.wire.close()
                self.count_faults(m.wire)
                self.members.remove(m)
                self.session.viewers.remove(m.party)
        if self.host.process.poll() is not None or self.host.find('error') or self.host.find('ended'):
            raise Broken('the host: ' + self.host.transcript())

    def count_faults(self, wire):
        for fault, n in wire.done.items():
            self.faults[fault] = self.faults.get(fault, 0) + n

    def heard(self, m, over):
        if over:
            key = '%s: %s' % (m.reason, m.said())
            self.words[key] = self.words.get(key, 0) + 1

    def figures(self):
        """{process: (descriptors, resident KB)} of what lasts."""
        found = {}
        for side, party in (('host', self.host), ('relay', self.relay.party)):
            found.update(('%s %s' % (side, name), has) for name, has in processes(party).items() if name in LASTING)
        return found

    # ------------------------------------------------------------------------------------ the play
    def alone(self):
        """Nobody but the host is in it; its screen is not shared."""
        for m in self.members:
            m.reason = m.reason or 'left'
            if m.party.process.poll() is None and not m.over():
                if m.reason == 'removed':       # without a line it has not heard of it
                    m.reason = 'removed, but left'
                m.party.process.terminate()
        if not self.until(lambda: all(m.over() or m.party.process.poll() is not None for m in self.members), 20):
            raise Broken('somebody does not leave')
        self.endings()
        time.sleep(2)

    def step(self):
        name = self.random.choices(('join', 'leave', 'kill', 'cut', 'host_cut', 'kick', 'pause', 'look', 'wrong'),
                                   (8, 2, 1, 4, 1, 2, 1, 4, 1))[0]
        self.steps[name] = self.steps.get(name, 0) + 1
        getattr(self, name)()
        self.consent()
        self.endings()

    def play(self, seconds):
        end, told = time.monotonic() + seconds, 0
        self.session.share()
        self.join()
        self.join()
        self.endings()
        self.wire.fierce = True
        while time.monotonic() < end:
            self.step()
            if time.monotonic() - told > 60:
                told = time.monotonic()
                now = self.figures()
                self.say('soak: %4d s left, %s' % (end - told, table(now)))
        self.wire.fierce = False
        self.rest()
        self.alone()
        self.count_faults(self.wire)
        return self.figures()


def processes(party):
    """{name: (descriptors, resident KB)} of every process of that side; of one name all together."""
    found = {}
    for pid, name in {**party.workers(), party.process.pid: 'vitrine'}.items():
        try:
            with open('/proc/%d/status' % pid) as status:
                rss = next((int(line.split()[1]) for line in status if line.startswith('VmRSS')), 0)
            fds = len(os.listdir('/proc/%d/fd' % pid)) if not os.geteuid() else 0     # of another's, or not dumpable: root's to see
        except (FileNotFoundError, ProcessLookupError):
            continue                # it has ended since
        has = found.get(name, (0, 0))
        found[name] = (has[0] + fds, has[1] + rss)
    return found


def table(figures):
    return ', '.join('%s %d fd %d KB' % (key, *value) for key, value in sorted(figures.items()))


def soak(seconds, seed, say=print):
    """Plays for that long; fails where a promise is broken or something grows."""
    say('soak: seed %d' % seed)
    if os.geteuid():
        say('soak: descriptors are not looked at: Linux shows them to root alone')
    with Crowd(seed, say) as crowd:
        crowd.session.share()
        crowd.join()
        crowd.alone()
        before = crowd.figures()
        since = crowd.host.mark()
        crowd.host.press('sharing-bar', 'stop')
        crowd.host.wait('share', 10, since, state='off')
        after = crowd.play(seconds)
        say('soak: %d people, steps %s, faults %s, words %s' % (crowd.count, crowd.steps, crowd.faults, crowd.words))
        say('soak: %d times host and member had the same people; at a member at most %s' % (crowd.rooms, table(crowd.most)))
        say('soak: before %s' % table(before))
        say('soak: after  %s' % table(after))
        for key, (fds, rss) in after.items():
            if fds > before[key][0]:
                raise Broken('%s holds %d descriptors, %d before' % (key, fds, before[key][0]))
            if rss > before[key][1] + GROWTH_KB:
                raise Broken('%s holds %d KB, %d before' % (key, rss, before[key][1]))
