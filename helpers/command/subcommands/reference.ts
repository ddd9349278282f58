import { rowOf } from '../../settings/settings-table.ts'
import type { Subcommand } from '../subcommand.ts'

export const reference: Subcommand = {
  name: 'reference',
  summary: 'serve the reference server on its own',
  about:
    'Serves the reference server on 127.0.0.1 until Ctrl-C, to build a client against it or to watch a fault. ' +
    'It is not a Drupal. Users, clients and secrets are new at every start.',
  args: [],
  settings: [],
  flags: [
    { flag: 'port', kind: 'text', fallback: '0', shown: 'N', help: 'Port to listen on; 0 for any free port.' },
    { ...rowOf('referenceProfile'), flag: 'profile' },
    { flag: 'fault', kind: 'text', fallback: null, help: 'Fault to give the server.' },
    { flag: 'language', kind: 'text', values: ['en', 'de'], fallback: 'en', help: 'Language of its pages.' },
    { flag: 'list-faults', kind: 'flag', fallback: 'false', help: 'List all faults, and serve nothing.' },
  ],
  examples: [
    ['reference --port 8080', 'serve it at http://127.0.0.1:8080'],
    ['reference --fault pkce-any-verifier', 'with a fault'],
  ],
  notes: [],
  act: async ({ flags, say, loaded }) => {
    const { listFaults, serveReference } = await import('../reference.ts')
    if (flags['list-faults'] === true) {
      say(listFaults())
      return
    }
    const serving = serveReference(flags, say)
    loaded()
    await serving
  },
}
