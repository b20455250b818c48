/** Environment variables: a program's agent, tickets and PATH are found there. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** For every process of one connection: `askpass` answers its questions, by the pipes in `folder`. */
export const environmentFor = (user: Environment, askpass: string, folder: string): Environment => ({
  ...user,
  // Its words are read.
  LC_ALL: "C",
  SSH_ASKPASS: askpass,
  SSH_ASKPASS_REQUIRE: "force",
  // Before 8.4 there is no SSH_ASKPASS_REQUIRE: a display and no terminal have the same effect.
  DISPLAY: user.DISPLAY ?? "ctfleet",
  CTFLEET_ASK: folder,
});
