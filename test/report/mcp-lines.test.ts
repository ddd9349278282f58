import { expect, test } from 'vitest'
import { mcpGuidance } from '../../fixtures/guidance/mcp.ts'
import { mcpLines } from '../../helpers/report/mcp-lines.ts'
import type { Verdict } from '../../helpers/model/verdict.ts'
import { check, header } from '../support/report-factory.ts'

const all = ['mcp.server-metadata', 'mcp.challenge', 'authorize.code-issued', 'pkce.every-client']
const whole = [...all, 'authorize.redirect-uri-unregistered']

const line = (verdicts: Readonly<Record<string, Verdict>> = {}, ids = whole, profile = 'mcp'): string =>
  mcpLines({
    header: { ...header, settings: { ...header.settings, profile } },
    results: ids.map((contract) =>
      check({ contract, group: contract.startsWith('mcp.') ? 'mcp' : 'other', verdict: verdicts[contract] ?? 'pass' }),
    ),
  }).join('')

test('an MCP client can log in if everything it needs is proven; only the profile mcp says so', () => {
  expect(line()).toBe('mcp         an MCP client can log in here: yes')
  expect(line({}, whole, 'default')).toBe('')
})

test('what is missing, what is recommended, and what was not proven is named', () => {
  expect(line({ 'mcp.server-metadata': 'fail', 'mcp.challenge': 'warn' })).toBe(
    'mcp         an MCP client can log in here: no, missing: metadata of the authorization server (mcp.server-metadata); recommended, too: the address of the metadata in the challenge (mcp.challenge)',
  )
  expect(line({ 'pkce.every-client': 'blocked' })).toBe(
    'mcp         an MCP client can log in here: not proven: PKCE with S256 (pkce.every-client)',
  )
  expect(line({ 'authorize.code-issued': 'skipped' })).toBe(
    'mcp         an MCP client can log in here: not proven: a code for a user who consents (authorize.code-issued)',
  )
  expect(line({}, all)).toBe('mcp         an MCP client can log in here: not proven: not all of its contracts ran')
})

test('every contract of an MCP client has a name there', () => {
  const ids = Object.keys(mcpGuidance)
  expect(ids).toContain('mcp.server-metadata')
  for (const id of ids) expect(line({ [id]: 'fail' }, [...whole, id])).toMatch(/missing: .+ \(mcp\.[a-z-]+\)$/u)
})
