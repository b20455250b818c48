#!/bin/sh
# What the proof on a real kernel needs: the programs, and the virtual machine's disk. Both are made once.
set -eu
cd "$(dirname "$0")"

# PROGRAM:PACKAGE, with Debian's package names.
needed='mmdebstrap:mmdebstrap qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils mke2fs:e2fsprogs ssh:openssh-client
  ssh-keygen:openssh-client setpriv:util-linux flock:util-linux'
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

PATH=$PATH:/usr/sbin:/sbin
export PATH

lacking() {
  for pair in $needed; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || printf '%s\n' "${pair##*:}"
  done | sort -u
  [ -e "$keyring" ] || echo debian-archive-keyring
}

if [ "$(id -u)" -ne 0 ]; then
  echo 'The virtual machine is made with mmdebstrap: run this as root.' >&2
  exit 1
fi

wanted=$(lacking)
if [ -n "$wanted" ] && command -v apt-get >/dev/null 2>&1; then
  printf "Installing for the virtual machine: %s\n" "$(echo "$wanted" | tr "\n" " ")" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2 || echo 'apt-get update failed; going on with the lists that are there' >&2
  # shellcheck disable=SC2086 # a list of package names
  apt-get install -y -qq --no-install-recommends $wanted >&2 || true
fi

wanted=$(lacking)
if [ -n "$wanted" ]; then
  printf "The virtual machine needs packages that are not here: %s\n" "$(echo "$wanted" | tr "\n" " ")" >&2
  exit 1
fi

exec sh ./image.sh
