#!/usr/bin/env python3
"""Measures vitrine beside its rivals in the screen-sharing lab and writes BENCHMARKS.md's table.

    LAB=FOLDER B=build tests/bench/run.py [--reps 3] [--secs 5] [--only bytes,lossy,latency,fanout,slow,large] [--kinds slides,...] [--first] [--write] [RIVAL...]

With --only or --kinds (of content, for bytes), when that is less than everything, the tables are printed instead: what was measured before in the file is of another run,
and the two would not be told apart. --write puts them into the file all the same.

--first gives the X servers, all systems and the measuring programs a real-time priority (root only): for a machine where
others work too. They then wait for each other alone, but still share caches and cores' units with the rest.

LAB is the folder of the lab (lab.py, drivers/, src/). All run alternating: every repeat starts each of them once. RIVAL: names
of drivers there; without any, those whose programs are installed. Packages of the free rivals are installed by name.
"""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys

from bench import lab_program, percentile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LAB = os.environ.get('LAB', '')
BUILD = os.path.abspath(os.environ.get('B', os.path.join(ROOT, 'build')))
TMP = os.path.join(BUILD, 'lab')
MAIN = 'tigervnc-tuned-tls'
PACKAGES = {'X0tigervnc': 'tigervnc-scraping-server', 'xtigervncviewer': 'tigervnc-viewer', 'x11vnc': 'x11vnc', 'openbox': 'openbox',
            'Xvfb': 'xvfb', 'xdotool': 'xdotool'}
RIVALS = {MAIN: 'X0tigervnc', 'tigervnc': 'X0tigervnc', 'x11vnc-ssl': 'x11vnc', 'xpra-ssl': 'xpra', 'freerdp': 'xfreerdp'}
PARTS = ['bytes', 'lossy', 'latency', 'fanout', 'slow', 'large']
KINDS = ['idle', 'typing', 'scroll', 'slides', 'drag', 'video']


def install():
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if missing:
        as_root = [] if os.geteuid() == 0 else ['sudo']
        subprocess.run(as_root + ['apt-get', 'install', '-y', '--no-install-recommends'] + missing, check=False)


first = []


def run(program, *args):
    env = dict(os.environ, LAB=LAB, LAB_TMP=TMP, LAB_BIN=TMP + '/bin', LAB_DRIVERS=os.path.join(HERE, 'drivers'), VITRINE=ROOT, B=BUILD)
    env.pop('DISPLAY', None)
    print('bench:', os.path.basename(program), *args, flush=True)
    subprocess.run([*first, sys.executable, program, *args], env=env, check=False)


def lab(*args):
    run(lab_program(LAB, TMP), *args)


def many(*args):
    os.makedirs(TMP + '/results', exist_ok=True)
    run(os.path.join(HERE, 'many.py'), *args)


def rows(measure):
    try:
        with open('%s/results/%s.jsonl' % (TMP, measure)) as lines:
            return [json.loads(line) for line in lines]
    except OSError:
        return []


