# Sourced by the tests that use packages of npm.

# skip WHY: ends the test as skipped.
skip() {
  echo "SKIPPED: $1"
  exit 77
}

# enter_packages SOURCE WORK FILE NODE: installs the packages of SOURCE/package.json in the directory WORK, unless they are
# there, copies SOURCE/FILE to them, and goes there. `work` is its absolute path then. Skips the test when node is missing or
# older than version NODE, or the packages cannot be had.
enter_packages() {
  local source=$1 file=$3 least=$4
  command -v node >/dev/null || skip "node is not installed"
  [ "$(node -p "Number(process.versions.node.split('.')[0]) >= $least")" = true ] || skip "node is older than version $least"
  mkdir -p "$2"
  work=$(cd "$2" && pwd)
  cp "$source/package.json" "$source/$file" "$work/"
  cd "$work"
  cmp -s package.json node_modules/.installed && return
  command -v npm >/dev/null || skip "npm is not installed"
  npm install --no-audit --no-fund --no-package-lock --loglevel=error >npm.log 2>&1 ||
    skip "the packages cannot be installed: $(tail -n1 npm.log)"
  cp package.json node_modules/.installed
}
