#!/bin/bash
# What is built here, as assignments for `eval`:
#
#   number   the version of the programs: 0.2.0
#   commit   the commit that is checked out, with -dirty when files differ from it; empty without Git
#   epoch    the time of that commit, in seconds; all times in packages and manuals are this one
#   version  the version of the packages: 0.2.0 on the tag v0.2.0, else 0.2.0+git20261126205016 by the time of the
#            commit, which grows
#
# SOURCE_DATE_EPOCH stands in for the time, DEB_VERSION for the version.
set -euo pipefail
cd "$(dirname "$0")/../../.."
number=$(sed -n 's/^#define SCREENPOP_VERSION "\(.*\)"$/\1/p' Sources/CVersion/include/CVersion.h)
[ -n "$number" ] || { echo "Sources/CVersion/include/CVersion.h names no version" >&2; exit 1; }
commit='' epoch='' version=$number
# An archive that was unpacked inside of somebody's repository is not that repository's.
if [ "$(git rev-parse --show-cdup 2>/dev/null || echo none)" = '' ]; then
  commit=$(git rev-parse --short=12 HEAD)
  epoch=$(git log -1 --format=%ct)
  [ -z "$(git status --porcelain)" ] || commit=$commit-dirty
  if ! git tag --points-at HEAD | grep -qx "v$number" || [ "${commit%-dirty}" != "$commit" ]; then
    version=$number+git$(date -u -d "@$epoch" +%Y%m%d%H%M%S)
    [ "${commit%-dirty}" = "$commit" ] || version=$version.dirty
  fi
fi
epoch=${SOURCE_DATE_EPOCH:-${epoch:-$(stat -c %Y CHANGELOG.md)}}
printf 'number=%q commit=%q epoch=%q version=%q\n' "$number" "$commit" "$epoch" "${DEB_VERSION:-$version}"
