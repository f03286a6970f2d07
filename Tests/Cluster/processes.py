"""Starting, ending and looking at processes."""
import os
import signal
import subprocess
import threading
import time

#: Set when the run is given up: whoever waits stops waiting.
given_up = threading.Event()


class Ended(RuntimeError):
    """A program that is waited for has ended: waiting longer is of no use."""


def as_user(user):
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


def start(command, log, environment=None, folder=None):
    with open(log, "ab") as file:
        return subprocess.Popen(
            [str(part) for part in command], cwd=folder, env=dict(os.environ, **(environment or {})),
            stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True)


def is_alive(process):
    return process is not None and process.poll() is None


def family_of(parent):
    family = [parent]
    for pid in family:
        try:
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                family += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return family


def send(name, pids):
    for pid in pids:
        try:
            os.kill(pid, name)
        except OSError:
            pass


def kill_family(parent):
    """The process and all below it, at once: as a machine that loses its power."""
    family = family_of(parent)
    send(signal.SIGSTOP, family)
    send(signal.SIGKILL, family)


def wait_until(what, condition, seconds, pause=0.05):
    """Until `condition()` is true, which is then returned; it may fail meanwhile."""
    deadline, why = time.monotonic() + seconds, ""
    while True:
        try:
            found = condition()
            if found:
                return found
            why = ""
        except Ended as error:
            raise Ended(f"{what}: {error}") from None
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            why = f": {error}"
        if given_up.is_set():
            raise RuntimeError("given up")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} takes longer than {seconds} s{why}")
        time.sleep(pause)
