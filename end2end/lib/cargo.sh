# What cargo proves by itself.

part_fmt() { passes cargo fmt --all --check; }

part_clippy() { passes cargo clippy --workspace --all-targets -- -D warnings; }

part_deny() {
  if cargo deny --version >/dev/null 2>&1; then
    passes cargo deny check bans licenses sources
    if cargo deny fetch db >/dev/null 2>&1; then
      passes cargo deny check advisories
    else
      echo 'the list of advisories can not be fetched here: not checked'
    fi
  else
    echo 'cargo-deny is not installed here: not checked'
  fi
}

# Every test that touches a database runs on SQLite and on the PostgreSQL named here.
part_unit() {
  start_postgres
  export AXANTA_TEST_POSTGRES_URL=$postgres_url/postgres
  local log status=0
  log=$(mktemp -p "$work")
  if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace --no-fail-fast 2>&1 | tee "$log" || status=$?
  else
    cargo test --workspace --no-fail-fast 2>&1 | tee "$log" || status=$?
  fi
  # nextest: "Summary [ 1.2s] 26 tests run: 24 passed, 2 failed, 0 skipped"; cargo test says
  # "test result: ok. 3 passed; 0 failed; …" once a target.
  local summary='/tests? run:|^test result:/ { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) p += $(i-1); if ($i ~ /^failed/ || $i ~ /^timed/) f += $(i-1) } }'
  read -r passed failed < <(sed 's/\x1b\[[0-9;]*m//g' "$log" | awk "$summary END { print p + 0, f + 0 }")
  rm -f "$log"
  count "$passed" "$failed"
  ((passed > 0)) || { echo 'no test ran'; return 1; }
  return "$status"
}

# The path of a binary or example of this run. All are built at once, examples too: with them the
# features of the dependencies are those that clippy and the tests use, so nothing is built twice.
built() {
  [[ -s $work/artifacts ]] || {
    cargo build --bins --examples --message-format=json-render-diagnostics >"$work/artifacts.new"
    mv "$work/artifacts.new" "$work/artifacts"
  }
  python3 - "$1" "$work/artifacts" <<'PY'
import json, sys
name, artifacts = sys.argv[1:]
paths = [a["executable"] for a in map(json.loads, open(artifacts)) if a.get("executable") and a["target"]["name"] == name]
sys.exit(f"end2end: cargo built no {name}") if not paths else print(paths[-1])
PY
}
