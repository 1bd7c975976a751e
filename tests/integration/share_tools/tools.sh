#!/usr/bin/env bash
# What a developer does in a workspace, run as the workspace's container: with its variables and in its share, which
# behaves as ACI's mount does (aci_mount.cpp). Prints a line for each thing that works, and "the tools work" at the end.
# Usage: tools.sh ACI_MOUNT_LIBRARY LAYOUT
set -Eeuo pipefail
library=$1
layout=$2
work=$WORKSPACE_DIR
trap 'echo "FAILED at line $LINENO"; sleep infinity' ERR  # the container stays, so that its log can be read
passed() {
  echo "works: $*"
}
# fails COMMAND...: it must not succeed. Shows that the double is as strict as the mount.
fails() {
  if "$@" >"$TMPDIR/fails.$$" 2>&1; then
    echo "succeeded, and should not have: $*"
    return 1
  fi
}

own=$TMPDIR/dev8-$WORKSPACE_ID  # of this workspace, on the container's disk
mkdir -p "$work" "$own"
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com

# A repository with a link and a program, made where links work.
upstream=$own/upstream
git init -q -b main "$upstream"
cd "$upstream"
git config core.symlinks true
echo text >file
ln -s file link
printf '#!/bin/sh\necho ran\n' >program
chmod +x program
git -c core.symlinks=true -c core.fileMode=true add .
git commit -q -m one
git checkout -q -b other
echo more >>file
git commit -q -am two

export LD_PRELOAD=$library
if [ "$layout" = home ]; then ACI_MOUNT=$(realpath "$HOME"); else ACI_MOUNT=$(realpath "$work"); fi
export ACI_MOUNT

cd "$work"
fails ln -s a b
fails ln "$upstream/file" hard
fails mkfifo fifo
echo x >mode && chmod 600 mode && [ "$(stat -c %a mode)" = 777 ]

git init -q -b main new
cd new
echo one >file
git add .
git commit -q -m one
chmod +x file
[ -z "$(git status --porcelain)" ]
passed "git init, add, commit; modes are no changes"
cd ..
fails env -u GIT_CONFIG_COUNT git -C new status
fails env -u GIT_CONFIG_COUNT git clone -q --separate-git-dir "$own/without.git" "$upstream" without
git clone -q "$upstream" clone
cd clone
[ "$(cat link)" = file ]
git checkout -q other
git checkout -q -
[ -z "$(git status --porcelain)" ]
passed "git clone and checkout of a repository with a link and a program"
cd ..
export ACI_MOUNT_CHMOD=refuse
fails git clone -q "$upstream" refused
git clone -q --separate-git-dir "$own/refused.git" "$upstream" apart
[ -z "$(git -C apart status --porcelain)" ]
unset ACI_MOUNT_CHMOD
passed "git clone --separate-git-dir where the mount refuses chmod"

if command -v npm >/dev/null; then
  mkdir -p "$own/tool" project
  (cd "$own/tool" && echo '{"name":"tool","version":"1.0.0","bin":"cli.js"}' >package.json &&
    printf '#!/usr/bin/env node\nconsole.log("tool ran")\n' >cli.js && npm pack --silent >/dev/null)
  cd project
  echo '{"name":"project","version":"1.0.0"}' >package.json
  fails npm install --silent --offline --no-audit --bin-links=true "$own/tool/tool-1.0.0.tgz"
  npm install --silent --offline --no-audit "$own/tool/tool-1.0.0.tgz"
  [ "$(node node_modules/tool/cli.js)" = "tool ran" ]
  [ -d "$own/npm/_cacache" ]
  cd ..
  passed "npm install of a package with a program; its cache is off the share"
else
  echo "not tried: npm is not installed"
fi

if /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null; then
  mkdir -p python/module
  cd python
  printf 'from setuptools import setup\nsetup(name="module", version="1", py_modules=["module"])\n' >module/setup.py
  echo 'answer = 42' >module/module.py
  fails /usr/bin/python3 -m venv plain
  mkdir -p venv/lib64
  /usr/bin/python3 -m venv venv
  venv/bin/pip install --quiet --no-index --no-build-isolation ./module 2>pip.log || { cat pip.log; false; }
  [ "$(venv/bin/python -c 'import module; print(module.answer)')" = 42 ]
  /usr/bin/python3 -m venv "$own/venv"
  "$own/venv/bin/python" -c 'import pip'
  cd ..
  passed "python: a venv whose lib64 is a directory, or off the share; pip install"
else
  echo "not tried: python3-venv is not installed"
fi

if command -v sqlite3 >/dev/null; then
  sqlite3 notes.db 'pragma journal_mode=delete; create table n(t); begin; insert into n values(1); commit;' >/dev/null
  [ "$(sqlite3 notes.db 'select count(*) from n')" = 1 ]
  passed "sqlite3 with its default journal"
else
  echo "not tried: sqlite3 is not installed"
fi

# off_share WHAT COMMAND...: in the home directory, it works only where that is not on the share.
off_share() {
  if [ "$layout" = home ]; then
    fails "${@:2}"
    echo "refused: in the home directory, $1"
  else
    "${@:2}"
    passed "in the home directory, $1"
  fi
}
keeps_modes() {
  echo x >"$HOME/private" && chmod 600 "$HOME/private" && [ "$(stat -c %a "$HOME/private")" = 600 ]
}
has_program() {
  npm install --silent --offline --no-audit --global --bin-links --prefix "$HOME/programs" "$own/tool/tool-1.0.0.tgz" &&
    [ "$("$HOME/programs/bin/tool")" = "tool ran" ]
}
off_share "symbolic links" ln -s target "$HOME/link"
off_share "Unix sockets" perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0) && bind(S, sockaddr_un($ARGV[0])) or die $!' "$HOME/socket"
off_share "modes of files" keeps_modes
[ ! -e "$own/tool/tool-1.0.0.tgz" ] || off_share "npm install --global --bin-links" has_program
if /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null; then
  off_share "python3 -m venv" /usr/bin/python3 -m venv "$HOME/venv"
fi

[ ! -e "$HOME/.cache" ]
[ ! -e "$HOME/.npm" ]
passed "no cache is on the share"
echo "the tools work"
sleep infinity
