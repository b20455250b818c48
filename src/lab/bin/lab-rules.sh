#!/bin/sh
# iptables-save, iptables-restore, their like for IPv6, and nft: the live rules of a practice host, which are a file.
# Under the stand-in for unshare they are those of a namespace that has none yet.
place=${CTFLEET_LAB_NAMESPACE:-${CTFLEET_LAB_STATE:?}}
name=${0##*/}
case $name in
ip6*) rules=$place/rules-6 ;;
nft) rules=$place/rules-nft ;;
*) rules=$place/rules-4 ;;
esac

show() {
  [ ! -f "$rules" ] || sed '/^#/d; /^flush ruleset/d' "$rules"
}

case "$name ${*-}" in
*-save\ -V) echo "$name v1.8.7 (legacy)" ;;
*-save\ *) show ;;
*-restore\ *) cat >"$rules" ;;
nft*\ -f\ *)
  for file; do :; done
  cat "$file" >"$rules"
  ;;
nft*list\ ruleset) show ;;
*)
  echo "$name: the practice host's cannot do: $*" >&2
  exit 1
  ;;
esac
