import { releaseProxy } from 'comlink'

type Watch<News> = (news: News) => void

/** Callbacks of the page that get the same values. */
export interface Watchers<News> {
  /** @returns stops telling */
  add(watch: Watch<News>): () => void
  tell(news: News): void
}

export const createWatchers = <News>(): Watchers<News> => {
  const watches = new Set<Watch<News>>()
  return {
    add: (watch) => {
      watches.add(watch)
      return () => {
        if (watches.delete(watch)) release(watch)
      }
    },
    tell: (news) => {
      for (const watch of watches) watch(news)
    },
  }
}

/** Closes the port of a callback from the other thread; a function of this one has none. */
export const release = (callback: object): void => {
  const port = (callback as { [releaseProxy]?: () => void })[releaseProxy]
  if (typeof port === 'function') port()
}
