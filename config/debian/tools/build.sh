#!/bin/bash
# Makes the Debian packages from programs that are built: build.sh BINDIR OUT
#
# BINDIR: where the four programs are. OUT: where the packages go. Works on a copy in a folder of its own, as the names
# of folders above may have spaces, which debhelper cannot do with. The same tree and the same programs make the same
# bytes.
#
# DEB_VERSION, SOURCE_DATE_EPOCH: see version.sh. SWIFT_RUNTIME: the folder of Swift's libraries, for a trial with
# programs that `swift build` made for debugging; such packages work only where this folder is.
set -euo pipefail
[ $# = 2 ] || { echo "usage: build.sh BINDIR OUT" >&2; exit 64; }
root=$(cd "$(dirname "$0")/../../.." && pwd)
for program in screenpopd screenpop screenpop-asterisk screenpop-freeswitch; do
  [ -x "$1/$program" ] || { echo "$1/$program is missing: run 'make build' first" >&2; exit 1; }
  if [ -z "${SWIFT_RUNTIME:-}" ] && readelf -d "$1/$program" | grep -q 'NEEDED.*libswiftCore'; then
    echo "$1/$program needs Swift's libraries at run time, which no Debian package has: take those of 'make build'" >&2
    exit 1
  fi
done
bin=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)

cd "$root"
assignments=$(config/debian/tools/version.sh)
eval "$assignments"
work=$(mktemp -d "${TMPDIR:-/tmp}/screenpop-deb.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
tree=$work/screenpop-$number
mkdir -p "$tree/Sources/Web" "$work/bin"
for item in Makefile LICENSE README.md CHANGELOG.md Package.swift Package.resolved config systemd docs; do
  if [ -e "$item" ]; then cp -R "$item" "$tree/"; fi
done
cp -R Sources/CVersion "$tree/Sources/"
cp -R Sources/Web/Pages Sources/Web/OpenAPI "$tree/Sources/Web/"
cp -R config/debian "$tree/debian"
# By links, and by a path without spaces.
for program in screenpopd screenpop screenpop-asterisk screenpop-freeswitch; do
  ln -s "$bin/$program" "$work/bin/$program"
done

cd "$tree"
export SOURCE_DATE_EPOCH=$epoch BINDIR=$work/bin LC_ALL=C.UTF-8 TZ=UTC
SCREENPOP_SWIFT=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' || true)
export SCREENPOP_SWIFT SCREENPOP_COMMIT=$commit SCREENPOP_CHECKOUTS=${SCREENPOP_CHECKOUTS:-$root/.build/checkouts}
umask 022
chmod +x debian/rules
python3 -B debian/tools/changelog.py --version "$version" --commit "$commit" --epoch "$epoch" > debian/changelog
dpkg-buildpackage -b -us -uc
# What an earlier version left there would be installed along with it.
rm -f -- "$out"/screenpop*_*.deb "$out"/screenpop_*.changes "$out"/screenpop_*.buildinfo
mv -- "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo "$out/"
echo "The packages are in $out:"
cd "$out"
ls -1 -- *.deb