def middle(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else float('nan')


def spread(values):
    values = [v for v in values if v is not None]
    return '%.4g (%.4g-%.4g)' % (statistics.median(values), min(values), max(values)) if values else '-'


def bytes_table(out, rivals, tag, title):
    found = [r for r in rows('bytes') if r.get('tag') == tag]
    out.append('\n### %s\n\n| content | system | KB a frame shown | p50 ms | CPU s (host + viewer) | shown | pixels that differ at the end | cores others used |'
               '\n|---|---|---|---|---|---|---|---|' % title)
    for kind in KINDS:
        for name in ['vitrine'] + rivals:
            r = [x for x in found if x['kind'] == kind and x['driver'] == name]
            if r:
                out.append('| %s | %s | %s | %s | %s | %s of %d | %d | %.1f |' % (
                    kind, name, spread([x['down'] / 1000 / max(1, x['seen'] or x['drawn']) for x in r]), spread([x['p50'] for x in r]),
                    spread([x['srv_cpu'] + x['view_cpu'] for x in r]), '%g' % middle([x['seen'] for x in r]), r[0]['drawn'],
                    middle([x['diff_px'] for x in r]), middle([x['foreign'] for x in r])))


def ratio_table(out):
    wanted = {'typing': '- / 0.6 KB / 1.5', 'scroll': '0.08 / 0.5 / 0.4', 'slides': '0.65 / 0.7 / -', 'drag': '0.2 / 0.8 / 0.5',
              'video': '0.9 / 0.8 / -'}
    out.append('\n### Ratio to %s in the same run (medians; smaller is better)\n\n| content | bytes | p50 | CPU | wanted (bytes / p50 / CPU) |\n|---|---|---|---|---|' % MAIN)
    for kind in KINDS[1:]:
        mine, its = ([x for x in rows('bytes') if x['kind'] == kind and x['driver'] == d and not x.get('tag')] for d in ('vitrine', MAIN))
        if not mine or not its:
            continue
        ratio = [middle([f(x) for x in mine]) / middle([f(x) for x in its]) for f in (
            lambda x: x['down'] / max(1, x['seen']), lambda x: x['p50'] or float('nan'), lambda x: x['srv_cpu'] + x['view_cpu'])]
        out.append('| %s | %.3f | %.2f | %.2f | %s |' % (kind, *ratio, wanted[kind]))


def latency_table(out, rivals):
    out.append('\n### Small change to the viewer\'s screen, ms\n\n| system | samples | p50 | p95 | p99 | p50 of each repeat | cores others used |\n|---|---|---|---|---|---|---|')
    for name in ['vitrine'] + rivals:
        r = [x for x in rows('latency') if x['driver'] == name]
        ms = [v for x in r for v in x['ms']]
        if ms:
            out.append('| %s | %d | %.2f | %.2f | %.2f | %s | %.1f |' % (name, len(ms), percentile(ms, .5), percentile(ms, .95), percentile(ms, .99),
                       ', '.join('%.2f' % percentile(x['ms'], .5) for x in r), middle([x['foreign'] for x in r])))


def fanout_table(out, rivals):
    out.append('\n### Scroll to many viewers, each on an X server of its own\n\n| system | viewers | host CPU s without relay | relay CPU s | host: against 1 viewer |'
               ' least shown by any, each repeat | pixels that differ at the end, most | cores others used |\n|---|---|---|---|---|---|---|---|')
    for name in ['vitrine'] + rivals:
        of = {n: [x for x in rows('fanout') if x['driver'] == name and x['viewers'] == n] for n in (1, 8)}
        for n, r in of.items():
            if r:
                out.append('| %s | %d | %s | %s | %.2f | %s of %d | %d | %.1f |' % (
                    name, n, spread([x['host_cpu'] for x in r]), spread([x['relay_cpu'] for x in r]),
                    middle([x['host_cpu'] for x in r]) / middle([x['host_cpu'] for x in of[1]]), ', '.join('%d' % min(x['seen']) for x in r), r[0]['drawn'],
                    max(max(x['diff_px']) for x in r), middle([x['foreign'] for x in r])))


def version(name):
    out = subprocess.run([sys.executable, os.path.join(LAB, 'lab.py'), 'versions', name], capture_output=True, text=True, check=False,
                         env=dict(os.environ, LAB_DRIVERS=os.path.join(HERE, 'drivers'), VITRINE=ROOT, B=BUILD, LAB_TMP=TMP)).stdout.strip()
    return out or name


def machine():
    with open('/proc/cpuinfo') as info:
        model = next((line.split(':', 1)[1].strip() for line in info if line.startswith('model name')), '?')
    with open('/proc/meminfo') as info:
        memory = int(info.readline().split()[1]) // 1048576
    return '%d cores (%s), %d GiB, kernel %s' % (os.cpu_count(), model, memory, platform.release())


def tables(command, rivals):
    out = ['Machine: %s. Command: `%s`. Figures are medians, in brackets the least and the most of the repeats.\n' % (machine(), command)]
    out += ['- ' + version(name) for name in ['vitrine'] + rivals]
    ratio_table(out)
    bytes_table(out, rivals, None, 'Bytes, delay, CPU (1280x800, both X servers and all systems on this machine)')
    if any(r.get('tag') == 'lossy' for r in rows('bytes')):
        bytes_table(out, ['tigervnc', 'vitrine-lossy'], 'lossy', 'Video as it comes: lossy while it moves, exact when it rests')
    latency_table(out, rivals)
    if rows('fanout'):
        fanout_table(out, rivals)
    if any(r.get('tag') == 'slow' for r in rows('bytes')):
        bytes_table(out, rivals, 'slow', 'Over 10 ms and 20 Mbit/s')
    if any(r.get('tag') == 'large' for r in rows('bytes')):
        bytes_table(out, rivals, 'large', '3840x2160')
    return '\n'.join(out)


def write(text):
    path = os.path.join(ROOT, 'BENCHMARKS.md')
    with open(path) as old:
        before, _, rest = old.read().partition('<!-- measured -->\n')
    _, _, after = rest.partition('<!-- end -->\n')
    with open(path, 'w') as new:
        new.write(before + '<!-- measured -->\n' + text + '\n<!-- end -->\n' + after)


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--reps', default='3')
    options.add_argument('--secs', default='5')
    options.add_argument('--only', default=','.join(PARTS))
    options.add_argument('--kinds', default=','.join(KINDS), help='of content, for bytes')
    options.add_argument('--write', action='store_true', help='into BENCHMARKS.md, though it is only a part')
    options.add_argument('--keep', action='store_true', help='add to what was measured before')
    options.add_argument('--first', action='store_true', help='before everybody else who works on this machine')
    options.add_argument('rivals', nargs='*')
    args = options.parse_args()
    if not os.path.exists(os.path.join(LAB, 'lab.py')):
        sys.exit('bench: LAB must name the folder of the screen-sharing lab')
    first.extend(['chrt', '-r', '1'] if args.first else [])
    install()
    subprocess.run(['make', '-s', '-C', LAB, 'B=' + TMP + '/bin'] + [TMP + '/bin/' + p for p in ('workload', 'probe', 'proxy', 'role')], check=True)
    if not args.keep:
        shutil.rmtree(TMP + '/results', ignore_errors=True)
    rivals = args.rivals or [name for name, program in RIVALS.items() if shutil.which(program)]
    everyone = ['vitrine'] + rivals
    only = args.only.split(',')
    if 'bytes' in only:
        lab('bytes', '-r', args.reps, '-t', args.secs, '-k', args.kinds, *everyone)
    if 'lossy' in only:
        lab('bytes', '-r', args.reps, '-t', args.secs, '-k', 'video', '-g', 'lossy', 'vitrine-lossy', 'tigervnc')
    if 'latency' in only:
        lab('latency', '-r', args.reps, '-n', '100', *everyone)
    if 'fanout' in only:
        many('-r', args.reps, '-t', args.secs, '-o', TMP + '/results/fanout.jsonl', 'vitrine', MAIN)
    if 'slow' in only:
        lab('bytes', '-r', args.reps, '-t', args.secs, '-k', 'scroll', '-x', '-d 10 -r 20000', '-g', 'slow', 'vitrine', MAIN)
    if 'large' in only:
        lab('bytes', '-r', args.reps, '-S', '3840x2160', '-t', args.secs, '-k', 'scroll,slides,drag', '-g', 'large', 'vitrine', MAIN)
    text = tables('LAB=... tests/bench/run.py --reps %s --secs %s --only %s %s%s%s' % (
        args.reps, args.secs, args.only, '' if args.kinds == ','.join(KINDS) else '--kinds %s ' % args.kinds, '--first ' if args.first else '', ' '.join(rivals)), rivals)
    if args.write or (set(only) >= set(PARTS) and set(args.kinds.split(',')) >= set(KINDS)):
        write(text)
    else:
        print(text)


if __name__ == '__main__':
    main()
