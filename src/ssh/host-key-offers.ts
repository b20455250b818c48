import type { Client } from "ssh2";

type GlobalRequest = (protocol: unknown, name: string, wantReply: boolean, data: unknown) => void;
type Inside = { readonly _protocol?: { readonly _handlers?: { GLOBAL_REQUEST?: GlobalRequest } } };

/**
 * After the login OpenSSH offers every host key that it has (hostkeys-00@openssh.com), and the library asks it to prove
 * each with a signature, which it then verifies. Known keys are never changed here, so that would be work for nothing on
 * both sides: it is left out. The library has no option for it; where its inside is another one, nothing is left out.
 */
export const ignoreHostKeyOffers = (client: Client): void => {
  const handlers = (client as unknown as Inside)._protocol?._handlers;
  const usual = handlers?.GLOBAL_REQUEST;
  if (handlers === undefined || usual === undefined) return;
  handlers.GLOBAL_REQUEST = (protocol, name, wantReply, data) => {
    if (name !== "hostkeys-00@openssh.com" || wantReply) usual(protocol, name, wantReply, data);
  };
};
