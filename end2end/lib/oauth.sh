# The whole dance of OAuth by independent clients, each with the same browser that needs no screen
# (oauth/browser.mjs): discovery, sign-in, consent, code, tokens, refresh, and a call with what was granted.

# A new demo company with a key that may write, the newest of `demo`: the one that consent offers first.
start_oauth() {
  scratch_dir
  export AXANTA_DATABASE_URL=sqlite://$dir/axanta.db AXANTA_DEMO=small
  local folder=$dir
  start_server
  AXANTA_URL=${AXANTA_PUBLIC_URL:-$server_url}/mcp AXANTA_BIN=$axanta_bin AXANTA_SECRETS=$folder/axanta-first-start.txt
  export AXANTA_URL AXANTA_BIN AXANTA_SECRETS
  axanta key generate demo --name 'for OAuth' --scope write --rate-limit 100000 >/dev/null
}

part_oauth-claude() { use_node; start_oauth; counted node "$here/oauth/claude.mjs"; }

part_oauth-typescript() {
  use_node; start_oauth
  local status=0
  counted node "$here/oauth/typescript.mjs" sdk || status=1
  counted node "$here/oauth/typescript.mjs" client || status=1
  return "$status"
}

part_oauth-python() { use_node; use_python; start_oauth; counted python "$here/oauth/python.py"; }

part_oauth-crate() { use_node; start_oauth; counted "$(built oauth-crate)" "$AXANTA_URL" "$AXANTA_BIN" "$here/oauth/browser.mjs"; }

part_mcp-remote() { use_node; start_oauth; counted node "$here/oauth/mcp-remote.mjs"; }

part_oauth-codex() { use_node; start_oauth; counted node "$here/oauth/codex.mjs"; }

# The server's public address is that of the script, through which the suite's requests pass.
part_oauth-conformance() {
  use_node
  AXANTA_PUBLIC_URL=http://127.0.0.1:$(free_port)
  export AXANTA_PUBLIC_URL
  start_oauth
  counted node "$here/oauth/conformance.mjs" "$server_url"
}
