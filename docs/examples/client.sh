#!/bin/bash
# A client of screenpopd, with curl, socat, and Python to read and write JSON.
#
#   client.sh push '{"type":"ping"}' …       push events over the Unix socket, and print the replies
#   client.sh pops 101                       follow operator 101's pops, as they are sent
#   client.sh figures                        today's figures of the centre
#   client.sh note CALL OPERATOR TEXT        write a note of a call
#
# SCREENPOP_EVENTS_SOCKET   /run/screenpop/events.sock
# SCREENPOP_URL             http://127.0.0.1:8790
# SCREENPOP_TOKEN           from `screenpop token create`; a supervisor's does for all of these
set -euo pipefail
events_socket=${SCREENPOP_EVENTS_SOCKET:-/run/screenpop/events.sock}
url=${SCREENPOP_URL:-http://127.0.0.1:8790}

# The token goes by a file that only curl reads, and is in no list of processes.
ask() {
  curl --silent --show-error --fail-with-body --no-buffer \
    --config <(printf 'header = "Authorization: Bearer %s"\n' "${SCREENPOP_TOKEN:-}") "$@"
}

# The whole answer; of a refusal the daemon's own words on standard error, and the exit status is curl's.
answer() {
  local said status=0
  said=$(ask "$@") || status=$?
  if [ "$status" != 0 ]; then printf '%s\n' "$said" >&2; fi
  printf '%s\n' "$said"
  return "$status"
}

# Text as JSON, whatever characters it has.
quoted() { python3 -c 'import json, sys; print(json.dumps(sys.argv[1]))' "$1"; }
# Text as a part of a path.
in_path() { python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=""))' "$1"; }

case ${1:-} in
  push)
    shift
    # One line for each event, and one reply for each line. "ok":true means that it is on disk; to be able to send an
    # event again that got no reply, give it an id.
    printf '%s\n' "$@" | socat -t 10 - "UNIX-CONNECT:$events_socket"
    ;;
  pops)
    # Connects again where it was, by the id of the last event.
    last=''
    while true; do
      while IFS= read -r line; do
        case $line in
          'id: '*) last=${line#id: } ;;
          'event: '*) event=${line#event: } ;;
          'data: '*) printf '%s %s\n' "$event" "${line#data: }" ;;
        esac
      done < <(ask --header 'Accept: text/event-stream' ${last:+--header "Last-Event-ID: $last"} \
        "$url/v1/stream?operator=$(in_path "$2")")
      sleep 1
    done
    ;;
  figures)
    said=$(answer "$url/v1/stats")
    python3 -c '
import json, sys
centre = json.load(sys.stdin)["centre"]
print(*(f"{name}={centre[name]}" for name in ("offered", "answered", "abandoned", "waiting")))' <<< "$said"
    ;;
  note)
    said=$(answer --header 'Content-Type: application/json' \
      --data "{\"operator\":$(quoted "$3"),\"text\":$(quoted "$4")}" "$url/v1/calls/$(in_path "$2")/note")
    python3 -c 'import json, sys; print(len(json.load(sys.stdin)["notes"]), "notes")' <<< "$said"
    ;;
  *)
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac
