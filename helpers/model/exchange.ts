export interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | null
}

export interface RecordedResponse {
  readonly status: number
  /** In the order received, names in lower case, repeated headers kept apart. */
  readonly headers: readonly (readonly [string, string])[]
  /** UTF-8 text of at most the client's body limit; `truncated` says when more was sent. */
  readonly body: string
  readonly truncated: boolean
}

/** One HTTP request and its response, exactly as sent and received. */
export interface Exchange {
  readonly request: RecordedRequest
  readonly response: RecordedResponse
  /** Milliseconds from sending to the last byte. */
  readonly milliseconds: number
}

/** The first value of a response header, or null. */
export function header(response: Pick<RecordedResponse, 'headers'>, name: string): string | null {
  return response.headers.find(([key]) => key === name.toLowerCase())?.[1] ?? null
}
