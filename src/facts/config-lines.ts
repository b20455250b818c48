import type { ConfigLine } from "../model/facts.ts";

/** What any file of the configuration may say that has to do with connection tracking. */
const telling: readonly RegExp[] = [
  /conntrack/,
  /net[./]netfilter/,
  // A key with a glob may stand for one of ours.
  /^\s*-?net[./].*[*?[]/,
  /IP6?TABLES_(?:SYSCTL|MODULES)/,
  /IPT_(?:SYSCTL|MODULES)/,
  // A script or a unit that applies sysctl files again.
  /sysctl +-/,
];

/** What matters in some files only. */
const tellingIn: readonly (readonly [file: RegExp, line: RegExp])[] = [
  // Modules that bring connection tracking with them, in lists of modules and in modprobe's dependencies.
  [
    /\/mod(?:ules-load|probe)\.d\/|^\/etc\/(?:modules|modprobe\.conf|conf\.d\/modules)$|^\/etc\/sysconfig\/modules\/|initramfs-tools|dracut|mkinit/,
    /^[^#;]*(?:_nat|nft_|xt_|ip_vs|openvswitch)/,
  ],
  // modprobe takes the next line in, whatever that seems to say by itself.
  [/\/modprobe\.d\/|^\/etc\/modprobe\.conf$/, /\\$/],
  // In which files a start script looks for its sysctl list, also where the line goes on.
  [/\/ip6?tables(?:\.init)?$/, /^[^#]*sysctl/],
  [/^\/etc\/firewalld\//, /^[^#]*Cleanup(?:Modules)?OnExit/],
  [/\/tuned-main\.conf$/, /^[^#]*reapply_sysctl/],
  [/kube-proxy/, /maxPerCore|^\s*min:|tcp(?:Established|CloseWait)Timeout/],
  [/^\/etc\/(?:network|systemd|local\.d|rc)/, /^[^#]*(?:tables-restore|systemd-sysctl)/],
];

const udevRules = /\/udev\/rules\.d\//;

/** The rules that every system ships for network cards apply sysctl files too, and for them alone. */
const tellingRule = /conntrack|net[./]netfilter|^(?=.*SUBSYSTEM=="module").*sysctl/;

/** May the line have to do with connection tracking? What the probe's patterns find beyond that is left out. */
export const isConfigLine = ({ file, text }: Pick<ConfigLine, "file" | "text">): boolean =>
  udevRules.test(file)
    ? tellingRule.test(text)
    : telling.some((line) => line.test(text)) || tellingIn.some(([files, line]) => files.test(file) && line.test(text));
