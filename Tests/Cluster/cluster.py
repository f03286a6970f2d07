#!/usr/bin/env python3
"""Three screenpopd on three PostgreSQL in network namespaces of this machine, under load, while things go wrong: is
every acknowledged event there once and in order on every node, are all figures the truth, are pops back in time?

  cluster.py --short                        some minutes: every kind of fault once
  cluster.py --faults 200 --seed 7          the whole; the same seed chooses the same faults
  cluster.py --form patroni --faults 20     the databases under Patroni and etcd, by the files of config/cluster
  cluster.py --alone --faults 5             one daemon without a cluster: tries the bed itself

It needs root, PostgreSQL 15, iproute2 and HAProxy (make test-cluster installs them), and the programs in BINDIR. The
exit status is 0 when all is well, 1 when something is not, 77 where it cannot run. A run that failed leaves its logs.
"""
import argparse
import asyncio
import json
import os
import pathlib
import random
import shutil
import sys
import time

import patroni_trio
import proxy
import sandbox
from bed import Bed, percentile
from postgres import PROGRAMS


class Progress:
    """One line that changes on a terminal, a line for each step elsewhere; on stderr."""

    def __init__(self, bed=None):
        self.bed, self.began, self.is_terminal = bed, time.monotonic(), sys.stderr.isatty()

    def __call__(self, text):
        passed = int(time.monotonic() - self.began)
        line = f"{passed // 60:2}:{passed % 60:02} {text}"
        if self.bed and self.bed.load.running:
            line += f"  ({self.bed.truth.acknowledged} events acknowledged, {self.bed.load.waiting()} wait)"
        if self.is_terminal:
            width = shutil.get_terminal_size().columns
            print("\r\x1b[K" + line[:width - 1], end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def end(self):
        if self.is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def table(records):
    """By kind of fault: how often, and how long things took to be back."""
    def cells(values):
        values = [value for value in values if value is not None]
        return [percentile(values, 50), percentile(values, 95), max(values)] if values else ["", "", ""]

    rows = [["Fault", "Times", "pops p50", "p95", "max", "ok p50", "p95", "max", "leader p50", "p95", "max"]]
    for name in sorted({record.name for record in records}):
        some = [record for record in records if record.name == name]
        rows.append([name, len(some)] + cells([wait for record in some for wait in record.pops_ms.values()])
                    + cells([record.acknowledged_ms for record in some]) + cells([record.led_ms for record in some]))
    return markdown(rows)


def desks_table(records, nodes):
    """By kind of fault, the 95th percentile for the desks that each node served, for those of the nodes that it hit and
    of the others, and of the time without a pop while the database was away."""
    def p95(values):
        values = list(values)
        return percentile(values, 95) if values else ""

    rows = [["Fault"] + [f"desks of {node}" for node in nodes] + ["of nodes hit", "of the others", "without a pop"]]
    for name in sorted({record.name for record in records}):
        some = [record for record in records if record.name == name]
        rows.append([name] + [p95(wait for record in some for wait in record.pops_of(node)) for node in nodes]
                    + [p95(wait for record in some for wait in record.pops_of_hit(are_hit))
                       for are_hit in (True, False)]
                    + [p95(wait for record in some for wait in record.silence_ms.values())])
    return markdown(rows)


def markdown(rows):
    """A table for a page of docs/decisions."""
    widths = [max(3, *(len(str(row[i])) for row in rows)) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(str(cell).ljust(width) if i == 0 else str(cell).rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) if i == 0 else "-" * (width + 1) + ":"
                                   for i, width in enumerate(widths)) + "|")
    return "\n".join(lines)


async def run(options):
    progress = Progress()
    bed = Bed(options, progress)
    progress.bed = bed
    failed, verdict, began = [], None, time.monotonic()
    try:
        await bed.make()
        await bed.play()
        verdict = await bed.judge()
        failed = verdict.wrong
    except (RuntimeError, OSError, asyncio.TimeoutError) as error:
        if os.environ.get("SCREENPOP_BED_TRACE"):
            raise
        failed = [f"{error}"] + bed.truth.wrong[1:10]
    except (KeyboardInterrupt, asyncio.CancelledError):
        progress.end()
        await bed.down(keep=options.keep)
        print("ended by Ctrl-C; everything is removed", file=sys.stderr)
        return 130
    progress.end()
    keep = options.keep or bool(failed)
    await bed.down(keep=keep)
    report(options, bed, verdict, failed, time.monotonic() - began, keep)
    return 1 if failed else 0


