# shellcheck disable=SC2154 # nl comes with the prelude
# Programs that write conntrack values, and those that change packages. Names as the kernel keeps them: at most 15 characters.
watched_names='kube-proxy
k3s-server
k3s
rke2
k0s
kubelet
dockerd
containerd
podman
tuned
firewalld
libvirtd
virtnetworkd
lxd
fail2ban-server
cilium-agent
calico-node
neutron-l3-agen
neutron-openvsw
ovs-vswitchd
apt
apt-get
aptitude
aptd
apt.systemd.dai
do-release-upgr
dpkg
yum
dnf
dnf5
dnf-automatic
microdnf
rpm
zypper
transactional-u
apk
pacman'

# Kernels before 2.6.33 name a process in its status alone.
name_patterns() {
  patterns=''
  for name in $watched_names; do
    patterns="$patterns${patterns:+$nl}$name$nl""Name:	$name"
  done
}

# Without /proc/1 other users' processes are hidden from us (hidepid).
find_programs() {
  set -- proc/[0-9]*/comm
  [ -e "$1" ] || set -- proc/[0-9]*/status
  if ! [ -r proc/1/comm ] && ! [ -r proc/1/status ]; then
    [ -e "$1" ] && emit programs hidden
  elif [ -e "$1" ]; then
    name_patterns
    emit programs "seen$nl$(grep -hsx -F -e "$patterns" "$@" 2>/dev/null)"
  fi
}
find_programs
