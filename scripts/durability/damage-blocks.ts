import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { moveStreamName } from '@fleetlake/contracts'

/** What a disk did to the last block of a stream while its server was down. */
export type Damage = 'bit flipped' | 'block cut' | 'block gone'

/** @param dataDir of a server that has ended */
export const damageBlocks = async (dataDir: string, partition: number, damage: Damage): Promise<void> => {
  const folder = join(dataDir, 'jetstream', '$G', 'streams', moveStreamName(partition), 'msgs')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.blk'))
  const block = join(folder, names.toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b)).at(-1)!)
  const bytes = await readFile(block)
  const at = Math.floor(bytes.length / 2)
  if (damage === 'block gone') await rm(block)
  else if (damage === 'block cut') await truncate(block, at)
  else {
    bytes[at] ^= 1
    await writeFile(block, bytes)
  }
}
