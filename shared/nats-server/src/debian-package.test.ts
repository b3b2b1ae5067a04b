import { expect, test } from 'vitest'
import { findDebianMirror } from './debian-package.ts'

const bookworm = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n'
const noble = 'VERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n'

test('on Debian it is the mirror of the machine’s own release, not that of security or of another program', () => {
  const targets = [
    'https://deb.nodesource.com/node_20.x/ nodistro',
    'http://deb.debian.org/debian-security/ bookworm-security',
    'http://deb.debian.org/debian/ bookworm-updates',
    'mirror+file:/etc/apt/mirrors/debian.list bookworm',
  ]
  expect(findDebianMirror(bookworm, targets.join('\n'))).toBe('mirror+file:/etc/apt/mirrors/debian.list')
  expect(findDebianMirror(bookworm, 'http://deb.debian.org/debian-security/ bookworm-security\n')).toBe(undefined)
})

test('elsewhere it is one that is Debian’s by its address, and none when there is none', () => {
  const ubuntu = 'http://archive.ubuntu.com/ubuntu/ noble\nhttp://security.ubuntu.com/ubuntu/ noble-security\n'
  expect(findDebianMirror(noble, ubuntu)).toBe(undefined)
  expect(findDebianMirror(noble, `${ubuntu}https://ftp.fr.debian.org/debian/ bookworm\n`)).toBe(
    'https://ftp.fr.debian.org/debian/',
  )
  expect(findDebianMirror('', '')).toBe(undefined)
})
