# Every file that sets conntrack values or loads its module: at boot, at a firewall's start, by a tuning service, by hand.
# Where /lib is a link, its folders are those of /usr/lib.
config_folders='etc run usr/local/lib usr/lib'
[ -h lib ] || config_folders="$config_folders lib"
for folder in $config_folders; do
  search "$folder/sysctl.d/*" "$folder/modprobe.d/*" "$folder/modules-load.d/*" "$folder/udev/rules.d/*.rules"
  mark "$folder/sysctl.d" "$folder/modprobe.d" "$folder/modules-load.d"
done
search etc/sysctl.conf etc/modprobe.conf etc/modules etc/conf.d/modules 'etc/sysconfig/modules/*'
search etc/rc.local etc/rc.d/rc.local 'etc/local.d/*.start'
search etc/network/interfaces 'etc/network/interfaces.d/*' 'etc/network/if-*.d/*'
search 'etc/systemd/system/*.service' 'etc/systemd/system/*.service.d/*.conf'

# Firewalls. A start script that is continued on a second line has both told by the word sysctl.
search etc/sysconfig/iptables-config etc/sysconfig/ip6tables-config
search 'usr/libexec/iptables/ip*tables.init' etc/init.d/iptables etc/rc.d/init.d/iptables
search etc/init.d/ip6tables etc/rc.d/init.d/ip6tables
search etc/ufw/sysctl.conf etc/default/ufw etc/firewalld/firewalld.conf
mark etc/firewalld

# TuneD's profiles, where each version keeps them.
whole etc/tuned/active_profile
search 'etc/tuned/*/tuned.conf' 'etc/tuned/profiles/*/tuned.conf' etc/tuned/tuned-main.conf
search 'usr/lib/tuned/*/tuned.conf' 'usr/lib/tuned/profiles/*/tuned.conf'

# kube-proxy's own file, where it runs as a service, in kubeadm's pod, and in k3s and rke2; and cloud-init.
search 'var/lib/kube-proxy/*' 'etc/kubernetes/*kube-proxy*' 'etc/kubernetes/manifests/*kube-proxy*'
search 'var/lib/kubelet/pods/*/volumes/kubernetes.io~configmap/kube-proxy/config.conf'
search 'etc/rancher/*/config.yaml' 'etc/rancher/*/config.yaml.d/*' 'var/lib/rancher/*/agent/pod-manifests/kube-proxy.yaml'
mark var/lib/kubelet
search etc/cloud/cloud.cfg 'etc/cloud/cloud.cfg.d/*.cfg'
search var/lib/cloud/instance/user-data.txt var/lib/cloud/instance/cloud-config.txt

search_line 'conntrack'
search_line 'net[./]netfilter'
# A key with a glob may stand for one of ours.
search_line '^[[:space:]]*-\{0,1\}net[./].*[*?[]'
search_line 'IP6*TABLES_SYSCTL'
search_line 'IP6*TABLES_MODULES'
search_line 'IPT_SYSCTL'
search_line 'IPT_MODULES'
search_line 'sysctl'
search_line 'tables-restore'
search_line 'Cleanup[A-Za-z]*OnExit'
search_line '^[[:space:]]*include[[:space:]]*='
search_line 'maxPerCore'
search_line '^[[:space:]]*min:'
search_line 'tcp[A-Z][A-Za-z]*Timeout'
# Of modprobe.d, where the next line then belongs to it; those of other files are left out again.
search_line '\\$'
# Modules that bring connection tracking with them.
search_line '_nat'
search_line 'nft_'
search_line 'xt_'
search_line 'ip_vs'
search_line 'openvswitch'
