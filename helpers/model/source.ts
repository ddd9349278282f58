import sections from '../../fixtures/sections.json' with { type: 'json' }
import { documents, profiles, type Profile } from '../../fixtures/sources.ts'

/** A listed document, or one of your own: `x-api-guide`. Your own documents are always mandatory. */
export type Document = keyof typeof documents | `x-${string}`

type Level = 'MUST' | 'SHOULD' | 'MAY'

/** One place in a standard that a contract rests on. */
export interface Source {
  readonly document: Document
  /** Section number, e.g. "4.1.2.1" or "appendix B". */
  readonly section: string
  readonly level: Level
  /** Whom the requirement binds. A violated requirement on the client is at most a warning. */
  readonly binds: 'server' | 'client'
}

/** Whether a document's MUSTs have to be met in a profile. */
export const binds = (document: Document, profile: Profile): boolean =>
  document.startsWith('x-') || (profiles[profile] as readonly Document[]).includes(document)

/** The title of a listed document; undefined of any other. */
export const titleOf = (document: string): string | undefined =>
  Object.hasOwn(documents, document) ? documents[document as keyof typeof documents] : undefined

/** The headings of a document's listed sections, by number. */
export const sectionsOf = (document: string): Readonly<Record<string, string>> =>
  Object.hasOwn(sections, document) ? sections[document as keyof typeof sections] : {}

// Headings that mean nothing without their parent.
const bare: ReadonlySet<string> = new Set(['Countermeasures', 'Recommendations'])

/** The heading of a section: "PKCE Downgrade Attack: Countermeasures"; undefined where it is not listed. */
export function headingOf({ document, section }: Pick<Source, 'document' | 'section'>): string | undefined {
  const all = sectionsOf(document)
  const heading = all[section]
  const above = all[section.replace(/\.\d+$/u, '')]
  return heading !== undefined && above !== undefined && bare.has(heading) ? `${above}: ${heading}` : heading
}

/** Where a source can be read; undefined where the document has no page with sections. */
export function linkOf({ document, section }: Pick<Source, 'document' | 'section'>): string | undefined {
  const rfc = titleOf(document) === undefined ? undefined : /^RFC(\d+)$/.exec(document)?.[1]
  if (rfc === undefined || !/^\d+(?:\.\d+)*$/.test(section)) return undefined
  return `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}`
}

/**
 * A section that requires something of the server with MUST or REQUIRED: a violation fails the check if the profile includes the document.
 */
export const must = (document: Document, section: string): Source => ({
  document,
  section,
  level: 'MUST',
  binds: 'server',
})
/** A section that recommends something with SHOULD: a violation is at most a warning. */
export const should = (document: Document, section: string): Source => ({
  document,
  section,
  level: 'SHOULD',
  binds: 'server',
})
/** A section that permits something with MAY: for observations. */
export const may = (document: Document, section: string): Source => ({
  document,
  section,
  level: 'MAY',
  binds: 'server',
})
/** A requirement on the client that a careful server enforces, too: a violation is at most a warning. */
export const bindsClient = (source: Source): Source => ({ ...source, binds: 'client' })

/** "RFC 7636" */
export const nameOf = (document: string): string => (document.startsWith('RFC') ? `RFC ${document.slice(3)}` : document)

/** "§4.6", "appendix B" */
export const sectionOf = ({ section }: Pick<Source, 'section'>): string =>
  /^\d/.test(section) ? `§${section}` : section

/** "RFC 7636 §4.6 MUST" */
export const citation = (source: Source): string => `${nameOf(source.document)} ${sectionOf(source)} ${source.level}`

/** "RFC 7636 §4.6 (Server Verifies code_verifier before Returning the Tokens) MUST" */
export function fullCitation(source: Source): string {
  const heading = headingOf(source)
  const place = `${nameOf(source.document)} ${sectionOf(source)}`
  return `${heading === undefined ? place : `${place} (${heading})`} ${source.level}`
}
