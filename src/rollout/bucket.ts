/** Starts that may be made: so many at one moment, refilled at so many a second. Times are milliseconds of the caller's clock. */
export type Bucket = {
  /** 0: one may start now. */
  readonly openIn: (now: number) => number;
  readonly take: (now: number) => void;
};

// What is refilled in fractions does not come to exactly one.
const rounding = 1e-6;

/** A bucket that is full at first. */
export const bucket = ({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }): Bucket => {
  let tokens = burst;
  let filledAt: number | undefined;
  const fill = (now: number): void => {
    tokens = Math.min(burst, tokens + ((now - (filledAt ?? now)) * perSecond) / 1000);
    filledAt = now;
  };
  return {
    openIn: (now) => {
      fill(now);
      return tokens >= 1 - rounding ? 0 : ((1 - tokens) * 1000) / perSecond;
    },
    take: (now) => {
      fill(now);
      tokens -= 1;
    },
  };
};
