# The server under test, as a user would start it, and the commands beside it.

axanta() { "$axanta_bin" "$@"; }

# A new demo company in SQLite, its server, and a read key that no rate limit will stop.
# Sets AXANTA_URL and AXANTA_MCP_KEY for the clients.
start_demo() {
  scratch_dir
  export AXANTA_DATABASE_URL=sqlite://$dir/axanta.db
  start_server
  AXANTA_URL=$server_url/mcp
  AXANTA_MCP_KEY=$(axanta key generate demo --name e2e --scope read --rate-limit 100000)
  export AXANTA_URL AXANTA_MCP_KEY
}

# A server on a free port and on the database of AXANTA_DATABASE_URL. Sets server_url and server_pid.
start_server() {
  local port log
  axanta_bin=$(built axanta-mcp)
  port=$(free_port)
  log=$work/server-$part-$port.log
  "$axanta_bin" serve --listen "127.0.0.1:$port" --demo small >"$log" 2>&1 &
  server_pid=$! server_url=http://127.0.0.1:$port
  to_stop "$server_pid"
  until_true 60 answers_or_ended "$server_pid" "$server_url/health"
  healthy "$server_url/health" || { cat "$log"; return 1; }
}

healthy() { curl -fsS -o /dev/null --max-time 5 "$1" 2>/dev/null; }
answers_or_ended() { gone "$1" || healthy "$2"; }
