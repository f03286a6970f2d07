"""Nodes in network namespaces, joined by a bridge; every link can be cut, in one direction too.

Node N has the address 10.89.0.N for the daemon and 10.89.0.1N for the database. Programs outside the namespaces (the
proxy, the screens) have 10.89.0.254.
"""
import subprocess

NOBODY = "02:00:00:00:00:ee"    # an Ethernet address that no interface has: what is sent there is lost


def run(*command, **options):
    done = subprocess.run(command, text=True, capture_output=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def address(node):
    return f"10.89.0.{node}"


def database_address(node):
    return f"10.89.0.1{node}"


class Network:
    def __init__(self, nodes):
        self.nodes = nodes
        self.lost = {}      # (from, to address) of what is lost, with how many cuts want it so

    def make(self):
        run("ip", "link", "add", "lan", "type", "bridge")
        run("ip", "addr", "add", "10.89.0.254/24", "dev", "lan")
        run("ip", "link", "set", "lan", "up")
        for node in self.nodes:
            name = f"n{node}"
            run("ip", "netns", "add", name)
            run("ip", "link", "add", f"v{node}", "type", "veth", "peer", "name", "eth0", "netns", name)
            run("ip", "link", "set", f"v{node}", "master", "lan", "up")
            for order in (("addr", "add", f"{address(node)}/24", "dev", "eth0"),
                          ("addr", "add", f"{database_address(node)}/24", "dev", "eth0"),
                          ("link", "set", "eth0", "up"), ("link", "set", "lo", "up")):
                run("ip", "-n", name, *order)

    @staticmethod
    def inside(node):
        """What stands before a command that is to run on a node."""
        return ["nsenter", f"--net=/run/netns/n{node}"]

    # The node's cable

    def unplug(self, node):
        run("ip", "link", "set", f"v{node}", "down")

    def plug(self, node):
        run("ip", "link", "set", f"v{node}", "up")

    # One direction between two

    def lose(self, node, to):
        """Loses what `node` sends to the address `to`. What comes from there still arrives."""
        self.lost[node, to] = self.lost.get((node, to), 0) + 1
        run("ip", "-n", f"n{node}", "neigh", "replace", to, "lladdr", NOBODY, "dev", "eth0", "nud", "permanent")

    def find(self, node, to):
        self.lost[node, to] -= 1
        if self.lost[node, to] == 0:
            run("ip", "-n", f"n{node}", "neigh", "del", to, "dev", "eth0")
