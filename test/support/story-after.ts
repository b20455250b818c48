import type { Action, LiveValues } from "../../src/model/action.ts";
import type { SysctlKey } from "../../src/model/brand.ts";
import { argvKey } from "../../src/model/facts.ts";
import { factsOf } from "./facts.ts";
import type { HostStory } from "./host-story.ts";
import { afterReboot, whenLoaded, withLoaded, withModules, without, withoutModules } from "./story-modules.ts";

/** The story after these actions were done: what an ideal host would tell next. */
export const storyAfter = (story: HostStory, actions: readonly Action[]): HostStory =>
  actions.reduce(storyAfterOne, story);

const storyAfterOne = (story: HostStory, action: Action): HostStory => {
  switch (action.kind) {
    case "write":
      return withNewer({ ...story, files: { ...story.files, [action.path]: action.text } }, action.path);
    case "remove": {
      const files = Object.entries(story.files ?? {}).filter(([path]) => path !== action.path);
      return { ...story, files: Object.fromEntries(files) };
    }
    case "set_hashsize":
      return { ...story, buckets: action.to };
    case "set":
      return withKey(story, action.key, action.to);
    case "load_module":
      return withLive(withLoaded(story, action.module), action.then);
    case "unload_modules":
      return withoutModules(story, action.modules);
    case "reload_modules":
      return withLive(whenLoaded(withModules(withoutModules(story, action.unload), action.load)), action.then);
    case "restart_firewall":
      return withLive(action.unloads ? whenLoaded(story) : story, action.then);
    case "reboot":
      return afterReboot(story, factsOf(story));
    case "end_trial":
      return without(story, ["trial"]);
    case "run":
      return withRun(story, action.argv);
  }
};

/** What it was to bring about is there after it. */
const withRun = (story: HostStory, argv: readonly string[]): HostStory => ({
  ...story,
  commands: (story.commands ?? []).map((one) =>
    one.by === undefined || argvKey(one.by) === argvKey(argv) ? { ...one, status: 0 } : one,
  ),
});

const withKey = (story: HostStory, key: SysctlKey, value: string): HostStory => {
  const name = key.replace(/^.*_conntrack_/, "");
  if (name === "max") return { ...story, max: Number(value) };
  if (name === "buckets") return { ...story, buckets: Number(value) };
  return { ...story, keys: { ...story.keys, [name]: Number(value) } };
};

const withLive = (story: HostStory, { hashsize, keys }: LiveValues): HostStory =>
  [...keys].reduce<HostStory>(
    (told, [key, value]) => withKey(told, key, value),
    hashsize === undefined ? story : { ...story, buckets: hashsize },
  );

/** An image of the boot that stands does not hold what was written after it. */
const withNewer = (story: HostStory, path: string): HostStory => {
  const { bootImage } = story;
  if (bootImage === undefined || !/\/(?:modprobe|sysctl)\.d\//.test(path)) return story;
  return { ...story, bootImage: { ...bootImage, newer: [...new Set([...(bootImage.newer ?? []), path])] } };
};
