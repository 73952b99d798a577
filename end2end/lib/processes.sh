# Servers that share one database, and commands beside them: see processes.mjs.

part_processes() {
  local status=0
  use_node
  axanta_bin=$(built axanta-mcp)
  export AXANTA_BIN=$axanta_bin

  say 'two servers on one PostgreSQL'
  start_postgres
  serve_postgres
  share_the_truth 2 || status=1
  unset AXANTA_SECRET_KEY

  say 'one server on SQLite, and commands beside it'
  scratch_dir
  export AXANTA_DATABASE_URL=sqlite://$dir/axanta.db
  share_the_truth 1 || status=1
  return "$status"
}

# Starts N servers at the same moment on the empty database, as a rollout would, and stops them as one would.
share_the_truth() {
  local n=$1 i status=0 servers=() pids=()
  for ((i = 0; i < n; i++)); do
    launch_server
    servers+=("$server_pid=$server_url") pids+=("$server_pid")
  done
  for ((i = 0; i < n; i++)); do await_server "${servers[i]#*=}" "${pids[i]}"; done

  counted node "$here/processes.mjs" "${servers[@]}" || status=1
  for ((i = 0; i < n; i++)); do passes ends_well "${pids[i]}" || status=1; done
  return "$status"
}

# Kills the server in the middle of writing, again and again, on either database: see crash/main.py.
part_crash() {
  local status=0
  say 'killed on SQLite'
  scratch_dir
  export AXANTA_DATABASE_URL=sqlite://$dir/axanta.db
  killed_while_writing 50 || status=1

  say 'killed on PostgreSQL'
  start_postgres
  serve_postgres
  AXANTA_PSQL=$(postgres_bin)/psql
  export AXANTA_PSQL
  killed_while_writing 50 || status=1
  return "$status"
}

killed_while_writing() {
  start_server
  open_writing
  stop_server
  export AXANTA_BIN=$axanta_bin AXANTA_CRASH_LOG=$work/server-crash.log
  counted python3 "$here/crash/main.py" "$1"
}

ends_well() {
  kill -s TERM "$1" 2>/dev/null || true
  wait "$1" && return
  echo "a server that was asked to stop ended with $?"
  return 1
}
