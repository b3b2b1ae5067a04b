export { findPort } from './http/listen.ts'
