<?php

/**
 * @file
 * Creates and changes what simple-oauth-contract needs on a Drupal site.
 *
 * The suite passes script and data on standard input, because a remote drush shares no disk with it:
 *   drush php:eval 'eval("?>" . base64_decode(fgets(STDIN)));'
 * The first line is this file in base64. Each further line is a request in JSON, {"id": 1, "op": "cron", …}; each is
 * answered by one line: the marker, a space and {"id": 1, "ok": true, …} or {"id": 1, "ok": false, "code", "message"}.
 * The process runs until standard input ends. On a third-party site, drupal/external-site.php is loaded first, with one request.
 */

use Composer\InstalledVersions;
use Drupal\Core\Entity\EntityInterface;
use Drupal\node\Entity\NodeType;
use Drupal\user\Entity\Role;
use Drupal\user\Entity\User;
use Drupal\user\UserInterface;
use Drupal\views\Entity\View;
use Symfony\Component\HttpFoundation\Request;

final class ContractError extends \RuntimeException {

  public function __construct(public readonly string $id, string $message) {
    parent::__construct($message);
  }

}

final class ContractProvision {

  const MARKER = '@simple-oauth-contract';

  /** Entities without this prefix do not belong to the suite and are never changed. */
  const PREFIX = 'contract_';

  /** Names without the prefix that this process itself creates entities under. */
  private static array $chosenNames = [];

  const PRIVATE_KEY = 'contract_private.key';

  const PUBLIC_KEY = 'contract_public.key';

  /** Handles one request on a third-party site. */
  public static function once(array $request): void {
    self::attempt(fn (): array => ContractSite::handle($request), NULL);
  }

  public static function serve(): void {
    // Standard input may be a socket, from which PHP reads only for default_socket_timeout (60 s).
    stream_set_timeout(STDIN, 7 * 24 * 3600);
    self::answer(['id' => 0, 'ok' => TRUE]);
    while (($line = fgets(STDIN)) !== FALSE) {
      $request = json_decode($line, TRUE, 64) ?? [];
      self::attempt(function () use ($request): array {
        self::forgetStaticState();
        return self::handle($request);
      }, $request['id'] ?? NULL);
    }
  }

  private static function attempt(callable $handle, ?int $id): void {
    try {
      self::answer(['id' => $id, 'ok' => TRUE] + $handle());
    }
    catch (ContractError $e) {
      self::answer(['id' => $id, 'ok' => FALSE, 'code' => $e->id, 'message' => $e->getMessage()]);
    }
    catch (\Throwable $e) {
      $place = basename($e->getFile()) . ':' . $e->getLine();
      self::answer(['id' => $id, 'ok' => FALSE, 'code' => 'drupal-error', 'message' => get_class($e) . ': ' . $e->getMessage() . " ($place)"]);
    }
  }

