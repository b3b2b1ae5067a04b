// Plain, old syntax without dependencies: this file runs under whatever Node the machine has, before anything is installed.
import { dirname } from 'path'
import { fileURLToPath } from 'url'
import { ensureInstalled } from './bootstrap/install.mjs'
import { explainOldNode } from './bootstrap/node-version.mjs'
import { runScript } from './bootstrap/run-script.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const fail = (message) => {
  console.error(message)
  process.exit(1)
}

const main = () => {
  const oldNode = explainOldNode(process.versions.node)
  if (oldNode !== undefined) return fail(oldNode)
  return ensureInstalled(root, (line) => console.error(line)).then(() =>
    runScript({ root: root, name: process.argv[2], args: process.argv.slice(3) }),
  )
}

Promise.resolve(main()).catch((error) => fail(error.message))
