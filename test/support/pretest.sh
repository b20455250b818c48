#!/bin/sh
# Are the programs there that the tests run? Installs them where that is allowed, else names them and stops.
set -eu

# PROGRAM:PACKAGE, with Debian's package names.
needed='sshd:openssh-server ssh:openssh-client ssh-keygen:openssh-client ssh-agent:openssh-client sudo:sudo
  busybox:busybox bash:bash dash:dash ksh:ksh mksh:mksh fish:fish tcsh:tcsh shellcheck:shellcheck strace:strace
  unshare:util-linux nsenter:util-linux setpriv:util-linux mount:mount script:bsdutils
  ansible-inventory:ansible-core ansible-vault:ansible-core dropbear:dropbear-bin doas:opendoas chage:passwd
  iptables-save:iptables iptables-legacy:iptables nft:nftables flock:util-linux modprobe:kmod sysctl:procps
  /usr/lib/systemd/systemd-sysctl:systemd'

PATH=$PATH:/usr/sbin:/sbin

missing() {
  for pair in $needed; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || printf '%s\n' "$pair"
  done
}

packages() {
  for pair in $1; do
    printf '%s\n' "${pair##*:}"
  done | sort -u | tr '\n' ' '
}

if [ "$(id -u)" -ne 0 ]; then
  echo 'The tests start real SSH hosts in namespaces of their own: run them as root.' >&2
  exit 1
fi

lacking=$(missing)
[ -n "$lacking" ] || exit 0
wanted=$(packages "$lacking")

if command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests: $wanted" >&2
  export DEBIAN_FRONTEND=noninteractive
  # No service may start: only the programs are wanted.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  apt-get update -qq >&2 || echo 'apt-get update failed; going on with the lists that are there' >&2
  # shellcheck disable=SC2086 # a list of package names
  apt-get install -y -qq --no-install-recommends $wanted >&2 || true
fi

lacking=$(missing)
[ -n "$lacking" ] || exit 0
echo 'The tests need programs that are not here:' >&2
for pair in $lacking; do
  echo "  ${pair%%:*} (package ${pair##*:})" >&2
done
echo "Install them, for instance with: apt-get install $(packages "$lacking")" >&2
exit 1
