<?php

/**
 * @file
 * Creates what the suite needs on a third-party site, and removes it again.
 *
 * The suite passes this script on standard input, before drupal/provision.php:
 *   drush php:script -
 * Nothing that exists is changed: no module, key, setting or cache, and no entity whose name does not begin with the prefix
 * of this run. Each process handles one request, because not every drush command keeps its standard input open.
 */

use Defuse\Crypto\Crypto;
use Drupal\Core\Entity\EntityInterface;
use Drupal\Core\Site\Settings;
use Drupal\user\Entity\Role;
use Drupal\user\RoleInterface;

final class ContractSite {

  /** The name field of each kind of entity, in the order of removal. */
  const KINDS = ['consumer' => 'client_id', 'user' => 'name', 'user_role' => 'id', 'oauth2_scope' => 'name'];

  /** Seconds; renewed before each step, so that a process creates nothing more once the clean-up of its run has begun. */
  const LEASE = 10;

  public static function handle(array $request): array {
    $run = $request['run'] ?? '';
    if (!preg_match('/^[0-9a-f]{12}$/', $run)) {
      throw new ContractError('bad-request', "\"$run\" is not the ID of a run.");
    }
    $prefix = ContractProvision::PREFIX . $run;
    return match ($request['op'] ?? '') {
      'site.check' => self::check($request['data'], $prefix),
      'site.provision' => self::check($request['data'], $prefix) + self::provision($request['data'], $prefix),
      'site.change' => self::change($request['data'], $prefix),
      'site.describe' => [
        'versions' => ContractProvision::versions(),
        'modules' => ContractProvision::modules(),
        'own' => array_sum(array_map(fn (string $kind): int => count(self::own($kind, $prefix)), self::kinds())),
      ],
      'site.cleanup' => self::cleanUp($prefix),
      'site.forget' => self::forget($request['data']['tokens'] ?? []),
      'site.login-link' => self::loginLink($request['data']['name'] ?? ''),
      'site.doctor' => self::doctor($request['data']['names'] ?? []),
      default => throw new ContractError('unknown-operation', 'This script does not support this operation on a site.'),
    };
  }

  /** A one-time link, as `drush user:login` makes it; the name comes by standard input, which no shell on the way interprets. */
  private static function loginLink(string $name): array {
    $found = \Drupal::entityTypeManager()->getStorage('user')->loadByProperties(['name' => $name]);
    $user = reset($found) ?: throw new ContractError('unknown-user', "The site has no user \"$name\".");
    if (!$user->isActive()) {
      throw new ContractError('user-blocked', "The user \"$name\" is blocked.");
    }
    return ['link' => user_pass_reset_url($user) . '/login'];
  }

  /** Facts about keys, consumers, scopes and users for `doctor`; read-only, and without secrets. */
  private static function doctor(array $names): array {
    if (!\Drupal::moduleHandler()->moduleExists('simple_oauth')) {
      throw new ContractError('module-missing', 'The module Simple OAuth is not enabled on this site.');
    }
    $keys = array_map(self::keyFacts(...), ['private' => 'private', 'public' => 'public']);
    $pem = array_map(fn (array $key): string => $key['readable'] ? (string) @file_get_contents($key['file']) : '', $keys);
    $private = @openssl_pkey_get_private($pem['private']);
    $public = @openssl_pkey_get_public($pem['public']);
    foreach (['private' => $private, 'public' => $public] as $kind => $key) {
      $keys[$kind]['valid'] = $keys[$kind]['readable'] ? (bool) $key : NULL;
      unset($keys[$kind]['file']);
    }
    return [
      'versions' => ContractProvision::versions(),
      'modules' => ContractProvision::modules(),
      'grants' => ContractProvision::grants(),
      'keys' => $keys,
      'pair' => $private && $public ? openssl_pkey_get_details($private)['key'] === openssl_pkey_get_details($public)['key'] : NULL,
      'consumers' => array_values(array_map(self::consumerFacts(...), self::all('consumer'))),
      'scopes' => array_values(array_map(self::scopeFacts(...), self::all('oauth2_scope'))),
      'users' => array_map(self::userFacts(...), $names),
    ];
  }

  /** @return \Drupal\Core\Entity\EntityInterface[] */
  private static function all(string $kind): array {
    $types = \Drupal::entityTypeManager();
    return $types->hasDefinition($kind) ? $types->getStorage($kind)->loadMultiple() : [];
  }

