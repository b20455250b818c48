import { isOutOfFiles, type NotStarted, tailOf } from "../start-process.ts";
import { answerFor } from "./answer.ts";
import { masterArguments } from "./arguments.ts";
import type { Prepared, Room } from "./folder.ts";
import { isDiskFull, readLogFile } from "./log-file.ts";
import { type Login, type Why, watchLogin } from "./login.ts";
import type { OpensshOptions } from "./options.ts";
import { spawnMaster } from "./process.ts";
import { openQuestions } from "./questions.ts";
import { connectFailure, noAnswer } from "./read-failure.ts";
import { type Log, readLog } from "./read-log.ts";

export type Starting = { readonly options: OpensshOptions; readonly prepared: Prepared; readonly room: Room };

export type Master =
  /** `letGo` gives back the last file descriptor. */
  | { readonly kind: "up"; readonly log: Log; readonly letGo: () => void }
  | { readonly kind: "failed"; readonly why: Why };

/**
 * Starts the master and waits for the login. ssh goes to the background when that is done: its first process ends with
 * status 0, and the socket is there. Any other end is a failure, which the log explains.
 */
export const startMaster = async (starting: Starting): Promise<Master> => {
  const { options, prepared, room } = starting;
  const login = watchLogin(options, room);
  const stopAsking = await answerQuestions(starting, login);
  try {
    const words = masterArguments({ ...options, linger: prepared.linger }, room.paths);
    const child = await spawnMaster(words, room.environment);
    if ("kind" in child) return { kind: "failed", why: notStarted(child) };
    const said = tailOf(child.stderr, mostSaid);
    const status = await login.follow(child);
    const log = readLog(await readLogFile(room.paths.log));
    const letGo = (): void => void child.stderr.destroy();
    if (status === 0) {
      said.forget();
      return { kind: "up", log, letGo };
    }
    letGo();
    if (await isDiskFull(room.paths.folder)) return { kind: "failed", why: unlogged(room) };
    return { kind: "failed", why: login.because() ?? connectFailure(log, said.text()) };
  } finally {
    login.stop();
    stopAsking();
  }
};

/** Characters of what ssh and its proxies say that are read for the reason of a failure: the last ones. */
const mostSaid = 256 * 1024;

const notStarted = ({ code, message }: NotStarted): Why => ({
  code: isOutOfFiles(code) ? "no_file_descriptor" : "protocol_error",
  detail: message,
});

// Then nothing is known of the host: neither how far the login came, nor what it was that asked.
const unlogged = ({ paths }: Room): Why => ({
  code: "protocol_error",
  detail: `the disk of ${paths.folder} is full, and without its log an ssh connection cannot be followed (set XDG_RUNTIME_DIR)`,
});

/** Gives what ends the asking. Without anything to answer with, ssh's questions get no answer (askpass.sh). */
const answerQuestions = async ({ options, prepared, room }: Starting, login: Login): Promise<() => void> => {
  const { password, passphrase, hostKeys } = options;
  if (!password && !passphrase && !hostKeys.acceptNew) return () => undefined;
  const answer = answerFor({
    ...{ password, acceptNew: hostKeys.acceptNew },
    passphrase: passphrase && ((file) => login.pauseFor(prepared.askOnce(file, passphrase))),
    about: async ({ pid }) => ({
      own: pid === login.pid(),
      log: await readLogFile(room.paths.log),
      version: prepared.version,
    }),
    giveUp: ({ text }) => login.end(noAnswer(text)),
  });
  return openQuestions(room.paths.folder, answer);
};
