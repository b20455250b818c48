conntrack_keys='proc/sys/net/netfilter/nf_conntrack* proc/sys/net/nf_conntrack_max
proc/sys/net/ipv6/nf_conntrack* proc/sys/net/ipv4/ip_conntrack* proc/sys/net/ipv4/netfilter/ip_conntrack*
sys/module/nf_conntrack/parameters/hashsize sys/module/ip_conntrack/parameters/hashsize'
whole "$conntrack_keys"
mode "$conntrack_keys"
whole 'sys/module/[ni][fp]_conntrack/initstate' 'proc/net/stat/[ni][fp]_conntrack'
whole 'sys/kernel/slab/[ni][fp]_conntrack/slab_size' 'sys/kernel/slab/[ni][fp]_conntrack_[0-9a-f]*/slab_size'
mark 'sys/module/[ni][fp]_conntrack'
pick proc/slabinfo proc/self/mounts
pick_line '^[ni][fp]_conntrack'
pick_line '^[^ ]* /proc[ /]'
pick_line '^[^ ]* /sys[ /]'

first=''
first_line proc/sys/kernel/osrelease
case $first in
'' | *[!A-Za-z0-9._+~-]*) ;;
*)
  pick "lib/modules/$first/modules.builtin" "lib/modules/$first/modules.dep"
  pick_line '^[^ :]*/[ni][fp]_conntrack\.ko'
  ;;
esac
