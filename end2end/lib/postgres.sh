# A throw-away PostgreSQL, loopback only, gone with the part that started it.

postgres_bin() {
  local dirs=(/usr/lib/postgresql/*/bin)
  [[ -x ${dirs[-1]}/initdb ]] || {
    apt-get update -qq >&2
    # Without this, Debian's package makes and starts a cluster of its own.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/axanta-end2end.conf
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >&2
    dirs=(/usr/lib/postgresql/*/bin)
  }
  echo "${dirs[-1]}"
}

# Sets postgres_url, without a database's name. No fsync: what a power cut would lose is of no worth here.
# Sorting is English, as on most servers in the world, so that a query which relies on byte order shows.
start_postgres() {
  local bin dir port as=()
  bin=$(postgres_bin)
  scratch_dir
  if ((EUID == 0)); then # PostgreSQL will not run as root
    chown postgres "$dir"
    as=(setpriv --reuid postgres --regid postgres --clear-groups)
  fi
  port=$(free_port)
  (
    cd "$dir"
    "${as[@]}" "$bin/initdb" -U postgres --auth=trust --no-sync --encoding=UTF8 \
      --locale-provider=icu --icu-locale=en-US --locale=C.UTF-8 -D "$dir/data" >"$dir/initdb.log" 2>&1
  ) || { cat "$dir/initdb.log"; return 1; }
  (cd "$dir" && exec "${as[@]}" "$bin/postgres" -D "$dir/data" -p "$port" -h 127.0.0.1 -k "$dir" \
    -c fsync=off -c full_page_writes=off -c max_connections=300 >"$dir/log" 2>&1) &
  to_stop $! INT # INT: fast; TERM would wait for clients
  until_true 30 "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" || { cat "$dir/log"; return 1; }
  postgres_url=postgres://postgres@127.0.0.1:$port
}

# An empty database on it, of which AXANTA_DATABASE_URL tells the server, and the secret key that the server needs there.
serve_postgres() {
  "$(postgres_bin)/createdb" -h 127.0.0.1 -p "${postgres_url##*:}" -U postgres axanta
  AXANTA_DATABASE_URL=$postgres_url/axanta
  AXANTA_SECRET_KEY=$(python3 -c 'import secrets; print(secrets.token_hex(32))')
  export AXANTA_DATABASE_URL AXANTA_SECRET_KEY
}
