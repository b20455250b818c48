# shellcheck disable=SC2154 # nl comes with the prelude
# Names as the kernel keeps them: at most 15 characters.
rival_names='kube-proxy
k3s-server
k3s
rke2
k0s
kubelet
dockerd
tuned
firewalld
libvirtd
cilium-agent
calico-node
neutron-l3-agen
neutron-openvsw
ovs-vswitchd'

# Without /proc/1 other users' processes are hidden from us (hidepid).
find_rivals() {
  set -- proc/[0-9]*/comm
  if ! [ -r proc/1/comm ] && ! [ -r proc/1/status ]; then
    [ -e "$1" ] && emit rivals hidden
  elif [ -e "$1" ]; then
    emit rivals "seen$nl$(grep -hsx -F -e "$rival_names" "$@" 2>/dev/null)"
  fi
}
find_rivals
