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

# Lets the demo company's business be written through MCP, and sets AXANTA_WRITE_KEY: a key that may do all of it.
open_writing() {
  local all=read,create,write,delete,method_call,export,report model
  axanta policy set sale.order --allow "$all" --method action_confirm --method action_cancel
  axanta policy set stock.picking --allow "$all" --method button_validate
  axanta policy set account.move --allow "$all" --method action_post --method button_draft
  for model in sale.order.line account.move.line res.partner product.product crm.lead stock.movement; do
    axanta policy set "$model" --allow "${all//method_call,/}"
  done
  AXANTA_WRITE_KEY=$(axanta key generate admin --name write --scope write --rate-limit 100000)
  export AXANTA_WRITE_KEY
}

stop_server() { kill -s TERM "$server_pid"; wait "$server_pid"; }

start_server() { launch_server; await_server "$server_url" "$server_pid"; }

# Sets server_url and server_pid: a server on a free port and on the database of AXANTA_DATABASE_URL.
# It works in a folder that goes away, as the first start leaves a file of secrets there.
launch_server() {
  axanta_bin=$(built axanta-mcp)
  local port
  port=$(free_port)
  scratch_dir
  (cd "$dir" && exec "$axanta_bin" serve --listen "127.0.0.1:$port" >"$work/server-$part-$port.log" 2>&1) &
  server_pid=$! server_url=http://127.0.0.1:$port
  to_stop "$server_pid"
}

await_server() {
  until_true 60 answers_or_ended "$1" "$2"
  healthy "$1" || { cat "$work/server-$part-${1##*:}.log"; return 1; }
}

healthy() { curl -fsS -o /dev/null --max-time 5 "$1/health" 2>/dev/null; }
answers_or_ended() { gone "$2" || healthy "$1"; }
