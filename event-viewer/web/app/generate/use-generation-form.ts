import { reactive } from 'vue'
import { type GenerationForm, newGenerationForm } from './generation-form.ts'

const form = reactive(newGenerationForm())

/** What was chosen last; it stays while the page is open. */
export const useGenerationForm = (): GenerationForm => form
