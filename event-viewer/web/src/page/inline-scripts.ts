import { createHash } from 'node:crypto'

const SCRIPT = /<script\b([^>]*)>([\s\S]*?)<\/script>/gi

/**
 * What a Content-Security-Policy must name so that the scripts written into a page run: `'sha256-…'` of each, once.
 * Scripts from a file and data (`type="application/json"`) need nothing.
 */
export const hashInlineScripts = (html: string): string[] => {
  const hashes = Array.from(html.matchAll(SCRIPT))
    .filter(([, attributes]) => !/\ssrc\s*=|\stype\s*=\s*["']?application\/(ld\+)?json/i.test(attributes))
    .map(([, , script]) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  return [...new Set(hashes)]
}
