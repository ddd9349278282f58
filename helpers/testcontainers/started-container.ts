import { AbstractStartedContainer, type StartedTestContainer, type StoppedTestContainer } from 'testcontainers'
import type { Endpoints, TargetInfo, UserInfo, Versions } from '../model/target.ts'
import { TargetError, type ClientInfo, type ConsumerName } from '../model/target.ts'
import { Browsers, type TokenResponse } from './browser.ts'

/** A client of the site, as a front end's configuration needs it. */
export interface StartedClient {
  readonly clientId: string
  /** Only of a confidential client. */
  readonly clientSecret?: string
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
}

/** A user of the site, who may log in and authorize clients. */
export interface StartedUser {
  readonly name: string
  readonly password: string
  readonly mail: string
  /** The Drupal user ID, which is `sub` in the user's tokens. */
  readonly uid: string
}

export interface AuthorizeOptions {
  /** `client_id`; the first of `withClient()` by default. */
  readonly client?: string
  /** Name; the first of `withUser()` by default. */
  readonly user?: string
  /** Instead of the client's own. */
  readonly scopes?: readonly string[]
}

export interface VisitOptions {
  /** Name; the first of `withUser()` by default. */
  readonly user?: string
  /** The button that the user presses on the consent form; `allow` by default. */
  readonly decision?: 'allow' | 'deny'
}

/** A site with its clients by client_id and its users by name; the requested ones come first. */
export interface FrontEndSite {
  readonly target: TargetInfo
  readonly clients: ReadonlyMap<string, ClientInfo>
  readonly users: ReadonlyMap<string, UserInfo>
}

/** A running Drupal with Simple OAuth. `stop()` removes its container, as `await using` does at the end of a block. */
export class StartedSimpleOAuthContainer extends AbstractStartedContainer {
  private readonly site: FrontEndSite
  private readonly browsers: Browsers
  private readonly remove: () => void

  constructor(container: StartedTestContainer, site: FrontEndSite, remove: () => void) {
    super(container)
    this.site = site
    this.browsers = new Browsers(site.target)
    this.remove = remove
  }

  /** Without a trailing slash; on 127.0.0.1. It is the `iss` of its tokens, too. */
  getBaseUrl(): string {
    return this.site.target.baseUrl
  }

  /** Absolute URLs of the endpoints. */
  getEndpoints(): Pick<Endpoints, 'authorize' | 'token' | 'jwks' | 'userinfo'> {
    const { authorize, token, jwks, userinfo } = this.site.target.endpoints
    const at = (path: string) => this.getBaseUrl() + path
    return { authorize: at(authorize), token: at(token), jwks: at(jwks), userinfo: at(userinfo) }
  }

  /** The installed versions, such as `{ drupal: '11.3.5', simple_oauth: '6.1.0' }`. */
  getVersions(): Versions {
    return this.site.target.versions
  }

  /** @throws {TargetError} `unknown-client`. */
  getClient(clientId?: string): StartedClient {
    const { client_id, client_secret, redirectUris, requests } = this.client(clientId)
    return {
      clientId: client_id,
      ...(client_secret === undefined ? {} : { clientSecret: client_secret }),
      ...{ redirectUris, scopes: requests },
    }
  }

  /** @throws {TargetError} `unknown-user`. */
  getUser(name?: string): StartedUser {
    const { name: own, password = '', mail = '', uid = '' } = this.user(name)
    return { name: own, password, mail, uid }
  }

  /**
   * Gets tokens by the authorization code grant with PKCE; the user logs in and consents.
   * @throws {TargetError} that says which request was not answered as expected.
   */
  authorize({ client, user, scopes }: AuthorizeOptions = {}): Promise<TokenResponse> {
    return this.browsers.authorize(this.client(client).role, this.user(user).role, scopes)
  }

  /**
   * Opens a front end's authorization request as a user who logs in and consents. Returns the redirect URI with `code` and `state`, with
   * which the front end continues; that address is not requested.
   * @throws {TargetError} `no-redirect` if the authorization server shows an error page instead.
   */
  visit(authorizationUrl: string | URL, { user, decision = 'allow' }: VisitOptions = {}): Promise<string> {
    const { href, searchParams } = new URL(authorizationUrl)
    const client = this.site.clients.get(searchParams.get('client_id') ?? '') ?? this.client()
    return this.browsers.visit(href, client.role, this.user(user).role, decision)
  }

  /** Removes the container and everything that belongs to it. */
  override async stop(): Promise<StoppedTestContainer> {
    await this.browsers.close()
    this.remove()
    const gone = () => Promise.reject(new Error('the container was removed'))
    return { getId: () => this.getId(), copyArchiveFromContainer: gone }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  private client(clientId?: string): ClientInfo & { readonly role: ConsumerName } {
    return named('client', this.site.clients, clientId)
  }

  private user(name?: string): UserInfo {
    return named('user', this.site.users, name)
  }
}

function named<T>(what: 'client' | 'user', all: ReadonlyMap<string, T>, name?: string): T {
  const found = name === undefined ? [...all.values()][0] : all.get(name)
  if (found) return found
  const message = `The site has no ${what} "${name ?? ''}". It has: ${[...all.keys()].join(', ')}.`
  throw new TargetError(`unknown-${what}`, message)
}
