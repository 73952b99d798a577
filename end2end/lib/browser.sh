# The guide, walked in a real browser, with JavaScript on and off; every screen looked at by axe.

chromium_bin() {
  command -v chromium >/dev/null || {
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >&2
  }
  command -v chromium
}

part_browser() {
  local status=0 project
  # The system's browser, and none of Playwright's own.
  export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
  CHROMIUM=$(chromium_bin)
  export CHROMIUM
  use_node
  for project in script plain; do
    say "the guide from its beginning, project $project"
    fresh_company
    counted browse guide "$project" || status=1
  done
  for project in script plain; do
    say "changes, approvals and undo, project $project"
    demo_company
    counted browse approvals "$project" || status=1
  done
  for project in script plain; do
    say "what model policies say beyond operations, project $project"
    demo_company
    counted browse policies "$project" || status=1
  done
  say 'every screen'
  demo_company
  counted browse screens script || status=1
  return "$status"
}

# Where the guide begins: no module installed, nothing exposed.
fresh_company() {
  scratch_dir
  export AXANTA_DATABASE_URL=sqlite://$dir/axanta.db AXANTA_DEMO=fresh
  start_browsed
}

demo_company() {
  scratch_dir
  export AXANTA_DATABASE_URL=sqlite://$dir/axanta.db AXANTA_DEMO=small
  start_browsed
}

# Sets what the specs are told: where the server is, its passwords, and how to run a command beside it.
start_browsed() {
  local folder=$dir
  start_server
  AXANTA_URL=$server_url AXANTA_BIN=$axanta_bin AXANTA_SECRETS=$folder/axanta-first-start.txt
  export AXANTA_URL AXANTA_BIN AXANTA_SECRETS
}

browse() {
  local spec=$1 project=$2 status=0
  (cd "$here/browser" && playwright test "$spec" --project "$project") || status=$?
  node "$here/browser/sum.mjs" "$work/browser/report.json"
  return "$status"
}