  private static function keyFacts(string $kind): array {
    $path = (string) \Drupal::config('simple_oauth.settings')->get($kind . '_key');
    $file = $path === '' ? '' : (\Drupal::service('file_system')->realpath($path) ?: $path);
    $exists = $file !== '' && is_file($file);
    $root = realpath(DRUPAL_ROOT) . '/';
    $real = $exists ? (string) realpath($file) : '';
    return [
      'file' => $file,
      'path' => $path,
      'exists' => $exists,
      'readable' => $exists && is_readable($file),
      'mode' => $exists ? decoct(fileperms($file) & 0777) : '',
      'belowDocroot' => str_starts_with($real, $root) ? substr($real, strlen($root)) : NULL,
    ];
  }

  private static function consumerFacts(EntityInterface $consumer): array {
    $values = fn (string $field): array => $consumer->hasField($field) ? array_column($consumer->get($field)->getValue(), 'value') : [];
    return [
      'id' => (string) $consumer->id(),
      'clientId' => (string) ($values('client_id')[0] ?? ''),
      'confidential' => (bool) ($values('confidential')[0] ?? FALSE),
      'hasSecret' => ($values('secret')[0] ?? '') !== '',
      'grants' => $values('grant_types'),
      'redirects' => count(array_filter($values('redirect'))),
      'redirectUris' => array_values(array_filter($values('redirect'))),
      'pkce' => (bool) ($values('pkce')[0] ?? FALSE),
      // In 5.2 all consumers have the lifetime of the site.
      'lifetime' => (int) ($values('access_token_expiration')[0] ?? \Drupal::config('simple_oauth.settings')->get('access_token_expiration')),
      'scopes' => self::scopeNames($consumer),
    ];
  }

  /** Names of a consumer's own scopes; in 5.2 they are roles. */
  private static function scopeNames(EntityInterface $consumer): array {
    if (!$consumer->hasField('scopes')) {
      return $consumer->hasField('roles') ? array_column($consumer->get('roles')->getValue(), 'target_id') : [];
    }
    $names = array_map(fn (EntityInterface $scope): string => (string) $scope->get('name'), self::all('oauth2_scope'));
    return array_map(fn (string $id): string => $names[$id] ?? $id, array_column($consumer->get('scopes')->getValue(), 'scope_id'));
  }

  private static function scopeFacts(EntityInterface $scope): array {
    $granularity = (string) $scope->get('granularity_id');
    $opens = (string) (((array) $scope->get('granularity_configuration'))[$granularity] ?? '');
    return [
      'id' => $scope->id(),
      'name' => $scope->get('name'),
      'umbrella' => (bool) $scope->get('umbrella'),
      'grants' => array_keys(array_filter((array) $scope->get('grant_types'), fn ($grant): bool => !empty($grant['status']))),
      'granularity' => $granularity,
      'opens' => $opens,
      'known' => match ($granularity) {
        'permission' => isset(\Drupal::service('user.permissions')->getPermissions()[$opens]),
        'role' => (bool) Role::load($opens),
        default => TRUE,
      },
    ];
  }

  private static function userFacts(string $name): array {
    $found = \Drupal::entityTypeManager()->getStorage('user')->loadByProperties(['name' => $name]);
    $user = reset($found) ?: NULL;
    $roles = $user ? Role::loadMultiple($user->getRoles()) : [];
    return [
      'name' => $name,
      'uid' => (string) $user?->id(),
      'active' => (bool) $user?->isActive(),
      'grantsCodes' => (bool) array_filter($roles, fn (RoleInterface $role): bool => $role->isAdmin() || $role->hasPermission('grant simple_oauth codes')),
    ];
  }

