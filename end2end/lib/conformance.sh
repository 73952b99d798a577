# The protocol's own conformance suite, in both eras: `--suite all` runs each scenario at the last legacy
# revision it knows, and the requirements of 2026-07-28 run at that one. The server is the test-only example
# `conformance`: our router, layers and configuration, plus the fixtures the suite calls for.

part_conformance() {
  local port server_log proxy_log url key status=0
  use_node
  conformance_bin=$(built conformance)
  scratch_dir
  port=$(free_port) server_log=$dir/server proxy_log=$dir/proxy
  (cd "$dir" && PORT=$port exec "$conformance_bin" >"$server_log" 2>&1) &
  to_stop $!
  until_true 60 grep -q '^KEY=' "$server_log" || { cat "$server_log"; return 1; }
  url=$(sed -n 's/^URL=//p' "$server_log") key=$(sed -n 's/^KEY=//p' "$server_log")

  KEY=$key node "$here/conformance/proxy.mjs" "${url%/mcp}" >"$proxy_log" 2>&1 &
  to_stop $!
  until_true 10 grep -q '^URL=' "$proxy_log" || { cat "$proxy_log"; return 1; }
  url=$(sed -n 's/^URL=//p' "$proxy_log")/mcp

  counted conformance_suite "$url" all --suite all || status=1
  counted conformance_suite "$url" 2026-07-28 --requirements 2026-07-28 || status=1
  return "$status"
}

# What the suite finds is held against expected-NAME.yml: a new failure fails, and so does an entry that
# names nothing that failed. Expected failures are no checks of ours and not counted; each has its reason there.
conformance_suite() {
  local url=$1 name=$2 expected=$here/conformance/expected-$2.yml status=0 passed failed entry
  local out=$work/conformance-$name.txt results=$work/conformance-$name
  shift 2
  rm -rf "$results"
  conformance server --url "$url" --expected-failures "$expected" --output-dir "$results" "$@" 2>&1 | sed 's/\x1b\[[0-9;]*m//g' >"$out" || status=$?
  passed=$(sed -n 's/^Total: \([0-9]*\) passed.*/\1/p' "$out")
  failed=$(sed -n '/^\(Unexpected failures\|Stale baseline entries\)/,/^$/p' "$out" | grep -c '^  [✗✓] ') || true

  # The suite itself lets an entry stand whose scenario or check does not exist, or no longer.
  while read -r entry; do
    grep -qxE "  [~✓] $entry" "$out" || { echo "  ✓ $entry names nothing that failed"; failed=$((failed + 1)); }
  done < <(sed -n 's/^  - \([^ ]*\).*/\1/p' "$expected")

  # What there is to learn: each scenario's count, the failures known and unknown, and why.
  sed -n '/=== SUMMARY/,$p' "$out"
  echo
  node "$here/conformance/reasons.mjs" "$out" "$results"
  echo "everything the suite said: ${out#"$root/"}"
  ((status == 0 || failed > 0)) || failed=1
  echo "${passed:-0} passed, $failed failed"
  ((failed == 0))
}
