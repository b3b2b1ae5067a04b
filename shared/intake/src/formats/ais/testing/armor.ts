/** Fields of a message: how many bits, and the number in them. */
export type Bits = readonly (readonly [bits: number, value: number])[]

/** The characters of a payload, with zeros at its end to whole characters. */
export const armor = (fields: Bits): string => {
  const bits = fields
    .map(([width, value]) => BigInt.asUintN(width, BigInt(value)).toString(2).padStart(width, '0'))
    .join('')
  return (bits.match(/.{1,6}/g) ?? [])
    .map((six) => {
      const value = Number.parseInt(six.padEnd(6, '0'), 2)
      return String.fromCharCode(value < 40 ? value + 48 : value + 56)
    })
    .join('')
}
