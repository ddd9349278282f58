import { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { readTrace } from '../../../helpers/targets/container/build-trace.ts'
import { waysOut } from '../../../helpers/targets/container/ways-out.ts'
import type { TargetError } from '../../../helpers/model/target.ts'
import { buildImage, dockerFiles, type BuildContext } from '../../../helpers/targets/container/build-image.ts'

/** A field of a message in protocol buffers: its number and wire type 2, length, value. */
const field = (number: number, value: Buffer | string) => {
  const bytes = Buffer.from(value)
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7]
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes])
}
const vertex = (name: string, ...parts: Buffer[]) =>
  field(1, Buffer.concat([field(1, 'sha256:1'), field(3, name), ...parts]))
const began = field(5, Buffer.from([8, 1]))
const cached = Buffer.from([4 * 8, 1])
const completed = field(6, Buffer.from([8, 2]))
const log = (text: string) => field(3, Buffer.concat([field(1, 'sha256:1'), Buffer.from([3 * 8, 2]), field(4, text)]))

describe('what BuildKit says', () => {
  test('is read: steps of the Dockerfile as they begin, and lines of their commands', () => {
    const bytes = Buffer.concat([
      vertex('[internal] load build definition', began),
      vertex('[base 1/2] FROM x', cached, began, completed),
      vertex(`[codebase 2/2] RUN sh install.sh ${'x'.repeat(200)}`, began),
      log('one\ntwo'),
    ])
    expect(readTrace(bytes)).toEqual({
      steps: [`[codebase 2/2] RUN sh install.sh ${'x'.repeat(200)}`],
      log: ['one', 'two'],
    })
    expect(readTrace(Buffer.alloc(0))).toEqual({ steps: [], log: [] })
  })
})

interface Built {
  readonly error: { readonly code: string; readonly message: string } | undefined
  readonly stages: readonly string[]
  readonly sent: Readonly<Record<string, string>>
  readonly options: object
}

async function build(
  context: BuildContext,
  lines: readonly object[],
  {
    args = {},
    buildkit = true,
    hangs = false,
  }: { args?: Record<string, string>; buildkit?: boolean; hangs?: boolean } = {},
): Promise<Built> {
  const stages: string[] = []
  const sent: Record<string, string> = {}
  let options: object = {}
  const engine = {
    async buildImage(tar: NodeJS.ReadableStream, given: object) {
      options = given
      for await (const entry of Readable.from(tar).pipe(extract())) {
        let content = ''
        for await (const part of entry) content += String(part)
        sent[entry.header.name] = content
      }
      const texts = lines.map((line) => `${JSON.stringify(line)}\n`)
      return Readable.from(hangs ? thenNothing(texts) : texts)
    },
  }
  const wanted = { context, buildkit, args, tag: 'x:1', labels: { a: 'b' }, fresh: false, silence: [60, 300] as const }
  const error = await buildImage(engine, { ...wanted, progress: (stage) => stages.push(stage) }).then(
    () => undefined,
    (problem: unknown) => problem as TargetError,
  )
  return { error, stages, sent, options }
}

async function* thenNothing(texts: readonly string[]) {
  yield* texts
  await new Promise(() => undefined)
}

describe('a build', () => {
  test('sends what it is given, and tells its steps', async () => {
    const context = new Map([['code/a.php', { content: '<?php' }], ...dockerFiles('.')])
    const trace = { id: 'moby.buildkit.trace', aux: vertex('[drupal 1/2] COPY . /', began).toString('base64') }
    const { error, stages, sent, options } = await build(context, [trace], { args: { DRUPAL: '^10' } })
    expect(error).toBeUndefined()
    expect(stages).toEqual(['building the image: [drupal 1/2] COPY . /'])
    expect(sent['code/a.php']).toBe('<?php')
    expect(Object.keys(sent)).toEqual(expect.arrayContaining(['docker/Dockerfile', 'drupal/settings.php']))
    expect(options).toMatchObject({
      t: 'x:1',
      dockerfile: 'docker/Dockerfile',
      buildargs: { DRUPAL: '^10' },
      version: '2',
      nocache: false,
    })
  })

  test('by Podman opens no session of BuildKit, and its steps are shown as well', async () => {
    const { options, stages } = await build(new Map(), [{ stream: 'STEP 2/9: RUN sh composer.sh\n' }], {
      buildkit: false,
    })
    expect(options).not.toHaveProperty('version')
    expect(stages).toEqual(['building the image: 2/9 RUN sh composer.sh'])
  })

  test('in which Composer is silent reports that with three alternatives, and is aborted later', async () => {
    const lines = [{ stream: 'Step 2/9 : RUN sh composer.sh\n' }, { stream: 'Loading composer repositories\n' }]
    const { error, stages } = await build(new Map(), lines, { hangs: true })
    expect(stages).toEqual([
      'building the image: 2/9 RUN sh composer.sh',
      ...`Composer has said nothing for 0.06 s: its registries may not answer.${waysOut}`.split('\n'),
    ])
    expect(error).toMatchObject({
      code: 'build-stalled',
      message: `Composer has said nothing for 0.3 s: its registries do not answer.${waysOut}\n  Step 2/9 : RUN sh composer.sh\n  Loading composer repositories`,
    })
  })

  test('is not aborted while another step is silent', async () => {
    const lines = [{ stream: 'Step 2/9 : RUN sh composer.sh\n' }, { stream: 'Step 3/9 : RUN sh install.sh\n' }]
    const quiet = build(new Map(), lines, { hangs: true })
    const waited = new Promise((resolve) => setTimeout(resolve, 500, 'still building'))
    expect(await Promise.race([quiet, waited])).toBe('still building')
  })

  test.each([
    'curl error 6 while downloading https://packages.example.test/packages.json: Could not resolve host',
    'The "https://packages.drupal.org/8/packages.json" file could not be downloaded: failed to open stream',
  ])('that fails because Composer reaches no registry names three alternatives: %s', async (line) => {
    const { error } = await build(new Map(), [{ stream: `${line}\n` }, { error: 'exit code: 100' }])
    expect(error?.message).toBe(
      `The image could not be built: exit code: 100. Composer cannot reach its registries.${waysOut}\n  ${line}`,
    )
  })

  test('that BuildKit ends with an error shows the last lines of the command', async () => {
    const aux = log('line of the command\n').toString('base64')
    const { error } = await build(new Map(), [{ id: 'moby.buildkit.trace', aux }, { error: 'exit code: 1' }])
    expect(error).toMatchObject({
      code: 'build-failed',
      message: 'The image could not be built: exit code: 1.\n  line of the command',
    })
  })

  test('of a codebase that changes meanwhile is reported as such', async () => {
    const { error } = await build(new Map([['code/gone.php', { file: '/nonexistent/gone.php' }]]), [])
    expect(error).toMatchObject({ code: 'codebase-busy', message: expect.stringContaining('gone.php') as string })
  })

  test('that the engine drops is reported as such', async () => {
    const engine = { buildImage: () => Promise.reject(new Error('socket hang up')) }
    const options = { context: new Map(), buildkit: true, args: {}, tag: 'x', labels: {}, fresh: false }
    await expect(buildImage(engine, { ...options, progress: () => undefined })).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('socket hang up. See whether it still runs') as string,
    })
  })
})
