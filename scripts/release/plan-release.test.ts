import { expect, test } from 'vitest'
import { planRelease } from './plan-release.ts'

const manifest = (path: string, version = '0.1.0') => ({
  path,
  text: `{\n  "name": "a",\n  "version": "${version}"\n}\n`,
})
const changelog = { path: 'CHANGELOG.md', text: '# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0\n\n- Old.\n' }
const input = {
  version: '0.2.0',
  date: '2026-11-30',
  changelog,
  manifests: [manifest('package.json'), manifest('a/package.json')],
  deployments: [{ path: 'cluster.ts', text: "image: 'a.example/fleetlake:0.1.0', other: 'fleetlake:0.1.0.1'" }],
}

test('a release gives its version to every package and image, and its date to what was not released', () => {
  expect(planRelease(input)).toEqual({
    tag: 'v0.2.0',
    message: 'Release 0.2.0',
    files: [
      {
        path: 'CHANGELOG.md',
        text: '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-30)\n\n- New.\n\n## 0.1.0\n\n- Old.\n',
      },
      manifest('package.json', '0.2.0'),
      manifest('a/package.json', '0.2.0'),
      { path: 'cluster.ts', text: "image: 'a.example/fleetlake:0.2.0', other: 'fleetlake:0.1.0.1'" },
    ],
    notes: '- New.',
  })
})

test.each([
  [{ version: '2' }, "'2' is not a version: say one like 1.2.0"],
  [{ version: '1.0.0-rc.1' }, "'1.0.0-rc.1' is not a version: say one like 1.2.0"],
  [{ version: '1.0.0+5' }, "'1.0.0+5' is not a version: say one like 1.2.0"],
  [{ version: '01.0.0' }, "'01.0.0' is not a version: say one like 1.2.0"],
  [{ version: '0.1.0' }, '0.1.0 does not come after 0.1.0'],
  [{ version: '0.0.9' }, '0.0.9 does not come after 0.1.0'],
  [
    { manifests: [manifest('package.json'), manifest('a/package.json', '0.0.1')] },
    'all packages carry one version, 0.1.0, but not a/package.json',
  ],
  [
    { changelog: { path: 'CHANGELOG.md', text: '# Changelog\n\n## Unreleased\n\n## 0.1.0\n\n- Old.\n' } },
    'CHANGELOG.md says nothing under "## Unreleased": write what users notice',
  ],
])('%j is refused', (wrong, message) => {
  expect(() => planRelease({ ...input, ...wrong })).toThrow(new Error(message))
})