def report(options, bed, verdict, failed, seconds, keep):
    counts = verdict.counts if verdict else {}
    truth = bed.truth
    if options.json:
        print(json.dumps({
            "ok": not failed, "seed": options.seed, "form": options.form, "seconds": round(seconds),
            "acknowledged": len(truth.by_id), "refused": truth.refused, **counts,
            "longest_without_acknowledgement_ms": round(1000 * max((b - a for a, b in truth.gaps), default=0)),
            "faults": [record.told() for record in bed.records], "wrong": failed,
            "logs": str(bed.folder) if keep else None}, ensure_ascii=False, indent=1))
        return
    print(table(bed.records))
    print("\nMilliseconds from the fault until: a pop at each desk; an acknowledgement at every bridge; a leader.\n")
    print(desks_table(bed.records, [node.name for node in bed.nodes]))
    print("\nThe same, 95 % of the desks: until a pop, by the node that served the desk before; and the longest time "
          "without a pop while the database was away.\n")
    moves = sum(bridge.moves for bridge in bed.load.bridges)
    print(f"{len(bed.records)} faults in {round(seconds)} s, seed {options.seed}. {len(truth.by_id)} events "
          f"acknowledged, {truth.refused} times answered `unavailable`, {moves} times a bridge went to another node.")
    if verdict:
        print(f"On every node: {counts.get('in_the_log', 0)} events in the log, {counts.get('calls', 0)} calls; "
              f"{counts.get('figures_compared', 0)} figures compared with the model.")
        answers = bed.edits.answers_ms
        print(f"Records: {counts.get('edits_kept', 0)} edits acknowledged, after {percentile(answers, 50)} ms at the "
              f"median and {percentile(answers, 95)} ms at the 95th percentile; "
              f"{counts.get('edits_refused', 0)} refused, {counts.get('edits_unknown', 0)} without an answer that says "
              f"it, of which {counts.get('edits_unknown_and_kept', 0)} were kept.")
    for text in failed:
        print("WRONG: " + text)
    if keep:
        print(f"The logs are in {bed.folder}")
    print("not well" if failed else "well")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=os.environ.get("BINDIR", ".build/debug"), help="where screenpopd is")
    parser.add_argument("--seed", type=int, default=None, help="chooses faults and load; by default another each time")
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--short", action="store_true", help="12 faults")
    parser.add_argument("--only", action="append", default=[], metavar="KIND",
                        help="only faults of this kind: a class of faults.py, such as Kill; may stand several times")
    parser.add_argument("--form", choices=["plain", "patroni"], default="plain")
    parser.add_argument("--alone", action="store_true", help="one daemon without a cluster")
    parser.add_argument("--direct", dest="proxy", action="store_false", help="desks go to the nodes, without HAProxy")
    parser.add_argument("--pops-max-ms", type=int, default=2_000, help="p95 until pops are back")
    parser.add_argument("--silence-max-ms", type=int, default=4_000,
                        help="p95 of the longest time without a pop while the database is away")
    parser.add_argument("--folder", default="/tmp", help="where to make the temporary folder")
    parser.add_argument("--keep", action="store_true", help="keep the logs of a run that went well, too")
    parser.add_argument("--json", action="store_true", help="the result as JSON")
    options = parser.parse_args()
    options.programs = pathlib.Path(options.programs).resolve()
    options.seed = random.randrange(1, 100_000) if options.seed is None else options.seed
    options.faults = 12 if options.short else options.faults
    for program in ("screenpopd", "screenpop", "libClockShift.so"):
        if not (options.programs / program).exists():
            print(f"{options.programs}/{program} is missing: make test-cluster builds it", file=sys.stderr)
            return 77
    if not options.alone and not PROGRAMS.exists():
        print("PostgreSQL 15 is missing: apt-get install postgresql-15", file=sys.stderr)
        return 77
    missing = patroni_trio.programs_missing() if options.form == "patroni" else []
    if missing:
        print(f"{' and '.join(missing)} missing: apt-get install patroni etcd-server python3-etcd", file=sys.stderr)
        return 77
    if options.proxy and not proxy.is_there():
        print("HAProxy is missing: apt-get install haproxy, or --direct", file=sys.stderr)
        return 77
    return sandbox.run_apart(lambda: asyncio.run(run(options)))


if __name__ == "__main__":
    sys.exit(main())
