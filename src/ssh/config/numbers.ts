const units: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const most = 0x7fffffff;

/** Seconds of `90`, `1m30s`, `2h`; undefined for anything else. Source: sshd_config(5), TIME FORMATS. */
export const parseSeconds = (text: string): number | undefined => {
  if (!/^(?:\s*\+?\d+[smhdw])*(?:\s*\+?\d+[smhdw]?)$/i.test(text)) return undefined;
  let total = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(/(\d+)([smhdw]?)/gi))
    total += Number(amount) * (units[unit.toLowerCase()] ?? 1);
  return total <= most ? total : undefined;
};

/** A port from 1 to 65535, or the one name that every /etc/services has for it. */
export const parsePort = (text: string): number | undefined => {
  if (text === "ssh") return 22;
  if (!/^\s*\+?\d{1,9}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
};
