import { Command, CommanderError } from "commander";
import { say } from "./console.ts";
import {
  addAllAtOnce,
  addChanging,
  addExtraVars,
  addFleetOptions,
  addPlaybookDir,
  addSelection,
  addTrial,
  addWalking,
  type FleetOptions,
  outputOption,
} from "./options.ts";

/** A command's work: the exit code (DESIGN, Command line). Heavy parts are imported when it is called. */
type Work = (options: FleetOptions, ...words: string[]) => Promise<number>;

/** Words of the command line to come: refused, like any word that is not honoured, and told apart from a misspelling. */
const planned = new Set(
  ["runs", "report", "init", "doctor", "cron", "schema", "completion"].concat(["--report", "--since", "ndjson"]),
);

/** What those who come from Ansible type, and what it is here. */
const elsewhere = new Map([
  ["--diff", "plan shows the changes as diffs, and so does apply before it asks"],
  ["-D", "plan shows the changes as diffs, and so does apply before it asks"],
  ["-C", "use --check, or the command plan"],
  ["--list-hosts", "use: ctfleet inventory list --limit PATTERN"],
  ["--syntax-check", "use: ctfleet lint PLAYBOOK"],
  ["--ask-vault-password", "use -J, --ask-vault-pass"],
]);

/** Parses the arguments, runs the command and gives the exit code. Never throws for bad usage. */
export const run = async (words: readonly string[], version: string): Promise<number> => {
  let exit = 0;
  const program = new Command("ctfleet")
    .description(
      "Audit, size and roll out connection tracking (nf_conntrack) over SSH. Nothing is installed on the hosts.",
    )
    .version(version, "-V, --version")
    .exitOverride()
    .showHelpAfterError("(ctfleet --help lists the commands; ctfleet COMMAND --help its options)")
    .enablePositionalOptions();

  const command = (usage: string, about: string, work: Work) => {
    const added = program.command(usage).description(about);
    added.action(async () => {
      const given = added.processedArgs.filter((word): word is string => typeof word === "string");
      exit = await work(added.opts<FleetOptions>(), ...given);
    });
    return added;
  };

  addCheckCommands(command);
  addChangeCommands(command);
  addLookCommands(command);
  addExplain(command);
  addLab(program, (code) => {
    exit = code;
  });

  try {
    await program.parseAsync(words, { from: "user" });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    for (const word of words.filter((one) => planned.has(one.replace(/=.*/, ""))))
      say(`ctfleet: ${word} is not in this version yet`);
    for (const word of words) {
      const hint = elsewhere.get(word);
      if (hint !== undefined) say(`ctfleet: ${word}: ${hint}`);
    }
    return 1;
  }
};

type Add = (usage: string, about: string, work: Work) => Command;

const addCheckCommands = (command: Add): void => {
  const check =
    (name: "audit" | "plan" | "drift"): Work =>
    async (options, playbook) =>
      (await import("./commands/check.ts")).check(name, options, playbook);
  const add = (added: Command) => addExtraVars(addFleetOptions(added));
  add(command("audit [PLAYBOOK]", "read-only: facts, plan, findings", check("audit")));
  addTrial(add(command("plan <PLAYBOOK>", "what apply would do, as diffs", check("plan")))).option(
    "--out <FILE>",
    "save it: apply --plan FILE makes exactly these changes",
  );
  add(command("drift [PLAYBOOK]", "audit for cron: silent where there is nothing to say", check("drift")));
};

const addChangeCommands = (command: Add): void => {
  const addReach = (added: Command) => addExtraVars(addFleetOptions(added));
  const work =
    (name: "resume" | "rollback" | "persist"): Work =>
    async (options, run) => {
      switch (name) {
        case "resume":
          return (await import("./commands/resume.ts")).resume(options, run);
        case "rollback":
          return (await import("./commands/rollback.ts")).rollback(options, run);
        case "persist":
          return (await import("./commands/persist.ts")).persist(options, run);
      }
    };
  const apply = command(
    "apply [PLAYBOOK]",
    "change the hosts, batch by batch, and prove it",
    async (options, playbook) => (await import("./commands/apply.ts")).apply(options, playbook),
  );
  addAllAtOnce(addTrial(addWalking(addReach(apply))))
    .option("--check", "the same as plan: change nothing")
    .option("--plan <FILE>", "exactly the changes that plan --out has saved, on hosts that are still as they were")
    .option("--retry-failed <RUN>", "only the hosts that an earlier run did not make (RUN may be `last`)");
  addChanging(
    addReach(command("resume <RUN>", "go on with a run that was cut off (RUN may be `last`)", work("resume"))),
  ).option("--step", "ask before each batch; needs a terminal");
  addChanging(
    addReach(
      command("rollback <RUN>", "put back what a run changed, batch by batch (RUN may be `last`)", work("rollback")),
    ),
  );
  addAllAtOnce(
    addWalking(
      addReach(
        command("persist <RUN>", "write down for good what a trial has set (RUN may be `last`)", work("persist")),
      ),
    ),
  );
  const locks = command("locks", "who works on an inventory and its hosts", async (options) =>
    (await import("./commands/locks.ts")).locks(options),
  );
  addPlaybookDir(addExtraVars(addFleetOptions(locks)))
    .option("--break <RUN>", "break the locks of this run, wherever it left any")
    .option("--yes", "do not ask before breaking");
};

const addExplain = (command: Add): void => {
  command("explain [CODE]", "what a finding means and what to do", async (options, code) =>
    (await import("./commands/explain.ts")).explain(options, code),
  ).addOption(outputOption());
};

const addLookCommands = (command: Add): void => {
  const addWithout = (added: Command) => addPlaybookDir(addExtraVars(addFleetOptions(added)));
  addWithout(
    command("facts", "facts of each host", async (options) => (await import("./commands/look.ts")).facts(options)),
  );
  addWithout(
    command("ping", "connect, authenticate, become; nothing else", async (options) =>
      (await import("./commands/look.ts")).ping(options),
    ),
  );
  addExtraVars(
    addFleetOptions(
      command("lint <PLAYBOOK>", "check inventory, playbook and templates, offline", async (options, playbook) =>
        (await import("./commands/lint.ts")).lint(options, playbook),
      ),
    ),
  );
  const inventory = command(
    "inventory <list|graph|host> [NAME]",
    "what the inventory says",
    async (options, what, name) => (await import("./commands/inventory.ts")).inventory(options, what, name),
  );
  addPlaybookDir(addExtraVars(addSelection(inventory)))
    .option("--fold", "list: one line, web[01-20,22]")
    .addOption(outputOption());
};

const addLab = (program: Command, ended: (exit: number) => void): void => {
  const lab = program.command("lab").description("an embedded practice fleet on loopback");
  lab
    .command("up")
    .description("start it in the foreground; Ctrl-C ends it")
    .option("--dir <DIR>", "a folder for its inventory, key and known_hosts (else a temporary one)")
    .action(async (options: { dir?: string }) => {
      ended(await (await import("./commands/lab.ts")).labUpCommand(options));
    });
};
