export { findPort } from './http/listen.ts'
export { gatewayUrlOf } from './login/gateway-url.ts'
