// Prints the section of CHANGELOG.md about a version: node .ci/release-notes.js v1.2.3
import { readFileSync } from 'node:fs'
import { argv, exit, stderr, stdout } from 'node:process'
import { pathToFileURL } from 'node:url'

/**
 * @param {string} tag `v1.2.3`
 * @param {string} changelog The text of CHANGELOG.md.
 * @param {{ version: string, repository?: unknown }} manifest package.json
 * @returns {{ notes: string } | { problem: string }}
 */
export function releaseNotes(tag, changelog, { version, repository }) {
  if (tag !== `v${version}`) return { problem: `the tag is ${tag}, and package.json has version ${version}` }
  if (repository === undefined)
    return { problem: 'package.json names no "repository", which npm needs to show where the package comes from' }
  const sections = changelog.split(/^## /mu)
  const section = sections.find((one) => one.startsWith(`${version}\n`) || one.startsWith(`${version} `))
  const notes = section?.split('\n').slice(1).join('\n').trim() ?? ''
  return notes === '' ? { problem: `CHANGELOG.md has no section "## ${version}" with content` } : { notes }
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  /** @param {string} file */
  const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
  const manifest = /** @type {{ version: string, repository?: unknown }} */ (JSON.parse(read('package.json')))
  const result = releaseNotes(argv[2] ?? '', read('CHANGELOG.md'), manifest)
  if ('problem' in result) {
    stderr.write(`This cannot be released: ${result.problem}.\n`)
    exit(1)
  }
  stdout.write(`${result.notes}\n`)
}
