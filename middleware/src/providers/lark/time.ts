/** Lark's calendar and meeting instants: a string of whole seconds since the epoch. */
export function toUnixSeconds(instant: Date): string {
  return String(Math.floor(instant.getTime() / 1000));
}

/** RFC 3339 with whole seconds and a numeric offset, as the free-busy API documents it. */
export function toRfc3339(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}+00:00`;
}