  /** Whether the site can be provisioned; read-only. */
  private static function check(array $data, string $prefix): array {
    if (!\Drupal::moduleHandler()->moduleExists('simple_oauth')) {
      throw new ContractError('module-missing', 'The module Simple OAuth is not enabled on this site.');
    }
    $model = ContractProvision::scopeModel();
    $settings = \Drupal::config('simple_oauth.settings');
    $provider = $settings->get('scope_provider');
    if ($model === 'entities' && $provider !== 'dynamic') {
      throw new ContractError('scopes-fixed', "The scopes of this site are not entities (scope provider \"$provider\"), and the suite does not change settings.");
    }
    if (Settings::get('config_readonly') && \Drupal::moduleHandler()->moduleExists('config_readonly')) {
      throw new ContractError('config-read-only', 'The configuration of this site is read-only (config_readonly), but scopes and roles are configuration.');
    }
    $permissions = array_merge(array_column($data['scopes'], 'permission'), ...array_column($data['users'], 'permissions'));
    array_map(ContractProvision::knownPermission(...), $permissions);
    foreach (self::kinds() as $kind) {
      if ($found = self::own($kind, $prefix)) {
        throw new ContractError('name-taken', "This site already has a $kind \"" . self::nameOf($kind, reset($found)) . '".');
      }
    }
    $everyone = Role::load(RoleInterface::AUTHENTICATED_ID);
    return [
      'versions' => ContractProvision::versions(),
      'modules' => ContractProvision::modules(),
      'grants' => ContractProvision::grants(),
      'scopeModel' => $model,
      'lacks' => ContractProvision::lacks(),
      'lifetimes' => $model === 'entities' ? NULL : [
        'accessTokenLifetime' => (int) $settings->get('access_token_expiration'),
        'refreshTokenLifetime' => (int) $settings->get('refresh_token_expiration'),
      ],
      'authenticated' => array_values(array_filter(array_unique($permissions), fn (string $permission): bool => $everyone->hasPermission($permission))),
    ];
  }

  private static function provision(array $data, string $prefix): array {
    if (array_filter($data['users'], fn (array $user): bool => isset($user['admin']))) {
      throw new ContractError('bad-request', 'The suite creates no account with every permission on a third-party site.');
    }
    $uids = [];
    foreach ($data['users'] as $user) {
      self::step($prefix, 'creating users and roles');
      $uids[$user['name']] = (string) ContractProvision::provideUser($user)->id();
    }
    foreach (ContractProvision::scopeModel() === 'entities' ? $data['scopes'] : [] as $scope) {
      self::step($prefix, 'creating scopes');
      ContractProvision::provideScope($scope);
    }
    foreach ($data['clients'] as $client) {
      self::step($prefix, 'creating consumers');
      ContractProvision::provideConsumer($client, $uids);
    }
    return ['uids' => $uids];
  }

  /** The case itself undoes it; after an interruption, the clean-up removes the entity. */
  private static function change(array $change, string $prefix): array {
    self::step($prefix, 'changing ' . $change['op']);
    ContractProvision::change($change, $prefix);
    return [];
  }

  private static function step(string $prefix, string $doing): void {
    if (!\Drupal::lock()->acquire("simple_oauth_$prefix", self::LEASE)) {
      throw new ContractError('given-up', 'The clean-up of this run has already begun.');
    }
    ContractProvision::answer(['progress' => $doing]);
  }

  private static function cleanUp(string $prefix): array {
    // The provisioning process may still be running behind a connection that broke.
    for ($tries = 0; !\Drupal::lock()->acquire("simple_oauth_$prefix", self::LEASE); $tries++) {
      if ($tries === 3) {
        throw new ContractError('still-provisioning', 'The provisioning of this run is still running. Try again in a minute.');
      }
      \Drupal::lock()->wait("simple_oauth_$prefix", self::LEASE);
    }
    $own = array_map(fn (string $kind): array => self::own($kind, $prefix), array_combine(self::kinds(), self::kinds()));
    // An interrupted case may have deleted some.
    $deleted = ContractProvision::deleted($prefix);
    $uids = [...array_keys($own['user']), ...$deleted['user']];
    $clients = [...array_keys($own['consumer'] ?? []), ...$deleted['consumer']];
    // Rows come first: only these entities identify them, and an interrupted clean-up can then be repeated.
    $removed = [
      'oauth2_token' => ContractProvision::removeTokens($uids, $clients),
      'approvals' => self::removeApprovals($uids, $own['consumer'] ?? []),
      'flood' => self::removeRows('flood', $uids),
      'sessions' => self::removeRows('sessions', $uids),
    ];
    $failures = [];
    foreach ($own as $kind => $entities) {
      $removed[$kind] = [];
      foreach ($entities as $entity) {
        $name = self::nameOf($kind, $entity);
        try {
          $entity->delete();
          $removed[$kind][] = $name;
        }
        catch (\Throwable $e) {
          $failures[] = "$kind $name: " . $e->getMessage();
        }
      }
    }
    self::removeActions($prefix);
    // A pending request may have issued more tokens in the meantime.
    $removed['oauth2_token'] += ContractProvision::removeTokens($uids, $clients);
    ContractProvision::forgetDeleted($prefix);
    \Drupal::lock()->release("simple_oauth_$prefix");
    if ($failures) {
      throw new ContractError('not-removed', 'Not removed: ' . implode('; ', $failures));
    }
    return ['removed' => $removed];
  }

