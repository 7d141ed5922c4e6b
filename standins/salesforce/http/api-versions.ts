/** Winter '26, from which the releases are counted. */
const ANCHOR = { version: 65, year: 26 };
/** The oldest that the platform still answers, and the newest. */
const [OLDEST, NEWEST] = [31, 68];
const SEASONS = ['Winter', 'Spring', 'Summer'];

/** The API versions of the platform: three releases a year. */
export const VERSIONS = Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => {
  const releases = OLDEST + index - ANCHOR.version;
  const season = SEASONS[((releases % 3) + 3) % 3] ?? '';
  return { version: `${OLDEST + index}.0`, label: `${season} '${ANCHOR.year + Math.floor(releases / 3)}` };
});
