whole etc/ufw/ufw.conf

# `show` asks systemd for what it knows; it starts nothing and loads no module.
firewall_services() {
  set -- iptables ip6tables firewalld nftables ufw netfilter-persistent
  if [ -d run/systemd/system ]; then
    emit services "$(systemctl show --no-pager -p Id -p LoadState -p ActiveState -p UnitFileState \
      "$1.service" "$2.service" "$3.service" "$4.service" "$5.service" "$6.service" 2>/dev/null)"
  else
    for service do
      mark "etc/init.d/$service" "var/lock/subsys/$service" "run/openrc/started/$service" "etc/runlevels/*/$service"
      mark "etc/rc.d/rc[2345].d/S[0-9][0-9]$service" "etc/rc[2345].d/S[0-9][0-9]$service"
    done
  fi
}
firewall_services
