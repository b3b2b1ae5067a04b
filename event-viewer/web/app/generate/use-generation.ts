import type { Message } from '@fleetlake/contracts'
import { readonly, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { useHub } from '../hub/use-hub.ts'
import type { GenerationInput } from './generation-form.ts'

export type GenerationStats = Message<'generationStats'>
export type GenerationProgress = Message<'generationProgress'>

/** `asking`: no generator has answered yet. */
export type GenerationState = 'idle' | 'asking' | 'running' | 'stopping'

/** Why there is no run, or no more word of it. */
export interface GenerationError {
  readonly code: string
  readonly message: string
}

export interface Generation {
  readonly state: Readonly<Ref<GenerationState>>
  readonly progress: Readonly<ShallowRef<GenerationProgress | undefined>>
  /** Of the last run that ended. */
  readonly stats: Readonly<ShallowRef<GenerationStats | undefined>>
  readonly error: Readonly<ShallowRef<GenerationError | undefined>>
  /** Positions a second of the run, if it is one in real time. */
  readonly pace: Readonly<Ref<number | undefined>>
  /** Resolves when the run has ended. Without effect while one goes on. */
  start(options: GenerationInput, pace: number | undefined): Promise<void>
  /** What has been published stays. */
  stop(): Promise<void>
}

const state = ref<GenerationState>('idle')
const pace = ref<number>()
const progress = shallowRef<GenerationProgress>()
const stats = shallowRef<GenerationStats>()
const error = shallowRef<GenerationError>()

const start = async (options: GenerationInput, runPace: number | undefined): Promise<void> => {
  if (state.value !== 'idle') return
  pace.value = runPace
  state.value = 'asking'
  progress.value = undefined
  stats.value = undefined
  error.value = undefined
  try {
    const outcome = await useHub().thread.generate(options, (told) => {
      if (state.value === 'asking') state.value = 'running'
      progress.value = told
    })
    if (outcome.ok) stats.value = outcome.value
    else error.value = { code: outcome.code, message: outcome.message }
  } catch (fault) {
    error.value = { code: 'page.failed', message: fault instanceof Error ? fault.message : String(fault) }
  } finally {
    state.value = 'idle'
  }
}

const stop = async (): Promise<void> => {
  if (state.value !== 'asking' && state.value !== 'running') return
  state.value = 'stopping'
  await useHub().thread.stopGeneration()
}

/** The page's one generation: it goes on while other pages are shown. */
export const useGeneration = (): Generation => ({
  state: readonly(state),
  pace: readonly(pace),
  progress,
  stats,
  error,
  start,
  stop,
})
