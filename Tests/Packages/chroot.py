"""A Debian of its own in a folder, in which packages are installed and their programs run."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

# Made once; every run works on a copy.
HOME = pathlib.Path(os.environ.get('DEB_ROOT', '/var/tmp/screenpop-deb'))
SUITE = os.environ.get('DEB_SUITE', 'bookworm')

# Mounts live in a namespace of the command's own, and end with it.
ENTER = (
    'set -e; for one in proc dev; do mount --rbind "/$one" "$0/$one"; done; '
    'if [ -n "$RUNTIME" ]; then mkdir -p "$0$RUNTIME"; mount --bind "$RUNTIME" "$0$RUNTIME"; fi; '
    'exec chroot $AS "$0" "$@"'
)


def mirror():
    """The Debian mirror that this machine's own apt uses."""
    asked = subprocess.run(
        ['apt-get', 'indextargets', '--format', '$(SITE)|$(LABEL)|$(CODENAME)'], stdout=subprocess.PIPE, text=True)
    for line in asked.stdout.splitlines():
        site, label, _ = line.split('|')
        if label == 'Debian':
            return site
    return 'http://deb.debian.org/debian'


def base():
    """The folder of a fresh Debian, made by debootstrap when it is not there."""
    folder = HOME / SUITE
    if not (folder / 'usr/bin/apt-get').exists():
        print(f'making a Debian {SUITE} in {folder}, once', flush=True)
        HOME.mkdir(parents=True, exist_ok=True)
        new = HOME / f'{SUITE}.new'
        shutil.rmtree(new, ignore_errors=True)
        subprocess.run(
            ['debootstrap', '--variant=minbase', SUITE, new, mirror()], check=True, stdout=subprocess.DEVNULL)
        # No daemon is started by an installation: there is no service manager that would end it.
        (new / 'usr/sbin/policy-rc.d').write_text('#!/bin/sh\nexit 101\n')
        (new / 'usr/sbin/policy-rc.d').chmod(0o755)
        new.rename(folder)
    return folder


class Chroot:
    def __init__(self, name, runtime=''):
        """runtime: the folder of Swift's libraries, for programs that do not have them linked in."""
        self.root = HOME / f'run-{name}'
        self.runtime = runtime
        shutil.rmtree(self.root, ignore_errors=True)
        subprocess.run(['cp', '-a', '--reflink=auto', base(), self.root], check=True)
        for file in ('resolv.conf', 'hosts'):
            shutil.copy(f'/etc/{file}', self.root / 'etc' / file)

    def path(self, inside):
        return self.root / str(inside).lstrip('/')

    def _start(self, arguments, user, environment, **pipes):
        values = {
            'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C.UTF-8', 'HOME': '/root', 'RUNTIME': self.runtime,
            'DEBIAN_FRONTEND': 'noninteractive', 'AS': f'--userspec={user}' if user else '', **environment,
        }
        for name in ('http_proxy', 'https_proxy', 'no_proxy'):
            if name in os.environ:
                values[name] = os.environ[name]
        command = ['unshare', '--mount', '--propagation', 'private', 'bash', '-c', ENTER, self.root, *arguments]
        return subprocess.Popen(command, env=values, **pipes)

    def run(self, *arguments, user=None, given='', ok=True, **environment):
        """Runs a command to its end. What it said, both of its outputs in one text."""
        process = self._start(
            arguments, user, environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)
        said, _ = process.communicate(given, timeout=1200)
        if ok and process.returncode != 0:
            raise SystemExit(f'{" ".join(map(str, arguments))} ended with {process.returncode}:\n{said[-3000:]}')
        return said

    def start(self, *arguments, user=None, errors, out=subprocess.DEVNULL):
        """Starts a command; `exec` all along, so that a signal goes to the program itself."""
        return self._start(arguments, user, {}, stdin=subprocess.DEVNULL, stdout=out, stderr=errors)

    def end(self):
        shutil.rmtree(self.root, ignore_errors=True)


def until(what, condition, seconds=30):
    """Polls until the condition is something, and is that; fails with `what` when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise SystemExit(f'not within {seconds} s: {what}')
        time.sleep(0.05)


class Daemon:
    """screenpopd, as its unit starts it: as the user screenpop, with the installed configuration."""

    def __init__(self, chroot):
        self.log = chroot.path('/tmp/daemon.log')
        # What the unit's StateDirectory= makes.
        chroot.run('install', '-d', '-m', '0700', '-o', 'screenpop', '-g', 'screenpop', '/var/lib/screenpop')
        with open(self.log, 'w') as errors:
            self.process = chroot.start(
                '/usr/bin/screenpopd', '--config', '/etc/screenpop/screenpopd.toml', user='screenpop:screenpop',
                errors=errors)
        until('screenpopd is ready', self._is_ready)

    def _is_ready(self):
        said = self.log.read_text(errors='replace')
        if self.process.poll() is not None:
            raise SystemExit(f'screenpopd ended: {said[-2000:]}')
        return 'ready' in said

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        assert status == 0, f'screenpopd ended with {status}: {self.log.read_text()[-2000:]}'
