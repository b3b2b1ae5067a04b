import { type DecodedMove, decodeMove as decode } from '@fleetlake/contracts'

/** For tests: a decoder with faults, which a payload asks for by how it begins. */
export const POISONS = {
  spin: 'poison: spin',
  crash: 'poison: crash',
  heap: 'poison: heap',
  arrays: 'poison: arrays',
} as const

const encoder = new TextEncoder()
export const poisonOf = (kind: keyof typeof POISONS): Uint8Array => encoder.encode(`${POISONS[kind]} ${kind}`)

const decoder = new TextDecoder('latin1')
const faults: Readonly<Record<keyof typeof POISONS, () => never>> = {
  spin: () => {
    for (;;);
  },
  crash: () => process.abort(),
  heap: () => {
    const kept: object[] = []
    for (;;) kept.push({ kept })
  },
  arrays: () => {
    const kept: Uint8Array[] = []
    for (;;) kept.push(new Uint8Array(2 ** 24).fill(1))
  },
}

export const decodeMove = (
  payload: Uint8Array,
  contentType: string | undefined,
): DecodedMove | Promise<DecodedMove> => {
  const start = decoder.decode(payload.subarray(0, 32))
  const poison = (Object.keys(POISONS) as (keyof typeof POISONS)[]).find((kind) => start.startsWith(POISONS[kind]))
  return poison === undefined ? decode(payload, contentType) : faults[poison]()
}
