whole proc/net/ip_tables_names proc/net/ip6_tables_names
pick proc/net/ip_vs
pick_line '^TCP '
pick_line '^UDP '
pick_line '^SCTP '
pick_line '^FWM '

# Where firewall services and the usual recipes keep rules for the next boot.
saved 'etc/iptables/rules.v[46]' etc/iptables/rules-save etc/iptables/rules6-save 'etc/iptables/ip*tables.rules'
saved etc/sysconfig/iptables etc/sysconfig/ip6tables etc/sysconfig/nftables.conf
saved etc/iptables.rules etc/iptables.up.rules var/lib/iptables/rules-save var/lib/ip6tables/rules-save
saved etc/nftables.conf etc/nftables.nft 'etc/nftables/*.nft' 'etc/nftables.d/*' 'var/lib/nftables/*'
saved 'etc/ufw/*.rules' 'etc/firewalld/zones/*.xml' 'etc/firewalld/policies/*.xml' etc/firewalld/direct.xml
saved etc/ferm.conf etc/ferm/ferm.conf 'etc/ferm/ferm.d/*'
mark etc/iptables etc/nftables etc/nftables.d var/lib/nftables etc/ufw etc/firewalld etc/ferm

# iptables and ferm; a nat table needs connection tracking even while it is empty.
saved_line '^[[:space:]]*\*nat'
saved_line '-m  *state'
saved_line '-m  *conn'
saved_line '-m  *helper'
saved_line '-m  *cluster'
saved_line 'ctstate'
saved_line 'mod  *state'
saved_line 'mod  *conn'
saved_line 'MASQUERADE'
saved_line '[SD]NAT'
saved_line 'REDIRECT'
saved_line 'NETMAP'
saved_line '[[:space:]]CT'
saved_line 'NOTRACK'
saved_line 'CONN[A-Z]*MARK'
saved_line 'SYNPROXY'
saved_line 'CLUSTERIP'

# nftables and the zones of firewalld.
saved_line '^ct  *[a-z]'
saved_line '[^[:alnum:]_]ct  *[a-z]'
saved_line 'masquerade'
saved_line '[sd]nat'
saved_line 'redirect'
saved_line 'flow  *[ao]'
saved_line 'type  *nat'
saved_line 'synproxy'
saved_line 'notrack'
saved_line '<forward-port'
