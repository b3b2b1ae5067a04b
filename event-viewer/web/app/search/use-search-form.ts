import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { ViewBounds } from '../shell/view-bounds.ts'
import {
  DEFAULT_LIMIT,
  DEFAULT_TIMEOUT_MS,
  type SearchRequest,
  type Shape,
  type When,
  type Where,
} from './request/search-request.ts'

export type WhereKind = Where['kind']

/** The content of the page's form; it stays when other pages are shown. */
export interface SearchForm {
  readonly whereKind: Ref<WhereKind>
  /** Drawn, picked or pasted. */
  readonly shapes: Readonly<ShallowRef<readonly Shape[]>>
  /** Names or ids of areas of the registry. */
  readonly named: Ref<readonly string[]>
  /** Puts others in their place; what was there can be had back. */
  setShapes(shapes: readonly Shape[]): void
  readonly canUndo: ComputedRef<boolean>
  readonly canRedo: ComputedRef<boolean>
  undo(): void
  redo(): void
  readonly when: Readonly<ShallowRef<When>>
  chooseWhen(when: When): void
  /** Stands until a period is chosen, or comes with a request. */
  suggestWhen(when: When): void
  readonly types: Ref<string[]>
  readonly ids: Ref<string[]>
  readonly select: Ref<string[]>
  readonly filter: Ref<string>
  readonly limit: Ref<number>
  readonly timeoutMs: Ref<number>
  /** Its content now; a search in view takes these bounds. */
  request(view: ViewBounds): SearchRequest
  fill(request: SearchRequest): void
}

const MOST_UNDONE = 100

const whereKind = ref<WhereKind>('shapes')
const shapes = shallowRef<readonly Shape[]>([])
const named = shallowRef<readonly string[]>([])
const past = shallowRef<readonly (readonly Shape[])[]>([])
const future = shallowRef<readonly (readonly Shape[])[]>([])
const when = shallowRef<When>({ kind: 'last', ms: 3_600_000, until: 'now' })
let isWhenChosen = false
const types = ref<string[]>([])
const ids = ref<string[]>([])
const select = ref<string[]>([])
const filter = ref('')
const limit = ref(DEFAULT_LIMIT)
const timeoutMs = ref(DEFAULT_TIMEOUT_MS)

const setShapes = (next: readonly Shape[]): void => {
  if (next === shapes.value || (next.length === 0 && shapes.value.length === 0)) return
  past.value = [...past.value, shapes.value].slice(-MOST_UNDONE)
  future.value = []
  shapes.value = next
}

const undo = (): void => {
  const before = past.value.at(-1)
  if (before === undefined) return
  past.value = past.value.slice(0, -1)
  future.value = [...future.value, shapes.value]
  shapes.value = before
}

const redo = (): void => {
  const after = future.value.at(-1)
  if (after === undefined) return
  future.value = future.value.slice(0, -1)
  past.value = [...past.value, shapes.value]
  shapes.value = after
}

const whereOf = (view: ViewBounds): Where => {
  if (whereKind.value === 'everywhere') return { kind: 'everywhere' }
  if (whereKind.value === 'areas') return { kind: 'areas', areas: [...named.value] }
  return whereKind.value === 'view' ? { kind: 'view', bounds: view } : { kind: 'shapes', shapes: shapes.value }
}

const chooseWhen = (chosen: When): void => {
  isWhenChosen = true
  when.value = chosen
}

const form: SearchForm = {
  whereKind,
  shapes,
  named,
  setShapes,
  canUndo: computed(() => past.value.length > 0),
  canRedo: computed(() => future.value.length > 0),
  undo,
  redo,
  when,
  chooseWhen,
  suggestWhen: (suggested) => {
    if (!isWhenChosen) when.value = suggested
  },
  types,
  ids,
  select,
  filter,
  limit,
  timeoutMs,
  request: (view) => ({
    where: whereOf(view),
    when: when.value,
    types: [...types.value],
    ids: [...ids.value],
    select: [...select.value],
    filter: filter.value.trim(),
    limit: limit.value,
    timeoutMs: timeoutMs.value,
  }),
  fill: (request) => {
    whereKind.value = request.where.kind
    if (request.where.kind === 'shapes') setShapes(request.where.shapes)
    if (request.where.kind === 'areas') named.value = [...request.where.areas]
    chooseWhen(request.when)
    types.value = [...request.types]
    ids.value = [...request.ids]
    select.value = [...request.select]
    filter.value = request.filter
    limit.value = request.limit
    timeoutMs.value = request.timeoutMs
  },
}

export const useSearchForm = (): SearchForm => form
