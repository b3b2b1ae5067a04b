import { humanBytes } from '@fleetlake/viewer-core'
import { computed, readonly, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { ImportChoices, PageImport, SentFile } from '../../api/imports.ts'
import { sentenceOf } from '../shell/sentence.ts'
import type { FoundFiles, NamedFile } from './found-files.ts'
import { fetchImports, forgetImport, openImport, removeFile, startImport, stopImport } from './import-requests.ts'
import { sendFile } from './send-file.ts'
import { createUploads, type Upload } from './uploads.ts'

/** The imports of the viewer's service, and the one that this page shows. It goes on while other pages are shown. */
export interface Imports {
  /** The newest first; undefined until the service has told. */
  readonly known: Readonly<ShallowRef<readonly PageImport[] | undefined>>
  readonly current: ComputedRef<PageImport | undefined>
  /** Of the current one; may be that of one that is gone. */
  readonly currentId: Readonly<Ref<string | undefined>>
  /** Files on their way to the current one. */
  readonly uploads: ComputedRef<readonly Upload[]>
  /** Files are on their way to any. */
  readonly isSending: ComputedRef<boolean>
  /** Why the last thing that was asked for did not take place, or nothing is known, for people. */
  readonly fault: ComputedRef<string | undefined>
  /** Something of the current one is being asked for. */
  readonly isBusy: Readonly<Ref<boolean>>
  /** Asks the service again; once more afterwards when it is called meanwhile. */
  refresh(): Promise<void>
  /** Sends files to the current import if that takes files, else to a new one. */
  addFound(found: FoundFiles | Promise<FoundFiles>): Promise<void>
  /** Takes a file that has arrived out of the current one. */
  takeOut(name: string): Promise<void>
  dropUpload(key: number): void
  retryUpload(key: number): void
  /** Shows another one, or none. */
  show(id: string | undefined): void
  start(choices: ImportChoices): Promise<void>
  /** What is stored stays. */
  stop(): Promise<void>
  /** Forgets the current one and its files. */
  discard(): Promise<void>
  /** Shows a sentence as such a fault. */
  sayFault(sentence: string): void
}

const known = shallowRef<readonly PageImport[]>()
const currentId = ref<string>()
const allUploads = shallowRef<readonly Upload[]>([])
const uploads = computed(() => allUploads.value.filter(({ importId }) => importId === currentId.value))
const isSending = computed(() => allUploads.value.some(({ state }) => state !== 'failed'))
/** Of the list, and of what this page asked for. */
const listFault = ref<string>()
const actFault = ref<string>()
const fault = computed(() => actFault.value ?? listFault.value)
const isBusy = ref(false)
let isLoading = false
let isWantedAgain = false
/** Counts answers to what this page does: an older list must not undo them. */
let changes = 0

const current = computed(() => known.value?.find(({ id }) => id === currentId.value))

const update = (changed: PageImport): void => {
  changes++
  const others = known.value ?? []
  known.value = others.some(({ id }) => id === changed.id)
    ? others.map((each) => (each.id === changed.id ? changed : each))
    : [changed, ...others]
}

const faultOf = (error: unknown): string => sentenceOf(error instanceof Error ? error.message : String(error))

const refresh = async (): Promise<void> => {
  if (isLoading) {
    isWantedAgain = true
    return
  }
  isLoading = true
  try {
    do {
      isWantedAgain = false
      const before = changes
      const told = await fetchImports()
      if (changes === before) known.value = told
      else isWantedAgain = true
    } while (isWantedAgain)
    listFault.value = undefined
  } catch (error) {
    listFault.value = `The imports of this viewer are not known: ${faultOf(error)}`
  } finally {
    isLoading = false
  }
}

/** What is known of an import, but for its files. */
const updateFiles = (id: string, change: (files: PageImport['files']) => PageImport['files']): void => {
  const changed = known.value?.find((each) => each.id === id)
  if (changed !== undefined) update({ ...changed, files: change(changed.files) })
}
/** In the order in which the service has them. */
const hasArrived = (id: string, sent: SentFile): void =>
  updateFiles(id, (files) => [...files, sent].toSorted((a, b) => (a.name < b.name ? -1 : 1)))

interface FileToSend extends NamedFile {
  readonly importId: string
  readonly size: number
}

const sending = createUploads<FileToSend>({
  send: async ({ importId, ...file }, options) => hasArrived(importId, await sendFile(importId, file, options)),
  onChange: (list) => (allUploads.value = list),
})

/** One thing at a time, so that no button does it twice. */
const act = async (action: () => Promise<void>): Promise<void> => {
  if (isBusy.value) return
  isBusy.value = true
  actFault.value = undefined
  try {
    await action()
  } catch (error) {
    actFault.value = faultOf(error)
  } finally {
    isBusy.value = false
  }
}

/** Files that come while a new import is being opened are its files as well. */
let opening: Promise<string> | undefined

const openNew = async (): Promise<string> => {
  const opened = await openImport()
  update(opened)
  currentId.value = opened.id
  return opened.id
}

const addFound = async (found: FoundFiles | Promise<FoundFiles>): Promise<void> => {
  actFault.value = undefined
  const { files, isFolder, fault: why } = await found
  if (why !== undefined) actFault.value = why
  if (files.length === 0) return
  try {
    const { id, phase } = current.value ?? {}
    opening ??= id !== undefined && phase === 'open' ? Promise.resolve(id) : openNew()
    const importId = await opening
    const { room } = known.value?.find((each) => each.id === importId) ?? {}
    const bytes = files.reduce((sum, { file }) => sum + file.size, 0)
    // A folder of which only a part had room would be another one.
    if (isFolder && room !== undefined && bytes > room) throw new Error(tooLarge(bytes, room))
    sending.add(files.map((each) => ({ ...each, importId, size: each.file.size })))
  } catch (error) {
    actFault.value = faultOf(error)
  } finally {
    opening = undefined
  }
}

const tooLarge = (bytes: number, room: number): string =>
  `the folder has ${humanBytes(bytes)}, and the viewer takes ${humanBytes(room)} more: send a part of it, or use fleet import in a terminal`

const takeOut = (name: string): Promise<void> =>
  act(async () => {
    const id = currentId.value
    if (id === undefined) return
    await removeFile(id, name)
    updateFiles(id, (files) => files.filter((file) => file.name !== name))
  })

const show = (id: string | undefined): void => {
  if (id === currentId.value) return
  actFault.value = undefined
  currentId.value = id
}

const change = (action: (id: string) => Promise<PageImport>): Promise<void> =>
  act(async () => {
    if (currentId.value !== undefined) update(await action(currentId.value))
  })

const discard = (): Promise<void> =>
  act(async () => {
    const id = currentId.value
    if (id === undefined) return
    sending.dropAll(id)
    await forgetImport(id)
    changes++
    known.value = known.value?.filter((each) => each.id !== id)
    currentId.value = undefined
  })

export const useImports = (): Imports => ({
  known,
  current,
  currentId: readonly(currentId),
  uploads,
  isSending,
  fault,
  isBusy: readonly(isBusy),
  refresh,
  addFound,
  takeOut,
  dropUpload: sending.drop,
  retryUpload: sending.retry,
  show,
  start: (choices) => change((id) => startImport(id, choices)),
  stop: () => change(stopImport),
  discard,
  sayFault: (sentence) => (actFault.value = sentence),
})
