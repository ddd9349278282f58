import {
  authorize,
  codeGrant,
  contractTest,
  describe,
  equals,
  exchange,
  holds,
  must,
  race,
  refresh,
} from 'simple-oauth-contract'

const oneSucceeds = holds({ 'race.successes': equals(1), 'race.broken': equals(0) })

describe('Concurrency: what can be used once is used once', () => {
  contractTest('concurrency.code', {
    title: 'Exactly one of several concurrent redemptions of one code succeeds',
    sources: [must('RFC6749', '4.1.2'), must('RFC6749', '10.5')],
    severity: 'high',
    when: [authorize({ as: 'flow' }), race(exchange('flow'), 4)],
    then: oneSucceeds,
  })

  contractTest('concurrency.refresh', {
    title: 'Exactly one of several concurrent refreshes with one token succeeds',
    sources: [must('RFC9700', '4.14.2')],
    severity: 'medium',
    when: [codeGrant({ as: 'first' }), race(refresh('first'), 4)],
    then: oneSucceeds,
  })
})
