/** @param colour `#rrggbb` @returns red, green and blue, 0 to 255 */
export const bytesOf = (colour: string): readonly [number, number, number] => {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw new Error(`a colour is written #rrggbb, not '${colour}'`)
  const value = Number.parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}
