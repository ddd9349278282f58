import { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { readTrace } from '../../../helpers/targets/container/build-trace.ts'
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
  readonly error: unknown
  readonly stages: readonly string[]
  readonly sent: Readonly<Record<string, string>>
  readonly options: object
}

async function build(
  context: BuildContext,
  lines: readonly object[],
  args: Record<string, string> = {},
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
      return Readable.from(lines.map((line) => `${JSON.stringify(line)}\n`))
    },
  }
  const wanted = { context, target: 'drupal', args, tag: 'x:1', labels: { a: 'b' }, fresh: false }
  const error: unknown = await buildImage(engine, { ...wanted, progress: (stage) => stages.push(stage) }).catch(
    (problem: unknown) => problem,
  )
  return { error, stages, sent, options }
}

describe('a build', () => {
  test('sends what it is given, and tells its steps', async () => {
    const context = new Map([['code/a.php', { content: '<?php' }], ...dockerFiles('.')])
    const trace = { id: 'moby.buildkit.trace', aux: vertex('[drupal 1/2] COPY . /', began).toString('base64') }
    const { error, stages, sent, options } = await build(context, [trace], { DRUPAL: '^10' })
    expect(error).toBeUndefined()
    expect(stages).toEqual(['building the image: [drupal 1/2] COPY . /'])
    expect(sent['code/a.php']).toBe('<?php')
    expect(Object.keys(sent)).toContain('Dockerfile')
    expect(options).toMatchObject({
      t: 'x:1',
      target: 'drupal',
      buildargs: { DRUPAL: '^10' },
      version: '2',
      nocache: false,
    })
  })

  test('that BuildKit ends with an error shows the last lines of the command', async () => {
    const aux = log('line of the command\n').toString('base64')
    const { error } = await build(new Map(), [{ id: 'moby.buildkit.trace', aux }, { error: 'exit code: 1' }])
    expect(error).toMatchObject({
      code: 'build-failed',
      message: 'The image could not be built: exit code: 1.\n  line of the command',
    })
  })

  test('of a codebase that changes meanwhile is told as such', async () => {
    const { error } = await build(new Map([['code/gone.php', { file: '/nonexistent/gone.php' }]]), [])
    expect(error).toMatchObject({ code: 'codebase-busy', message: expect.stringContaining('gone.php') as string })
  })

  test('that the engine drops is told as such', async () => {
    const engine = { buildImage: () => Promise.reject(new Error('socket hang up')) }
    const options = { context: new Map(), target: 'x', args: {}, tag: 'x', labels: {}, fresh: false }
    await expect(buildImage(engine, { ...options, progress: () => undefined })).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('socket hang up. See whether it still runs') as string,
    })
  })
})
