export type Theme = 'dark' | 'light'

/** The colours of the map: all muted, so that vehicles and areas, which are not, stand out. */
export interface MapPalette {
  /** Where the map knows nothing. */
  readonly unknown: string
  readonly land: string
  readonly sea: string
  readonly water: string
  readonly park: string
  readonly beach: string
  readonly building: string
  readonly district: string
  readonly street: {
    readonly casing: string
    readonly trunk: string
    readonly primary: string
    readonly secondary: string
    readonly tertiary: string
    readonly local: string
    readonly service: string
  }
  readonly text: {
    readonly halo: string
    readonly place: string
    readonly suburb: string
    readonly street: string
    readonly park: string
    readonly beach: string
    readonly water: string
    readonly waterHalo: string
  }
}

export const MAP_PALETTES: Readonly<Record<Theme, MapPalette>> = {
  dark: {
    unknown: '#0b1120',
    land: '#151d2c',
    sea: '#0b1626',
    water: '#0d1a2d',
    park: '#142a24',
    beach: '#2a2a22',
    building: '#1a2334',
    district: '#4c4a78',
    street: {
      casing: '#101725',
      trunk: '#4a5872',
      primary: '#435069',
      secondary: '#3a465d',
      tertiary: '#323d52',
      local: '#273143',
      service: '#222b3b',
    },
    text: {
      halo: '#131b29',
      place: '#cbd5e1',
      suburb: '#94a3b8',
      street: '#8896ab',
      park: '#76a08a',
      beach: '#9a9272',
      water: '#6490bd',
      waterHalo: '#0b1626',
    },
  },
  light: {
    unknown: '#e6e9ed',
    land: '#f1f2ef',
    sea: '#c9dce7',
    water: '#c2d7e3',
    park: '#d9e6d2',
    beach: '#efe7d0',
    building: '#ebebe7',
    district: '#a79fc9',
    street: {
      casing: '#c9ced4',
      trunk: '#ffffff',
      primary: '#ffffff',
      secondary: '#ffffff',
      tertiary: '#ffffff',
      local: '#ffffff',
      service: '#fbfbfa',
    },
    text: {
      halo: '#f6f7f4',
      place: '#1e293b',
      suburb: '#475569',
      street: '#5d6878',
      park: '#44684d',
      beach: '#705f31',
      water: '#2f5d82',
      waterHalo: '#d6e4ec',
    },
  },
}
