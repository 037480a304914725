"""A computer that lacks something. The program under test is started in user and mount namespaces of its own
(unshare(1), no root needed), where files are hidden or replaced; nothing changes outside of them.

Give the result to Party as `wrap`, or put it before a command. Steps are lines of sh, run before the program.
"""
import os
import shlex

from desk import own, tool


def box(*steps):
    return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-ec', '\n'.join(steps) + '\nexec "$@"', 'sh']


def hidden(path):
    """Nothing is in that folder."""
    return 'mount -t tmpfs none ' + shlex.quote(path)


def small(path, size):
    """That folder is on a disk of `size` bytes."""
    return 'mkdir -p %s; mount -t tmpfs -o size=%d,mode=700 none %s' % (shlex.quote(path), size, shlex.quote(path))


def copied(path, to):
    """What is written to that file, on a disk that nobody sees from outside, also is in `to`, a moment later, while the program runs."""
    step = 'cp %s %s.new && mv %s.new %s' % tuple(shlex.quote(p) for p in (path, to, to, to))
    return '((while kill -0 $$; do %s; sleep 0.1; done) >/dev/null 2>&1 &)' % step


def rules(desk, text, *more):
    """/etc/vitrine/vitrine.conf holds `text`; more: lines of sh run there, for modes and owners."""
    old, conf = os.path.join(desk.dir, 'etc'), os.path.join(desk.dir, 'rules.conf')
    with open(conf, 'w') as out:
        out.write(text)
    own(conf)
    os.makedirs(old, exist_ok=True)
    own(old)
    return '\n'.join(('mount --rbind /etc %s' % old, 'mount -t tmpfs -o mode=755 none /etc',
                      'ln -s %s/* /etc/' % old, 'mkdir -m 755 /etc/vitrine',
                      'cp %s /etc/vitrine/vitrine.conf' % conf, 'chmod 644 /etc/vitrine/vitrine.conf',
                      *('(cd /etc/vitrine; %s)' % line for line in more)))


def without_namespaces():
    """The kernel gives no further user namespaces."""
    return 'echo 0 >/proc/sys/user/max_user_namespaces'


def without_seccomp(error='ENOSYS'):
    """A command prefix: seccomp(2) answers with that error, as on a kernel without it."""
    return [tool('refuse'), error]
