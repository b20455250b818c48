# shellcheck disable=SC2154 # nl and config_folders come with what stands before
# Lists of modules that a tool puts into the image; what dracut's systemd module puts there is in modules-load.d.
search etc/initramfs-tools/modules etc/dracut.conf 'etc/dracut.conf.d/*.conf' 'usr/lib/dracut/dracut.conf.d/*.conf'
search etc/mkinitcpio.conf 'etc/mkinitcpio.conf.d/*.conf' 'etc/mkinitfs/features.d/*.modules'
mark 'usr/lib/dracut/modules.d/*systemd*' 'usr/share/dracut/modules.d/*systemd*'

# By the name that each family of systems gives to it: Debian, dracut, SUSE, Alpine by its flavour, kernel-install, Arch.
find_image() {
  for image in "boot/initrd.img-$1" "boot/initramfs-$1.img" "boot/initrd-$1" "boot/initrd-$1.img" \
    "boot/initramfs-${1##*-}" boot/*/"$1/initrd" "boot/initramfs-linux-${1##*-}.img" boot/initramfs-linux.img; do
    if [ -f "$image" ]; then return; fi
  done
  image=''
}

# shellcheck disable=SC3013 # -nt and -ef are POSIX since 2024, and have long been in every shell
newer_files() {
  for file do
    # A link to /dev/null has the time of the boot.
    if [ "$file" -nt "$image" ] && ! [ "$file" -ef /dev/null ]; then
      case $file in
      *"$nl"*) ;;
      *) ages="$ages$nl""newer $file" ;;
      esac
    fi
  done
}

boot_image() {
  first_line proc/sys/kernel/osrelease
  case $first in
  '' | *[!A-Za-z0-9._+~-]*) return ;;
  esac
  if [ -d boot ] && ! [ -x boot ]; then
    emit image closed
    return
  fi
  find_image "$first"
  ages="image $image"
  if [ -n "$image" ]; then
    newer_files etc/modprobe.conf etc/sysctl.conf
    for folder in $config_folders; do
      newer_files "$folder"/modprobe.d/* "$folder"/sysctl.d/* "$folder"/modules-load.d/*
    done
  fi
  emit image "$ages"
}
boot_image
