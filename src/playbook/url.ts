import { line, show } from "./schema-parts.ts";

const longest = 2000;

/** An address for a gate. One that holds a password is never shown in what is said of it. */
export const url = line('an address, like "http://lb.example/health"').superRefine((text, context) => {
  const fault = faultOf(text);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

const faultOf = (text: string): string | undefined => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed !== undefined && parsed.username + parsed.password !== "")
    return "a user or a password in an address is not supported: it would stand in logs and reports; ask by a gate with command, whose program reads it from a file";
  const shown = text.includes("@") ? "an address" : show(text);
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    return `expected an address that begins with http:// or https://, found ${shown}`;
  if (/[{}]/.test(text)) return `${shown} holds { or }: a gate is the same for all hosts, without templates`;
  return text.length > longest ? `is longer than ${longest} characters` : undefined;
};
