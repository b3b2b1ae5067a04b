/**
 * Files that are imported from the page. An import takes files, is looked at, is started, and ends; it goes on when the page is closed, and is known to the next viewer when this one ends. All requests are same-origin and need the
 * right `imports` of `/api/config`; what is refused comes as a sentence, `text/plain`, with 4xx.
 *
 * - `GET    /api/imports`                         → `PageImport[]`, the newest first
 * - `POST   /api/imports`                         → 201 `PageImport`
 * - `PUT    /api/imports/<id>/files/<name>`       body: the file's bytes → `SentFile`; a name that is there already is refused. The name may be a path, `folder/name`, encoded as one
 * - `DELETE /api/imports/<id>/files/<name>`       → 204; takes it out; not once the import has begun
 * - `POST   /api/imports/<id>/preview`            body: `ImportChoices` → `ImportPreview`
 * - `POST   /api/imports/<id>/start`              body: `ImportChoices` → 202 `PageImport`; also of one that was interrupted, which goes on behind what is stored
 * - `POST   /api/imports/<id>/stop`               → 202 `PageImport`; what is stored stays
 * - `DELETE /api/imports/<id>`                    → 204; forgets it and its files; not while it is running
 * - `GET    /api/imports/<id>/refused`            → NDJSON, a row a line: file, place, reason, detail, text
 */
export interface PageImport {
  readonly id: string
  readonly files: readonly SentFile[]
  /** `open`: takes files, can be looked at and started; `interrupted`: its viewer ended while it ran, and its files are there. */
  readonly phase: 'open' | 'running' | 'interrupted' | 'ended'
  /** Its name on the hub, where `import-status` tells its progress; missing until it is started. */
  readonly job?: string
  /** Sentences that it has said while it ran, the newest last, at most 100. */
  readonly said: readonly string[]
  /** As they were said last, to look at it or to start it. */
  readonly choices?: ImportChoices
  readonly outcome?: {
    readonly status: 'complete' | 'stopped' | 'failed'
    /** How it ended, for people: a line a sentence. */
    readonly text: string
    /** Times of the first and the last row that was taken, RFC 3339. */
    readonly period?: { readonly from: string; readonly to: string }
  }
  /** Of one that takes files: bytes that they may have, those of all imports of this viewer together. */
  readonly room?: number
  /** Rows so far that were not taken. */
  readonly refused: number
  /** Of the rows in `/refused`, which keeps a bounded number of bytes. */
  readonly refusedKept: number
}

/** An import takes no more. */
export const MOST_FILES = 10_000

/** A file that has arrived. */
export interface SentFile {
  /** In a folder its path from there, with slashes. */
  readonly name: string
  readonly bytes: number
}

/** What a person says of the files; all of it is found out when it is missing. As the options of `fleet import` have it. */
export interface ImportChoices {
  /** The field of the input for a column or a measure, by the column's name; `Date+Time` joins two. */
  readonly columns?: Readonly<Record<string, string>>
  readonly timezone?: string
  readonly timeFormat?: string
  readonly speedUnit?: string
  readonly coordinates?: 'degrees' | 'minutes'
  readonly decimal?: '.' | ','
  readonly vehicleType?: string
  readonly vehicleId?: string
  readonly vehicleIdFrom?: string
  readonly from?: string
  readonly delimiter?: string
  readonly hasHeader?: boolean
  readonly skipLines?: number
  readonly path?: string
  readonly table?: string
  readonly corrections?: boolean
}

export interface ImportPreview {
  /** Fields of the first file, as far as they are known. */
  readonly fields: readonly string[]
  /** How they are read; missing when something must be said first, which is the question. */
  readonly mapping?: {
    readonly file: string
    readonly format: string
    /** Fields by the column or measure that is read from them. */
    readonly columns: readonly { readonly name: string; readonly fields: readonly string[]; readonly detail?: string }[]
    /** Sentences on what was assumed. */
    readonly notes: readonly string[]
    readonly leftOut: readonly string[]
    /** The first three rows as they are read; of one that is refused `refused`. */
    readonly first: readonly Readonly<Record<string, string>>[]
  }
  /** What must be said before anything can be imported, and how. */
  readonly question?: string
}
