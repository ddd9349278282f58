import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import schema from '../../fixtures/schemas/not-covered.schema.json' with { type: 'json' }
import { packageRoot } from '../../helpers/model/package.ts'
import { nameOf, sectionOf } from '../../helpers/model/source.ts'

/** A requirement of a standard that no contract proves. */
export interface NotCovered {
  readonly requirement: string
  readonly sources: readonly { readonly document: string; readonly section?: string }[]
  readonly reason: string
}

const validate = new Ajv2020().compile<NotCovered[]>(schema)

/**
 * Checks the content of `fixtures/not-covered.yaml`.
 * @throws Error with the schema's first complaint.
 */
export function checkNotCovered(content: unknown): readonly NotCovered[] {
  if (validate(content)) return content
  const [error] = validate.errors ?? []
  throw new Error(`fixtures/not-covered.yaml${error?.instancePath}: ${error?.message}`)
}

export const readNotCovered = (): readonly NotCovered[] =>
  checkNotCovered(parse(readFileSync(join(packageRoot, 'fixtures/not-covered.yaml'), 'utf8')))

/** The text of `docs/not-covered.md`. */
export function notCoveredDocument(entries: readonly NotCovered[]): string {
  return [
    '<!-- Generated from fixtures/not-covered.yaml by `npm run generate`. -->',
    '# Requirements that no contract proves',
    'What a standard requires or allows, and why no contract proves it. [specs/CATALOGUE.md](../specs/CATALOGUE.md) lists what is proven.',
    ...entries.flatMap(({ requirement, sources, reason }) => [
      `## ${requirement.replace(/\.$/u, '')}`,
      sources.map(citation).join(' · '),
      reason,
    ]),
    '',
  ].join('\n\n')
}

const others: Readonly<Record<string, string>> = {
  OAUTH21: 'OAuth 2.1',
  OIDC: 'OpenID Connect Core 1.0',
  ASVS: 'OWASP ASVS 5.0',
}

/** The page of an RFC is known even where no contract cites it; the other documents have no stable links to sections. */
function citation({ document, section }: NotCovered['sources'][number]): string {
  const text = [others[document] ?? nameOf(document), ...(section === undefined ? [] : [sectionOf({ section })])].join(
    ' ',
  )
  const anchor = section === undefined ? '' : `#section-${section}`
  return document in others ? text : `[${text}](https://www.rfc-editor.org/rfc/${document.toLowerCase()}${anchor})`
}
