/** Endings that tell how a file is packed, and what is in it. */
const PACKED = /\.(gz|gzip|bz2|xz|zst|zstd)$/i
const ARCHIVE = /\.zip$/i
/** An ending has a letter: `2008.02` is a name. */
const ENDING = /(?<=[^./])\.(?=[0-9]*[a-z])[a-z0-9]{1,10}$/i

/**
 * A name without its endings: `trips.csv.gz` is `trips`.
 * @param which endings go: those of packings alone, of archives alone, or the file's own, too
 */
export const plainNameOf = (name: string, which: 'all' | 'packed' | 'archive' = 'all'): string => {
  if (which === 'archive') return name.replace(ARCHIVE, '')
  const unpacked = name.replace(PACKED, '')
  if (which === 'packed') return unpacked
  return unpacked.replace(ARCHIVE, '').replace(ENDING, '')
}
