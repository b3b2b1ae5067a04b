import medium from '@fontsource/barlow-semi-condensed/files/barlow-semi-condensed-latin-500-normal.woff2?url'
import semibold from '@fontsource/barlow-semi-condensed/files/barlow-semi-condensed-latin-600-normal.woff2?url'
import mediumMore from '@fontsource/barlow-semi-condensed/files/barlow-semi-condensed-latin-ext-500-normal.woff2?url'
import semiboldMore from '@fontsource/barlow-semi-condensed/files/barlow-semi-condensed-latin-ext-600-normal.woff2?url'
import type { StyleSpecification } from 'maplibre-gl'

const LATIN = ['U+0000-00FF', 'U+2000-206F']
const LATIN_MORE = ['U+0100-02BA', 'U+1E00-1E9F', 'U+1EF2-1EFF']

const absolute = (url: string): string => new URL(url, document.baseURI).href

/** The files of the map's font. MapLibre draws glyphs from them in the page: there is no glyph server. */
export const fontFaces = (): NonNullable<StyleSpecification['font-faces']> => ({
  'Fleet Medium': [
    { url: absolute(medium), 'unicode-range': LATIN },
    { url: absolute(mediumMore), 'unicode-range': LATIN_MORE },
  ],
  'Fleet Semibold': [
    { url: absolute(semibold), 'unicode-range': LATIN },
    { url: absolute(semiboldMore), 'unicode-range': LATIN_MORE },
  ],
})
