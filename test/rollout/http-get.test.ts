import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { httpGet } from "../../src/rollout/http-get.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server on loopback; its port. */
const serve = async (listener: RequestListener): Promise<number> => {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

const get = (url: string, more: { readonly within?: number; readonly stop?: AbortSignal } = {}) =>
  httpGet({ url, within: 20_000, ...more });

describe("a GET", () => {
  it("gives the status and the body, also where it is no success", async () => {
    const port = await serve((_, response) => response.writeHead(503).end("busy"));
    expect(await get(`http://127.0.0.1:${port}/x`)).toEqual({ kind: "answered", status: 503, body: "busy" });
  });

  it("sends name and password as basic authentication, and tells nobody of them", async () => {
    const seen: unknown[] = [];
    const port = await serve((request, response) => {
      seen.push(request.headers.authorization, request.url);
      response.end();
    });
    expect(await get(`http://me:p%40ss@127.0.0.1:${port}/x`)).toMatchObject({ status: 200 });
    expect(seen).toEqual([`Basic ${Buffer.from("me:p@ss").toString("base64")}`, "/x"]);
    const closed = await get("http://me:hunter2@127.0.0.1:1/");
    const odd = await get("http://me:hunter2@127.0.0.1:x/");
    const broken = await get("http://me:%zz-hunter2@127.0.0.1:1/");
    expect(JSON.stringify([closed, odd, broken])).not.toContain("hunter2");
    expect([closed.kind, odd, broken]).toEqual([
      "failed",
      { kind: "failed", because: "not a URL" },
      { kind: "failed", because: "not a URL" },
    ]);
  });

  it("follows a redirect, and takes the password only to the server that it is for", async () => {
    const seen: unknown[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end("other");
    });
    const port = await serve((request, response) => {
      if (request.url === "/far") return response.writeHead(302, { location: `http://127.0.0.1:${other}/` }).end();
      if (request.url === "/near") return response.writeHead(307, { location: "/here" }).end();
      seen.push(request.headers.authorization);
      return response.end("here");
    });
    expect(await get(`http://a:b@127.0.0.1:${port}/near`)).toMatchObject({ body: "here" });
    expect(await get(`http://a:b@127.0.0.1:${port}/far`)).toMatchObject({ body: "other" });
    expect(seen).toEqual([`Basic ${Buffer.from("a:b").toString("base64")}`, undefined]);
  });

  it("follows no redirect to another scheme, and no endless ones", async () => {
    const port = await serve((request, response) => {
      const location = request.url === "/file" ? "file:///etc/passwd" : "/again";
      response.writeHead(302, { location }).end();
    });
    expect(await get(`http://127.0.0.1:${port}/file`)).toEqual({
      kind: "failed",
      because: "sent to file://, which has another scheme",
    });
    expect(await get(`http://127.0.0.1:${port}/again`)).toEqual({
      kind: "failed",
      because: "sent elsewhere more than 5 times",
    });
  });

  it("asks for nothing but http and https", async () => {
    expect(await get("file:///etc/passwd")).toMatchObject({ kind: "failed" });
    expect(await get("data:text/plain,ok")).toMatchObject({ kind: "failed" });
  });

  it("takes a part of a body without end", async () => {
    const port = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    });
    const answer = await get(`http://127.0.0.1:${port}/`);
    expect(answer.kind === "answered" && answer.body.length).toBe(1024 * 1024);
  });

  it("ends after its time, in the head and in the body, and at a stop", async () => {
    const silent = await serve(() => undefined);
    expect(await get(`http://127.0.0.1:${silent}/`, { within: 100 })).toEqual({
      kind: "failed",
      because: "no answer in 0.1 s",
    });
    const slow = await serve((_, response) => response.writeHead(200).write("some"));
    expect(await get(`http://127.0.0.1:${slow}/`, { within: 100 })).toEqual({
      kind: "failed",
      because: "no answer in 0.1 s",
    });
    const stop = new AbortController();
    const asked = serve(() => stop.abort());
    expect(await get(`http://127.0.0.1:${await asked}/`, { stop: stop.signal })).toEqual({
      kind: "failed",
      because: "a stop was asked for",
    });
    expect(await get(`http://127.0.0.1:${silent}/`, { stop: stop.signal })).toMatchObject({ kind: "failed" });
  });

  it("says why there is no answer", async () => {
    expect(await get("http://127.0.0.1:1/")).toEqual({
      kind: "failed",
      because: expect.stringMatching(/^no answer: .*(ECONNREFUSED|bad port)/) as string,
    });
    const port = await serve((request) => request.socket.destroy());
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({
      kind: "failed",
      because: expect.stringContaining("no answer: ") as string,
    });
  });
});
