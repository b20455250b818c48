# Every file that sets conntrack values or loads its module at boot, at a firewall's start or by a tuning service.
# Where /lib is a link, its folders are those of /usr/lib.
config_folders='etc run usr/local/lib usr/lib'
[ -h lib ] || config_folders="$config_folders lib"
for folder in $config_folders; do
  search "$folder/sysctl.d/*" "$folder/modprobe.d/*" "$folder/modules-load.d/*" "$folder/udev/rules.d/*.rules"
  mark "$folder/sysctl.d" "$folder/modprobe.d" "$folder/modules-load.d"
done
search etc/sysctl.conf etc/modprobe.conf etc/modules 'etc/sysconfig/modules/*' etc/rc.local etc/rc.d/rc.local
search etc/sysconfig/iptables-config etc/sysconfig/ip6tables-config
search etc/ufw/sysctl.conf etc/default/ufw
search usr/libexec/iptables/iptables.init etc/init.d/iptables etc/rc.d/init.d/iptables

# TuneD's active profiles, where each version keeps them.
first=''
first_line etc/tuned/active_profile
for profile in $first; do
  case $profile in
  *[!A-Za-z0-9._-]* | .*) continue ;;
  esac
  search "etc/tuned/$profile/tuned.conf" "etc/tuned/profiles/$profile/tuned.conf"
  search "usr/lib/tuned/$profile/tuned.conf" "usr/lib/tuned/profiles/$profile/tuned.conf"
done

search_line 'conntrack'
search_line 'net[./]netfilter'
# A key with a glob may stand for one of ours.
search_line '^[[:space:]]*-\{0,1\}net[./].*[*?[]'
search_line 'IP6*TABLES_SYSCTL'
search_line 'IP6*TABLES_MODULES'
search_line 'IPT_SYSCTL'
search_line 'IPT_MODULES'
# A start script that applies sysctl files again.
search_line 'sysctl  *-'
