#!/usr/bin/env python3
"""The Debian packages: made twice, judged by lintian, and in a fresh Debian from nothing to a pop, upgraded with the
data kept, and purged.

packages.py BINDIR [test ...]   as root. SWIFT_RUNTIME: as in config/debian/tools/build.sh
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from chroot import HOME, Chroot, Daemon, until  # noqa: E402

REPOSITORY = HERE.parent.parent
PACKAGES = ['screenpop', 'screenpop-asterisk', 'screenpop-freeswitch']
RUNTIME = os.environ.get('SWIFT_RUNTIME', '')
CUSTOMERS = 'external_id,name,phone\nD-001,山田 太郎,090-0000-0001\n'
PROGRAMS = ['screenpopd', 'screenpop', 'screenpop-asterisk', 'screenpop-freeswitch']
TESTS = {}


def test(function):
    TESTS[function.__name__.replace('_', '-')] = function
    return function


def check(what, wanted, found):
    assert wanted == found, f'{what}: {found!r}, expected {wanted!r}'


class Built:
    """The packages of this tree, and those of a next version with another default in the configuration."""

    def __init__(self, binaries, folder):
        self.binaries, self.folder = binaries.resolve(), folder
        self.first = self.make('first', REPOSITORY)
        tree = folder / 'next-tree'
        shutil.copytree(
            REPOSITORY, tree, ignore=shutil.ignore_patterns('.build*', '.git', 'Tests', 'Benchmarks', '__pycache__'))
        with open(tree / 'config/screenpopd.toml', 'a') as file:
            file.write('\n# A line of the next version.\n')
        self.next = self.make('next', tree, DEB_VERSION='99.0', SOURCE_DATE_EPOCH='1795165200')

    def make(self, name, tree, **environment):
        out = self.folder / name
        done = subprocess.run(
            [tree / 'config/debian/tools/build.sh', self.binaries, out], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
            # Symbols in packages of their own take minutes, and nobody installs them here.
            env={**os.environ, 'DEB_BUILD_OPTIONS': 'noautodbgsym', 'DPKG_DEB_COMPRESSOR_LEVEL': '1', **environment})
        if done.returncode != 0:
            raise SystemExit(f'the packages cannot be made:\n{done.stdout[-4000:]}')
        return out

    def files(self, out):
        return {file.name.split('_')[0]: file for file in sorted(out.glob('*.deb'))}


def install(chroot, files, *options):
    """With apt, which fetches what the packages depend on."""
    folder = chroot.path('/var/tmp/packages')
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in files:
        shutil.copy(file, folder)
    inside = [f'/var/tmp/packages/{file.name}' for file in files]
    return chroot.run('apt-get', 'install', '-y', '-q', '--no-install-recommends', *options, *inside)


def owner_and_mode(chroot, path):
    found = chroot.path(path).stat()
    names = {}
    for kind in ('passwd', 'group'):
        lines = chroot.path(f'/etc/{kind}').read_text().splitlines()
        names[kind] = {int(line.split(':')[2]): line.split(':')[0] for line in lines}
    return f'{names["passwd"][found.st_uid]}:{names["group"][found.st_gid]} {stat.S_IMODE(found.st_mode):o}'


def pops(chroot, call):
    """Pushes a call, and gives back who popped on the operator's screen."""
    log = chroot.path('/tmp/pops')
    with open(log, 'w') as out:
        watch = chroot.start('screenpop', 'watch', '--operator', '101', '--json', errors=subprocess.DEVNULL, out=out)
    try:
        send = lambda *words: chroot.run('screenpop', 'send', *words)  # noqa: E731
        send('--type', 'operator.login', '--operator', '101')
        send('--type', 'call.offered', '--call', call, '--from', '09000000001', '--to', '0300000000',
             '--queue', 'support')
        send('--type', 'call.ringing', '--call', call, '--operator', '101')
        until('a pop', lambda: call in log.read_text() and '山田' in log.read_text())
        send('--type', 'call.ended', '--call', call, '--by', 'caller')
    finally:
        watch.terminate()
        watch.wait()


@test
def the_same_programs_make_the_same_bytes(built):
    """In another folder, at another time."""
    again = built.make('again', REPOSITORY)
    first, second = built.files(built.first), built.files(again)
    check('the packages', PACKAGES, sorted(first))
    for name in PACKAGES:
        check(first[name].name, *(hashlib.sha256(file[name].read_bytes()).hexdigest() for file in (first, second)))


