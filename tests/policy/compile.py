#!/usr/bin/env python3
"""Tests of policy-compile: tests/policy/compile.py COMPILER POLICYDIR.

One change to one rule file a case. Either the build must end with that file, that line and these words, or (the
last part) the changed schema must generate code that passes the schema test, the new message included.
"""
import os
import shutil
import subprocess
import sys
import tempfile

# file, old text (first place), new text, words of the error; the error's line is where the new text starts,
# plus the offset given.
BROKEN = [
    ('messages.def', 'struct rect\n', 'struct rect\nnonsense\n', 'no statement and no type', 1),
    ('messages.def', '  i32 x -32768..32767\n', '  i33 x 0..1\n', 'no statement and no type', 0),
    ('messages.def', '  i32 y -32768..32767\n', '  i32 x 0..1\n', 'field x is there twice', 0),
    ('messages.def', '  i32 x -32768..32767\n', '  i32 x 5..4\n', 'nothing lies in that range', 0),
    ('messages.def', '  i32 x -32768..32767\n', '  i32 x 0..NO_LIMIT\n', 'neither a number nor in limits.h', 0),
    ('messages.def', '  i32 x -32768..32767\n', '  i32 x 0..2147483648\n', 'bounds lie outside', 0),
    ('messages.def', '  i32 x -32768..32767\n', '  u8 x 0..256\n', 'bounds lie outside', 0),
    ('messages.def', '  i32 x -32768..32767\n', '  i32 x 12\n', 'expected MIN..MAX', 0),
    ('messages.def', '  i32 x -32768..32767\n', '  i32 x\n', "'i32' takes 2 words", 0),
    ('messages.def', '  i32 x -32768..32767\n', '  i32 int 0..1\n', 'is not a name', 0),
    ('messages.def', '  i32 x -32768..32767\n', '  fd x socket\n', 'a struct cannot hold', 0),
    ('messages.def', 'struct window_id\n', 'struct rect\n', 'struct rect is there twice', 0),
    ('messages.def', 'message FAILED\n', 'message READY\n', 'message READY is there twice', 0),
    ('messages.def', 'channel gate broker gate\n', 'channel launch broker gate\n', 'is there twice', 0),
    ('messages.def', 'channel gate broker gate\n', 'channel gate gate gate\n', 'both ends', 0),
    ('messages.def', '  states open\n', '  states\n', 'a channel needs a state', 0),
    ('messages.def', '  states open\n', '  states open open\n', 'is there twice', 0),
    ('messages.def', 'message LAUNCH\n  broker -> launcher\n', 'message LAUNCH\n  gate -> launcher\n',
     'has no end gate', 1),
    ('messages.def', 'message LAUNCH\n  broker -> launcher\n', 'message LAUNCH\n  broker -> broker\n',
     'the same end', 1),
    ('messages.def', 'message LAUNCH\n  broker -> launcher\n  when open\n',
     'message LAUNCH\n  broker -> launcher\n  when shut\n', 'has no state shut', 2),
    ('messages.def', 'message LAUNCH\n  broker -> launcher\n  when open\n  right -\n',
     'message LAUNCH\n  broker -> launcher\n  when open\n  right fly\n', 'no action fly', 3),
    ('messages.def', 'message LAUNCH\n  broker -> launcher\n  when open\n', 'message LAUNCH\n  broker -> launcher\n',
     'lacks its direction, when, right or why', None),
    ('messages.def', 'list windows 0..MAX_OWN_WINDOWS window_id\n', 'list windows 0..4 nothing\n',
     'no struct nothing', 0),
    ('messages.def', 'fd status file\n', 'fd status door\n', 'a descriptor is a socket', 0),
    ('messages.def', 'fds sockets 1..4 socket\n', 'fds sockets 1..40 socket\n', 'over MAX_FDS', None),
    ('messages.def', '  secret content 1..MAX_UNIT\n', '  secret content 1..200000\n', 'over MAX_DATAGRAM', None),
    ('messages.def', 'channel worker broker any\n', 'channel worke broker any\n', "must be 'worker'", None),
    ('roles.def', 'admit:      organizer\n', 'admit       organizer\n', 'expected ACTION: ROLES', 0),
    ('roles.def', 'admit:      organizer\n', 'view:       organizer\n', 'action view is there twice', 0),
    ('roles.def', 'admit:      organizer\n', 'admit: organizer organizer\n', 'is there twice', 0),
    ('limits.h', '#define MAX_FDS 24', '#define MAX_FDS (20 + 4)', 'not a plain number', 0),
    ('limits.h', '#define MAX_FDS 24', '#define MAX_UNIT 24', 'is there twice', None),
    ('audit.def', '1   program_start   info ', '1   program_start   fine ', 'severity is', 0),
    ('audit.def', '2   program_end ', '1   program_end ', 'is there twice', 0),
    ('audit.def', '2   program_end ', 'two program_end ', 'expected NUMBER', 0),
    ('seccomp/seal.policy', '@default kill\n', 'socket: 1\n@default kill\n', 'the first row is @default', 0),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\nsochet: 1\n', 'no system call sochet', 1),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\nsocket 1\n', 'expected CALL: CONDITION', 1),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\nsocket: 1\nsocket: 1\n', 'has a row already', 2),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\n@default kill\n', 'default is there twice', 1),
    ('seccomp/seal.policy', '@default kill\n', '@default allow\n', 'expected @default', 0),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\nsocket: arg0 == AF_MOON\n', 'neither a number', 1),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\nsocket: arg6 == 1\n', 'expected arg0', 1),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\nsocket: arg0 ~ 1\n', 'is no comparison', 1),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\nsocket: arg0 & 3\n', 'takes one bit', 1),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\nsocket: arg0 == 1 && arg0 == 2\n',
     'two conditions on arg0', 1),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\nsocket: arg0 != 1; return EPERM\n', "needs plain '=='", 1),
    ('seccomp/seal.policy', '@default kill\n', '@default kill\nsocket: return EFOO\n', 'expected return ERROR', 1),
    ('x11/capture.allow', 'core         GetInputFocus', 'kore         GetInputFocus', "no extension 'kore'", 0),
    ('x11/capture.allow', 'window@4 root@8 ', 'window@4 roof@8 ', 'no condition is called', 0),
    ('x11/capture.allow', 'window@4 root@8 ', 'window@4 root@14 ', 'does not lie inside', 0),
    ('x11/capture.allow', 'window@4 root@8 ', 'window@4 root@8=1 ', 'takes no value', 0),
]

