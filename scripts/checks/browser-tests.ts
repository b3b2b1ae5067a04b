import { provideChromium } from '@fleetlake/testing/browser'
import { providePage } from '../page/provide-page.ts'

/** What every test in a browser needs, before the first of them: a browser, and the page as it is now. */
export default async (): Promise<void> => {
  const say = (line: string): void => console.log(line)
  await provideChromium({ say })
  await providePage({ say })
}
