export { askHealth, type Health, readinessUrl } from './ask-health.ts'
