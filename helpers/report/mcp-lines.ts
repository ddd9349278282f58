import type { Verdict } from '../model/verdict.ts'
import type { RunOutcome } from './run.ts'

/** What an MCP client needs, in its own terms, and by the contract that proves it. */
const needs: Readonly<Record<string, string>> = {
  'mcp.resource-metadata': 'metadata of the resource',
  'mcp.resource-identical': 'metadata of the resource with its own URL',
  'mcp.server-metadata': 'metadata of the authorization server',
  'mcp.issuer': 'metadata of the authorization server with its own URL',
  'mcp.challenge-method': 'S256 in that metadata',
  'mcp.resource-parameter': 'tokens for a request with `resource`',
  'mcp.challenge': 'the address of the metadata in the challenge',
  'mcp.registration': 'registration',
  'mcp.audience': '`resource` as the audience of tokens',
  'authorize.code-issued': 'a code for a user who consents',
  'authorize.issuer-advertised': '`iss` in responses, as the metadata says',
  'pkce.every-client': 'PKCE with S256',
  'authorize.redirect-uri-unregistered': 'redirect URIs compared exactly',
}

/** Without their check there is no answer. Others depend on what is published. */
const decisive: readonly string[] = [
  'mcp.server-metadata',
  'authorize.code-issued',
  'pkce.every-client',
  'authorize.redirect-uri-unregistered',
]

/** With `--profile mcp`: whether an MCP client can log in, or what is missing. */
export function mcpLines({ header, results }: Pick<RunOutcome, 'header' | 'results'>): string[] {
  if (header.settings.profile !== 'mcp' || results.length === 0) return []
  const needed = results.filter(({ contract, group }) => group === 'mcp' || contract in needs)
  const named = (which: (verdict: Verdict, contract: string) => boolean): string =>
    [...new Set(needed.filter((one) => which(one.verdict, one.contract)).map(({ contract }) => contract))]
      .map((id) => (id in needs ? `${needs[id] ?? ''} (${id})` : id))
      .join(', ')
  const missing = named((verdict) => verdict === 'fail')
  const unproven = named(
    (verdict, id) => ['blocked', 'error'].includes(verdict) || (verdict === 'skipped' && decisive.includes(id)),
  )
  const advised = named((verdict) => verdict === 'warn')
  const isWhole = decisive.every((id) => needed.some(({ contract }) => contract === id))
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
