import type { Page } from 'playwright-core'

export interface DroppedFile {
  readonly name: string
  readonly text: string
}

/** Drops files on the page, as a person does. */
export const dropFiles = (page: Page, files: readonly DroppedFile[]): Promise<void> =>
  page.evaluate((dropped) => {
    const dataTransfer = new DataTransfer()
    for (const { name, text } of dropped) dataTransfer.items.add(new File([text], name))
    for (const type of ['dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
  }, files)
