import { type Predicted, type Prediction, predictBoot, predictRestart } from "../conntrack/predict.ts";
import type { Facts } from "../model/facts.ts";
import type { Value } from "../model/host.ts";
import { absent, mapReading, type Reading, read, unreadable } from "../model/reading.ts";
import { bool, double, int, listOf, mapOf, record, type Shape, text } from "./shape.ts";

/** One fact by the name that expressions and templates use: its shape, and where it stands in the model. */
export type FactRow = { readonly shape: Shape; readonly reading: (facts: Facts) => Reading<Value> };

const row = (shape: Shape, reading: (facts: Facts) => Reading<Value>): FactRow => ({ shape, reading });

const moduleShape = record({ name: text, references: int, used_by: listOf(text) });
const serviceShape = record({ name: text, active: bool, enabled: bool });
const inhibitorShape = record({ who: text, why: text });
const lineShape = record({ file: text, line: int, text });

/** What cannot be told makes an expression unknown, with the reason. */
const predicted = ({ value, because }: Predicted): Reading<number> =>
  value === undefined ? unreadable(because) : read(value);

const knownKeys = ({ keys }: Prediction): { readonly [key: string]: number } =>
  Object.fromEntries([...keys].flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value] as const])));

const atRestart = <T>(facts: Facts, take: (prediction: Prediction) => Reading<T>): Reading<T> => {
  const prediction = predictRestart(facts);
  return prediction === undefined ? absent : take(prediction);
};

/**
 * Every fact that a play can name (`facts.memory.total`). Contents of managed files and ids of owners are left out: a
 * template gets the one file that it writes as `file`.
 */
