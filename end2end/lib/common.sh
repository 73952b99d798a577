# Shared by all parts: places, processes and the count.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/end2end
work=$here/.work          # what a run leaves behind; never committed
counts=$work/counts       # one line a counted command: part, passed, failed
started=()                # "pid signal" of what this part has to stop
scratch=()                # folders of this part outside of .work

shopt -s inherit_errexit  # a failure inside $(…) is one

say() { printf '\n\033[1m— %s\033[0m\n' "$*"; }
die() { echo "end2end: $*" >&2; exit 1; }

# Artifacts and counts are of one run: a stale binary must not be tested, nor an old failure counted.
fresh_run() {
  mkdir -p "$work"
  rm -f "$counts" "$work/artifacts" "$work"/server-*.log
  touch "$counts"
  cd "$root"
}

# A part runs in a subshell that stops what it started, however it ends. It is no condition of an
# `if` or `||`, because bash would then go on after errors inside it.
run_part() {
  local part=$1 status
  say "$part"
  set +e
  ( set -e; trap stop_all EXIT; trap 'exit 130' INT TERM; "part_$part" )
  status=$?
  set -e
  # A part that broke before it could count, or beside what it counted, has failed all the same.
  if ((status)) && ! awk -v part="$part" '$1 == part && $3 > 0 { found = 1 } END { exit !found }' "$counts"; then
    count 0 1 "$part"
  fi
  ((status != 130)) || exit 130
}

count() { echo "${3:-$part} $1 $2" >>"$counts"; }

# A command that is one check by itself.
passes() { if "$@"; then count 1 0; else count 0 1; return 1; fi; }

# A command that ends by saying `N passed, N failed`: its own count goes into ours.
counted() {
  local log status=0 said
  log=$(mktemp -p "$work")
  "$@" 2>&1 | tee "$log" || status=$?
  said=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1) || true
  rm -f "$log"
  if [[ -n $said ]]; then
    count "$(cut -d' ' -f1 <<<"$said")" "$(cut -d' ' -f3 <<<"$said")"
  else
    count 0 1 # it proved nothing, whatever it exits with
    status=1
  fi
  return "$status"
}

# The very last line is the sum over all parts, alone on its line.
report() {
  say 'in all'
  awk '{ passed[$1] += $2; failed[$1] += $3; if (!($1 in seen)) { seen[$1]; order[++n] = $1 } }
       END { for (i = 1; i <= n; i++) printf "%-18s %5d passed %5d failed\n", order[i], passed[order[i]], failed[order[i]] }' "$counts"
  awk '{ passed += $2; failed += $3 } END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }' "$counts"
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# until_true SECONDS COMMAND…: asks ten times a second.
until_true() {
  local deadline=$((SECONDS + $1)); shift
  until "$@"; do ((SECONDS < deadline)) || return 1; sleep 0.1; done
}

# Sets `dir` to a new folder that goes with the part.
scratch_dir() { dir=$(mktemp -d); scratch+=("$dir"); }

to_stop() { started+=("$1 ${2:-TERM}"); }

# Only what was started here, by pid, the last first: a server goes before its database.
stop_all() {
  local i pid signal
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    read -r pid signal <<<"${started[i]}"
    kill -s "$signal" "$pid" 2>/dev/null || continue
    until_true 10 gone "$pid" || kill -s KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  ((${#scratch[@]} == 0)) || rm -rf "${scratch[@]}"
  started=() scratch=()
}

# A child that ended stays a zombie until it is waited for: that counts as gone.
gone() { ! kill -0 "$1" 2>/dev/null || [[ $(ps -o state= -p "$1") == Z* ]]; }
