"""What has been run of a list too long for one day: a file with a line for each, outside of what is kept in git, so that the next run
goes on where the last one stopped, and whoever asks is told how far it is.

A line is KEY, OUTCOME, the commit it ran on and a remark, with tabs between; of several with one key the last one counts."""
import collections
import contextlib
import fcntl
import os
import subprocess

from party import ROOT


def commit():
    asked = subprocess.run(['git', '-C', ROOT, 'rev-parse', '--short', 'HEAD'], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or '-'


class Ledger:
    def __init__(self, path):
        self.path, self.commit = path, commit()
        self.read, self.known = 0, {}

    def lines(self):
        """{key: (outcome, commit, remark)}; what was being written when somebody was killed is none. What has been read is not read
        again: nobody takes anything away."""
        try:
            with open(self.path, 'rb') as file:
                file.seek(self.read)
                fresh, end, _ = file.read().rpartition(b'\n')
        except FileNotFoundError:
            return {}
        self.read += len(fresh + end)
        rows = [line.split('\t', 3) for line in fresh.decode(errors='replace').split('\n')]
        self.known.update({row[0]: tuple(row[1:]) for row in rows if len(row) == 4})
        return dict(self.known)

    def write(self, key, outcome, remark=''):
        """In one piece: several tests write at once."""
        os.makedirs(os.path.dirname(os.path.abspath(self.path)), exist_ok=True)
        line = '\t'.join((key, outcome, self.commit, ' '.join(remark.split()))) + '\n'
        with open(self.path, 'a') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(line)

    @contextlib.contextmanager
    def alone(self):
        """What all need is found out by one of them."""
        os.makedirs(os.path.dirname(os.path.abspath(self.path)), exist_ok=True)
        with open(self.path + '.lock', 'w') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def count(self, keys):
        """{outcome: how many}, of these keys; '-' for those that have not run."""
        lines = self.lines()
        return collections.Counter(lines[key][0] if key in lines else '-' for key in keys)
