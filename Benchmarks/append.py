#!/usr/bin/env python3
"""Measures how fast a leader appends to the log in PostgreSQL, against pgbench with the same statement.

Both run in turn, with one connection, against a server that this script starts in a folder of its own (fsync on), and
removes. AppendBenchmark comes from BINDIR (.build/release). Progress goes to stderr, the table to stdout."""
import argparse, json, os, re, shutil, socket, statistics, subprocess, sys, tempfile
from pathlib import Path

BINDIR = Path(os.environ.get("BINDIR", Path(__file__).resolve().parent.parent / ".build/release")).resolve()

# Bursts of an append, and bytes of each.
SHAPES = [(1, 200), (1, 8_000), (1, 65_000), (64, 200), (500, 200)]

STATEMENT = """
WITH fence AS (
  UPDATE screenpop_log SET last = last + {rows} WHERE one AND epoch = {epoch} RETURNING epoch, last - {rows} AS before)
INSERT INTO screenpop_burst (first, last, epoch, read_at, changes, entries)
SELECT fence.before + i, fence.before + i, fence.epoch, 0, 0, convert_to('{entries}', 'UTF8')
FROM fence, generate_series(1, {rows}) i;
"""


def say(text):
    print(text, file=sys.stderr, flush=True)


class Server:
    """A server of PostgreSQL; it refuses to run as root, and then runs as the user postgres."""

    def __init__(self):
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
        if not programs:
            sys.exit("PostgreSQL's server is not installed: run `make deps`")
        self.programs = programs[-1].parent
        self.change = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] \
            if os.getuid() == 0 else []

    def __enter__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="screenpop-pg-"))
        if self.change:
            shutil.chown(self.directory, "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.run("initdb", "-D", self.directory / "data", "-U", "postgres", "-A", "trust", "--locale=C", "-E", "UTF8")
        self.run("pg_ctl", "-D", self.directory / "data", "-l", self.directory / "log", "-w", "-o",
                 f"-c listen_addresses= -c port={self.port} -c unix_socket_directories={self.directory}", "start")
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-D", self.directory / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.directory)

    def run(self, program, *arguments, **environment):
        done = subprocess.run(
            [*self.change, self.programs / program, *arguments], cwd="/", stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE if program in ("psql", "pgbench") else subprocess.DEVNULL,
            stderr=subprocess.PIPE if program in ("psql", "pgbench") else None, timeout=300,
            env={**os.environ, "PGHOST": str(self.directory), "PGPORT": str(self.port), "PGUSER": "postgres",
                 "PGDATABASE": "postgres", **environment})
        if done.returncode:
            sys.exit(f"{program}: {done.stderr or 'failed'}")
        return done.stdout

    def sql(self, text):
        return self.run("psql", "-XAtc", text).strip()


def ours(server, schema, rows, size, seconds):
    place = f"host={server.directory} port={server.port} user=postgres dbname=postgres " \
        f"options='-c search_path={schema}'"
    return json.loads(subprocess.run(
        [BINDIR / "AppendBenchmark", place, str(rows), str(size), str(seconds)], check=True, stdout=subprocess.PIPE,
        timeout=300).stdout)["bursts_s"]


def pgbench(server, schema, rows, size, seconds):
    epoch = server.sql(f"SELECT epoch FROM {schema}.screenpop_log")
    entries = "".join(f'{{"seq":{i},"type":"call.ringing","at":' for i in range(1 + size // 40))[:size]
    script = server.directory / "append.sql"
    script.write_text(STATEMENT.format(rows=rows, epoch=epoch, entries=entries).replace("\n", " "))
    script.chmod(0o644)
    said = server.run("pgbench", "-n", "-M", "prepared", "-c", "1", "-T", str(seconds), "-f", script,
                      PGOPTIONS=f"-c search_path={schema}")
    return float(re.search(r"tps = ([\d.]+)", said)[1]) * rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=4, help="of each measurement (4)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts (3)")
    options = parser.parse_args()
    print("| bursts an append | bytes of each | bursts/s | pgbench, bursts/s | of pgbench |\n|---|---|---|---|---|")
    with Server() as server:
        for number, (rows, size) in enumerate(SHAPES):
            schema = f"b{number}"
            server.sql(f"CREATE SCHEMA {schema}")
            a, b = [], []
            for i in range(options.rounds):
                say(f"{rows} bursts of {size} bytes, round {i + 1} of {options.rounds}")
                a.append(ours(server, schema, rows, size, options.seconds))
                b.append(pgbench(server, schema, rows, size, options.seconds))
            server.sql(f"DROP SCHEMA {schema} CASCADE")
            mine, theirs = statistics.median(a), statistics.median(b)
            print(f"| {rows} | {size:,} | {mine:,.0f} | {theirs:,.0f} | {mine / theirs:.2f} |", flush=True)


if __name__ == "__main__":
    main()
