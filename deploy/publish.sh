#!/usr/bin/env bash
# Both programs as they are installed, compiled ahead for this kind of machine.
#
#   deploy/publish.sh DIR       into DIR/api and DIR/worker
#
# The packages are those of the lock files. What is compiled for one kind of machine has a lock of its own, which is not kept.

dir=$(realpath -m "${1:?where to}")
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
. deploy/common.sh

for project in Api Worker; do
  dotnet restore "src/$project" --locked-mode -v quiet
  dotnet publish "src/$project" -c Release -v quiet -o "$dir/${project,,}" --use-current-runtime --no-self-contained \
    -p:PublishReadyToRun=true -p:RestoreLockedMode=false -p:NuGetLockFilePath=obj/publish.lock.json
done
