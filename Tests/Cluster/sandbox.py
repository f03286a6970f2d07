"""Processes, network and mounts of a run, apart from the machine's: whatever happens, nothing is left of them.

The run is the second process of a process namespace. When it ends, the first one ends, and with it the kernel ends
every other: databases, daemons, proxies. Interfaces and named network namespaces go with their last process.
"""
import ctypes
import os
import signal
import subprocess
import sys

CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET = 0x0002_0000, 0x2000_0000, 0x4000_0000


def run_apart(body):
    """Runs `body` there and returns its exit status."""
    if os.geteuid() != 0:
        print("Network namespaces need root: sudo make test-cluster", file=sys.stderr)
        return 77
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET) != 0:
        print(f"No namespaces can be made here: {os.strerror(ctypes.get_errno())}", file=sys.stderr)
        return 77
    sys.stdout.flush()
    first = os.fork()
    if first == 0:
        os._exit(_first_process(body))
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _: os.kill(first, number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)    # a terminal sends it to all
    while True:
        try:
            _, status = os.waitpid(first, 0)
            return os.waitstatus_to_exitcode(status)
        except InterruptedError:
            continue


def _first_process(body):
    for command in (["mount", "--make-rprivate", "/"], ["mount", "-t", "proc", "proc", "/proc"],
                    ["mkdir", "-p", "/run/netns"], ["mount", "-t", "tmpfs", "netns", "/run/netns"],
                    ["ip", "link", "set", "lo", "up"]):
        subprocess.run(command, check=True)
    second = os.fork()
    if second == 0:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        status = 1
        try:
            status = body()
        except KeyboardInterrupt:
            status = 130
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: os.kill(second, signal.SIGINT))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whoever lost a parent becomes a child of this process, and is waited for here.
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == second:
            return os.waitstatus_to_exitcode(status) & 0xff
