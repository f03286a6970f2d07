#!/bin/bash
# Runs the tests by other clocks: at six hours of the day, on machines in three zones. What depends on the hour, or on
# where the machine is, fails here and not only between three and midnight.
#
# clock.sh short    the suites in which days and times of day matter, and the pages' days and times: some minutes
# clock.sh          every suite, and every test in the browser: an hour
#
# BINDIR            where the programs are; .build/debug
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(cd "${BINDIR:-.build/debug}" && pwd)
python=.build/browser/bin/python

# UTC. In Tokyo the day changes at 15:00.
clocks=(
  '00:10 America/Los_Angeles' '03:30 UTC' '08:30 Pacific/Auckland'
  '14:50 America/Los_Angeles' '15:10 UTC' '21:40 Pacific/Auckland'
)
suites=()
if [ "${1:-}" = short ]; then
  suites=(--filter 'EndToEndTests|TimeTravelTests|CivilTimeTests|ForecastTests|ReportTests|HistoryTests|CaseTests')
fi

# LD_PRELOAD takes no path with a space.
link=$(mktemp -d /tmp/screenpop-clock.XXXXXX)
trap 'rm -rf -- "$link"' EXIT
ln -s "$bin/libClockShift.so" "$link/clock.so"

failed=()
for clock in "${clocks[@]}"; do
  read -r hour zone <<< "$clock"
  shift=$(( (10#${hour%:*} * 60 + 10#${hour#*:}) * 60 - $(date +%s) % 86400 ))
  echo "By a clock of $hour UTC, in $zone:"
  LD_PRELOAD=$link/clock.so SCREENPOP_CLOCK_SHIFT=$shift TZ=$zone \
    swift test --skip-build "${suites[@]}" > "$link/log" 2>&1 ||
    { grep -E '✘|error:' "$link/log" | head -40; failed+=("$hour in $zone"); }
  tail -1 "$link/log"
  if [ "${1:-}" != short ] && [ -x "$python" ]; then
    BINDIR=$bin DAEMON_CLOCK=$shift BROWSER_ZONE=$zone "$python" Tests/Browser/desk.py ||
      failed+=("the browser at $hour in $zone")
  fi
done
if [ -x "$python" ]; then BINDIR=$bin "$python" Tests/Browser/hours.py || failed+=("the pages' days and times"); fi
if [ ${#failed[@]} -gt 0 ]; then
  printf 'Failed: %s\n' "${failed[@]}"
  exit 1
fi
