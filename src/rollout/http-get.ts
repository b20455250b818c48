import type { HttpRequest, HttpResult } from "./effects.ts";

/** Bytes of a body that are taken, and how often an answer may send us elsewhere. */
const mostBytes = 1024 * 1024;
const mostRedirects = 5;

/**
 * One GET. Redirects are followed where the scheme stays the same; a name and password in the URL are sent as basic
 * authentication to that server alone, and are in no text that is given back. Never throws.
 */
export const httpGet = async ({ url, within, stop }: HttpRequest): Promise<HttpResult> => {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const timer = setTimeout(end, within);
  stop?.addEventListener("abort", end);
  if (stop?.aborted === true) end();
  try {
    return await follow(new URL(url), controller.signal);
  } catch (error) {
    if (stop?.aborted === true) return failed("a stop was asked for");
    return failed(controller.signal.aborted ? `no answer in ${within / 1000} s` : reasonOf(error));
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener("abort", end);
    // what is left of a body is not waited for
    end();
  }
};

const follow = async (first: URL, signal: AbortSignal): Promise<HttpResult> => {
  if (!["http:", "https:"].includes(first.protocol))
    return failed(`only http and https are asked, not ${first.protocol}`);
  let url = first;
  for (let sent = 0; sent <= mostRedirects; sent += 1) {
    const credentials = url.origin === first.origin ? first : url;
    const response = await fetch(bare(url), { signal, redirect: "manual", headers: authorization(credentials) });
    const next = redirect(response, url);
    if (next === undefined) return { kind: "answered", status: response.status, body: await bodyOf(response) };
    if (typeof next === "string") return failed(next);
    await response.body?.cancel();
    url = next;
  }
  return failed(`sent elsewhere more than ${mostRedirects} times`);
};

/** Where an answer sends us, or why we do not go there; undefined: it is the answer. */
const redirect = (response: Response, from: URL): URL | string | undefined => {
  const location = response.headers.get("location");
  if (location === null || ![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  if (!URL.canParse(location, from.href)) return "sent to what is not a URL";
  const to = new URL(location, from);
  return to.protocol === from.protocol ? to : `sent to ${to.protocol}//${to.host}, which has another scheme`;
};

/** What fetch takes: without name and password. */
const bare = (url: URL): URL => {
  const copy = new URL(url);
  copy.username = "";
  copy.password = "";
  return copy;
};

const authorization = ({ username, password }: URL): Record<string, string> => {
  if (username === "" && password === "") return {};
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(plain).toString("base64")}` };
};

const bodyOf = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk.subarray(0, mostBytes - size));
    size += chunk.byteLength;
    if (size >= mostBytes) break;
  }
  return Buffer.concat(chunks).toString("utf8");
};

/** The system's words. Those about the URL itself are left out: they repeat it, with what it may hold. */
const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ERR_INVALID_URL" || error instanceof URIError) return "not a URL";
  return cause instanceof Error ? `no answer: ${cause.message}` : "no answer";
};

const failed = (because: string): HttpResult => ({ kind: "failed", because });
