const units = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a duration as people write it: `30s`, `10m`, `48h`, `7d`. Undefined for anything else. */
export const durationSeconds = (text: string): number | undefined => {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * units[unit as keyof typeof units];
};

/** Seconds for people, in the largest unit that loses nothing: `90s`, `2m`, `48h`. */
export const durationText = (seconds: number): string => {
  const [unit, size] = (["d", "h", "m"] as const)
    .map((one) => [one, units[one]] as const)
    .find(([one, length]) => seconds >= length && seconds % length === 0 && (one !== "d" || seconds / length > 2)) ?? [
    "s",
    1,
  ];
  return `${Math.round(seconds / size)}${unit}`;
};
