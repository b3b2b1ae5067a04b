export { type Answering, findPort, listen, type Listening, type ListenOptions } from './listen.ts'
export { ownHosts } from './own-hosts.ts'
