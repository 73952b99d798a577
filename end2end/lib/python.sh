# The Python client in a virtual environment: exactly what requirements.txt says, hashes checked.

use_python() {
  local venv=$work/venv stamp=$work/venv/.installed
  cmp -s "$here/requirements.txt" "$stamp" || {
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --require-hashes --only-binary :all: -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$stamp"
  }
  export PATH=$venv/bin:$PATH
}
