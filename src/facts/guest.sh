whole run/systemd/container proc/1/cgroup sys/hypervisor/type
whole sys/class/dmi/id/sys_vendor sys/class/dmi/id/product_name sys/class/dmi/id/bios_vendor
mark proc/vz proc/bc run/.containerenv .dockerenv proc/xen dev/lxc
