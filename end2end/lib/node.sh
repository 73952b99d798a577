# The Node.js clients: exactly what package-lock.json says, run by the Node.js that is among it,
# because some of them want a newer one than Debian has.

use_node() {
  local stamp=$here/node_modules/.installed
  cmp -s "$here/package-lock.json" "$stamp" || {
    command -v npm >/dev/null || die 'npm is needed to install the clients (Debian: apt-get install npm)'
    npm --prefix "$here" ci --loglevel=error
    cp "$here/package-lock.json" "$stamp"
  }
  export PATH=$here/node_modules/.bin:$PATH
}
