import { DrushError } from '../../drupal/drush.ts'
import { readDrushFacts, type ConsumerFact, type DrushFacts } from '../../drupal/drush-facts.ts'
import type { TargetInfo } from '../../model/target.ts'
import { siteRedactor } from './login-link.ts'
import { drushWords, type SiteFile } from './site-file.ts'

/** Milliseconds; enough for drush to boot Drupal on a slow machine. */
const timeout = 120_000

/** Grants and modules according to the site file's drush command, or a note if it fails. Read-only. */
export async function offeredGrants(
  content: SiteFile,
): Promise<Pick<TargetInfo, 'offers' | 'modules'> & { readonly note?: string }> {
  if (content.drush === undefined) return {}
  try {
    const facts = await readDrushFacts(
      { command: drushWords(content.drush), timeout, redact: siteRedactor(content) },
      [],
    )
    return { offers: { grants: grantsOf(facts) }, ...(facts.modules ? { modules: facts.modules } : {}) }
  } catch (error) {
    if (!(error instanceof DrushError)) throw error
    return { note: `It is not known which grants the consumers of the site have: ${error.message}` }
  }
}

/** Consumers by grant; in 5.2, where consumers have no grants of their own, each grant with a plugin. */
export function grantsOf({ consumers, grants = [] }: DrushFacts): Record<string, readonly string[]> {
  const all = [...new Set(consumers.flatMap((one) => one.grants))].sort()
  const having = (grant: string): readonly string[] => consumers.filter((one) => one.grants.includes(grant)).map(nameOf)
  return Object.fromEntries((all.length > 0 ? all : grants).map((grant) => [grant, having(grant)]))
}

const nameOf = ({ clientId, id }: ConsumerFact): string => clientId || `consumer ${id}`
