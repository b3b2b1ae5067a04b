import { CONTENT_TYPES } from './messages.ts'

const MOST_SHOWN = 100

/** How the data of a message with positions is written. */
export type MoveContent = keyof typeof CONTENT_TYPES

/** By the header `content-type`, whatever its case and its parameters, such as `; charset=utf-8`; undefined for what is not taken. */
export const contentOf = (contentType: string | undefined): MoveContent | undefined => {
  const type = contentType?.split(';', 1)[0].trim().toLowerCase()
  if (type === CONTENT_TYPES.arrow) return 'arrow'
  return type === CONTENT_TYPES.json ? 'json' : undefined
}

const TAKEN = `${CONTENT_TYPES.json} and ${CONTENT_TYPES.arrow} are taken`

/** Why a content type is not taken. */
export const refusalOf = (contentType: string | undefined): string =>
  contentType === undefined || contentType.trim() === ''
    ? `the message has no header content-type: ${TAKEN}`
    : `the content type is ${JSON.stringify(contentType.slice(0, MOST_SHOWN))}: ${TAKEN}`
