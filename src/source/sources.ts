/** One inventory source as it was read; what is in the text is not looked at yet. */
export type InventorySource =
  /** A file. Which of the two forms it has is for its reader to find out (Ansible tries YAML, then INI). */
  | { readonly kind: "file"; readonly file: string; readonly text: string }
  /** What an executable inventory printed for `--list`, and for `--host NAME` where it has no `_meta`. */
  | {
      readonly kind: "script";
      readonly file: string;
      readonly text: string;
      readonly hostTexts: ReadonlyMap<string, string>;
    }
  /** `-i web1,web2,`. */
  | { readonly kind: "hosts"; readonly file: string; readonly text: string };

/** One file of `group_vars/` or `host_vars/`, in the order in which Ansible reads them. */
export type VarsText = {
  readonly layer: "inventory_files" | "playbook_files";
  readonly of: { readonly kind: "group" | "host"; readonly name: string };
  readonly file: string;
  readonly text: string;
};
