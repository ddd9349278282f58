import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import schema from '../../fixtures/schemas/observed.schema.json' with { type: 'json' }
import { ReportError } from '../../helpers/report/private-files.ts'
import { publishable, recordRun, writeRecord, type RunRecord } from '../../helpers/report/record.ts'
import { check, demonstration, finding, header, hostile, oneOfEach } from '../support/report-factory.ts'

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
const valid = ajv.compile(schema)
const errorsOf = (text: string): string[] =>
  valid(JSON.parse(text)) ? [] : (valid.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`)
const parsed = (text: string): RunRecord => JSON.parse(text) as RunRecord
const only = (text: string) => parsed(text).checks[0]

describe('the record of a run', () => {
  test('holds verdict, failed findings and facts, and no more', () => {
    const results = [
      check({
        verdict: 'known',
        findings: [
          finding({ ok: true, path: 'token.issued' }),
          finding({ path: 'token.error', actual: { status: 401 } }),
        ],
        observed: { status: 401, 'header.content-type': 'application/json', json: { error: 'string' } },
      }),
    ]
    expect(parsed(recordRun(results, header).text)).toEqual({
      schemaVersion: 2,
      versions: header.target?.versions,
      profile: 'default',
      checks: [
        {
          contract: 'pkce.verifier-mismatch',
          variant: null,
          verdict: 'known',
          failed: [{ path: 'token.error', actual: { status: 401 } }],
          observed: { status: 401, 'header.content-type': 'application/json', json: { error: 'string' } },
        },
      ],
    })
  })

  test('says why a check was skipped or blocked, but not the words of an error', () => {
    const { checks } = parsed(recordRun(oneOfEach, header).text)
    expect(Object.fromEntries(checks.map(({ verdict, reason, blocked }) => [verdict, reason ?? blocked]))).toEqual({
      skipped: { kind: 'capability', capability: 'site.control' },
      blocked: 'step-failed',
    })
  })

  test('has the same bytes whatever the order of checks and members, the port, the time and the random values', () => {
    const run = (port: number, random: string, count: number) => [
      check({ contract: 'b', variant: 'z' }),
      check({ contract: 'b', variant: 'ä', milliseconds: port }),
      check({
        contract: 'a',
        findings: [finding({ actual: `issued ‹code:${count}› with jti ${random}` })],
        observed: {
          status: 200,
          'header.content-security-policy': `script-src 'nonce-${random}'; report-uri http://127.0.0.1:${port}/csp`,
          'header.www-authenticate': `Bearer realm="127.0.0.1:${port}"`,
        },
      }),
    ]
    const at = (port: number) => ({
      ...header,
      startedAt: new Date(port).toISOString(),
      target: {
        ...demonstration.target,
        label: '',
        baseUrl: `http://127.0.0.1:${port}`,
        versions: {},
        demonstration: false,
      },
    })
    const one = recordRun(run(8080, 'a1'.repeat(40), 1), at(8080))
    const other = recordRun(run(9, 'f0e9'.repeat(20), 7).reverse().map(backwards), at(9))
    expect(other).toEqual(one)
    expect(parsed(one.text).checks.map(({ contract, variant }) => [contract, variant])).toEqual([
      ['a', null],
      ['b', 'z'],
      ['b', 'ä'],
    ])
    expect(one.text).toContain('issued ‹code› with jti ‹random›')
    expect(one.text).toContain('report-uri ‹base URL›/csp')
  })

  test('names the modules besides Simple OAuth', () => {
    const target = header.target && { ...header.target, modules: { simple_oauth_pkce: '', simple_oauth: '6.1.0' } }
    const { text } = recordRun(oneOfEach, { ...header, target })
    expect(parsed(text).modules).toEqual(['simple_oauth_pkce'])
    expect(errorsOf(text)).toEqual([])
  })

  test('that is published holds nothing unproven, and no failure or warning that is not a known issue', () => {
    const kept = publishable(oneOfEach).map(({ verdict }) => verdict)
    expect(kept.sort()).toEqual(['known', 'pass', 'skipped', 'stale'])
  })

  test('tells different facts apart', () => {
    const text = (status: number) => recordRun([check({ observed: { status } })], header).text
    expect(text(200)).not.toBe(text(201))
  })

  test('is named after the versions, and never leads out of its folder', () => {
    expect(recordRun([], header).name).toBe('simple_oauth-6.0.9-league-9.2.0-drupal-10.5.5.json')
    expect(recordRun([], demonstration).name).toBe('simple_oauth-6.0.9-league-9.2.0-drupal-unknown.json')
    expect(recordRun([], { ...header, target: null }).name).toBe(
      'simple_oauth-unknown-league-unknown-drupal-unknown.json',
    )
    const named = (more: object) =>
      recordRun([], { ...header, target: header.target && { ...header.target, ...more } }).name
    expect(named({ modules: { simple_oauth_pkce: '', simple_oauth_21: '', simple_oauth: '6.1.0' } })).toBe(
      'simple_oauth-6.0.9-league-9.2.0-drupal-10.5.5-with-simple_oauth_21.json',
    )
    expect(named({ versions: { ...header.target?.versions, database: 'MariaDB 11.4.9' } })).toBe(
      'simple_oauth-6.0.9-league-9.2.0-drupal-10.5.5-mariadb.json',
    )
    const versions = { simple_oauth: '../../etc/x', drupal: '11.x-dev+a b\0' }
    const target = header.target && { ...header.target, versions }
    expect(recordRun([], { ...header, target }).name).toBe(
      'simple_oauth-.._.._etc_x-league-unknown-drupal-11.x-dev+a_b_.json',
    )
  })

  test('keeps what a hostile server says harmless', () => {
    const { text } = recordRun([check({ observed: { error: Object.values(hostile).join('\n') } })], header)
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    expect(errorsOf(text)).toEqual([])
  })
})

