#!/bin/bash
# Builds docker/Dockerfile and starts what comes out, on a machine without a Docker engine: a debootstrapped Debian is
# imported as debian:bookworm-slim, buildah builds and runs with chroot isolation. Needs root, the network, and
#   apt-get install --no-install-recommends buildah debootstrap
# Takes some ten minutes and 5 GB, so it is run by hand before a release, not by ctest.
# usage: docker_image_check.sh [BASE]    BASE: a debootstrapped folder to reuse
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

scratch=$(mktemp -d /var/tmp/waybill-image.XXXXXX)
base=${1:-$scratch/base}
container=
daemon=

image_tool() { buildah --root "$scratch/storage" --runroot "$scratch/run" --storage-driver vfs "$@"; }

clean_up() {
  [[ -z $daemon ]] || kill -TERM -- "-$daemon" 2>/dev/null || true # the group: buildah stands before the daemon
  [[ -z $container ]] || image_tool rm "$container" >/dev/null || true
  rm -rf "$scratch"
}
trap clean_up EXIT

step() { printf '== %s\n' "$*"; }

import_base() {
  [[ -d $base/usr ]] || debootstrap --variant=minbase bookworm "$base" >"$scratch/debootstrap.log"
  local empty
  empty=$(image_tool from scratch)
  image_tool add --quiet "$empty" "$base" / >/dev/null
  image_tool config --cmd /bin/bash "$empty"
  image_tool commit --quiet "$empty" docker.io/library/debian:bookworm-slim >/dev/null
  image_tool rm "$empty" >/dev/null
}

in_container() { image_tool run --isolation=chroot --user waybill "$container" -- "$@"; }

expect() { # TEXT COMMAND...: tried for 15 seconds, since a daemon takes a moment to start
  local text=$1 tries=75 output
  shift
  until output=$("$@" 2>&1) && [[ $output == *"$text"* ]]; do
    ((tries-- > 0)) || { printf 'expected "%s" of: %s\ngot: %s\n' "$text" "$*" "$output"; exit 1; }
    sleep 0.2
  done
  step "ok: $text"
}

step "base image"
import_base
step "build"
image_tool build --isolation=chroot --format docker --pull-never -f docker/Dockerfile -t waybill .
container=$(image_tool from --pull-never localhost/waybill)
step "image: $(image_tool inspect --type image --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}}' localhost/waybill)"

step "start"
port=$((20000 + RANDOM % 20000)) # chroot isolation shares this machine's network
set -m # a process group of its own
in_container /usr/bin/waybill serve --listen "0.0.0.0:$port" --allow-unauthenticated-listen \
  --data-dir /var/lib/waybill --rules /etc/waybill/rules &
daemon=$!
set +m
url=http://127.0.0.1:$port
expect "" in_container /usr/bin/waybill health --endpoint "$url"
expect '"FailedEntryCount":0' curl -sS "$url/events" -d '{"Entries":[{"EventBusName":"logistics-events-dev",
  "Source":"logistics.shipment","DetailType":"Shipment Created","Detail":{"shipment_id":"SHIP-123456"}}]}'
expect SHIP-123456 in_container /usr/bin/waybill query logistics-shipment-events-dev --index shipment-index \
  --key SHIP-123456 --endpoint "$url"
step "the image builds, starts as its own user, and does the main job"
