/**
 * Does a host's question want a one-time code? The password is no answer to that, and a wrong answer may count where accounts
 * are locked. Questions for a password have no common word: they come in the host's language.
 */
export const asksForCode = (question: string): boolean =>
  /\b(?:code|token|otp|pin|passcode|one[- ]time|verification|authenticator|yubikey|duo)\b/i.test(question);
