import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashInlineScripts } from './inline-scripts.ts'

const hash = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`

test('scripts and import maps that are written into a page are named, each once; files and data are not', () => {
  const html = `<!DOCTYPE html><script type="importmap">{"imports":{}}</script><script type="module" src="/_nuxt/a.js" crossorigin></script>
    <script>"use strict";
    go()</script><SCRIPT>"use strict";
    go()</SCRIPT><script type="application/json" data-nuxt-data="x">[1]</script><script data-src="y">1</script>`
  expect(hashInlineScripts(html)).toEqual([
    hash('{"imports":{}}'),
    hash(`"use strict";
    go()`),
    hash('1'),
  ])
  expect(hashInlineScripts('<p>none</p>')).toEqual([])
})
