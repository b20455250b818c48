import { addHosts } from "./add-hosts.ts";
import { addGroup, type Draft, type DraftGroup } from "./draft.ts";

/** Adds the hosts of `-i web1,web2:2222,` to the draft, ungrouped. Ranges are not honoured there, as with Ansible. */
export const readHostList = (draft: Draft, source: { readonly file: string; readonly text: string }): void => {
  let offset = 0;
  const ungrouped = addGroup(draft, "ungrouped", () => ({ at: { file: source.file, line: 0, column: 0 }, path: "" }));
  const known = new Set(draft.hosts.keys());
  const listed: DraftGroup = { ...ungrouped, hosts: new Set() };
  for (const part of source.text.split(",")) {
    const column = offset + part.length - part.trimStart().length + 1;
    offset += part.length + 1;
    const place = () => ({ at: { file: source.file, line: 1, column }, path: "" });
    if (part.trim() !== "") addHosts(draft, listed, part.trim(), place);
  }
  // Ansible leaves a host where it is that an earlier source named
  for (const host of listed.hosts) if (!known.has(host)) ungrouped.hosts.add(host);
};
