import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { expectRefusal, newPlace, type Place } from '../support/command.ts'

const quick = ['--target', 'reference', '--only', 'code.replay']
const failing = [...quick, '--reference-profile', 'ideal', '--reference-fault', 'code-usable-twice']
const text = (place: Place, ...path: string[]): string => readFileSync(place.at(...path), 'utf8')

describe('--reporter', () => {
  test('makes each format, and "report" makes the same of it later', async () => {
    const place = newPlace()
    const names = ['junit', 'sarif', 'markdown', 'gitlab']
    const folder = 'a folder "with" quotes, größe'
    mkdirSync(place.at(folder))
    const given = names.flatMap((name) => ['--reporter', `${name}=${folder.replace(',', '')}/${name}.x`])
    const run = await place.run([...failing, '--report', 'out', '--reporter', 'console', ...given])
    expect(run.code).toBe(1)
    expect(run.stdout).toMatch(/^FAIL code\.replay /mu)
    for (const name of names) {
      const shown = await place.run(['report', name, 'out'])
      expect({ name, code: shown.code, stderr: shown.stderr }).toEqual({ name, code: 0, stderr: '' })
      expect(shown.stdout).toBe(text(place, `${folder.replace(',', '')}/${name}.x`))
      await place.run(['report', name, 'out/report.json', '--output', `later/${name}`])
      expect(text(place, 'later', name)).toBe(shown.stdout)
    }
    const summary = await place.run(['report', 'console', 'out'])
    expect(summary.stdout).toContain('\nresult      demonstration: 1 check failed\n')
  })

  test('without a file puts it in the report folder; another run there leaves no page of this one', async () => {
    const place = newPlace()
    await place.run([...quick, '--report', 'out', '--reporter', 'console,junit,json=copy.json'])
    expect(text(place, 'out', 'junit.xml')).toContain('<testsuites')
    expect(text(place, 'copy.json')).toBe(text(place, 'out', 'report.json'))
    await place.run([...quick, '--report', 'out'])
    expect(existsSync(place.at('out', 'junit.xml'))).toBe(false)
  })

  test('without console prints the conclusion alone', async () => {
    const { stdout } = await newPlace().run([...quick, '--reporter', 'json'])
    expect(stdout).toBe('result      demonstration\n1 passed, 0 failed, 0 skipped\n')
  })

  test.each<[string, string[], string]>([
    ['an unknown one', ['--reporter', 'juint=x.xml'], 'Unknown reporter "juint". Did you mean junit'],
    ['no file', ['--reporter', 'junit='], 'The reporter "junit=" names no file. Leave the = out, or give a file'],
    ['a file for github', ['--reporter', 'github=x'], 'The reporter github takes no file'],
    [
      'the same file twice',
      ['--reporter', 'junit=a/../x', '--reporter', 'sarif=x'],
      'x would be written twice, by the reporters junit and sarif.',
    ],
    [
      'the file of the report',
      ['--report', 'out', '--reporter', 'markdown=out/report.json'],
      'would be written twice, by the reporters json and markdown.',
    ],
    ['a folder', ['--reporter', 'junit=.'], 'The reporter junit cannot write .: it is a folder.'],
    ['below a file', ['--reporter', 'junit=file/x'], 'file is a file. Name another file: --reporter junit=FILE.'],
  ])('is refused before anything starts: %s', async (_name, args, message) => {
    const place = newPlace()
    writeFileSync(place.at('file'), '')
    expectRefusal(place, await place.run([...quick, ...args]), message)
  })

  test('a file of somebody else in the report folder is not overwritten', async () => {
    const place = newPlace()
    mkdirSync(place.at('out'))
    writeFileSync(place.at('out', 'junit.xml'), 'mine')
    expectRefusal(
      place,
      await place.run([...quick, '--report', 'out', '--reporter', 'junit']),
      'is not of an earlier run',
    )
    expect(text(place, 'out', 'junit.xml')).toBe('mine')
  })

  test('one that cannot be written in the end keeps no other from being, and ends with 2', async () => {
    const place = newPlace()
    // Longer than a file system takes: only writing shows it.
    const name = `${'x'.repeat(300)}.xml`
    const ended = await place.run([...quick, '--reporter', `junit=${name}`, '--reporter', 'markdown=z.md'])
    expect(text(place, 'z.md')).toContain('## simple-oauth-contract: ')
    expect(ended.code).toBe(2)
    expect(ended.stdout).toContain(`The reporter junit could not write ${name}: ENAMETOOLONG`)
  })

  test('a run that never began leaves well-formed files, where they were asked for by name', async () => {
    const place = newPlace()
    const files = ['--reporter', 'junit=j.xml,sarif=s.json,markdown=m.md,gitlab=g.json']
    const { code } = await place.run(['--target', 'php', '--codebase', place.folder, ...files])
    expect(code).toBe(2)
    expect(text(place, 'j.xml')).toContain('<error message="the run failed: ')
    expect(JSON.parse(text(place, 'g.json'))).toEqual([])
    expect(text(place, 's.json')).toContain('"executionSuccessful": false')
    expect(text(place, 'm.md')).toContain('no verdict')
  })

  test('a run that is interrupted leaves every format well-formed', async () => {
    const place = newPlace({ ownProcess: true })
    const files = ['--reporter', 'console,junit=j.xml,sarif=s.json,markdown=m.md,gitlab=g.json,html=h.html']
    const started = place.start(['--target', 'reference', ...files])
    await started.seen(/checks/u)
    started.kill('SIGTERM')
    const { code, stdout } = await started.ended
    expect(code).toBe(2)
    expect(stdout).toContain('INTERRUPTED by SIGTERM')
    expect(text(place, 'j.xml').trimEnd().endsWith('</testsuites>')).toBe(true)
    for (const file of ['s.json', 'g.json']) expect(() => JSON.parse(text(place, file)) as unknown).not.toThrow()
    expect(text(place, 'm.md')).toContain('interrupted by SIGTERM')
    expect(text(place, 'h.html').trimEnd().endsWith('</html>')).toBe(true)
  })
})

