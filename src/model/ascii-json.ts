/** JSON in ASCII alone: what came from a host is data in it, and nothing acts on a terminal that it is shown on. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
