/** A request, before it is sent; parameters keep their order and may stand twice. */
export interface Draft {
  method: string
  path: string
  query: [string, string][]
  /** Null where none is sent. */
  body: [string, string][] | null
  encoding: 'form' | 'json' | 'multipart' | 'text'
  headers: Map<string, string>
}

/** What a request may take from the flow it belongs to: `code`, `code_verifier`, `access_token`, … */
export type Live = ReadonlyMap<string, string>

/**
 * One change of a correct request, as data. A parameter is looked up in the body if the body contains it, else in the query. In `value` and
 * `header`, `{name}` stands for a live value.
 */
export type Change =
  | { readonly method: string }
  | { readonly path: string }
  | { readonly leaveOut: string }
  | { readonly set: string; readonly value: string }
  /** Once more, behind the good value; with `first`, before it. */
  | { readonly double: string; readonly value: string; readonly first?: true }
  /** `name` becomes another name, e.g. `scope[]`. */
  | { readonly rename: string; readonly to: string }
  | { readonly fill: string; readonly with: string; readonly times: number }
  | { readonly around: string; readonly before: string; readonly behind: string }
  | { readonly cut: string; readonly to: number }
  | { readonly capitals: string }
  | { readonly header: string; readonly value: string | null }
  | { readonly encoding: Draft['encoding'] }
  /** All parameters into the query, none into the body. */
  | { readonly place: 'query' | 'body' }

export function applyChange(draft: Draft, change: Change, live: Live): void {
  if ('method' in change) draft.method = change.method
  else if ('path' in change) draft.path = change.path
  else if ('header' in change) {
    if (change.value === null) draft.headers.delete(change.header)
    else draft.headers.set(change.header, filled(change.value, live))
  } else if ('encoding' in change) draft.encoding = change.encoding
  else if ('place' in change) move(draft, change.place)
  else changeParameter(draft, change, live)
}

type ParameterChange = Exclude<
  Change,
  | { readonly method: string }
  | { readonly path: string }
  | { readonly header: string }
  | { readonly encoding: string }
  | { readonly place: string }
>

function changeParameter(draft: Draft, change: ParameterChange, live: Live): void {
  const name = Object.values(change)[0] as string
  const pairs =
    draft.body?.some(([key]) => key === name) === true || (draft.body && !hasQuery(draft, name))
      ? draft.body
      : draft.query
  const index = pairs.findIndex(([key]) => key === name)
  const pair: [string, string] = pairs[index] ?? [name, '']
  const replace = (...others: [string, string][]) =>
    index < 0 ? pairs.push(...others) : pairs.splice(index, 1, ...others)
  if ('leaveOut' in change) {
    if (index >= 0) pairs.splice(index, 1)
  } else if ('set' in change) replace([name, filled(change.value, live)])
  else if ('double' in change) {
    const other: [string, string] = [name, filled(change.value, live)]
    replace(...(change.first ? [other, pair] : [pair, other]))
  } else if ('rename' in change) replace([change.to, pair[1]])
  else if ('fill' in change) replace([name, change.with.repeat(change.times)])
  else if ('around' in change) replace([name, change.before + pair[1] + change.behind])
  else if ('cut' in change) replace([name, pair[1].slice(0, change.to)])
  else replace([name, pair[1].toUpperCase()])
}

const hasQuery = ({ query }: Draft, name: string): boolean => query.some(([key]) => key === name)

function move(draft: Draft, place: 'query' | 'body'): void {
  const all = [...draft.query, ...(draft.body ?? [])]
  draft.query = place === 'query' ? all : []
  draft.body = place === 'body' ? all : draft.body && []
}

function filled(text: string, live: Live): string {
  return text.replace(/\{(\w+)\}/g, (mark, name: string) => live.get(name) ?? mark)
}