NEW_BLOCK = '''
struct pair
  i32 left -5..5
  text right 0..4

message GATE_EXTRA
  broker <-> gate
  when ready
  right admit
  why a message that a test added
  u64 big 3..0x7fffffffffffffff
  i32 small -2147483648..-1
  secret key 1..2
  list pairs 1..3 pair
  fds files 0..2 file
  fd memory memory
'''


def copy_with(policy, folder, name, old, new):
    target = os.path.join(folder, 'policy')
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(policy, target, ignore=shutil.ignore_patterns('compile'))
    path = os.path.join(target, name)
    with open(path) as f:
        text = f.read()
    at = text.find(old)
    assert at >= 0, '%s no longer holds %r: mend this test' % (name, old)
    with open(path, 'w') as f:
        f.write(text[:at] + new + text[at + len(old):])
    return target, text.count('\n', 0, at) + 1


def check_broken(compiler, policy, folder, case):
    name, old, new, words, offset = case
    target, line = copy_with(policy, folder, name, old, new)
    done = subprocess.run([compiler, target, folder, 'hash'], capture_output=True, text=True, timeout=60)
    wanted = '%s/%s:' % (target, name) + ('' if offset is None else '%d: ' % (line + offset))
    if done.returncode != 1 or not done.stderr.startswith(wanted) or words not in done.stderr:
        print('%s, %r: status %d, said %r, not %r ... %r' % (name, new, done.returncode, done.stderr, wanted, words))
        return False
    return True


def check_new_message(compiler, policy, folder):
    """The files the schema test needs, with the changed schema in place of the tree's."""
    target, _ = copy_with(policy, folder, 'messages.def', '\nmessage GATE_WINDOWS\n', NEW_BLOCK + '\nmessage GATE_WINDOWS\n')
    subprocess.run([compiler, target, folder, 'hash'], check=True, timeout=60)
    sources = ['lib/chan.c', 'lib/loop.c', 'lib/msg.c', 'lib/text.c', 'tests/unit/lib/wire.c', 'tests/unit/lib/build.c',
               'tests/unit/lib/test_schema.c']
    program = os.path.join(folder, 'test_schema')
    subprocess.run([os.environ.get('CC', 'cc'), '-std=c17', '-D_GNU_SOURCE', '-I.', '-I' + folder, '-o', program,
                    *sources, folder + '/ch_messages.c', folder + '/schema.c', '-lcmocka'], check=True, timeout=120)
    done = subprocess.run([program], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def main():
    compiler, policy = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        failed = sum(not check_broken(compiler, policy, folder, case) for case in BROKEN)
        failed += not check_new_message(compiler, policy, folder)
    print('policy-compile: %d passed, %d failed' % (len(BROKEN) + 1 - failed, failed))
    sys.exit(1 if failed else 0)


main()
