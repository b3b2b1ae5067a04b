import { request } from 'node:http'

export interface SeenReadiness {
  readonly code: number
  readonly status: string
  readonly reasons: readonly string[]
}

/** @returns what `/readyz` says, on a connection of its own; undefined when nothing listens any more */
export const askReadiness = (opsUrl: string): Promise<SeenReadiness | undefined> =>
  new Promise((resolve) => {
    const asked = request(`${opsUrl}/readyz`, { agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += String(chunk)))
      response.on('end', () => {
        const { status, reasons } = JSON.parse(text) as Omit<SeenReadiness, 'code'>
        resolve({ code: response.statusCode!, status, reasons })
      })
    })
    asked.on('error', () => resolve(undefined))
    asked.end()
  })

/** Asks without a pause until nothing listens. @returns each answer that is not as the one before, as `503 stopping` */
export const watchReadiness = async (opsUrl: string, onUnready: () => void): Promise<string[]> => {
  const seen: string[] = []
  for (;;) {
    const answer = await askReadiness(opsUrl)
    if (answer === undefined) return seen
    if (answer.code !== 200) onUnready()
    const text = `${answer.code} ${answer.status}`
    if (seen.at(-1) !== text) seen.push(text)
  }
}
