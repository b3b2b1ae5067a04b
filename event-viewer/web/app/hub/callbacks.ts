import { transferHandlers } from 'comlink'

/**
 * Lets functions cross the threads' border as what they are: both threads call this once, before anything is wrapped or
 * exposed. A callback keeps a message port of its own until it is released.
 */
export const passCallbacks = (): void => {
  const proxies = transferHandlers.get('proxy')
  if (proxies === undefined) throw new Error('comlink has no handler for proxies')
  transferHandlers.set('callback', {
    ...proxies,
    canHandle: (value): value is unknown => typeof value === 'function',
  })
}