  public static function answer(array $answer): void {
    fwrite(STDOUT, "\n" . self::MARKER . ' ' . json_encode($answer, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
    fflush(STDOUT);
  }

  /** The web server changes the same site, so this process cannot rely on its caches. */
  private static function forgetStaticState(): void {
    drupal_static_reset();
    \Drupal::configFactory()->reset();
    \Drupal::state()->resetCache();
    \Drupal::service('cache_tags.invalidator.checksum')->reset();
    \Drupal::service('entity.memory_cache')->deleteAll();
  }

  private static function handle(array $request): array {
    $op = $request['op'] ?? '';
    switch ($op) {
      case 'provision':
        return self::provision($request);

      case 'entities.create':
        // Only on a site that uses the suite's keys, which means that the suite installed it.
        self::ownKeysDirectory();
        return self::createEntities($request['data'] ?? []);

      case 'describe':
        return ['versions' => self::versions(), 'modules' => self::modules(), 'grants' => self::grants()];

      case 'module.inspect':
        self::installModules($request['modules'] ?? []);
        return ['scopeModel' => self::scopeModel()];

      case 'user.change':
      case 'consumer.change':
        self::change($request, self::PREFIX);
        return [];

      case 'cron':
        return ['facts' => self::runCron()];

      case 'keys.replace':
        self::replaceKeys();
        return [];

      case 'keys.restore':
        self::restoreKeys();
        return [];

      case 'caches.rebuild':
        self::rebuildCaches();
        return [];

      case 'address.fetch':
        // The address itself shows whether the request arrives.
        @file_get_contents((string) ($request['url'] ?? ''), FALSE, stream_context_create(['http' => ['timeout' => 5, 'follow_location' => 0]]));
        return [];

      case 'openid.disable':
      case 'openid.enable':
        // The suite changes settings only on sites that use its keys.
        self::ownKeysDirectory();
        \Drupal::configFactory()->getEditable('simple_oauth.settings')->set('disable_openid_connect', $op === 'openid.disable')->save();
        return [];
    }
    throw new ContractError('unknown-operation', "This provisioning script does not support the operation \"$op\".");
  }

  private static function provision(array $request): array {
    $data = $request['data'] ?? [];
    if (!isset($data['scopes'], $data['users'], $data['clients'])) {
      throw new ContractError('bad-request', 'The operation "provision" needs data with scopes, users and clients.');
    }
    $settings = \Drupal::config('simple_oauth.settings');
    // As imported: read before the suite's own scopes need another provider.
    $found = [
      'openid' => !$settings->get('disable_openid_connect'),
      'scopeProvider' => (string) $settings->get('scope_provider'),
    ];
    if (isset($request['keysDirectory'])) {
      self::provideKeys($request['keysDirectory']);
    }
    // First: the permissions of users and scopes are those of the content type.
    self::provideContentType($data['contentType']);
    $uids = [];
    foreach ($data['users'] as $user) {
      $uids[$user['name']] = (string) self::provideUser($user)->id();
    }
    // In Simple OAuth 5.2, the scopes are roles of the users.
    if (self::scopeModel() === 'entities') {
      foreach ($data['scopes'] as $scope) {
        self::provideScope($scope);
      }
    }
    else {
      self::provideGlobalSettings($data['clients'][0]);
    }
    foreach ($data['clients'] as $client) {
      self::provideConsumer($client, $uids);
    }
    self::provideRolePage($data['rolePage']);
    return ['uids' => $uids, 'versions' => self::versions(), 'modules' => self::modules(), 'grants' => self::grants(), 'found' => $found, 'lacks' => self::lacks()];
  }

  /** Capabilities that need fields of consumers which the installed releases do not have. */
  public static function lacks(): array {
    $fields = \Drupal::service('entity_field.manager')->getBaseFieldDefinitions('consumer');
    $needed = ['consumer.unpublish' => 'status', 'consumer.code-scopes' => 'authorization_code_scopes'];
    return array_keys(array_filter($needed, fn (string $field): bool => !isset($fields[$field])));
  }

  /** Creates entities under names that the user of a throw-away site chose, and changes none that exists. */
  private static function createEntities(array $data): array {
    if (self::scopeModel() === 'roles' && $data['scopes']) {
      throw new ContractError('module-unsupported', 'Scopes can be created with Simple OAuth 6 or later; in 5.2, roles are the scopes.');
    }
    foreach ([['oauth2_scope', 'name', 'scopes', 'name'], ['user', 'name', 'users', 'name'], ['consumer', 'client_id', 'clients', 'client_id']] as [$type, $key, $list, $member]) {
      foreach (array_column($data[$list], $member) as $name) {
        if (\Drupal::entityTypeManager()->getStorage($type)->loadByProperties([$key => $name])) {
          throw new ContractError('name-taken', "The site has a $type \"$name\" already. Choose another name.");
        }
        self::$chosenNames[] = $name;
      }
    }
    array_walk($data['scopes'], self::provideScope(...));
    $uids = [];
    foreach ($data['users'] as $user) {
      $uids[$user['name']] = (string) self::provideUser($user)->id();
    }
    foreach ($data['clients'] as $client) {
      self::provideConsumer($client, $uids);
    }
    return ['uids' => (object) $uids];
  }

  private static function installModules(array $modules): void {
    $missing = array_values(array_filter($modules, fn (string $module): bool => !\Drupal::moduleHandler()->moduleExists($module)));
    if ($missing) {
      \Drupal::service('module_installer')->install($missing);
    }
  }

  /** "entities" since Simple OAuth 6; "roles" in 5.2, whose scopes are roles. */
  public static function scopeModel(): string {
    if (\Drupal::entityTypeManager()->hasDefinition('oauth2_scope')) {
      return 'entities';
    }
    $version = self::moduleVersion('simple_oauth') ?? '0';
    // "5.2.x-dev" is at least 5.2.0.
    if (version_compare($version, '5.2', '<')) {
      throw new ContractError('module-unsupported', "This site has Simple OAuth $version; 5.2.0 or later is required. Update the module: composer require 'drupal/simple_oauth:^6.0' --with-all-dependencies");
    }
    return 'roles';
  }

  /** What Simple OAuth 6 has for each consumer. A remembered approval would hide the consent form from every later case. */
  private static function provideGlobalSettings(array $client): void {
    \Drupal::configFactory()->getEditable('simple_oauth.settings')
      ->set('access_token_expiration', $client['accessTokenLifetime'])
      ->set('authorization_code_expiration', $client['accessTokenLifetime'])
      ->set('refresh_token_expiration', $client['refreshTokenLifetime'])
      ->set('remember_clients', FALSE)
      ->save();
  }

  private static function provideKeys(string $directory): void {
    // The folder may not exist yet; its nearest existing parent decides where it will be.
    for ($existing = $directory; !is_dir($existing); $existing = dirname($existing));
    if (str_starts_with(realpath($existing) . '/', realpath(DRUPAL_ROOT) . '/')) {
      throw new ContractError('keys-in-docroot', "Keys must not be in the docroot: $directory");
    }
    if (!is_dir($directory) && !mkdir($directory, 0700, TRUE)) {
      throw new ContractError('keys-unwritable', "The folder for the keys cannot be created: $directory");
    }
    if (!is_file("$directory/" . self::PRIVATE_KEY) || !is_file("$directory/" . self::PUBLIC_KEY)) {
      self::writeKeys($directory);
    }
    \Drupal::configFactory()->getEditable('simple_oauth.settings')
      ->set('public_key', "$directory/" . self::PUBLIC_KEY)
      ->set('private_key', "$directory/" . self::PRIVATE_KEY)
      ->set('scope_provider', 'dynamic')
      ->save();
  }

  private static function writeKeys(string $directory): void {
    $pair = openssl_pkey_new(['private_key_bits' => 2048, 'private_key_type' => OPENSSL_KEYTYPE_RSA]);
    if (!$pair || !openssl_pkey_export($pair, $private)) {
      throw new ContractError('keys-failed', 'PHP could not generate an RSA key pair: ' . openssl_error_string());
    }
    self::writeKey("$directory/" . self::PRIVATE_KEY, $private);
    self::writeKey("$directory/" . self::PUBLIC_KEY, openssl_pkey_get_details($pair)['key']);
  }

  private static function writeKey(string $file, string $content): void {
    $mask = umask(0077);
    $written = file_put_contents("$file.new", $content) === strlen($content) && rename("$file.new", $file);
    umask($mask);
    if (!$written) {
      throw new ContractError('keys-unwritable', "The key file is not writable: $file");
    }
  }

  private static function replaceKeys(): void {
    $directory = self::ownKeysDirectory();
    foreach ([self::PRIVATE_KEY, self::PUBLIC_KEY] as $name) {
      if (!is_file("$directory/$name.original")) {
        self::writeKey("$directory/$name.original", file_get_contents("$directory/$name"));
      }
    }
    self::writeKeys($directory);
  }

  private static function restoreKeys(): void {
    $directory = self::ownKeysDirectory();
    foreach ([self::PRIVATE_KEY, self::PUBLIC_KEY] as $name) {
      if (is_file("$directory/$name.original")) {
        rename("$directory/$name.original", "$directory/$name");
      }
    }
  }

  private static function ownKeysDirectory(): string {
    $file = (string) \Drupal::config('simple_oauth.settings')->get('private_key');
    if (basename($file) !== self::PRIVATE_KEY || !is_file($file)) {
      throw new ContractError('keys-foreign', "The suite changes only keys that it created itself, not \"$file\".");
    }
    return dirname($file);
  }

  public static function provideScope(array $data): void {
    $storage = \Drupal::entityTypeManager()->getStorage('oauth2_scope');
    $id = self::scopeId($data['name']);
    $scope = $storage->load($id) ?? $storage->create(['id' => $id]);
    $grants = [];
    foreach ($data['grantTypes'] as $grant) {
      $grants[$grant] = ['status' => TRUE, 'description' => $data['description']];
    }
    $scope->set('name', $data['name']);
    $scope->set('description', $data['description']);
    $scope->set('grant_types', $grants);
    $scope->set('umbrella', !isset($data['permission']) && !isset($data['grantsRole']));
    if (isset($data['parent'])) {
      $scope->set('parent', self::scopeId($data['parent']));
    }
    if (isset($data['permission'])) {
      $scope->set('granularity_id', 'permission');
      $scope->set('granularity_configuration', ['permission' => self::knownPermission($data['permission'])]);
    }
    elseif (isset($data['grantsRole'])) {
      $scope->set('granularity_id', 'role');
      $scope->set('granularity_configuration', ['role' => $data['grantsRole']]);
    }
    $scope->save();
  }

  /** The id Simple OAuth itself derives from a scope's name. */
  private static function scopeId(string $name): string {
    return preg_replace('/[^a-z0-9_]/', '_', strtolower($name));
  }

  public static function knownPermission(string $permission): string {
    if (!isset(\Drupal::service('user.permissions')->getPermissions()[$permission])) {
      throw new ContractError('unknown-permission', "This site has no permission \"$permission\". Check that the module that defines it is enabled.");
    }
    return $permission;
  }

  public static function provideUser(array $data): UserInterface {
    foreach ($data['roles'] as $id => $permissions) {
      $own = $id === $data['name'];
      $role = Role::load($id) ?? Role::create(['id' => $id, 'label' => 'Contract role: ' . ($own ? $data['role'] : $id)]);
      $role->set('permissions', []);
      foreach ($permissions as $permission) {
        $role->grantPermission(self::knownPermission($permission));
      }
      $role->setIsAdmin($own && ($data['admin'] ?? NULL) === 'role');
      $role->save();
    }
    // User 1 exists since the installation. On a third-party site, the suite does not ask for it.
    $user = ($data['admin'] ?? NULL) === 'user 1' ? User::load(1) : self::byName('user', 'name', $data['name']);
    $user ??= User::create([]);
    $user->setUsername($data['name'])->setEmail($data['mail'])->setPassword($data['password'])->activate();
    $user->set('init', $data['mail'])->set('roles', array_keys($data['roles']))->save();
    // Remembered approvals would hide the consent form.
    \Drupal::service('user.data')->delete('simple_oauth', $user->id());
    return $user;
  }

  /** A content type that JSON:API reads and writes. */
  private static function provideContentType(string $id): void {
    (NodeType::load($id) ?? NodeType::create(['type' => $id, 'name' => 'Contract page']))->save();
    // Read-only mode of JSON:API is on by default.
    \Drupal::configFactory()->getEditable('jsonapi.settings')->set('read_only', FALSE)->save();
  }

  /** A page that only users with a role may open: a view, because no route of Drupal requires one of the suite's roles. */
  private static function provideRolePage(array $data): void {
    $display = fn (string $id, string $plugin, array $options): array => [
      'id' => $id,
      'display_plugin' => $plugin,
      'display_title' => $id,
      'position' => $id === 'default' ? 0 : 1,
      'display_options' => $options,
    ];
    View::load(self::PREFIX . 'role')?->delete();
    View::create([
      'id' => self::PREFIX . 'role',
      'label' => 'Contract role page',
      'base_table' => 'users_field_data',
      'base_field' => 'uid',
      'display' => [
        'default' => $display('default', 'default', [
          'title' => 'Contract role page',
          'access' => ['type' => 'role', 'options' => ['role' => [$data['role'] => $data['role']]]],
          'pager' => ['type' => 'some', 'options' => ['items_per_page' => 1]],
          'fields' => ['uid' => ['id' => 'uid', 'table' => 'users_field_data', 'field' => 'uid', 'plugin_id' => 'field', 'entity_type' => 'user', 'entity_field' => 'uid']],
        ]),
        'page' => $display('page', 'page', ['path' => ltrim($data['path'], '/')]),
      ],
    ])->save();
    \Drupal::service('router.builder')->rebuild();
  }

  public static function provideConsumer(array $data, array $uids): void {
    $storage = \Drupal::entityTypeManager()->getStorage('consumer');
    $consumer = self::byName('consumer', 'client_id', $data['client_id']) ?? $storage->create(['client_id' => $data['client_id']]);
    $values = [
      'label' => $data['label'],
      'secret' => $data['client_secret'] ?? NULL,
      'confidential' => $data['confidential'],
      'pkce' => $data['pkce'],
      'redirect' => $data['redirectUris'],
      'user_id' => isset($data['user']) ? ($uids[$data['user']] ?? NULL) : NULL,
    ] + (self::scopeModel() === 'entities' ? [
      'grant_types' => isset($data['everyGrant']) ? self::everyGrant() : $data['grantTypes'],
      'access_token_expiration' => $data['accessTokenLifetime'],
      'refresh_token_expiration' => $data['refreshTokenLifetime'],
      'authorization_code_scopes' => self::scopeReferences($data['authorizationCodeScopes'] ?? []),
      'scopes' => self::scopeReferences($data['scopes']),
      'automatic_authorization' => $data['automaticAuthorization'],
      'remember_approval' => $data['rememberApproval'],
    ] : [
      'roles' => $data['scopes'],
      'third_party' => !$data['automaticAuthorization'],
    ]);
    // 6.0.0 has one list of default scopes for all grants.
    if (!$consumer->hasField('authorization_code_scopes')) {
      unset($values['authorization_code_scopes']);
    }
    foreach ($values as $field => $value) {
      if (!$consumer->hasField($field)) {
        throw new ContractError('module-unsupported', "Consumers of the installed Simple OAuth have no field \"$field\"; run \"drush updatedb\", and update the module Consumers to 1.17 or later.");
      }
      $consumer->set($field, $value);
    }
    $consumer->save();
  }

  /** Changes one of the suite's users or consumers; the request contains its data as provisioned. */
  public static function change(array $request, string $prefix): void {
    $kind = strtok($request['op'], '.');
    $data = $request[$kind === 'user' ? 'user' : 'client'] ?? [];
    $key = $kind === 'user' ? 'name' : 'client_id';
    $name = $data[$key] ?? '';
    if (!str_starts_with($name, $prefix)) {
      throw new ContractError('not-ours', "The suite changes only what it created itself, not \"$name\".");
    }
    $change = $request['change'];
    if ($change === 'restore') {
      $kind === 'user' ? self::provideUser($data) : self::restoreConsumer($data);
      self::removeTokensOfDeleted($prefix);
      return;
    }
    $entity = self::byName($kind, $key, $name) ?? throw new ContractError("$kind-missing", "The $kind \"$name\" does not exist on the site.");
    if ($change === 'delete') {
      self::noteDeleted($prefix, $kind, $entity);
      $entity->delete();
      return;
    }
    if ($change === 'permissions') {
      Role::load($name)->set('permissions', [])->save();
      return;
    }
    $kind === 'user' ? self::setUser($entity, $change, $data, $request['password'] ?? '') : self::setConsumer($entity, $change, $request['secret'] ?? '');
    $entity->save();
  }

  private static function setUser(UserInterface $user, string $change, array $data, string $password): void {
    match ($change) {
      'save' => NULL,
      'block' => $user->block(),
      'unblock' => $user->activate(),
      'password' => $user->setPassword($password),
      // Without any role, a user's permissions would share a cache entry with other users' tokens.
      'roles' => $user->set('roles', array_keys(array_filter($data['roles'], fn (array $permissions): bool => !$permissions))),
    };
  }

  private static function setConsumer(EntityInterface $consumer, string|array $change, string $secret): void {
    $values = match ($change) {
      'save' => [],
      'unpublish' => ['status' => FALSE],
      'secret' => ['secret' => $secret],
      default => array_filter([
        'pkce' => $change['pkce'] ?? NULL,
        'grant_types' => $change['grantTypes'] ?? NULL,
        'redirect' => $change['redirectUris'] ?? NULL,
        'scopes' => isset($change['scopes']) ? self::scopeReferences($change['scopes']) : NULL,
      ], fn (mixed $value): bool => $value !== NULL),
    };
    foreach ($values as $field => $value) {
      $consumer->set($field, $value);
    }
  }

  private static function restoreConsumer(array $data): void {
    $user = isset($data['user']) ? self::byName('user', 'name', $data['user']) : NULL;
    self::provideConsumer($data, $user ? [$data['user'] => (string) $user->id()] : []);
    \Drupal::service('user.data')->delete('simple_oauth', NULL, 'client:' . $data['client_id']);
  }

  /** Only the ID identifies the tokens of an entity that is gone. It is kept on the site, where an interrupted run is cleaned up from. */
  private static function noteDeleted(string $prefix, string $kind, EntityInterface $entity): void {
    $state = \Drupal::state();
    $deleted = self::deleted($prefix);
    $deleted[$kind][] = $entity->id();
    $state->set("simple_oauth_contract.$prefix", $deleted);
  }

  /** The IDs of deleted users and consumers of the suite, by kind. */
  public static function deleted(string $prefix): array {
    return \Drupal::state()->get("simple_oauth_contract.$prefix", []) + ['user' => [], 'consumer' => []];
  }

  public static function forgetDeleted(string $prefix): void {
    \Drupal::state()->delete("simple_oauth_contract.$prefix");
  }

  private static function removeTokensOfDeleted(string $prefix): void {
    $deleted = self::deleted($prefix);
    self::removeTokens($deleted['user'], $deleted['consumer']);
    self::forgetDeleted($prefix);
  }

  public static function removeTokens(array $uids, array $clients): int {
    if (!($uids || $clients) || !\Drupal::entityTypeManager()->hasDefinition('oauth2_token')) {
      return 0;
    }
    $storage = \Drupal::entityTypeManager()->getStorage('oauth2_token');
    $query = $storage->getQuery()->accessCheck(FALSE);
    $either = $query->orConditionGroup();
    foreach (array_filter(['auth_user_id' => $uids, 'client' => $clients]) as $field => $values) {
      $either->condition($field, $values, 'IN');
    }
    $ids = $query->condition($either)->execute();
    foreach (array_chunk($ids, 100) as $some) {
      $storage->delete($storage->loadMultiple($some));
    }
    return count($ids);
  }

  /** Runs the cron job of Simple OAuth and counts the tokens that are left. */
  private static function runCron(): array {
    // Removing many tokens takes long. Those that expire meanwhile are left to the next run.
    $begun = \Drupal::time()->getCurrentTime();
    // Cron has a process of its own; this one may have begun long ago.
    \Drupal::request()->server->set('REQUEST_TIME', $begun);
    \Drupal::moduleHandler()->invoke('simple_oauth', 'cron');
    $now = \Drupal::time()->getCurrentTime();
    $count = fn (int $time, string $operator): int => (int) \Drupal::entityQuery('oauth2_token')->accessCheck(FALSE)->condition('expire', $time, $operator)->count()->execute();
    return ['cron.expired' => $count($begun, '<'), 'cron.live' => $count($now, '>')];
  }

  private static function scopeReferences(array $names): array {
    return array_map(fn (string $name): array => ['scope_id' => self::scopeId($name)], $names);
  }

  /** The grants that the site offers, including those of modules. */
  private static function everyGrant(): array {
    return array_keys(\Drupal::service('plugin.manager.oauth2_grant.processor')->getDefinitions());
  }

  private static function byName(string $type, string $key, string $name): ?EntityInterface {
    if (!str_starts_with($name, self::PREFIX) && !in_array($name, self::$chosenNames, TRUE)) {
      throw new ContractError('not-ours', "The suite changes only what it created itself, not \"$name\".");
    }
    $found = \Drupal::entityTypeManager()->getStorage($type)->loadByProperties([$key => $name]);
    return reset($found) ?: NULL;
  }

  private static function rebuildCaches(): void {
    require_once DRUPAL_ROOT . '/core/includes/utility.inc';
    $request = Request::create('http://127.0.0.1/');
    drupal_rebuild(require DRUPAL_ROOT . '/autoload.php', $request);
  }

  public static function versions(): array {
    return array_filter([
      'drupal' => \Drupal::VERSION,
      'simple_oauth' => self::moduleVersion('simple_oauth'),
      'consumers' => self::moduleVersion('consumers'),
      'league' => self::packageVersion('league/oauth2-server'),
      'php' => PHP_VERSION,
      'database' => self::database(),
    ]);
  }

  /** Enabled modules that build on Simple OAuth or Consumers, by name, with their versions. */
  public static function modules(): object {
    $list = \Drupal::service('extension.list.module');
    $versions = [];
    foreach (\Drupal::moduleHandler()->getModuleList() as $name => $extension) {
      $requires = $list->get($name)->requires ?? [];
      if (isset($requires['simple_oauth']) || isset($requires['consumers'])) {
        $versions[$name] = (string) (self::moduleVersion($name) ?? '');
      }
    }
    ksort($versions);
    return (object) $versions;
  }

  /** IDs of the grants for which the site has a plugin, whoever may use them. */
  public static function grants(): array {
    return array_values(array_map('strval', array_keys(\Drupal::service('plugin.manager.oauth2_grant.processor')->getDefinitions())));
  }

  /** "PostgreSQL 17.6" of "17.6 (Debian 17.6-1)". */
  private static function database(): string {
    $connection = \Drupal::database();
    $type = $connection->databaseType();
    $isMariaDb = $type === 'mysql' && method_exists($connection, 'isMariaDb') && $connection->isMariaDb();
    $name = $isMariaDb ? 'MariaDB' : (['sqlite' => 'SQLite', 'pgsql' => 'PostgreSQL', 'mysql' => 'MySQL'][$type] ?? $type);
    return $name . ' ' . preg_replace('/[^\d.].*/', '', (string) $connection->version());
  }

  /** A module from drupal.org contains its version; a clone of its repository does not. */
  private static function moduleVersion(string $module): ?string {
    $version = \Drupal::service('extension.list.module')->getExtensionInfo($module)['version'] ?? NULL;
    return $version === NULL ? self::packageVersion("drupal/$module") : self::semantic($version);
  }

  private static function packageVersion(string $package): ?string {
    return InstalledVersions::isInstalled($package) ? self::semantic((string) InstalledVersions::getPrettyVersion($package)) : NULL;
  }

  /** Composer's spelling of 8.x-1.21 is 1.21.0. */
  private static function semantic(string $version): string {
    $version = preg_replace('/^(\d+\.x-|v)/', '', $version);
    return preg_match('/^\d+\.\d+$/', $version) ? "$version.0" : $version;
  }

}

isset($contract_request) ? ContractProvision::once($contract_request) : ContractProvision::serve();
