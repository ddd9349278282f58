import { EventEmitter } from 'node:events'
import { PassThrough, type Duplex } from 'node:stream'
import type { ContainerRuntimeClient } from 'testcontainers'
import type { DrushChild, StartDrush } from '../../drupal/drush.ts'

export type Dockerode = ContainerRuntimeClient['container']['dockerode']
export type EngineContainer = ReturnType<Dockerode['getContainer']>

/** Both outputs of a container as one stream; the engine sends them in frames. Ends when its source ends or breaks off. */
export function outputOf(container: EngineContainer, frames: NodeJS.ReadableStream): PassThrough {
  const output = new PassThrough()
  const modem = container.modem as {
    demuxStream(from: NodeJS.ReadableStream, out: PassThrough, err: PassThrough): void
  }
  modem.demuxStream(frames, output, output)
  frames.on('end', () => output.end())
  frames.on('error', () => output.end())
  return output
}

/** Drush in a running container, as the user that its web server runs as. */
export function drushIn(container: EngineContainer, drush: readonly string[], user: string): StartDrush {
  return (args) => {
    const process = new ContainerProcess(container, [...drush, ...args], user)
    return { process, kill: () => process.kill() }
  }
}

/** A command in a container with the interface of a child process. A hanging command ends with its container. */
class ContainerProcess extends EventEmitter implements DrushChild {
  readonly stdin = new PassThrough()
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  private stream: Duplex | undefined
  private killed = false

  constructor(container: EngineContainer, command: readonly string[], user: string) {
    super()
    this.run(container, command, user).then(
      (code) => this.emit('close', code, null),
      (error: unknown) => this.emit('error', error),
    )
  }

  kill(): void {
    this.killed = true
    this.stream?.destroy()
  }

  private async run(container: EngineContainer, command: readonly string[], user: string): Promise<number | null> {
    const attached = { AttachStdin: true, AttachStdout: true, AttachStderr: true }
    const exec = await container.exec({ Cmd: [...command], User: user, ...attached })
    const stream = await exec.start({ hijack: true, stdin: true })
    this.stream = stream
    if (this.killed) stream.destroy()
    // dockerode types its modem as a plain object.
    const modem = container.modem as { demuxStream(from: Duplex, out: PassThrough, err: PassThrough): void }
    modem.demuxStream(stream, this.stdout, this.stderr)
    this.stdin.pipe(stream)
    let broken: Error | undefined
    stream.on('error', (error) => (broken = error))
    await new Promise((resolve) => {
      stream.once('end', resolve)
      stream.once('close', resolve)
    })
    this.stdout.end()
    this.stderr.end()
    if (broken) throw broken
    return this.killed ? null : (await exec.inspect()).ExitCode
  }
}
