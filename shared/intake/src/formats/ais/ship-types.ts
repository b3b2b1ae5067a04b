/** What the standard's numbers of two digits say; the tens count where the number itself has no entry. */
const TYPES: Readonly<Record<number, string>> = {
  30: 'fishing vessel',
  31: 'tug',
  32: 'tug',
  33: 'dredger',
  34: 'diving vessel',
  35: 'military vessel',
  36: 'sailing vessel',
  37: 'pleasure craft',
  50: 'pilot vessel',
  51: 'search and rescue vessel',
  52: 'tug',
  53: 'port tender',
  54: 'anti-pollution vessel',
  55: 'law enforcement vessel',
  58: 'medical transport',
}
const BY_TENS: Readonly<Record<number, string>> = {
  2: 'wing in ground craft',
  4: 'high-speed craft',
  6: 'passenger ship',
  7: 'cargo ship',
  8: 'tanker',
  9: 'ship',
}

/** What a ship is; undefined where it does not say so. */
export const shipTypeOf = (number: number): string | undefined =>
  number > 99 ? undefined : (TYPES[number] ?? BY_TENS[Math.floor(number / 10)])
