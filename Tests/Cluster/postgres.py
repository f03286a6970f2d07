"""Three PostgreSQL: a primary and two physical standbys, one of which has what is acknowledged.

The bed itself notices that the primary is gone, promotes the standby that is furthest, and makes a new standby of the
old primary. That is what Patroni does in a real centre: patroni_trio.py.
"""
import pathlib
import shutil
import signal
import subprocess
import time

from network import Network, database_address
from processes import as_user, family_of, is_alive, kill_family, send, start, wait_until

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
PORT = 5432
PASSWORD = "only-in-the-test-bed"

SETTINGS = """
listen_addresses = '{address},127.0.0.1'
port = 5432
unix_socket_directories = '{folder}'
max_connections = 60
shared_buffers = '32MB'
wal_level = replica
wal_keep_size = '512MB'
max_wal_senders = 10
hot_standby = on
synchronous_standby_names = 'ANY 1 (n1, n2, n3)'
synchronous_commit = on
wal_sender_timeout = '4s'
wal_receiver_timeout = '4s'
wal_retrieve_retry_interval = '300ms'
checkpoint_timeout = '1h'
log_line_prefix = '%m [%p] %a '
"""

ACCESS = """
local all all trust
host all all 127.0.0.1/32 scram-sha-256
host all all 10.89.0.0/24 scram-sha-256
host replication replicator 10.89.0.0/24 scram-sha-256
"""


def write_passwords(path, owner=None):
    path.write_text("".join(f"*:*:*:{user}:{PASSWORD}\n" for user in ("screenpop", "replicator", "postgres")))
    path.chmod(0o600)
    if owner:
        shutil.chown(path, owner, owner)


class Server:
    """One PostgreSQL of its node."""

    def __init__(self, node, nodes, folder):
        self.node, self.nodes, self.folder = node, nodes, folder
        self.data, self.log = folder / "data", folder / "postgres.log"
        self.process = None
        folder.mkdir()
        shutil.chown(folder, "postgres", "postgres")
        self.passwords = folder / "pgpass"
        write_passwords(self.passwords, "postgres")

    def run(self, program, *arguments, seconds=60, options=""):
        command = Network.inside(self.node) + as_user("postgres") + [str(PROGRAMS / program), *map(str, arguments)]
        done = subprocess.run(command, text=True, capture_output=True, timeout=seconds, cwd="/",
                              env={"PGPASSFILE": str(self.passwords), "PGOPTIONS": options, "PATH": "/usr/bin:/bin",
                                   "LC_ALL": "C.UTF-8"})
        if done.returncode != 0:
            raise RuntimeError(f"{program} of n{self.node}: {done.stderr.strip()[-600:]}")
        return done.stdout.strip()

    def ask(self, sql, database="postgres", seconds=5, options=""):
        return self.run("psql", "-XAtq", "-h", self.folder, "-U", "postgres", "-d", database, "-c", sql,
                        seconds=seconds, options=options)

    def make_first(self):
        self.run("initdb", "-D", self.data, "--auth=trust", "--data-checksums", "--no-sync", "--no-instructions")
        with open(self.data / "postgresql.conf", "a") as file:
            file.write("include 'bed.conf'\n")
        (self.data / "pg_hba.conf").write_text(ACCESS)
        self.configure()
        self.start()
        # Nothing can be acknowledged before there is a standby.
        for sql in (f"create role screenpop login password '{PASSWORD}'",
                    f"create role replicator login replication password '{PASSWORD}'",
                    "create database screenpop owner screenpop", "grant pg_monitor to screenpop"):
            self.ask(sql, options="-c synchronous_commit=local", seconds=20)

    def configure(self):
        (self.data / "bed.conf").write_text(SETTINGS.format(address=database_address(self.node), folder=self.folder))
        hosts = ",".join(database_address(node) for node in self.nodes if node != self.node)
        (self.data / "postgresql.auto.conf").write_text(
            f"primary_conninfo = 'host={hosts} port={PORT} user=replicator passfile={self.passwords} "
            f"application_name=n{self.node} target_session_attrs=read-write connect_timeout=2 "
            "tcp_user_timeout=3000 keepalives_idle=1 keepalives_interval=1 keepalives_count=3'\n")
        for name in ("bed.conf", "postgresql.auto.conf", "pg_hba.conf"):
            shutil.chown(self.data / name, "postgres", "postgres")

    def copy_from(self, primary):
        # A cable that was plugged in a moment ago has no route yet.
        wait_until(f"a copy of n{primary.node}'s database", lambda: self.copied_from(primary), 20)
        self.configure()
        (self.data / "standby.signal").touch()
        shutil.chown(self.data / "standby.signal", "postgres", "postgres")

    def copied_from(self, primary):
        shutil.rmtree(self.data, ignore_errors=True)
        self.run("pg_basebackup", "-D", self.data, "-h", database_address(primary.node), "-p", PORT, "-U",
                 "replicator", "-X", "stream", "-c", "fast", "--no-sync")
        return True

    def start(self):
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.process = start(Network.inside(self.node) + as_user("postgres") + [PROGRAMS / "postgres", "-D", self.data],
                             self.log)
        wait_until(f"the start of n{self.node}'s PostgreSQL", lambda: self.ask("select 1") == "1", 30)

    def is_alive(self):
        return is_alive(self.process)

    def kill(self):
        if self.is_alive():
            kill_family(self.process.pid)
            self.process.wait()

    def freeze(self):
        """Nothing answers any more, and every connection stays."""
        send(signal.SIGSTOP, family_of(self.process.pid))

    def thaw(self):
        send(signal.SIGCONT, family_of(self.process.pid))

    def stop(self):
        if self.is_alive():
            self.process.terminate()
            self.process.wait(20)

    def received(self):
        """Bytes of the log that a standby has on its disk."""
        return int(self.ask("select pg_wal_lsn_diff(coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), "
                            "'0/0')::bigint"))