export const factTable: ReadonlyMap<string, FactRow> = new Map<string, FactRow>([
  ["memory.total", row(int, (f) => f.memory.total)],
  ["memory.available", row(int, (f) => f.memory.available)],
  ["memory.low", row(int, (f) => f.memory.low)],
  ["memory.installed", row(int, (f) => f.memory.installed)],
  ["machine.arch", row(text, (f) => f.machine.arch)],
  ["machine.word_bits", row(int, (f) => f.machine.wordBits)],
  ["machine.page_size", row(int, (f) => f.machine.pageSize)],
  ["machine.cpus", row(int, (f) => f.machine.cpus)],
  ["kernel.release", row(text, (f) => f.kernel.release)],
  ["kernel.boot_id", row(text, (f) => f.kernel.bootId)],
  ["kernel.uptime", row(double, (f) => f.kernel.uptime)],
  ["kernel.command_line", row(text, (f) => f.kernel.commandLine)],
  ["os.id", row(text, (f) => f.os.id)],
  ["os.version", row(text, (f) => f.os.version)],
  ["os.like", row(text, (f) => f.os.like)],
  ["os.name", row(text, (f) => f.os.name)],
  ["init", row(text, (f) => f.init)],
  ["selinux", row(text, (f) => f.selinux)],
  ["guest.container", row(text, (f) => f.guest.container)],
  ["guest.machine", row(text, (f) => f.guest.machine)],
  ["uid", row(int, (f) => f.uid)],
  ["conntrack.state", row(text, (f) => f.conntrack.state)],
  ["conntrack.family", row(text, (f) => f.conntrack.family)],
  ["conntrack.loaded", row(bool, (f) => f.conntrack.loaded)],
  ["conntrack.builtin", row(bool, (f) => f.conntrack.builtin)],
  ["conntrack.loadable", row(bool, (f) => f.conntrack.loadable)],
  ["conntrack.writable", row(bool, (f) => f.conntrack.writable)],
  ["conntrack.hashsize_writable", row(bool, (f) => f.conntrack.hashsizeWritable)],
  ["conntrack.first_namespace", row(bool, (f) => f.conntrack.firstNamespace)],
  ["conntrack.max", row(int, (f) => f.conntrack.max)],
  ["conntrack.count", row(int, (f) => f.conntrack.count)],
  ["conntrack.usage", row(double, (f) => f.conntrack.usage)],
  ["conntrack.buckets", row(int, (f) => f.conntrack.buckets)],
  ["conntrack.buckets_from", row(text, (f) => f.conntrack.bucketsFrom)],
  ["conntrack.keys", row(mapOf(text), (f) => read(Object.fromEntries(f.conntrack.keys)))],
  ["conntrack.unreadable_keys", row(listOf(text), (f) => read(f.conntrack.unreadableKeys))],
  ["conntrack.read_only_keys", row(listOf(text), (f) => read(f.conntrack.readOnlyKeys))],
  [
    "conntrack.statistics",
    row(mapOf(int), (f) => mapReading(f.conntrack.statistics, (sums) => Object.fromEntries(sums))),
  ],
  ["conntrack.object_size", row(int, (f) => f.conntrack.objectSize)],
  [
    "modules.loaded",
    row(listOf(moduleShape), (f) =>
      mapReading(f.modules.loaded, (all) =>
        all.map(({ name, references, usedBy }) => ({ name, references, used_by: usedBy })),
      ),
    ),
  ],
  ["modules.locked", row(bool, (f) => f.modules.locked)],
  ["firewall.service", row(text, (f) => f.firewall.service)],
  ["firewall.services", row(listOf(serviceShape), (f) => f.firewall.services)],
  ["rules.tables", row(listOf(text), (f) => f.rules.tables)],
  ["rules.ipvs", row(bool, (f) => f.rules.ipvs)],
  ["rules.saved", row(listOf(lineShape), (f) => read(f.rules.saved))],
  ["rules.unreadable", row(listOf(text), (f) => read(f.rules.unreadable))],
  ["power.inhibitors", row(listOf(inhibitorShape), (f) => f.power.inhibitors)],
  ["power.package_work", row(listOf(text), (f) => f.power.packageWork)],
  ["power.masked", row(bool, (f) => f.power.masked)],
  ["boot_image.path", row(text, (f) => f.bootImage.path)],
  ["boot_image.newer", row(listOf(text), (f) => f.bootImage.newer)],
  ["boot_image.loads", row(listOf(lineShape), (f) => read(f.bootImage.loads))],
  ["log.source", row(text, (f) => f.log.source)],
  ["log.full", row(int, (f) => f.log.full)],
  ["log.suppressed", row(int, (f) => f.log.suppressed)],
  ["log.newest_age", row(double, (f) => f.log.newestAge)],
  ["log.recent", row(int, (f) => f.log.recent)],
  ["config.files", row(listOf(text), (f) => read(f.config.files))],
  ["config.unreadable", row(listOf(text), (f) => read(f.config.unreadable))],
  ["config.lines", row(listOf(lineShape), (f) => read(f.config.lines))],
  ["last_change.run", row(text, (f) => mapReading(f.lastChange, ({ run }) => run))],
  ["last_change.age", row(double, (f) => mapReading(f.lastChange, ({ age }) => age))],
  ["trial.run", row(text, (f) => mapReading(f.trial, ({ run }) => run))],
  ["trial.remaining", row(double, (f) => mapReading(f.trial, ({ remaining }) => remaining))],
  ["lock.run", row(text, (f) => mapReading(f.lock, ({ run }) => run))],
  ["lock.owner", row(text, (f) => mapReading(f.lock, ({ owner }) => owner))],
  ["lock.remaining", row(double, (f) => mapReading(f.lock, ({ remaining }) => remaining))],
  ["pending.run", row(text, (f) => mapReading(f.pending, ({ run }) => run))],
  ["pending.remaining", row(double, (f) => mapReading(f.pending, ({ remaining }) => remaining))],
  ["reverted.run", row(text, (f) => mapReading(f.reverted, ({ run }) => run))],
  ["reverted.because", row(text, (f) => mapReading(f.reverted, ({ because }) => because))],
  ["reverted.left", row(listOf(text), (f) => mapReading(f.reverted, ({ left }) => left))],
  ["rivals", row(listOf(text), (f) => f.rivals)],
  ["next_boot.loaded", row(text, (f) => read(predictBoot(f).loaded.when))],
  ["next_boot.max", row(int, (f) => predicted(predictBoot(f).max))],
  ["next_boot.buckets", row(int, (f) => predicted(predictBoot(f).buckets))],
  ["next_boot.keys", row(mapOf(int), (f) => read(knownKeys(predictBoot(f))))],
  ["next_restart.max", row(int, (f) => atRestart(f, ({ max }) => predicted(max)))],
  ["next_restart.buckets", row(int, (f) => atRestart(f, ({ buckets }) => predicted(buckets)))],
  ["next_restart.keys", row(mapOf(int), (f) => atRestart(f, (prediction) => read(knownKeys(prediction))))],
]);
