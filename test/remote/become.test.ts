import { describe, expect, it } from "vitest";
import { secret } from "../../src/model/host.ts";
import { becomeCommand, becomeFailure, becomeFor } from "../../src/remote/become.ts";

const nonce = "0123456789abcdef0123456789abcdef";

describe("becomeFor", () => {
  it("leaves sudo out where the login user is already the wanted one", () => {
    expect(becomeFor({ become: true, user: "root", loginUser: "root", password: undefined })).toEqual({ kind: "no" });
    expect(becomeFor({ become: false, user: "root", loginUser: "deploy", password: undefined })).toEqual({
      kind: "no",
    });
    expect(becomeFor({ become: true, user: "root", loginUser: "deploy", password: undefined }).kind).toBe("sudo");
  });
});

describe("becomeCommand", () => {
  it("is a plain shell without become", () => {
    expect(becomeCommand({ kind: "no" }, nonce)).toEqual({ command: ["/bin/sh", "-s"] });
  });

  it("never lets sudo ask where there is no password", () => {
    const { command, prompt } = becomeCommand({ kind: "sudo", user: "root", password: undefined }, nonce);
    expect(command).toEqual(["sudo", "-H", "-n", "-u", "root", "--", "/bin/sh", "-s"]);
    expect(prompt).toBeUndefined();
  });

  it("keeps the password out of the argument list", () => {
    const { command, prompt } = becomeCommand({ kind: "sudo", user: "root", password: secret("hunter2") }, nonce);
    expect(command.join(" ")).not.toContain("hunter2");
    expect(command).toContain(prompt?.marker);
    expect(prompt?.marker).toContain(nonce);
    expect(prompt?.ready).toContain(nonce);
  });
});

describe("becomeFailure", () => {
  it.each([
    [1, "sudo: a password is required\n", "wants a password"],
    [
      1,
      "Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n",
      "did not accept the password",
    ],
    [1, "sudo: sorry, you must have a tty to run sudo\n", "requiretty"],
    [1, "sudo: no tty present and no askpass program specified\n", "requiretty"],
    [1, "guest is not in the sudoers file.  This incident will be reported.\n", "not in sudoers"],
    [1, "Sorry, user guest is not allowed to execute '/bin/sh -s' as root on web1.\n", "does not allow"],
    [1, "sudo: unknown user: nobdy\n", "does not know the user"],
    [127, "sh: 1: sudo: not found\n", "no sudo"],
    [127, "bash: line 1: sudo: command not found\n", "no sudo"],
    [127, "fish: Unknown command: sudo\n", "no sudo"],
    [1, "sudo: Command not found.\n", "no sudo"],
    [127, "zsh:1: comando no encontrado: sudo\n", "did not find sudo"],
    [1, "sudo: il est nécessaire de saisir un mot de passe\n", "sudo refused"],
    [1, "guest n'apparaît pas dans le fichier sudoers.\n", "sudo refused"],
    [
      1,
      "Désolé, l'utilisateur guest n'est pas autorisé à exécuter « /bin/sh -s » en tant que root sur web1.\n",
      "sudo refused",
    ],
  ])("with status %i takes %j for a refusal", (status, stderr, because) => {
    const failure = becomeFailure(status, stderr);
    expect(failure).toMatchObject({ code: "become_refused", sent: false });
    expect(failure?.detail).toContain(because);
  });

  it.each([
    [1, "sh: 12: cannot create /proc/sys/x: Permission denied\n"],
    [1, "sudo: unable to resolve host web1: Name or service not known\nsh: 3: oops\n"],
    [2, "sh: 1: Syntax error\n"],
    [1, ""],
  ])("with status %i takes %j for the script's own failure", (status, stderr) => {
    expect(becomeFailure(status, stderr)).toBeUndefined();
  });
});
