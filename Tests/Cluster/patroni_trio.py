"""Three PostgreSQL under Patroni and etcd, by the files that are shipped in config/cluster."""
import http.client
import json
import pathlib
import shutil
import signal
import subprocess
import time

import postgres
from network import Network, database_address
from processes import as_user, is_alive, kill_family, start, wait_until

SHIPPED = pathlib.Path(__file__).parents[2] / "config" / "cluster"


def programs_missing():
    return [name for name in ("patroni", "etcd") if shutil.which(name, path="/usr/bin:/usr/local/bin") is None]


def environment(text):
    """The assignments of an environment file."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


class Server:
    """etcd, Patroni and PostgreSQL of a node."""

    def __init__(self, node, folder):
        self.node, self.folder = node, folder
        self.address = database_address(node)
        folder.mkdir()
        shutil.chown(folder, "postgres", "postgres")
        self.data = folder / "data"
        self.etcd = self.patroni = None

    def ours(self, text):
        """A shipped file's text with this bed's addresses and folders."""
        for place in (1, 2, 3):
            text = text.replace(f"10.0.0.{place}", database_address(place))
        return (text.replace("10.0.0.0/24", "10.89.0.0/24").replace("CHANGE-ME", "only-in-the-test-bed")
                .replace("/var/lib/postgresql/15/screenpop", str(self.data))
                .replace("/var/lib/postgresql/patroni.pgpass", str(self.folder / "patroni.pgpass"))
                .replace("/var/run/postgresql", str(self.folder))
                .replace("/etc/ssl/certs/ssl-cert-snakeoil.pem", str(self.folder / "certificate.pem"))
                .replace("/etc/ssl/private/ssl-cert-snakeoil.key", str(self.folder / "key.pem"))
                .replace("/var/lib/etcd/screenpop", str(self.folder / "etcd")))

    def mine(self, name):
        """An environment file that is shipped for the first machine, for this one."""
        found = environment((SHIPPED / name).read_text())
        for key, value in found.items():
            if key != "ETCD_INITIAL_CLUSTER":
                found[key] = value.replace("10.0.0.1", f"10.0.0.{self.node}")
            if value == "db1":
                found[key] = f"db{self.node}"
        return {key: self.ours(value) for key, value in found.items()}

    def prepare(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        f"/CN=db{self.node}", "-keyout", self.folder / "key.pem", "-out",
                        self.folder / "certificate.pem"], check=True, capture_output=True)
        (self.folder / "key.pem").chmod(0o600)
        # `peer` goes by the user who asks; the bed asks as postgres.
        (self.folder / "config.yml").write_text(self.ours((SHIPPED / "patroni.yml").read_text()))
        for path in self.folder.iterdir():
            shutil.chown(path, "postgres", "postgres")

    def start_etcd(self):
        self.etcd = start(Network.inside(self.node) + as_user("postgres") + ["/usr/bin/etcd"],
                          self.folder / "etcd.log", self.mine("etcd.env"), "/")

    def start_patroni(self):
        self.patroni = start(
            Network.inside(self.node) + as_user("postgres") + ["/usr/bin/patroni", self.folder / "config.yml"],
            self.folder / "patroni.log", dict(self.mine("patroni_env.conf"), LC_ALL="C.UTF-8", HOME=str(self.folder),
                                              PATH="/usr/lib/postgresql/15/bin:/usr/bin:/bin"), "/")

    def is_alive(self):
        return is_alive(self.patroni)

    def kill(self):
        """Patroni and PostgreSQL; etcd lives on another disk, as it were."""
        if self.is_alive():
            kill_family(self.patroni.pid)
            self.patroni.wait()
        self.kill_postgres()

    def kill_postgres(self):
        try:
            kill_family(int((self.data / "postmaster.pid").read_text().split()[0]))
        except (OSError, ValueError, IndexError):
            pass

    def stop(self):
        self.kill()
        if is_alive(self.etcd):
            self.etcd.send_signal(signal.SIGKILL)
            self.etcd.wait()

    def cluster(self):
        """What this Patroni says of all of them."""
        connection = http.client.HTTPConnection(self.address, 8008, timeout=2)
        try:
            connection.request("GET", "/cluster")
            return json.loads(connection.getresponse().read())
        except http.client.HTTPException as error:
            raise OSError(str(error)) from None
        finally:
            connection.close()

    def ask(self, sql, seconds=20):
        done = subprocess.run(
            Network.inside(self.node) + as_user("postgres") + ["psql", "-XAtq", "-h", self.folder, "-c", sql],
            text=True, capture_output=True, timeout=seconds, cwd="/")
        if done.returncode != 0:
            raise RuntimeError(f"psql of db{self.node}: {done.stderr.strip()}")
        return done.stdout.strip()


class Trio:
    name = "patroni"

    def __init__(self, network, nodes, folder):
        self.network, self.nodes = network, nodes
        folder.mkdir()
        folder.chmod(0o711)
        self.servers = {node: Server(node, folder / f"pg{node}") for node in nodes}
        self.primary = nodes[0]

    def make(self):
        for server in self.servers.values():
            server.prepare()
            server.start_etcd()
        for server in self.servers.values():
            server.start_patroni()
            if server.node == self.primary:
                wait_until("Patroni to make a database", self.has_primary, 60, pause=0.3)
        self.settle(90)
        wait_until("the primary to be writable", self.is_writable, 20)
        first = self.servers[self.primary]
        first.ask(f"create role screenpop login password '{postgres.PASSWORD}'")
        first.ask("create database screenpop owner screenpop")
        first.ask("grant pg_monitor to screenpop")

    def view(self):
        """{node: (role, state)} by the primary's Patroni. One that died is in etcd for some seconds more."""
        members = self.servers[self.primary].cluster()["members"]
        return {int(one["name"][2:]): (one["role"], one.get("state")) for one in members}

    def has_primary(self, but=None):
        for node, server in self.servers.items():
            if node == but or not server.is_alive():
                continue
            try:
                members = server.cluster()["members"]
            except (OSError, ValueError, KeyError):
                continue
            for one in members:
                node = int(one["name"][2:])
                if one["role"] == "leader" and one.get("state") == "running" and node != but:
                    self.primary = node
                    return True
        return False

    def is_whole(self):
        if not self.has_primary() or not self.is_writable():
            return False
        roles = sorted(role for role, state in self.view().values() if state in ("running", "streaming"))
        # What PostgreSQL itself says is never old.
        states = sorted(self.servers[self.primary].ask(
            "select sync_state from pg_stat_replication where state = 'streaming' and application_name like 'db%'"
        ).split())
        return roles == ["leader", "replica", "sync_standby"] and states == ["async", "sync"]

    def settle(self, seconds=90):
        wait_until("the databases to be whole", self.is_whole, seconds, pause=0.3)

    # Faults

    def kill_primary(self):
        self.servers[self.primary].kill()
        return self.primary

    def replace_primary(self):
        """Patroni does it."""
        old = self.primary
        wait_until("Patroni to name another primary", lambda: self.has_primary(but=old) and self.is_writable(), 60,
                   pause=0.3)
        return old

    def is_writable(self):
        return self.servers[self.primary].ask("select pg_is_in_recovery()") == "f"

    def bring_back(self, node):
        if not self.servers[node].is_alive():
            self.servers[node].start_patroni()

    def kill_standby(self, node):
        self.servers[node].kill()

    def stop(self):
        for server in self.servers.values():
            server.stop()