  /** Simple OAuth 5.2 has no scope entities, and a site may have lost a module before the clean-up. */
  private static function kinds(): array {
    return array_values(array_filter(array_keys(self::KINDS), \Drupal::entityTypeManager()->hasDefinition(...)));
  }

  /** Drupal creates two actions for each role and removes them with it, unless it is interrupted. */
  private static function removeActions(string $prefix): void {
    $storage = \Drupal::entityTypeManager()->getStorage('action');
    foreach (['add', 'remove'] as $verb) {
      $ids = $storage->getQuery()->accessCheck(FALSE)->condition('id', "user_{$verb}_role_action.$prefix", 'STARTS_WITH')->execute();
      $storage->delete($storage->loadMultiple($ids));
    }
  }

  /** Removes only the tokens and codes that were issued to the suite. */
  private static function forget(array $given): array {
    $ids = array_values(array_unique(array_merge([], ...array_map(self::idsOf(...), $given))));
    $storage = \Drupal::entityTypeManager()->getStorage('oauth2_token');
    $found = $ids ? $storage->getQuery()->accessCheck(FALSE)->condition('value', $ids, 'IN')->execute() : [];
    $storage->delete($storage->loadMultiple($found));
    return ['removed' => ['oauth2_token' => count($found)]];
  }

  /**
   * The ID by which Simple OAuth stores a token: part of an access token, or of a refresh token or code, which are encrypted with the hash
   * salt.
   */
  private static function idsOf(string $given): array {
    $parts = explode('.', $given);
    if (count($parts) === 3) {
      $claims = json_decode((string) base64_decode(strtr($parts[1], '-_', '+/')), TRUE);
      return array_filter([$claims['jti'] ?? NULL], is_string(...));
    }
    try {
      $salt = Settings::getHashSalt();
      $data = json_decode(Crypto::decryptWithPassword($given, substr($salt, 0, 32)), TRUE);
    }
    catch (\Throwable) {
      return [];
    }
    return array_filter([$data['refresh_token_id'] ?? NULL, $data['auth_code_id'] ?? NULL, $data['access_token_id'] ?? NULL], is_string(...));
  }

  /** Simple OAuth remembers approvals as user data "client:CLIENT_ID". */
  private static function removeApprovals(array $uids, array $consumers): int {
    $data = \Drupal::service('user.data');
    $count = 0;
    foreach ($uids as $uid) {
      $count += count($data->get('simple_oauth', $uid));
      $data->delete('simple_oauth', $uid);
    }
    foreach ($consumers as $consumer) {
      $name = 'client:' . self::nameOf('consumer', $consumer);
      $count += count($data->get('simple_oauth', NULL, $name));
      $data->delete('simple_oauth', NULL, $name);
    }
    return $count;
  }

  /** Rows of these accounts in tables that Drupal lets expire. Failed logins are also counted by IP address alone; those stay. */
  private static function removeRows(string $table, array $uids): int {
    $database = \Drupal::database();
    if (!$uids || !$database->schema()->tableExists($table)) {
      return 0;
    }
    if ($table === 'sessions') {
      return $database->delete('sessions')->condition('uid', $uids, 'IN')->execute();
    }
    $either = $database->condition('OR');
    foreach ($uids as $uid) {
      $either->condition('identifier', (string) $uid)->condition('identifier', $database->escapeLike("$uid-") . '%', 'LIKE');
    }
    return $database->delete('flood')->condition('event', 'user.%', 'LIKE')->condition($either)->execute();
  }

  /** @return \Drupal\Core\Entity\EntityInterface[] by id. */
  private static function own(string $kind, string $prefix): array {
    $storage = \Drupal::entityTypeManager()->getStorage($kind);
    $ids = $storage->getQuery()->accessCheck(FALSE)->condition(self::KINDS[$kind], $prefix, 'STARTS_WITH')->execute();
    // A database may compare case-insensitively.
    return array_filter($storage->loadMultiple($ids), fn (EntityInterface $entity): bool => str_starts_with(self::nameOf($kind, $entity), $prefix));
  }

  private static function nameOf(string $kind, EntityInterface $entity): string {
    $value = $entity->get(self::KINDS[$kind]);
    return is_string($value) ? $value : $value->value;
  }

}