describe('its schema', () => {
  test('fits every verdict', () => {
    expect(errorsOf(recordRun(oneOfEach, header).text)).toEqual([])
  })

  test.each<[string, (record: RunRecord) => unknown]>([
    ['a member it does not know', (record) => ({ ...record, startedAt: 'now' })],
    ['another version of itself', (record) => ({ ...record, schemaVersion: 1 })],
    ['an unknown verdict', (record) => ({ ...record, checks: [{ ...record.checks[0], verdict: 'good' }] })],
    [
      'a value where a type belongs',
      (record) => ({ ...record, checks: [{ ...record.checks[0], observed: { json: { access_token: 'eyJ0' } } }] }),
    ],
    ['a check without findings', (record) => ({ ...record, checks: [{ ...record.checks[0], failed: undefined }] })],
  ])('refuses %s', (_what, change) => {
    const record = parsed(recordRun([check()], header).text)
    expect(errorsOf(JSON.stringify(record))).toEqual([])
    expect(errorsOf(JSON.stringify(change(record)))).not.toEqual([])
  })
})

describe('writing', () => {
  test('makes the folder and gives the path', () => {
    const folder = mkdtempSync(join(tmpdir(), 'record-'))
    onTestFinished(() => {
      rmSync(folder, { recursive: true })
    })
    const record = recordRun([check()], header)
    const file = writeRecord(join(folder, 'new'), record)
    expect(file).toBe(join(folder, 'new', record.name))
    expect(readFileSync(file, 'utf8')).toBe(record.text)
    expect(only(record.text)?.verdict).toBe('pass')
  })

  test('says what to do where it cannot', () => {
    const folder = mkdtempSync(join(tmpdir(), 'record-'))
    onTestFinished(() => {
      rmSync(folder, { recursive: true })
    })
    writeFileSync(join(folder, 'file'), '')
    const write = () => writeRecord(join(folder, 'file'), recordRun([], header))
    expect(write).toThrow(ReportError)
    expect(write).toThrow(/Choose a folder you may write to/)
    expect(readdirSync(folder)).toEqual(['file'])
  })
})

function backwards<T extends { readonly observed: object }>(result: T): T {
  return { ...result, observed: Object.fromEntries(Object.entries(result.observed).reverse()) }
}
