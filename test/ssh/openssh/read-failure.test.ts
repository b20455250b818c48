import { describe, expect, it } from "vitest";
import { connectFailure } from "../../../src/ssh/openssh/read-failure.ts";
import { lastWords, loggedEnd, readLog } from "../../../src/ssh/openssh/read-log.ts";

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
  it("a command that is gone before ssh has said a word is the reason", () => {
    expect(code(`${proxied}banner exchange: Connection to UNKNOWN port 65535: Broken pipe\r\n`)).toBe("proxy_failed");
  });

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

describe("a host that hangs up after it has seen something to log in with", () => {
  const keys = "debug1: SSH2_MSG_NEWKEYS received\n";
  const key = "debug1: Offering public key: /k ED25519 SHA256:abc explicit\n";
  const password = "debug2: we sent a password packet, wait for reply\n";
  const end = "Connection reset by 10.0.0.1 port 22\n";

  it.each([
    ["a key", connected + keys + key, "login_refused"],
    ["a password", connected + keys + password, "login_refused"],
    ["a password, behind a proxy", proxied + keys + password, "login_refused"],
    ["a key, behind a proxy, which may have ended itself", proxied + keys + key, "connection_lost_before_login"],
    ["nothing", connected + keys, "connection_lost_before_login"],
  ])("has refused it: %s", (_, log, wanted) => {
    expect(code(log + end)).toBe(wanted);
  });
});

describe("the end of a master that was up", () => {
  const version = "OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026\r\n";
  const words = (log: string): string => lastWords(readLog(version + log));

  it("is told in ssh's words", () => {
    expect(words("Timeout, server web1 not responding.\r\nTransferred: sent 3316\r\n")).toBe(
      "Timeout, server web1 not responding.",
    );
  });

  it("is told in the host's words where it said goodbye", () => {
    const goodbye = "Received disconnect from 10.0.0.1 port 22:11: going down";
    expect(words(`${goodbye}\r\nDisconnected from 10.0.0.1 port 22\r\n`)).toBe(goodbye);
  });

  it("is not a line of its list of channels", () => {
    const list = "debug3: channel 0: status: The following connections are open:\r\n  #3 client-session (t4)\r\n";
    expect(words(list)).toBe("the connection was closed");
  });

  it("is never explained by its version", () => {
    expect(words("debug1: Entering interactive session.\r\n")).toBe("the connection was closed");
  });

  it("is ours when we did not come in time", () => {
    expect(words("debug1: ControlPersist timeout expired\r\n")).toBe("ctfleet did not get round to it in time");
  });
});
