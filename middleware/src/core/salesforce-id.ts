const CHECKSUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The 18-character form of a 15- or 18-character Salesforce id, or undefined if it is neither or its checksum is wrong.
 * Each of the last three characters encodes which of five characters are upper case.
 */
export function toLongId(id: string): string | undefined {
  if (!/^[a-zA-Z0-9]{15}([A-Z0-5]{3})?$/.test(id)) return undefined;
  const short = id.slice(0, 15);
  let checksum = '';
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let bit = 0; bit < 5; bit++) if (/[A-Z]/.test(short.charAt(block + bit))) bits |= 1 << bit;
    checksum += CHECKSUM.charAt(bits);
  }
  const long = short + checksum;
  return id.length === 18 && id !== long ? undefined : long;
}

/**
 * Whether two references to the portal's merchant mean the same one. The id of a record may have been noted in either
 * length; ids that differ in capitals only are different.
 */
export function isSameReference(one: string, other: string): boolean {
  return (toLongId(one) ?? one) === (toLongId(other) ?? other);
}
