import type { GuestFacts } from "../model/facts.ts";
import { absent, firstRead, type Reading, read } from "../model/reading.ts";
import type { Seen } from "./seen.ts";

export const parseGuest = (seen: Seen): GuestFacts => ({ container: container(seen), machine: machine(seen) });

/** Signs that each container engine leaves. Sources: DOMAIN, Containers and guests; systemd's container interface. */
const container = (seen: Seen): Reading<string> => {
  if (seen.sight("proc/vz") && !seen.sight("proc/bc")) return read("openvz");
  const told = seen.text("run/systemd/container");
  if (told.kind === "read") return read(/^[a-z][a-z-]{1,30}$/.test(told.value) ? told.value : "container");
  if (seen.sight("run/.containerenv")) return read("podman");
  if (seen.sight(".dockerenv")) return read("docker");
  if (seen.sight("dev/lxc")) return read("lxc");
  const cgroup = seen.text("proc/1/cgroup");
  if (cgroup.kind !== "read")
    return told.kind === "unreadable" ? told : cgroup.kind === "unreadable" ? cgroup : read("none");
  const engine = /[/-](docker|lxc)[/.-]/.exec(cgroup.value)?.[1];
  return read(engine ?? (/kubepods|containerd|libpod/.test(cgroup.value) ? "container" : "none"));
};

/** What the firmware says of itself, by hypervisor. */
const firmware: readonly (readonly [RegExp, string])[] = [
  [/VMware/, "vmware"],
  [/VirtualBox|innotek/, "virtualbox"],
  [/^Xen|\bHVM domU/, "xen"],
  [/Parallels/, "parallels"],
  [/BHYVE/i, "bhyve"],
  [/Microsoft Corporation[^]*Virtual Machine/, "hyperv"],
  [/QEMU|KVM|Bochs|SeaBIOS|Amazon EC2|Google|OpenStack|DigitalOcean|Hetzner|Alibaba Cloud/, "kvm"],
];

const machine = (seen: Seen): Reading<string> => {
  const hypervisor = seen.text("sys/hypervisor/type");
  if (hypervisor.kind === "read" && /^[a-z]{1,20}$/.test(hypervisor.value)) return hypervisor;
  if (seen.sight("proc/xen")) return read("xen");
  const names = ["sys_vendor", "product_name", "bios_vendor"].map((name) => seen.text(`sys/class/dmi/id/${name}`));
  const text = names.flatMap((name) => (name.kind === "read" ? [name.value] : [])).join("\n");
  // Bare metal of a cloud names the cloud too.
  if (/\.metal$/m.test(text)) return absent;
  const found = firmware.find(([pattern]) => pattern.test(text))?.[1];
  if (found !== undefined) return read(found);
  return text === "" ? firstRead(...names.map((name) => (name.kind === "read" ? absent : name))) : absent;
};
