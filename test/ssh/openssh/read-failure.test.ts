import { describe, expect, it } from "vitest";
import { connectFailure } from "../../../src/ssh/openssh/read-failure.ts";
import { loggedEnd, readLog } from "../../../src/ssh/openssh/read-log.ts";

const code = (log: string, stderr = ""): string => connectFailure(readLog(log), stderr).code;
const connected = "debug1: Connection established.\n";
const proxied = "debug1: Executing proxy command: exec ssh -W '[web1]:22' bastion\r\n";
const noAnswer =
  "kex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535\n";

// Words of OpenSSH 7.6 to 9.9, of Linux and of macOS.
it.each([
  ["ssh: Could not resolve hostname web1: nodename nor servname provided, or not known", "name_not_found"],
  ["ssh: Could not resolve hostname web1: Temporary failure in name resolution", "name_not_found"],
  ["ssh: connect to host web1 port 22: Connection refused", "connection_refused"],
  ["ssh: connect to host web1 port 22: Operation timed out", "connect_timeout"],
  ["ssh: connect to host web1 port 22: No route to host", "address_unreachable"],
  ["ssh: connect to host web1 port 22: Too many open files", "no_file_descriptor"],
  [`${connected}Connection timed out during banner exchange`, "banner_timeout"],
  [`${connected}ssh_exchange_identification: Connection closed by remote host`, "connection_lost_before_login"],
  [`${connected}ssh_exchange_identification: read: Connection reset by peer`, "connection_lost_before_login"],
  [`${connected}kex_exchange_identification: banner line contains invalid characters`, "protocol_error"],
  [
    `${connected}Unable to negotiate with 10.0.0.1 port 22: no matching cipher found. Their offer: 3des-cbc`,
    "protocol_error",
  ],
  ["me@web1: Permission denied (publickey).", "login_refused"],
  ["Permission denied (publickey,password).", "login_refused"],
  ["Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures", "login_refused"],
  ["Connection closed by 10.0.0.1 port 22", "connection_lost_before_login"],
  ["", "protocol_error"],
])("reads %j", (log, wanted) => {
  expect(code(`${log.replaceAll("\n", "\r\n")}\r\n`)).toBe(wanted);
});

describe("behind a proxy", () => {
  it("its own words say more", () => {
    expect(code(proxied + noAnswer, "ssh: connect to host bastion port 22: Connection refused\n")).toBe(
      "connection_refused",
    );
    expect(code(proxied + noAnswer, "channel 0: open failed: administratively prohibited: open failed\n")).toBe(
      "forward_refused",
    );
    expect(code(proxied + noAnswer, "nc: no idea\n")).toBe("proxy_failed");
  });

  it("they count for nothing once the host itself has answered", () => {
    const log = `${proxied}debug1: Remote protocol version 2.0, remote software version X\nConnection closed by UNKNOWN port 65535\n`;
    expect(code(log, "me@bastion: Permission denied (publickey).\n")).toBe("connection_lost_before_login");
  });
});

describe("a direct connection", () => {
  it("is not judged by what a host's banner says", () => {
    const banner = "ssh: connect to host web1 port 22: Connection refused\n";
    expect(code(`${connected}me@web1: Permission denied (publickey).\n`, banner)).toBe("login_refused");
  });
});

it("finds a command's end in the master's log, and takes nothing else for it", () => {
  expect(loggedEnd("debug3: mux_exit_message: channel 2: exit message, exitval 255\r\n")).toEqual({
    status: 255,
    signal: undefined,
  });
  expect(loggedEnd("debug1: client_input_channel_req: channel 2 rtype exit-signal reply 0\r\n")?.signal).toBe(
    "a signal",
  );
  expect(
    loggedEnd("debug1: Sending command: debug3: mux_exit_message: channel 2: exit message, exitval 0\r\n"),
  ).toBeUndefined();
});
