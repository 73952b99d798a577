# Real clients, each of which connects, lists, reads and asks a business question (see clients/checks.mjs).

part_typescript() {
  use_node; start_demo; open_writing
  local status=0
  counted node "$here/clients/typescript.mjs" sdk || status=1
  counted node "$here/clients/typescript.mjs" client || status=1
  return "$status"
}

part_python() { use_python; start_demo; open_writing; counted python "$here/clients/python.py"; }

part_inspector() {
  use_node; start_demo; open_writing
  local status=0
  counted node "$here/clients/inspector.mjs" legacy || status=1
  counted node "$here/clients/inspector.mjs" modern || status=1
  return "$status"
}

part_codex() {
  use_node; start_demo; open_writing
  local status=0
  counted node "$here/clients/codex.mjs" legacy || status=1
  # Not switched on in Codex yet, but there: what the next versions will speak.
  counted node "$here/clients/codex.mjs" modern || status=1
  return "$status"
}