test('a report of another version is refused, and says what to do', async () => {
  const place = newPlace()
  mkdirSync(place.at('old'))
  writeFileSync(place.at('old', 'report.json'), '{ "schemaVersion": 1, "suite": { "name": "simple-oauth-contract" } }')
  for (const args of [
    ['report', 'markdown', 'old'],
    ['merge', 'old'],
  ])
    expectRefusal(
      place,
      await place.run(args),
      'it has schema version 1; version 3 is needed. Run the contract again with this version of the suite.',
    )
})

describe('in GitHub Actions', () => {
  const env = (place: Place): Record<string, string> => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: place.at('summary'),
  })

  test('annotations and the summary come by themselves', async () => {
    const place = newPlace()
    writeFileSync(place.at('summary'), 'before\n')
    const { stdout } = await place.run(failing, { env: env(place) })
    expect(stdout).toMatch(/^::error title=FAIL code\.replay::/mu)
    expect(stdout.trimEnd().endsWith('passed, 1 failed, 0 skipped')).toBe(true)
    expect(text(place, 'summary')).toMatch(/^before\n## simple-oauth-contract: demonstration/u)
  })

  test('whoever names reporters gets those alone', async () => {
    const place = newPlace()
    const { stdout } = await place.run([...failing, '--reporter', 'console'], { env: env(place) })
    expect(stdout).not.toContain('::error')
    expect(existsSync(place.at('summary'))).toBe(false)
  })

  test('a summary that is full is left as it is, and a note says so', async () => {
    const place = newPlace()
    writeFileSync(place.at('summary'), 'x'.repeat(1024 * 1024 - 100))
    const { stdout, code } = await place.run(quick, { env: env(place) })
    expect(code).toBe(0)
    expect(stdout).toContain('· The job summary is full (1 MB): the result was not added.')
    expect(text(place, 'summary')).toHaveLength(1024 * 1024 - 100)
  })

  test('a summary that cannot be written fails no run', async () => {
    const place = newPlace()
    mkdirSync(place.at('summary'))
    chmodSync(place.at('summary'), 0o500)
    const { stdout, code } = await place.run(quick, { env: env(place) })
    expect(code).toBe(0)
    expect(stdout).toContain('· The job summary cannot be written: EISDIR')
  })
})

describe('report', () => {
  test.each<[string, string[], string]>([
    ['no format', ['report'], '"report" needs a format: report FORMAT REPORT'],
    ['an unknown format', ['report', 'pdf', 'x'], 'Unknown reporter "pdf".'],
    ['no report', ['report', 'junit', 'nothing'], 'nothing cannot be read: there is no such file or folder'],
    ['another version', ['report', 'junit', 'old.json'], 'it has schema version 2; version 3 is needed.'],
    ['something else', ['report', 'junit', 'other.json'], 'it is not a report of this suite'],
    ['half a report', ['report', 'junit', 'half.json'], 'it is not complete JSON'],
  ])('is refused: %s', async (_name, args, message) => {
    const place = newPlace()
    writeFileSync(place.at('old.json'), '{"schemaVersion":2}')
    writeFileSync(place.at('other.json'), '{}')
    writeFileSync(place.at('half.json'), '{"schemaVersion":3')
    expectRefusal(place, await place.run(args), message)
  })
})
