import { writeFileSync } from 'node:fs'
import { readDotenv, readSettings } from '../../helpers/settings/settings.ts'
import { chooseTarget } from '../../helpers/targets/choose.ts'
import { generate } from './generate.ts'
import { placeOf } from './place.ts'
import { Replay, type Answer } from './replay.ts'

const size = 200

/**
 * Sends a fresh sample of changed requests to a real server and writes its answers into `samples/`. Takes the settings of
 * the command, and the seed as its first argument: choose one that nobody has used.
 */
export async function main([seed = '', ...argv]: readonly string[]): Promise<void> {
  const { settings } = readSettings(argv, process.env, readDotenv('.env'))
  const target = await chooseTarget(settings, process.env)
  process.on('exit', () => {
    target.stop()
  })
  const info = await target.start((line) => process.stderr.write(`${line}\n`))
  const replay = new Replay(placeOf(info))
  const answers: Answer[] = []
  let unusable = 0
  for (const request of generate(seed, size)) {
    try {
      answers.push({ ...request, seen: await replay.send(request) })
    } catch {
      // A change after which the request cannot be sent at all, such as a GET with a body.
      unusable++
    }
  }
  const { drupal = 'unknown', simple_oauth = 'unknown' } = info.versions
  const name = `simple_oauth-${simple_oauth}-drupal-${drupal}.json`
  const sample = { versions: info.versions, seed, answers }
  writeFileSync(new URL(`samples/${name}`, import.meta.url), `${JSON.stringify(sample, null, 1)}\n`)
  process.stdout.write(`${name}: ${String(answers.length)} answers, ${String(unusable)} requests could not be sent\n`)
  process.exit()
}
