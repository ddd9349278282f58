import { contractTest, describe, entity, equals, holds, login, must } from '../../helpers/contract/index.ts'

describe('login: who allows is who they say', () => {
  contractTest('login.wrong-password', {
    title: 'a wrong password logs nobody in',
    sources: [must('RFC6749', '3.1')],
    severity: 'critical',
    requires: ['site.stress'],
    given: { client: 'publicPkce', user: 'otherEditor' },
    control: [login()],
    when: [login({ password: 'not-the-password-of-anybody' })],
    then: holds({ 'login.accepted': equals(false) }),
  })

  contractTest('login.blocked-user', {
    title: 'a blocked user cannot log in',
    sources: [must('RFC6749', '3.1')],
    severity: 'high',
    requires: ['site.control'],
    given: { client: 'publicPkce', user: 'blocked' },
    when: [login(), entity({ op: 'user.block', user: 'blocked' }), login()],
    then: holds({ 'login.accepted': equals(false) }),
    afterwards: [entity({ op: 'user.unblock', user: 'blocked' }), login()],
  })
})