@test
def lintian_has_nothing_to_say(built):
    ignored = ['--suppress-tags', 'custom-library-search-path'] if RUNTIME else []
    done = subprocess.run(
        ['lintian', '--allow-root', '--fail-on', 'error,warning', '--tag-display-limit', '0', *ignored,
         *built.first.glob('*.changes')], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout


@test
def what_is_linked_is_named(built):
    """The libraries of the administrator's guide are those that dpkg-shlibdeps found."""
    fields = subprocess.run(
        ['dpkg-deb', '-f', built.files(built.first)['screenpop'], 'Depends'], stdout=subprocess.PIPE, text=True,
        check=True).stdout
    # A virtual package says which protobuf the library was made with.
    needed = {re.sub(r'-protobuf\d+$', '', one.split()[0]) for one in fields.split(',')}
    guide = (REPOSITORY / 'docs/administrator.md').read_text()
    for library in sorted(one for one in needed if one.startswith('lib')):
        assert f'`{library}`' in guide, f'docs/administrator.md does not name {library}'
    listing = subprocess.run(
        ['dpkg-deb', '--fsys-tarfile', built.files(built.first)['screenpop']], stdout=subprocess.PIPE, check=True)
    sbom = json.loads(subprocess.run(
        ['tar', '-xO', './usr/share/doc/screenpop/sbom.spdx.json'], input=listing.stdout, stdout=subprocess.PIPE,
        check=True).stdout)
    names = {one['name'] for one in sbom['packages']}
    assert {'libsqlite3-0', 'swift-nio'} <= names, names


@test
def from_nothing_to_a_pop_to_the_next_version_to_nothing(built):
    chroot = Chroot('life', RUNTIME)
    try:
        life(chroot, built)
    finally:
        chroot.end()


def life(chroot, built):
    first, following = built.files(built.first), built.files(built.next)
    install(chroot, first.values())
    for name in PROGRAMS:
        assert name in chroot.run(name, '--version'), name
        section = '1' if name == 'screenpop' else '8'
        assert chroot.path(f'/usr/share/man/man{section}/{name}.{section}.gz').exists(), name
    # Users, folders, modes, as `make install` has them.
    check('configuration', 'root:screenpop 640', owner_and_mode(chroot, '/etc/screenpop/screenpopd.toml'))
    check('bridge', 'root:screenpop-events 640', owner_and_mode(chroot, '/etc/screenpop/screenpop-asterisk.toml'))
    check('sockets', 'screenpop:screenpop 755', owner_and_mode(chroot, '/run/screenpop'))
    check('backups', 'screenpop:screenpop 700', owner_and_mode(chroot, '/var/backups/screenpop'))
    events = chroot.run('getent', 'group', 'screenpop-events').strip()
    check('pushers', {'screenpop-asterisk', 'screenpop-freeswitch'}, set(events.split(':')[3].split(',')))
    # The daemon starts with the machine; what needs a secret or a decision does not.
    for unit, state in [('screenpopd.service', 'enabled'), ('screenpop-http.socket', 'enabled'),
                        ('screenpop-backup.timer', 'disabled'), ('screenpop-asterisk.service', 'disabled'),
                        ('screenpop-freeswitch.service', 'disabled')]:
        check(unit, state, chroot.run('systemctl', 'is-enabled', unit, ok=False).split()[-1])
    complaints = chroot.run('systemd-analyze', 'verify', '--man=no', 'screenpopd.service', ok=False)
    assert 'screenpop' not in complaints, complaints

    daemon = Daemon(chroot)
    chroot.path('/tmp/customers.csv').write_text(CUSTOMERS)
    chroot.run('screenpop', 'customers', 'import', '/tmp/customers.csv')
    pops(chroot, 'before')
    daemon.stop()

    # An administrator's change, and an upgrade whose own default changed: the first stays, the second lies beside it.
    configuration = chroot.path('/etc/screenpop/screenpopd.toml')
    configuration.write_text('timezone = "Asia/Tokyo"\n' + configuration.read_text())
    install(chroot, following.values(), '-o', 'Dpkg::Options::=--force-confdef', '-o',
            'Dpkg::Options::=--force-confold')
    check('version', '99.0-1', chroot.run('dpkg-query', '-W', '-f=${Version}', 'screenpop').split('+')[0])
    assert configuration.read_text().startswith('timezone = "Asia/Tokyo"\n')
    check('configuration', 'root:screenpop 640', owner_and_mode(chroot, '/etc/screenpop/screenpopd.toml'))
    assert 'the next version' in chroot.path('/etc/screenpop/screenpopd.toml.dpkg-dist').read_text()
    daemon = Daemon(chroot)
    assert '山田' in chroot.run('screenpop', 'customers', 'find', '09000000001')
    assert 'before' in chroot.run('screenpop', 'calls', '--today')
    pops(chroot, 'after')
    daemon.stop()

    # Removed, the data and the configuration stay, and are used by the next installation.
    chroot.run('apt-get', 'remove', '-y', '-q', *PACKAGES)
    assert not chroot.path('/usr/bin/screenpopd').exists() and configuration.exists()
    assert chroot.path('/var/lib/screenpop/customers.db').exists() or any(
        chroot.path('/var/lib/screenpop').iterdir())
    # Purged without an answer, the data stays. That it asks is seen in what debconf says of itself.
    said = chroot.run('apt-get', 'purge', '-y', '-q', *PACKAGES, DEBCONF_DEBUG='developer')
    assert 'INPUT high screenpop/purge-data' in said, said[-3000:]
    assert 'Remains, yours to remove: /var/lib/screenpop' in said, said[-3000:]
    assert any(chroot.path('/var/lib/screenpop').iterdir())
    assert not chroot.path('/etc/screenpop').exists() and not chroot.path('/run/screenpop').exists()
    install(chroot, following.values())
    daemon = Daemon(chroot)
    assert '山田' in chroot.run('screenpop', 'customers', 'find', '09000000001')
    daemon.stop()
    # A backup outlives even the answer yes.
    chroot.path('/var/backups/screenpop/kept').write_text('')
    chroot.path('/etc/screenpop/ami-secret').write_text('secret')
    chroot.run('debconf-set-selections', given='screenpop screenpop/purge-data boolean true\n')
    said = chroot.run('apt-get', 'purge', '-y', '-q', *PACKAGES)
    assert not chroot.path('/var/lib/screenpop').exists(), said[-3000:]
    assert not chroot.path('/etc/screenpop').exists()
    assert chroot.path('/var/backups/screenpop/kept').exists()
    left = [str(one) for folder in ('usr', 'etc/systemd') for one in chroot.path(folder).rglob('*screenpop*')]
    check('files left', [], left)


@test
def a_package_takes_over_from_make_install(built):
    chroot = Chroot('takeover', RUNTIME)
    try:
        # `make install` into a folder leaves users to whoever asks for it.
        subprocess.run(
            ['make', '--no-print-directory', '-C', REPOSITORY, 'install', f'DESTDIR={chroot.root}',
             f'BINDIR={built.binaries}'], check=True, stdout=subprocess.DEVNULL)
        assert chroot.path('/usr/share/screenpop/manifest').exists()
        edited = chroot.path('/etc/screenpop/screenpopd.toml')
        edited.write_text('timezone = "Asia/Tokyo"\n' + edited.read_text())
        files = built.files(built.first)
        install(chroot, files.values(), '-o', 'Dpkg::Options::=--force-confold')
        assert edited.read_text().startswith('timezone')
        assert not chroot.path('/usr/share/screenpop/manifest').exists()
        assert not chroot.path('/usr/lib/debug/usr/bin/screenpopd.debug').exists()
        for package in PACKAGES:
            check(f'files of {package}', '', chroot.run('dpkg', '--verify', package).replace(
                '??5?????? c /etc/screenpop/screenpopd.toml\n', ''))
    finally:
        chroot.end()


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    chosen = sys.argv[2:] or list(TESTS)
    HOME.mkdir(parents=True, exist_ok=True)
    failed = []
    with tempfile.TemporaryDirectory(prefix='screenpop-packages-') as folder:
        built = Built(pathlib.Path(sys.argv[1]), pathlib.Path(folder))
        for name in chosen:
            try:
                TESTS[name](built)
                print(f'passed {name}', flush=True)
            except (AssertionError, SystemExit, subprocess.SubprocessError) as error:
                failed.append(name)
                print(f'FAILED {name}: {error}', flush=True)
    print(f'{len(chosen) - len(failed)} passed, {len(failed)} failed')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
