// Loaded before ctfleet (node --import): the wall clock of this controller jumps a day forth or back at every look.
const real = Date.now;
const NativeDate = Date;
let looks = 0;
const now = () => {
  looks += 1;
  return real() + (looks % 2 === 0 ? 1 : -1) * 86_400_000;
};
globalThis.Date = class extends NativeDate {
  constructor(...words) {
    super(...(words.length === 0 ? [now()] : words));
  }
  static now() {
    return now();
  }
};
