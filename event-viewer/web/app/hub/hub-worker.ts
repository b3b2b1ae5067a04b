import { expose } from 'comlink'
import { passCallbacks } from './callbacks.ts'
import { createHubThread } from './create-hub-thread.ts'

passCallbacks()
expose(createHubThread())
