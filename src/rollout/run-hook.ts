import type { NonEmpty } from "../model/brand.ts";
import type { Failure } from "../model/failure.ts";
import type { HostStage } from "../model/journal.ts";
import type { CompiledPlay } from "../plan/compile.ts";
import type { CompiledHook } from "../plan/compile-hook.ts";
import type { PlayOptions } from "./apply-options.ts";
import { buildHook, hookStatus } from "./hook-script.ts";
import type { HostState } from "./host-state.ts";
import { sendScript } from "./send-script.ts";
import { goingOn } from "./survey.ts";

type When = Extract<HostStage, "before" | "after">;
type Context = { readonly play: CompiledPlay; readonly state: HostState; readonly options: PlayOptions };

/** Runs one program for a host, here or there, inside its deadline; why it failed, where it did. */
export const runHook = async (hook: CompiledHook, when: When, context: Context): Promise<Failure | undefined> => {
  const { host } = context.state.target;
  context.options.walk.onProgress({ kind: "hook", host: host.name, when, name: hook.name });
  const words = hook.words(host);
  const because =
    words.kind === "problems"
      ? words.problems.map(({ message }) => message).join("; ")
      : await (hook.where === "local" ? runLocally : runThere)(hook, words.value, environment(when, context), context);
  if (because === undefined) return undefined;
  const code = when === "before" ? "before_failed" : "after_failed";
  return { code, detail: `${when} ${hook.name}: ${because}`, sent: when === "after" };
};

type Environment = Readonly<Record<string, string>>;

/** What a program is told beside its words. */
const environment = (when: When, { play, state, options }: Context): Environment => ({
  CTFLEET_HOST: state.target.host.name,
  CTFLEET_ADDRESS: state.target.host.connection.address,
  CTFLEET_RUN: options.run,
  CTFLEET_PLAY: play.play.name,
  CTFLEET_WHEN: when,
  // Undefined so far is well so far.
  ...(when === "after" ? { CTFLEET_OUTCOME: state.ended?.kind ?? "changed" } : {}),
});

// Characters of a local program's output that a failure tells: its last words say why.
const mostTold = 1000;

const runLocally = async (
  { within }: CompiledHook,
  argv: NonEmpty<string>,
  env: Environment,
  { options }: Context,
): Promise<string | undefined> => {
  const ran = await options.walk.effects.runLocal({ argv, env, within });
  if (ran.kind === "failed") return ran.because;
  return ran.status === 0
    ? undefined
    : [`exit status ${ran.status}`, ran.output.trim().slice(-mostTold)].filter((one) => one !== "").join(": ");
};

// Milliseconds that the answer of a host has beyond the time of its program, and between two tries to reach it.
const toAnswer = 5000;
const pause = 3000;

/** A host that cannot be reached at first is tried again in the hook's time; what may have reached it is not sent again. */
const runThere = async (
  { within }: CompiledHook,
  argv: NonEmpty<string>,
  env: Environment,
  { state, options: { walk } }: Context,
): Promise<string | undefined> => {
  const { clock } = walk.effects;
  const until = clock.now() + within;
  const patient = { ...goingOn(walk), deadlines: { ...walk.deadlines, apply: within + toAnswer } };
  for (;;) {
    const nonce = walk.effects.nonce();
    const script = buildHook({ nonce, argv, env, seconds: Math.ceil(within / 1000) });
    const ran = await sendScript(state.target, { script, nonce, keep: true }, patient);
    if (ran.kind === "printed") return hookStatus(ran.stdout, nonce) === 0 ? undefined : "its end was not heard";
    const { code, detail, sent } = ran.failure;
    if (sent || clock.now() + pause >= until) return code === "script_failed" ? detail : `${code}: ${detail}`;
    await clock.sleep(pause);
  }
};
