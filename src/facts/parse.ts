import type { Facts } from "../model/facts.ts";
import { parseFrames } from "../remote/frames.ts";
import { parseAsks } from "./asks.ts";
import { parseBootImage } from "./boot-image.ts";
import { parseConfig } from "./config.ts";
import { parseConntrack } from "./conntrack.ts";
import { parseFiles } from "./files.ts";
import { parseFirewall } from "./firewall.ts";
import { parseGuest } from "./guest.ts";
import { parseIds } from "./ids.ts";
import { parseInit } from "./init.ts";
import { parseKernel } from "./kernel.ts";
import { parseLastChange, parseTrial } from "./last-change.ts";
import { parseLog } from "./log.ts";
import { parseMachine, parseUid } from "./machine.ts";
import { parseMemory } from "./memory.ts";
import { parseModes } from "./modes.ts";
import { parseModules } from "./modules.ts";
import { parseOs } from "./os.ts";
import { parsePower } from "./power.ts";
import type { ProbeRequest } from "./probe.ts";
import { parseRules } from "./rules.ts";
import { runningPrograms } from "./running.ts";
import { type Seen, seeFrames } from "./seen.ts";
import { parseSelinux } from "./selinux.ts";
import { parseLock, parsePending, parseReverted } from "./under-way.ts";

export type ParsedFacts =
  | { readonly kind: "ok"; readonly facts: Facts }
  | { readonly kind: "garbled"; readonly because: string };

/** Facts from what a probe printed. Garbled where any part is missing, cut or not as long as it said. */
export const parseFacts = (stdout: Uint8Array, request: ProbeRequest): ParsedFacts => {
  const output = parseFrames(stdout, request.nonce);
  if (output.kind === "garbled") return output;
  const seen = seeFrames(output.frames);
  if (seen.bytes("no_root") !== undefined) return garbled("the root folder is not there, or may not be entered");
  const missing = parts.find((part) => seen.bytes(part) === undefined);
  if (missing !== undefined) return garbled(`the probe did not send part ${missing}`);
  const modes = parseModes(seen.bytes("modes"));
  const files = parseFiles(seen, modes, request.files);
  if ("garbled" in files) return garbled(files.garbled);
  const asked = parseAsks(seen, request.asks);
  if ("garbled" in asked) return garbled(asked.garbled);
  return { kind: "ok", facts: gather(seen, modes, { files, ...asked }, request) };
};

/** What every probe sends, on every host. */
const parts = [
  "begin",
  "uid",
  "log",
  "wholes",
  "whole",
  "picks",
  "picked",
  "searches",
  "found",
  "saves",
  "saved",
  "plain_marks",
  "marks",
  "kinds",
];

const gather = (
  seen: Seen,
  modes: ReturnType<typeof parseModes>,
  { files, commands }: Pick<Facts, "files" | "commands">,
  request: ProbeRequest,
): Facts => {
  const kernel = parseKernel(seen);
  const modules = parseModules(seen);
  return {
    memory: parseMemory(seen),
    machine: parseMachine(seen),
    kernel,
    os: parseOs(seen),
    init: parseInit(seen, modes),
    selinux: parseSelinux(seen),
    guest: parseGuest(seen),
    uid: parseUid(seen),
    conntrack: parseConntrack(seen, modes, { modules, release: kernel.release }),
    modules,
    firewall: parseFirewall(seen),
    rules: parseRules(seen),
    power: parsePower(seen),
    bootImage: parseBootImage(seen),
    log: parseLog(seen, kernel.uptime),
    config: parseConfig(seen),
    rivals: runningPrograms(seen, "rivals"),
    lastChange: parseLastChange(seen, kernel),
    trial: parseTrial(seen, kernel),
    lock: parseLock(seen, kernel),
    pending: parsePending(seen, kernel),
    reverted: parseReverted(seen),
    commands,
    files,
    ids: parseIds(seen, request.owners),
  };
};

const garbled = (because: string): ParsedFacts => ({ kind: "garbled", because });
