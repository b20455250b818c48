import type { ClientChannel } from "ssh2";
import type { Clock } from "../remote/port.ts";
import type { Endpoint } from "./connect-options.ts";
import { startDeadline } from "./deadline.ts";
import { type Line, reasonOf } from "./line.ts";
import type { Trouble } from "./trouble.ts";
import type { OpenedWay, Way } from "./way.ts";

type Request = {
  readonly line: Line;
  /** The bastion's, for messages. */
  readonly name: string;
  readonly target: Endpoint;
  readonly clock: Clock;
  /** Called when the channel is closed. */
  readonly leave: () => void;
};

/** Asks a bastion for a connection to the next server. The name is looked up there. */
export const forward = ({ line, name, target, clock, leave }: Request): Promise<OpenedWay> =>
  new Promise((resolve) => {
    const { address, port, timeouts } = target;
    let waiting = true;
    const settle = (result: OpenedWay): void => {
      waiting = false;
      cancel();
      line.gone.removeEventListener("abort", onGone);
      resolve(result);
    };
    const fail = (trouble: Trouble): void => settle({ kind: "trouble", trouble: { kind: "bastion", name, trouble } });
    const onGone = (): void => fail({ kind: "closed", phase: "connect", message: reasonOf(line.gone).message });
    const ms = timeouts.connect;
    const cancel = startDeadline(clock, ms, () => fail({ kind: "deadline", phase: "connect", ms }));
    line.gone.addEventListener("abort", onGone);
    if (line.gone.aborted) {
      onGone();
      return;
    }
    try {
      line.client.forwardOut("127.0.0.1", 0, address, port, (error, channel) => {
        if (error) fail(refusal(error, target));
        else if (!waiting) channel.destroy();
        else settle({ kind: "open", way: wayOver({ channel, line, name, leave }) });
      });
    } catch (error) {
      // The library throws when the socket is closing and has not said so yet.
      fail({ kind: "closed", phase: "connect", message: String(error) });
    }
  });

const refusal = (error: Error & { readonly reason?: unknown }, { address, port }: Endpoint): Trouble => ({
  kind: "forward",
  reason: typeof error.reason === "number" ? error.reason : undefined,
  message: error.message.replace(/^\(SSH\) Channel open failure: /, ""),
  ...{ address, port },
});

type Forwarded = Pick<Request, "line" | "name" | "leave"> & { readonly channel: ClientChannel };

const wayOver = ({ channel, line, name, leave }: Forwarded): Way => {
  const lost = new AbortController();
  const close = (): void => {
    line.gone.removeEventListener("abort", onGone);
    channel.destroy();
    leave();
  };
  // The host's own connection says no more than that it ended: the bastion's knows why.
  const onGone = (): void => {
    lost.abort(new Error(`bastion ${name}: ${reasonOf(line.gone).message}`));
    close();
  };
  line.gone.addEventListener("abort", onGone);
  return { stream: channel, lost: lost.signal, close };
};
