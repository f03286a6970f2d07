#!/bin/bash
# `make run`: the daemon on a folder of its own, with sample customers, and a morning of a real Asterisk played into it.
#
# BINDIR                 where the programs are; .build/debug
# SCREENPOP_DEMO_SPEED   how much faster than it was; 1, as the times of the calls are those of the recording
# SCREENPOP_DEMO_ONCE    end when all is played, instead of waiting for what you try
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here"
bin=$(cd "${BINDIR:-.build/debug}" && pwd)
recordings=Tests/Recordings

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold= dim= plain=; fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
note() { printf '%s%s%s\n' "$dim" "$*" "$plain"; }

# A path of this repository may be too long for the name of a socket, which ends at 107 bytes.
state=$(mktemp -d /tmp/screenpop.XXXXXX)
touch "$state/log"
daemon='' watcher='' player=''
finish() {
  trap - EXIT INT TERM
  for process in $player $watcher $daemon; do kill "$process" 2>/dev/null || true; done
  wait
  rm -rf -- "$state"
  say "Ended; nothing is left behind."
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

language=en
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in ja*) language=ja ;; esac
sed "s/^language = .*/language = \"$language\"/" config/demo/screenpopd.toml > "$state/screenpopd.toml"
export SCREENPOP_API_SOCKET=$state/api.sock SCREENPOP_EVENTS_SOCKET=$state/events.sock

"$bin/screenpopd" --config "$state/screenpopd.toml" --state-dir "$state/data" --events-socket "$state/events.sock" \
  --api-socket "$state/api.sock" --http 127.0.0.1:0 2> "$state/log" &
daemon=$!
for _ in {1..200}; do
  grep -q '^ready' "$state/log" && break
  kill -0 "$daemon" 2>/dev/null || { cat "$state/log" >&2; exit 1; }
  sleep 0.05
done
say "screenpopd runs, on SQLite in $state/data"
PATH=$bin:$PATH config/demo/sample.sh
"$bin/screenpop" customers block +12025550199 --reason 'nuisance calls' > /dev/null
note "+1 202-555-0199 is blocked: its calls are rejected."

url=$(sed -n 's/.*HTTP at \([^,]*\),.*/http:\/\/\1/p' "$state/log")
password=demo-$RANDOM$RANDOM
for who in '101 operator' '102 operator' '900 supervisor'; do
  "$bin/screenpop" account set "${who% *}" --role "${who#* }" <<< "$password" > /dev/null
done
say "The desk in the browser: $url/   the wall: $url/wall"
note "Sign in as 101 or 102, or as the supervisor 900. Password: $password"

say "Recordings of a real Asterisk are played, two minutes in all. What comes in, pops:"
"$bin/screenpop" watch --all 2>/dev/null &
watcher=$!

# The figures of the centre, in one line.
figures() {
  "$bin/screenpop" stats --json | python3 -c '
import json, sys
centre = json.load(sys.stdin)["centre"]
level = centre["service_level"]["negative"]
print("   figures: offered %d, answered %d, abandoned %d, waiting %d, service level %s" % (
    centre["offered"], centre["answered"], centre["abandoned"], centre["waiting"],
    "-" if level is None else "%.0f %%" % (100 * level)))'
}
play() {
  note "-- $2"
  "$bin/screenpop-asterisk" --recording "$recordings/$1.ami" --rebase now \
    --speed "${SCREENPOP_DEMO_SPEED:-1}" > /dev/null &
  player=$!
  wait "$player"
  player=''
  # The last pop is on its way from the stream to the terminal.
  sleep 0.2
  figures
}
play answered 'A VIP calls; operator 101, who is assigned to him, answers.'
play abandoned-in-queue 'The only operator is paused: the caller gives up after six seconds.'
play busy '101 refuses, 102 answers: the pop moves.'
play two-callers-one-agent 'Two callers, one operator: the second waits.'
play ring-no-answer '101 does not pick up, 102 does.'
play blind-transfer-refer 'A VIP is transferred: the pop goes with the call.'
play ended-by-agent 'A number that two customers share.'
play abandoned-cancel 'Another caller gives up.'
play answered 'The VIP again: the last call is in his history.'
kill "$watcher" 2>/dev/null || true
wait "$watcher" 2>/dev/null || true
watcher=''

say "The figures, as a supervisor sees them"
"$bin/screenpop" stats
say "The calls behind them"
"$bin/screenpop" calls --today
last=$("$bin/screenpop" calls --today --json |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["calls"][0]["call"])')
say "Why the last one went where it went"
"$bin/screenpop" explain "$last"

say "The daemon goes on. In another terminal:"
cat <<TEXT
  export PATH="$bin:\$PATH" SCREENPOP_API_SOCKET=$state/api.sock SCREENPOP_EVENTS_SOCKET=$state/events.sock

  screenpop watch --all           # everybody's pops; --operator 101 for one operator's
  screenpop stats --watch         # the figures, as they move
  echo '{"type":"call.offered","call":"me-1","from":"+442079460100","to":"0300000000","queue":"support"}' \
| socat - UNIX-CONNECT:\$SCREENPOP_EVENTS_SOCKET
  echo '{"type":"call.ringing","call":"me-1","operator":"101"}' | socat - UNIX-CONNECT:\$SCREENPOP_EVENTS_SOCKET
  screenpop explain me-1

TEXT
[ -z "${SCREENPOP_DEMO_ONCE:-}" ] || exit 0
note "Ctrl-C ends it."
wait "$daemon"
