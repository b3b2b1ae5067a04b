const NAME = 'fleet:seek'
const MOST_KEPT = 500

/**
 * Measures, as the user timing `fleet:seek`, from a seek until the frame that shows it has been drawn. A page that is not seen draws no
 * frame, and nothing is measured.
 * @param seek sets the time of what is drawn
 */
export const measureSeek = (seek: () => void): void => {
  const start = performance.now()
  seek()
  requestAnimationFrame(() => {
    // Runs once this frame's callbacks, the layer's among them, have run and the browser has drawn.
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      if (performance.getEntriesByName(NAME).length >= MOST_KEPT) performance.clearMeasures(NAME)
      performance.measure(NAME, { start, end: performance.now() })
      port1.close()
    })
    port1.start()
    port2.postMessage(null)
  })
}
