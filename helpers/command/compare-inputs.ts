import { join } from 'node:path'
import acceptedSchema from '../../fixtures/schemas/accepted-changes.schema.json' with { type: 'json' }
import releasesSchema from '../../fixtures/schemas/releases.schema.json' with { type: 'json' }
import type { AcceptedChange } from '../compare/accept.ts'
import type { Releases } from '../compare/releases.ts'
import { newAjv } from '../model/ajv.ts'
import { packageRoot } from '../model/package.ts'
import { readYamlFile } from '../settings/yaml-file.ts'

/** A file that a comparison needs cannot be read; the message begins with file:line:column. */
class CompareInputError extends Error {
  override readonly name = 'CompareInputError'
  readonly code = 'malformed-input'
}

const compile = <T>(schema: object) =>
  newAjv({ meta: false, validateSchema: false, code: { optimize: false } }).compile<T>(schema)

/** What releases announced, from fixtures/releases.yaml. */
export function readReleases(file = join(packageRoot, 'fixtures', 'releases.yaml')): Releases {
  return readYamlFile(file, {
    validate: compile<Releases>(releasesSchema),
    unreadable: 'the list of releases cannot be read. Install the package again.',
    error: CompareInputError,
    empty: { announcements: [], unread: [] },
  }).value
}

/**
 * Reads a file of accepted changes.
 * @throws CompareInputError
 */
export function readAccepted(file: string): readonly AcceptedChange[] {
  return readYamlFile(file, {
    validate: compile<AcceptedChange[]>(acceptedSchema),
    unreadable:
      'the accepted changes cannot be read. Give the path of a YAML file with --accept; --write-accept writes one.',
    error: CompareInputError,
    empty: [],
    explain: ({ instancePath, keyword }) =>
      keyword === 'pattern' && /\/(?:reason|owner)$/u.test(instancePath)
        ? `${instancePath.split('/').at(-1) ?? ''} is empty. Say ${instancePath.endsWith('reason') ? 'why the change is accepted' : 'who answers for it'}.`
        : undefined,
  }).value
}
