import type { RunOutcome } from './run.ts'

/** The requirements of an MCP client that contracts of other groups prove. */
const others: readonly string[] = ['authorize.code-issued', 'pkce.every-client', 'authorize.redirect-uri-unregistered']

/** With `--profile mcp`: whether an MCP client can log in, or what is missing. */
export function mcpLines({ header, results }: Pick<RunOutcome, 'header' | 'results'>): string[] {
  if (header.settings.profile !== 'mcp' || results.length === 0) return []
  const needed = results.filter(({ contract, group }) => group === 'mcp' || others.includes(contract))
  const ids = (verdicts: readonly string[]): string =>
    [...new Set(needed.filter(({ verdict }) => verdicts.includes(verdict)).map(({ contract }) => contract))].join(', ')
  const [missing, unproven, advised] = [ids(['fail']), ids(['blocked', 'error']), ids(['warn'])]
  const isWhole = ['mcp.server-metadata', ...others].every((id) => needed.some(({ contract }) => contract === id))
  const answer =
    missing !== ''
      ? `no, missing: ${missing}`
      : unproven !== '' || !isWhole
        ? `not proven: ${unproven || 'not all of its contracts ran'}`
        : 'yes'
  return [
    `mcp         an MCP client can log in here: ${answer}${advised === '' ? '' : `; recommended, too: ${advised}`}`,
  ]
}
