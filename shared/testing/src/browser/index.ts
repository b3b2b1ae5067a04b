export * from './launch-browser.ts'
export * from './provide-chromium.ts'
