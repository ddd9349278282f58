import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../helpers/model/package.ts'

const documentation = readdirSync(join(packageRoot, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...documentation]
const read = (page: string): string => readFileSync(join(packageRoot, page), 'utf8')

/** The anchors that GitHub gives the headings of a page. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.*)$/gmu)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Links of a page to files of this repository. */
const linksOf = (page: string): string[] =>
  [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/gu)].map(([, link = '']) => link)

test.each(pages)('every link of %s leads somewhere', (page) => {
  const dead = linksOf(page).filter((link) => {
    const [path = '', anchor] = link.split('#')
    const file = path === '' ? page : relative(packageRoot, join(packageRoot, dirname(page), path))
    if (!existsSync(join(packageRoot, file))) return true
    return anchor !== undefined && !anchorsOf(file).includes(anchor)
  })
  expect(dead).toEqual([])
})

test('the README is short, shows a run, and links to every page of the documentation', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(120)
  expect(linksOf('README.md')).toContain('docs/images/run.svg')
  for (const page of documentation) expect(linksOf('README.md')).toContain(page)
})
