/**
 * Under which name the table counts a stream: `<stream>@<created>#<epoch>`. A stream made again is another one; a stream that
 * was rolled back is read again under the next epoch.
 */
export const appIdOf = (stream: string, created: string, epoch: number): string => `${stream}@${created}#${epoch}`

/** What such a name says; undefined for a name of another kind. */
export const parseAppId = (
  appId: string,
): { readonly stream: string; readonly created: string; readonly epoch: number } | undefined => {
  const groups = /^(?<stream>[^@]+)@(?<created>.+)#(?<epoch>\d+)$/.exec(appId)?.groups
  if (groups === undefined) return undefined
  return { stream: groups['stream'], created: groups['created'], epoch: Number(groups['epoch']) }
}

/** The epoch that the table is at for a stream: the highest that it holds; 0 when it holds none. */
export const epochOf = (txns: Iterable<string>, stream: string, created: string): number => {
  const prefix = `${stream}@${created}#`
  let epoch = 0
  for (const appId of txns) {
    if (appId.startsWith(prefix)) epoch = Math.max(epoch, Number(appId.slice(prefix.length)))
  }
  return epoch
}
