#!/usr/bin/env bash
# Makes the README's pictures anew from those that `end2end/run browser` took.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
taken=$here/../.work/browser/screens
mkdir -p "$here/pictures"
cp "$taken/policies-1440-light.png" "$here/pictures/policies.png"
cp "$taken/mcp-server-1440-dark.png" "$here/pictures/mcp-server.png"
