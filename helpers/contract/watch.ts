import type { HttpClient } from '../http/client.ts'
import { maskPersonal } from '../http/personal.ts'
import type { Redactor } from '../http/redact.ts'
import { registerSecrets } from '../http/secrets.ts'
import type { Exchange } from '../model/exchange.ts'
import type { Step } from '../oauth/steps.ts'

/** Which steps of a check: those of its positive control, its own, and those that restore the site. */
export type Phase = 'control' | 'when' | 'afterwards'

/** An observer of a running check. */
export interface Watch {
  /** A step is about to be taken. @param index From 0, within its phase. */
  step(phase: Phase, index: number, step: Step): void
  /** An exchange has ended; without secrets and personal data. */
  exchange(exchange: Exchange): void
}

/** A client whose exchanges are shown as they come. */
export const watchedClient = (http: HttpClient, redactor: Redactor, watch: Watch): HttpClient => ({
  ...http,
  send: async (request, signal) => {
    const exchange = await http.send(request, signal)
    registerSecrets(redactor, exchange)
    watch.exchange(redactor.redactJson(maskPersonal(exchange)))
    return exchange
  },
})