class Trio:
    """The three, and who is the primary."""
    name = "plain"
    #: Seconds until a dead primary's place is taken, as a manager needs to be sure.
    notice_s = 3.0

    def __init__(self, network, nodes, folder):
        self.network, self.nodes = network, nodes
        self.servers = {}
        folder.mkdir()
        folder.chmod(0o711)
        for node in nodes:
            self.servers[node] = Server(node, nodes, folder / f"pg{node}")
        self.primary = nodes[0]

    def make(self):
        first = self.servers[self.primary]
        first.make_first()
        for server in self.standbys():
            server.copy_from(first)
            server.start()
        wait_until("two standbys to stream", self.is_whole, 30)

    def standbys(self):
        return [server for node, server in self.servers.items() if node != self.primary]

    def streaming(self):
        """The standbys that follow the primary."""
        rows = self.servers[self.primary].ask(
            "select application_name from pg_stat_replication where state = 'streaming' and sync_state = 'quorum' "
            "and flush_lsn is not null")
        return {int(name.removeprefix("n")) for name in rows.split()}

    def is_whole(self):
        return len(self.streaming()) == len(self.nodes) - 1

    def settle(self, seconds=60):
        try:
            wait_until("the databases to be whole", self.is_whole, 10, pause=0.2)
            return
        except RuntimeError:
            pass
        # A standby that had received more than the one that was promoted, unacknowledged, cannot follow it: its log has
        # entries that are nowhere else. A manager makes such a one again, and so does this one.
        streaming = self.streaming()
        for server in self.standbys():
            if server.node not in streaming:
                server.kill()
                self.bring_back(server.node)
        wait_until("the databases to be whole", self.is_whole, seconds, pause=0.2)

    # Faults

    def kill_primary(self):
        self.servers[self.primary].kill()
        return self.primary

    def replace_primary(self):
        """Promotes the standby that is furthest; the old primary has to be gone, and is ended if it is not."""
        time.sleep(self.notice_s)
        self.servers[self.primary].kill()
        living = [server for server in self.standbys() if server.is_alive()]
        furthest = max(living, key=lambda server: server.received())
        furthest.ask("select pg_promote(true, 20)", seconds=25)
        old, self.primary = self.primary, furthest.node
        return old

    def bring_back(self, node):
        server = self.servers[node]
        if server.is_alive():
            return
        if node != self.primary:
            server.copy_from(self.servers[self.primary])
        server.start()

    def kill_standby(self, node):
        self.servers[node].kill()

    def stop(self):
        for node, server in self.servers.items():
            if node != self.primary:
                server.kill()
        self.servers[self.primary].kill()
