const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECK = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The 18-character form of a record id, or undefined for anything that is not a record id (or has a wrong checksum). */
export function toId18(id: string): string | undefined {
  if (!/^[a-zA-Z0-9]{15}([A-Z0-5]{3})?$/.test(id)) return undefined;
  const full = withChecksum(id.slice(0, 15));
  return id.length === 15 || id === full ? full : undefined;
}

/** Each of the three last characters tells which of five characters are capitals. */
export function withChecksum(id15: string): string {
  let checksum = '';
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let index = 0; index < 5; index++) {
      if (/[A-Z]/.test(id15.charAt(block + index))) bits |= 1 << index;
    }
    checksum += CHECK.charAt(bits);
  }
  return id15 + checksum;
}

/** The id of the nth record with this key prefix. */
export function recordId(keyPrefix: string, sequence: number): string {
  let rest = sequence;
  let digits = '';
  while (rest > 0) {
    digits = DIGITS.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return withChecksum(`${keyPrefix}TC${digits.padStart(10, '0')}`);
}

/** Two digits in base 36 after `a`: the prefix of the nth custom object. */
export function customKeyPrefix(sequence: number): string {
  return `a${sequence.toString(36).toUpperCase().padStart(2, '0')}`;
}