def main(logs=None):
    """Tries the shipped files by themselves: makes the three, lets each part fail, tells how long it takes until
    something is acknowledged again. logs: a folder to copy the logs to."""
    import tempfile
    network = Network([1, 2, 3])
    network.make()
    with tempfile.TemporaryDirectory(prefix="screenpop-patroni.") as folder:
        pathlib.Path(folder).chmod(0o711)
        trio = Trio(network, [1, 2, 3], pathlib.Path(folder) / "postgres")
        try:
            trio.make()
            trio.servers[trio.primary].ask("create table t(i int)")
            print("made:", trio.view(), trio.servers[trio.primary].ask("show synchronous_standby_names"), flush=True)
            for number, how in enumerate(HOW):
                try_one(trio, how, number)
        finally:
            trio.stop()
            if logs:
                for log in pathlib.Path(folder).glob("postgres/*/*.log"):
                    shutil.copy(log, f"{logs}/{log.parent.name}-{log.name}")
    return 0


HOW = ["machine unplugged", "machine killed", "PostgreSQL killed", "machine unplugged", "synchronous standby killed",
       "synchronous standby unplugged"]


def try_one(trio, how, number):
    network, began, old = trio.network, time.monotonic(), trio.primary
    if "standby" in how:
        old = next(node for node, (role, _) in trio.view().items() if role == "sync_standby")
    if how.endswith("unplugged"):
        network.unplug(old)
    elif how == "PostgreSQL killed":
        trio.servers[old].kill_postgres()
    else:
        trio.servers[old].kill()
    if "standby" not in how:
        trio.replace_primary()
    trio.servers[trio.primary].ask(f"insert into t values ({number})", seconds=60)
    print(f"{how} (db{old}): acknowledged again after {time.monotonic() - began:.1f} s", flush=True)
    if how.endswith("unplugged"):
        network.plug(old)
    trio.bring_back(old)
    trio.settle()
    rows = {node: server.ask("select count(*) from t") for node, server in trio.servers.items()}
    print(f"  whole after {time.monotonic() - began:.1f} s: {trio.view()}, rows {rows}", flush=True)


if __name__ == "__main__":
    import sys

    import sandbox
    sys.exit(sandbox.run_apart(lambda: main(*sys.argv[1:])))
