// Loaded before ctfleet (node --import): ends this process with SIGKILL at a line of the run's journal, or notes every line.
// FAULT_KILL: {"line": regular expression, "moment": "before" | "torn" | "after", "nth": 1}, or {"note": FILE}.
// `before`: nothing of the line is written. `torn`: half of it is. `after`: it is on disk, and nobody has heard so yet.
import fs, { appendFileSync, readlinkSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const wish = JSON.parse(process.env.FAULT_KILL);
let left = wish.nth ?? 1;
/** Descriptors with the line in them, not yet flushed. */
const due = new Set();

const die = () => process.kill(process.pid, "SIGKILL");
const isJournal = (fd) => /\/runs\/[^/]+\.ndjson$/.test(readlinkSync(`/proc/self/fd/${fd}`));
const textOf = (data) =>
  Array.isArray(data) ? data.map(textOf).join("") : Buffer.from(data.buffer ?? data).toString();

const written = (fd, data) => {
  if (!isJournal(fd)) return;
  const text = typeof data === "string" ? data : Array.isArray(data) ? textOf(data) : Buffer.from(data).toString();
  if (wish.note !== undefined) appendFileSync(wish.note, text);
  for (const line of text.split("\n")) {
    if (wish.line === undefined || !new RegExp(wish.line).test(line)) continue;
    left -= 1;
    if (left !== 0) continue;
    if (wish.moment === "torn") writeSync(fd, line.slice(0, line.length / 2));
    if (wish.moment !== "after") die();
    due.add(fd);
  }
};
const flushed = (fd) => {
  if (due.has(fd)) die();
};

const handle = await open("/dev/null");
const prototype = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ["write", "writev", "appendFile", "writeFile"]) {
  const real = prototype[name];
  prototype[name] = function (data, ...rest) {
    written(this.fd, data);
    return real.call(this, data, ...rest);
  };
}
for (const name of ["sync", "datasync"]) {
  const real = prototype[name];
  prototype[name] = async function () {
    await real.call(this);
    flushed(this.fd);
  };
}
for (const name of ["write", "writev", "writeSync", "writevSync"]) {
  const real = fs[name];
  fs[name] = (fd, data, ...rest) => {
    written(fd, data);
    return real(fd, data, ...rest);
  };
}
for (const name of ["fsyncSync", "fdatasyncSync"]) {
  const real = fs[name];
  fs[name] = (fd) => {
    real(fd);
    flushed(fd);
  };
}
for (const name of ["fsync", "fdatasync"]) {
  const real = fs[name];
  fs[name] = (fd, done) =>
    real(fd, (error) => {
      if (!error) flushed(fd);
      done(error);
    });
}
syncBuiltinESMExports();
