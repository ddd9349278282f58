import type { ClientInfo, TargetInfo } from '../../helpers/model/target.ts'
import type { Place } from './replay.ts'

/** The suite's own clients, as a place that requests are sent to. */
export function placeOf({
  baseUrl,
  clients: { publicPkce, confidential, machine },
  users: { editor },
}: TargetInfo): Place {
  if (!publicPkce || !confidential || !machine || !editor) throw new Error('the target lacks a role')
  const client = (
    { client_id, client_secret, redirectUris: [redirect_uri] }: ClientInfo,
    scopes: readonly string[],
  ) => ({
    client_id,
    ...(client_secret === undefined ? {} : { client_secret }),
    ...(redirect_uri === undefined ? {} : { redirect_uri }),
    scope: scopes.join(' '),
  })
  return {
    url: baseUrl,
    user: { name: editor.name, password: editor.password ?? '' },
    app: client(publicPkce, publicPkce.requests),
    web: client(confidential, confidential.requests),
    machine: client(machine, machine.scopes),
  }
}
